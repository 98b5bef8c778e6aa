#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the migrations as a C table: embed.py NAME OUTPUT NNNN_name.sql…

Numbers start at 1 and have no gaps. The SHA-256 of each text is taken here, so that a running
program can tell whether a store was migrated with the texts it knows.
"""
import hashlib
import pathlib
import re
import sys


def byte_array(text: bytes) -> str:
    numbers = [str(byte) for byte in text + b"\0"]
    lines = (", ".join(numbers[at : at + 20]) for at in range(0, len(numbers), 20))
    return ",\n    ".join(lines)


def main() -> None:
    name, *paths = sys.argv[1:]
    output, *paths = map(pathlib.Path, paths)
    arrays, rows = [], []
    for number, path in enumerate(sorted(paths), start=1):
        if not re.fullmatch(f"{number:04}_[a-z0-9_]+", path.stem):
            sys.exit(f"{path}: expected number {number:04}, then a name")
        text = path.read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        arrays.append(f"static const char sql_{number:04}[] = {{\n    {byte_array(text)},\n}};\n")
        rows.append(f'    {{{number}, "{path.stem}", "{digest}", sql_{number:04}}},\n')
    output.write_text(
        "/* Made by embed.py of the files in store/sql. */\n"
        '#include "store/migrations.h"\n\n'
        + "\n".join(arrays)
        + "\nstatic const jd_migration steps[] = {\n"
        + "".join(rows)
        + f"}};\n\nconst jd_migrations {name} = {{steps, {len(rows)}}};\n"
    )


main()
