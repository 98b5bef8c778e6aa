#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every test runs: each test file, check and fuzz target is named in the meson.build that is
responsible for it, each fuzz target has seeds, and each example is run, those of documents, too."""
import os
import re
import sys

import findings

# Which files must be named by some meson.build at or above them, up to tests/.
TEST = re.compile(r"^tests/(.*/)?test_[^/]*\.(c|py|sh|mjs)$|^tests/fuzz/fuzz_[^/]*\.c$|"
                  r"^tests/checks/(?!findings)[^/]*\.py$")


def meson_text(folder):
    """What the meson.build files from this folder up to tests/ say, comments left out."""
    text = ""
    while folder:
        path = os.path.join(folder, "meson.build")
        if os.path.exists(os.path.join(findings.ROOT, path)):
            text += re.sub(r"#.*", "", findings.read(path))
        folder = os.path.dirname(folder)
    return text


def named(name, text):
    """As 'test_x.c', 'folder/test_x.c', or by its bare noun in a table: 'x'."""
    noun = re.sub(r"^(test|fuzz)_|\.[a-z]+$", "", name)
    return re.search(rf"['/]{re.escape(name)}'|'{re.escape(noun)}'", text) is not None


def main():
    found = findings.Findings("registered")
    for path in findings.files(("tests",), (".c", ".py", ".sh", ".mjs")):
        if not TEST.match(path):
            continue
        found.looked_at += 1
        folder, name = os.path.split(path)
        if not named(name, meson_text(folder)):
            found.add(path, "is named in no meson.build, so it never runs")
        if name.startswith("fuzz_"):
            seeds = f"tests/fuzz/seeds/{name[5:-2]}"
            if not findings.files((seeds,), ("",)):
                found.add(path, f"has no seeds in {seeds}")
    driven = findings.read("tests/e2e/test_guards.py")
    for path in findings.files(("examples/mhd",), (".c",)):
        if f'run_example("{os.path.basename(path)[:-2]}"' not in driven:
            found.add(path, "is not run by tests/e2e/test_guards.py")
    for path in findings.files(("examples",), (".c", ".cpp")):
        if path.startswith("examples/mhd/"):
            continue
        found.looked_at += 1
        name = os.path.basename(path)
        where = "examples/meson.build" if path.endswith(".c") else "tests/install/test_install.sh"
        text = findings.read(where)
        if f"'{name[:-2]}': [" not in text and f"examples/{name}" not in text:
            found.add(path, f"is not in {where}, so it is never run")
    clients = "".join(findings.read(path) for path in findings.files(("tests/clients",), (".py",)))
    for path in findings.files(("examples/protect", "examples/import", "examples/front"),
                               ("server.mjs", "main.go", ".py", ".sql", ".conf", ".yml", "file")):
        found.looked_at += 1
        name = os.path.basename(path)
        imported = f"import {name[:-3]}\n", f"from {name[:-3]} import"
        others = "".join(findings.read(other) for other in
                         findings.files((os.path.dirname(path),), (".py",)))
        if not re.search(rf"\b({re.escape(name)}|{re.escape(name[:-3])})\b", clients) and \
                not any(how in others for how in imported):
            found.add(path, "is run by no test of tests/clients")
    run = meson_text("tests/e2e")
    # The documents that need servers of others.
    read = "".join(findings.read(f"tests/cluster/test_{name}.py") for name in ("docs", "store_tls"))
    for path in ["README.md", *findings.files(("docs",), (".md",))]:
        if re.search(r"^<!-- (run|compile): ", findings.read(path), re.M):
            found.looked_at += 1
            if f"'{path}'" not in run and f'"{path}"' not in read:
                found.add(path, "has examples to run, and is neither in tests/e2e/meson.build nor "
                                "read by tests/cluster/test_docs.py or test_store_tls.py")
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
