#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_clock.py - the shim steps the wall clock of a running process by what the test says, and no other
clock."""
import ctypes
import errno
import json
import os
import subprocess
import sys
import time
import unittest

import clock
from daemons import harness
from warden import WARDEN

REALTIME_COARSE = 5  # Python has no name for it
STEPS = (90, -90, 3600, -3600, 0.75, -0.75, 0)


class Times(ctypes.Structure):
    """struct timespec, and struct timeval: two longs."""

    _fields_ = [("sec", ctypes.c_long), ("rest", ctypes.c_long)]


def readings():
    """What this process thinks the time is, by each way to ask."""
    library = ctypes.CDLL(None, use_errno=True)
    library.time.restype = ctypes.c_long
    day, spec = Times(), Times()
    library.gettimeofday(ctypes.byref(day), None)
    library.timespec_get(ctypes.byref(spec), 1)
    return {"clock_gettime": time.clock_gettime(time.CLOCK_REALTIME),
            "coarse": time.clock_gettime(REALTIME_COARSE),
            "time": library.time(None), "gettimeofday": day.sec + day.rest / 1e6,
            "timespec_get": spec.sec + spec.rest / 1e9,
            "monotonic": time.clock_gettime(time.CLOCK_MONOTONIC),
            "boot": time.clock_gettime(time.CLOCK_BOOTTIME)}


def wait_a_little():
    """Waits for a condition until 50 ms from now by this process's own wall clock, and for 10 ms with
    clock_nanosleep; returns what the first said and how long both took."""
    library = ctypes.CDLL(None)
    lock, news = ctypes.create_string_buffer(128), ctypes.create_string_buffer(128)
    library.pthread_mutex_lock(lock)
    began = time.monotonic()
    at = time.clock_gettime_ns(time.CLOCK_REALTIME) + 50_000_000
    said = library.pthread_cond_timedwait(news, lock, ctypes.byref(Times(*divmod(at, 10**9))))
    at = time.clock_gettime_ns(time.CLOCK_REALTIME) + 10_000_000
    library.clock_nanosleep(time.CLOCK_REALTIME, 1, ctypes.byref(Times(*divmod(at, 10**9))), None)
    return {"said": said, "took": time.monotonic() - began}


def serve():
    for line in sys.stdin:
        print(json.dumps(wait_a_little() if line == "wait\n" else readings()), flush=True)


class Stepped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.clock = clock.Clock(cls.folder, "child")
        cls.child = subprocess.Popen([sys.executable, os.path.abspath(__file__), "serve"], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     env={**os.environ, **cls.clock.env})
        WARDEN.started(cls.child.pid)
        cls.addClassCleanup(cls.child.communicate)

    def ask(self, what="read"):
        print(what, file=self.child.stdin, flush=True)
        return json.loads(self.child.stdout.readline())

    def test_every_way_to_ask_for_the_time_of_day_is_stepped(self):
        for step in STEPS:
            self.clock.step(step)
            self.assertEqual(self.clock.seconds, step)
            before, got, after = readings(), self.ask(), readings()
            for name in ("clock_gettime", "gettimeofday", "timespec_get"):
                self.assertLessEqual(before[name] + step, got[name] + 1e-5, (name, step))
                self.assertLessEqual(got[name], after[name] + step + 1e-5, (name, step))
            for name in ("time", "coarse"):  # these may be of some time ago
                self.assertLessEqual(before[name] + step - 1.1, got[name], (name, step))
                self.assertLessEqual(got[name], after["clock_gettime"] + step, (name, step))

    def test_clocks_that_count_from_the_boot_are_not(self):
        for step in STEPS:
            self.clock.step(step)
            before, got, after = readings(), self.ask(), readings()
            for name in ("monotonic", "boot"):
                self.assertLessEqual(before[name], got[name], (name, step))
                self.assertLessEqual(got[name], after[name], (name, step))

    def test_waiting_until_a_time_of_day_takes_as_long_as_it_should(self):
        for step in STEPS:
            self.clock.step(step)
            got = self.ask("wait")
            self.assertEqual(got["said"], errno.ETIMEDOUT, step)
            self.assertGreaterEqual(got["took"], 0.05, step)
            self.assertLess(got["took"], harness.PATIENCE, step)

    def test_jeton_goes_by_it(self):
        key = os.path.join(self.folder, "key")
        with open(key, "w", encoding="utf-8") as file:
            file.write(harness.jeton("key", "new", "--alg", "HS256")[1])
        self.clock.step(3600)
        before = int(time.time())
        status, out, err = harness.jeton("token", "sign", "--key", key,
                                         env=self.clock.env)
        self.assertEqual(status, 0, err)
        claims = json.loads(harness.unb64(out.split(".")[1]))
        self.assertGreaterEqual(claims["iat"], before + 3600)
        self.assertLessEqual(claims["iat"], int(time.time()) + 3600)


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        harness.main()
