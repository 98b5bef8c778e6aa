#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every source file says in its first lines under which licence it is."""
import os
import sys

import findings

LINE = "SPDX-License-Identifier: Apache-2.0"
FOLDERS = ("src", "include", "tests", "tools", "examples", "bench", "adapters", ".ci")
ENDINGS = (".c", ".h", ".py", ".sh", ".sql", ".map", ".mjs", ".js")


def main():
    found = findings.Findings("spdx")
    paths = set(findings.files(FOLDERS, ENDINGS)) | {"dev"}
    for path in findings.files(("tools", ".ci"), ("",)): # scripts without an ending
        if "." not in os.path.basename(path):
            paths.add(path)
    for path in sorted(paths):
        found.looked_at += 1
        if not any(LINE in line for line in findings.read(path).split("\n")[:3]):
            found.add(path, f'"{LINE}" is not in its first three lines')
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
