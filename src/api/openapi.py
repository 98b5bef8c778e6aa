#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the description of the HTTP interface as a C array, without white space:
openapi.py OUTPUT INPUT."""
import json
import pathlib
import sys


def main() -> None:
    output, source = map(pathlib.Path, sys.argv[1:])
    document = json.loads(source.read_text(encoding="utf-8"))
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    numbers = [str(byte) for byte in text]
    lines = (", ".join(numbers[at:at + 20]) for at in range(0, len(numbers), 20))
    output.write_text(
        f"/* Made by openapi.py of {source.name}. */\n"
        '#include "api/openapi.h"\n\n'
        "const uint8_t jd_openapi[] = {\n    " + ",\n    ".join(lines) + "};\n"
        f"const size_t jd_openapi_len = {len(text)};\n")


main()
