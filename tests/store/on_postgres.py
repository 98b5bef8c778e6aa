#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""on_postgres.py - runs the suite of the store once more, on PostgreSQL: one server for all of it.

usage: on_postgres.py PROGRAM...
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cluster"))
from postgres import Postgres  # noqa: E402
from warden import WARDEN  # noqa: E402


def main():
    folder = WARDEN.folder()
    failed = []
    try:
        with Postgres(folder) as server:
            env = {**os.environ, "JETON_TEST_POSTGRES": server.url()}
            for program in sys.argv[1:]:
                if subprocess.run([program], env=env, check=False).returncode != 0:
                    failed.append(program)
    finally:
        WARDEN.remove(folder)
    if failed or len(sys.argv) < 2:
        sys.exit("on PostgreSQL: " + (" ".join(failed) or "nothing was run"))


main()
