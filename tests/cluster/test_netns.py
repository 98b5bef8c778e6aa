#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_netns.py - the cable of the failure tests loses what it says, and only that."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
import netns  # noqa: E402
from warden import WARDEN  # noqa: E402

# Prints its port, and then whatever arrives there.
HEAR = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 0))
print(s.getsockname()[1], flush=True)
while True:
    print(s.recv(100).decode(), flush=True)
"""
SAY = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(sys.argv[3].encode(), (sys.argv[1], int(sys.argv[2])))
"""


@unittest.skipIf(netns.why_not(), f"no network namespaces here: {netns.why_not()}")
class Cable(unittest.TestCase):
    """Datagrams: what is lost is lost, nobody sends it again."""

    def setUp(self):
        self.cable = netns.Cable()
        self.cable.__enter__()
        self.addCleanup(self.cable.__exit__)
        self.ears = {end: self.listen(end) for end in ("a", "b")}

    def listen(self, end):
        process = subprocess.Popen(self.cable.at(end, sys.executable, "-c", HEAR), text=True,
                                   stdout=subprocess.PIPE)
        WARDEN.started(process.pid)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process, process.stdout.readline().strip()

    def say(self, end, text):
        other = netns.OTHER[end]
        subprocess.run(self.cable.at(end, sys.executable, "-c", SAY, netns.ADDRESS[other],
                                     self.ears[other][1], text), check=True)

    def hear(self, end):
        return self.ears[end][0].stdout.readline().strip()

    def test_what_is_lost_is_lost_and_the_rest_is_not(self):
        for losing in ((), ("a",), ("b",), ("a", "b"), ()):
            self.cable.mend()
            for end in losing:
                self.cable.lose(end)
            for end in ("a", "b"):
                self.say(end, f"while {losing}")
            self.cable.mend()
            for end in ("a", "b"):
                # Datagrams of one sender stay in order here, so the second tells of the first.
                self.say(end, "after")
                if end not in losing:
                    self.assertEqual(self.hear(netns.OTHER[end]), f"while {losing}")
                self.assertEqual(self.hear(netns.OTHER[end]), "after", (losing, end))


if __name__ == "__main__":
    harness.main()
