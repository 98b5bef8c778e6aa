#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""exports.py LIBRARY: three lists are one: the functions marked JETON_API in include/jeton, the
symbols of src/libjeton.map, and what the shared library defines."""
import re
import subprocess
import sys

import findings


def declared():
    names = set()
    for path in findings.files(("include",), (".h",)):
        text = findings.without_comments(findings.read(path))
        # up to the first parenthesis: the attributes before it have none
        names |= set(re.findall(r"^JETON_API\b[^;{(]*?(\w+)\s*\(", text, re.M))
    return names


def listed():
    text = findings.without_comments(findings.read("src/libjeton.map"))
    return set(re.findall(r"^\s*(\w+);", text.split("local:")[0], re.M))


def defined(library):
    output = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                            capture_output=True, text=True).stdout
    symbols = [line.split() for line in output.splitlines()]
    # "A" is the version node itself; "name@@JETON_0" is how nm shows versions
    return {symbol[-1].split("@")[0] for symbol in symbols if symbol[-2] != "A"}


def main():
    found = findings.Findings("exports")
    headers, script, library = declared(), listed(), defined(sys.argv[1])
    found.looked_at = min(len(headers), len(script), len(library))
    for name in sorted(headers | script | library):
        if name not in headers:
            found.add(name, "is no JETON_API function of include/jeton")
        if name not in script:
            found.add(name, "is missing in src/libjeton.map")
        if name not in library:
            found.add(name, f"is not defined by {sys.argv[1]}")
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
