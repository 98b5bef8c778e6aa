#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""warden.py - nothing of a test outlives it: processes and folders are put down here when they begin and
crossed out when they end. A process of its own holds the list. When the test is gone, however that
happened (SIGTERM, SIGKILL, a time limit), it ends what is still on it.

With a pipe as its standard input this file is that process.
"""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading


class Warden:
    """The test's end of the pipe. Threads may use it at once."""

    def __init__(self):
        self.lock = threading.Lock()
        # A session of its own: what ends the test's process group must not end it.
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__)], text=True,
                                        stdin=subprocess.PIPE, start_new_session=True)

    def say(self, what, name):
        with self.lock:
            print(what, name, file=self.process.stdin, flush=True)

    def started(self, pid):
        self.say("+process", pid)

    def ended(self, pid):
        self.say("-process", pid)

    def folder(self, prefix="jeton-cluster-"):
        """A new folder, which other users may enter."""
        path = tempfile.mkdtemp(prefix=prefix)
        self.say("+folder", path)
        os.chmod(path, 0o755)
        return path

    def remove(self, path):
        shutil.rmtree(path, ignore_errors=True)
        self.say("-folder", path)


def children_of(pid):
    """The processes that pid has started, and theirs."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
    found, look = [], [pid]
    while look:
        parent = look.pop()
        mine = [child for child, of in parents.items() if of == parent]
        found += mine
        look += mine
    return found


def kill_all(pid):
    """SIGKILL to it and everything that it has started."""
    for one in [pid, *children_of(pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    there = {"process": [], "folder": [], "netns": []}
    for line in sys.stdin:
        what, _, name = line.rstrip("\n").partition(" ")
        if what[0] == "+":
            there[what[1:]].append(name)
        else:
            there[what[1:]].remove(name)
    for pid in map(int, there["process"]):
        kill_all(pid)
    for name in there["netns"]:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    for path in there["folder"]:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    main()
else:
    WARDEN = Warden()
