#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""refresh.py - how many refreshes a second the real server does over HTTP, each on disk before it is
answered: refresh.py LOAD_PROGRAM [SESSIONS [SECONDS]]

The server's folder is a temporary one: TMPDIR says on which disk. As a test it runs for a second and
only demands that no refresh fails; the numbers are for people, since machines differ.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)


def main():
    program, sessions, seconds = (*sys.argv[1:], *["16", "1"][len(sys.argv) - 2:])[:3]
    with harness.Server("--log-level", "info") as server:
        server.add_user()
        tokens = [server.login()["refresh_token"] for _ in range(int(sessions))]
        done = subprocess.run([program, "chain", server.address.rsplit(":", 1)[1], "/refresh",
                               "-s", seconds],
                              input="\n".join(tokens) + "\n", text=True, check=False)
        sys.exit(done.returncode)


main()
