#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check-layers.py: a folder of src/ includes itself and what is below it, nothing else.

The rule and its picture are in ARCHITECTURE.md. Checked as well: a foreign library is included by
its one home only, malloc and its kin are called in core/mem.c only, and what is outside src/ keeps
to the public headers.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/checks"))
import findings  # noqa: E402

# From the bottom up; folders in one row are side by side and do not know of each other.
LAYERS = [
    ["core"], ["json"], ["crypto"], ["keys"], ["token"], ["revoke"], ["segment"], ["guard"],
    # libjeton above, the program below this line
    ["sys"], ["store", "bus", "http"], ["signer"], ["agent"], ["accounts"], ["oauth", "admin"], ["api"],
    ["daemon"], ["cli"],
]
HEIGHT = {folder: height for height, row in enumerate(LAYERS) for folder in row}

# Foreign headers, by how their names begin, and the one folder that may include them.
HOMES = {
    "openssl/": "crypto", "sodium": "crypto", "crypt.h": "crypto",
    "yyjson": "json", "microhttpd": "http", "gnutls/": "http", "sqlite3": "store", "libpq": "store",
    "postgresql/": "store", "hiredis": "bus", "zlib": "sys", "uninorm": "accounts",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
ALLOCATOR = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|free|aligned_alloc|"
                       r"strdup|strndup|asprintf|vasprintf)\s*\(")


def home_of(header):
    return next((home for start, home in HOMES.items() if header.startswith(start)), None)


def public(header):
    return header == "jeton.h" or header.startswith("jeton/")


def exists(*path):
    return os.path.exists(os.path.join(findings.ROOT, *path))


def check_quoted(found, where, layer, header):
    """#include "folder/file.h": relative to src/, and not upwards."""
    target = header.split("/")[0]
    if target not in HEIGHT or not exists("src", header):
        found.add(where, f'"{header}" is not a file of a folder of src/')
    elif target != layer and HEIGHT[target] >= HEIGHT[layer]:
        side = "beside" if HEIGHT[target] == HEIGHT[layer] else "above"
        found.add(where, f'"{header}": {target}/ is {side} {layer}/')


def check_angled(found, where, layer, header):
    if public(header):
        if not exists("include", header):
            found.add(where, f"<{header}> does not exist")
        return
    home = home_of(header)
    if home is not None and home != layer:
        found.add(where, f"<{header}> belongs to {home}/")


def check_source(found, path, text):
    layer = path.split("/")[1]
    if layer not in HEIGHT:
        found.add(path, "is in no layer; a new folder needs its row in tools/check-layers.py")
        return
    for match in INCLUDE.finditer(text):
        where = findings.at(path, text, match.start())
        check = check_quoted if match[1] == '"' else check_angled
        check(found, where, layer, match[2])
    if path == "src/core/mem.c":
        return
    code = findings.without_comments(text)
    for match in ALLOCATOR.finditer(code):
        found.add(findings.at(path, code, match.start()),
                  f"{match[1]}() is called in core/mem.c only; use jt_alloc() or jt_release()")


def check_outside(found, path, text):
    """Public headers, adapters and examples know the public headers only."""
    for match in INCLUDE.finditer(text):
        where = findings.at(path, text, match.start())
        beside = os.path.join(os.path.dirname(path), match[2])
        if match[1] == '"' and (path.startswith("include/") or not exists(beside)):
            found.add(where, f'"{match[2]}": only <jeton/...> may be included here')
        elif path.startswith("include/") and home_of(match[2]) is not None:
            found.add(where, f"<{match[2]}>: a public header needs no foreign library")
        elif public(match[2]) and not exists("include", match[2]):
            found.add(where, f"<{match[2]}> does not exist")


def main():
    found = findings.Findings("layers")
    for path in found.files(("src",), (".c", ".h")):
        check_source(found, path, findings.read(path))
    for path in found.files(("include", "adapters", "examples"), (".c", ".h")):
        check_outside(found, path, findings.read(path))
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
