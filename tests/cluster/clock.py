# SPDX-License-Identifier: Apache-2.0
"""clock.py - the wall clock of one process, stepped by the test while it runs (clock_shim.c)."""
import mmap
import os
import struct

SHIM = os.environ["CLOCK_SHIM"]  # the library


class Clock:
    """`env` is for the process whose clock it is."""

    def __init__(self, folder, name):
        path = os.path.join(folder, name + ".clock")
        with open(path, "wb") as file:
            file.write(bytes(8))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 8)
        self.env = {"LD_PRELOAD": SHIM, "JETON_CLOCK_STEP": path}

    def step(self, seconds):
        """From now on it is so much ahead of the machine's clock, or behind it."""
        # One aligned store of eight bytes: the process never reads half of it.
        memoryview(self.map).cast("q")[0] = round(seconds * 1_000_000_000)

    @property
    def seconds(self):
        return struct.unpack("q", self.map[:8])[0] / 1e9
