#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tests/bench/request.py: what one GET /verify costs the server, by counts that are the same on
every machine: instructions in our part of it, allocations by us, system calls. And what asking for
a role adds.

The server runs under callgrind, which counts only below libmicrohttpd's callbacks: what
libmicrohttpd does by itself is not ours to change, and differs between its versions. The first
requests, which fill the verdict cache and make what is kept, are left out by comparing two runs.
"""
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)

CALLBACKS = ["on_target", "on_request", "on_completed"]  # of src/http/exchange.c
WARM, TIMES = 20, 200
MOST = {
    "instructions": 20000,
    "instructions for a role": 3000,  # far below a microsecond
    "allocations": 0,
    # twice epoll_wait, for ours and libmicrohttpd's; recv and send. Heartbeats of the server add a
    # few tenths under valgrind; one call more in each request would be a whole one.
    "system calls": 4.7,
}
CLOCKS = {"clock_gettime", "gettimeofday", "time"}  # without valgrind they ask no kernel
SKIPPED = 77

WRAPPER = """#!/bin/sh
[ "$1" = serve ] || exec "{jeton}" "$@"
exec valgrind --tool=callgrind --callgrind-out-file={folder}/out.%p --log-file={folder}/log.%p \\
    --trace-syscalls=yes {toggles} "{jeton}" "$@"
"""


def ask(server, path, token, times):
    connection = server.connect()
    for _ in range(times):
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"request: {path}: {answer.status}")
    connection.close()


def count_calls(profile, names):
    """How often functions were called, in a profile of callgrind, whose names are numbered."""
    numbered, calls, called = {}, 0, None
    for line in profile.splitlines():
        found = re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line)
        if found:
            if found[3]:
                numbered[found[2]] = found[3]
            called = numbered[found[2]] if found[1] else None
        elif line.startswith("calls=") and called in names:
            calls += int(line[len("calls="):].split()[0])
    return calls


def run(folder, path, times):
    """Counts of a server's life in which it answered so many requests."""
    with harness.Server("--threads", "1") as server:
        server.add_user("alice", "admin")
        token = server.login()["access_token"]
        ask(server, path, token, times)
        server.stop()
        pid = server.process.pid
    with open(os.path.join(folder, f"out.{pid}"), encoding="utf-8") as lines:
        profile = lines.read()
    with open(os.path.join(folder, f"log.{pid}"), encoding="utf-8", errors="replace") as lines:
        log = lines.read()
    collected = re.search(r"Collected : (\d+)", log)
    if collected is None or int(collected[1]) == 0:
        sys.exit(f"request: callgrind counted nothing below {', '.join(CALLBACKS)}")
    names = re.findall(r"^SYSCALL\[\d+,\d+\]\(\s*\d+\) sys_(\w+)", log, re.MULTILINE)
    return {"instructions": int(collected[1]),
            "allocations": count_calls(profile, {"jt_system_alloc", "jt_system_resize"}),
            "system calls": sum(name not in CLOCKS for name in names)}


def main():
    if shutil.which("valgrind") is None:
        print("request: there is no valgrind")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        toggles = " ".join(f"--toggle-collect={name}" for name in CALLBACKS)
        wrapper = os.path.join(folder, "jeton")
        with open(wrapper, "w", encoding="utf-8") as out:
            out.write(WRAPPER.format(jeton=os.path.abspath(harness.JETON), folder=folder,
                                     toggles=toggles))
        os.chmod(wrapper, 0o755)
        harness.JETON = wrapper
        before = run(folder, "/verify", WARM)
        after = run(folder, "/verify", WARM + TIMES)
        role = run(folder, "/verify?role=admin", WARM + TIMES)
    found = {name: (after[name] - before[name]) / TIMES for name in after}
    found["instructions for a role"] = (role["instructions"] - after["instructions"]) / TIMES
    for name, most in MOST.items():
        print(f"GET /verify: {found[name]:.1f} {name}, {most} at most")
    if found["instructions"] < 1000 or found["system calls"] < 2:  # so few are not a request
        return 1
    return 0 if all(found[name] <= most for name, most in MOST.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
