#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run_examples.py DOCUMENT: runs the examples of a document, as a reader would paste them.

A shell or Python block is run when <!-- run: NAME --> stands above it, a C block is compiled when
<!-- compile: FILE --> does. The blocks of one document that are run share one shell, in an empty
folder in which build/jeton is the program under test and build/examples has the programs of
examples/, with a server on a free port in the place of 127.0.0.1:8080. A command that fails ends
the test. What a line says it prints ("# 200") has to be printed by it.

Python is the system's, whose packages these are. Where a package that a block imports is not
installed, that block and those behind it are not run, and that is said.

JETON names the program; SOURCE the checkout; CC the compiler.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402

SOURCE = os.environ["SOURCE"]
PYTHON = "/usr/bin/python3"
BLOCK = re.compile(r"<!-- (run|compile): (\S+) -->\n```(\w+)\n(.*?)```\n", re.S)
SAYS = re.compile(r"^(.*\S)\s+#\s+(\d{3})\b.*$")


def checked(line):
    """A line with "# 200" behind it, as a line that fails unless it prints that."""
    says = SAYS.match(line)
    if not says:
        return line
    return f'GOT=$({says[1]}); echo "$GOT"; [ "$GOT" = {says[2]} ]'


def missing_package(block):
    """A package that this Python block imports and that is not installed, or None."""
    for name in re.findall(r"^(?:import|from) (\w+)", block, re.M):
        if subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True).returncode != 0:
            return name
    return None


def script_of(blocks, document):
    """The blocks, pairs of language and text, as one shell script."""
    lines = ["set -euo pipefail"]
    for language, block in blocks:
        if language != "python":
            lines += [checked(line) for line in block.splitlines()]
            continue
        missing = missing_package(block)
        if missing is not None:
            print(f"{document}: without the package {missing} the rest is not run")
            break
        lines += [f"{PYTHON} - <<'END_OF_PYTHON'", *block.splitlines(), "END_OF_PYTHON"]
    return "\n".join(lines)


def run_blocks(blocks, document):
    with tempfile.TemporaryDirectory(prefix="jeton-docs-") as folder:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(os.environ["JETON"], os.path.join(folder, "build", "jeton"))
        os.symlink(os.path.join(os.path.dirname(os.environ["JETON"]), "examples"),
                   os.path.join(folder, "build", "examples"))
        with harness.Server(data=os.path.join(folder, "data")) as server:
            script = script_of(blocks, document).replace("127.0.0.1:8080", server.address)
            done = subprocess.run(["bash", "-c", script], cwd=folder, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    if done.returncode != 0:
        sys.exit(f"{document}: an example failed with status {done.returncode}")


def compile_c(name, text):
    with tempfile.TemporaryDirectory(prefix="jeton-docs-") as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-Wall", "-Wextra", "-Werror",
                        "-Wno-missing-prototypes", "-I" + os.path.join(SOURCE, "include"),
                        "-c", path, "-o", os.path.join(folder, "out.o")], check=True, timeout=60)


def main():
    document = sys.argv[1]
    with open(os.path.join(SOURCE, document), encoding="utf-8") as file:
        examples = BLOCK.findall(file.read())
    to_run = [(language, text) for kind, _, language, text in examples if kind == "run"]
    if not examples:
        sys.exit(f"{document}: there is no example to run")
    for kind, name, _, text in examples:
        print(f"{document}: {kind} {name}", flush=True)
        if kind == "compile":
            compile_c(name, text)
    if to_run:
        run_blocks(to_run, document)


main()
