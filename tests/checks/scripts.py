#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Shell scripts are well-formed; shellcheck has nothing to say about them, where it is there."""
import os
import shutil
import subprocess
import sys

import findings


def is_shell(path):
    with open(os.path.join(findings.ROOT, path), "rb") as file:
        first = file.readline()
    return first.startswith(b"#!") and b"sh" in first or path.endswith(".sh")


def main():
    found = findings.Findings("scripts")
    candidates = ["dev"] + findings.files(("tools", ".ci", "tests", "examples"), ("",))
    scripts = [path for path in candidates if is_shell(path)]
    found.looked_at = len(scripts)
    commands = [["bash", "-n"]]
    if shutil.which("shellcheck"):
        commands.append(["shellcheck", "-x"])
    for path in scripts:
        for command in commands:
            answer = subprocess.run(command + [path], cwd=findings.ROOT, text=True,
                                    capture_output=True)
            if answer.returncode != 0:
                found.add(path, f"{command[0]} says\n{answer.stdout}{answer.stderr}")
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
