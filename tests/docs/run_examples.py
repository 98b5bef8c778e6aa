#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run_examples.py DOCUMENT: runs the examples of a document, as a reader would paste them.

A shell block is run when <!-- run: NAME --> stands above it, a C block is compiled when
<!-- compile: FILE --> does. The shell blocks of one document share one shell, in an empty folder
in which build/jeton is the program under test, with a server on a free port in the place of
127.0.0.1:8080. A command that fails ends the test. What a line says it prints ("# 200") has to be
printed by it.

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
BLOCK = re.compile(r"<!-- (run|compile): (\S+) -->\n```\w+\n(.*?)```\n", re.S)
SAYS = re.compile(r"^(.*\S)\s+#\s+(\d{3})\b.*$")


def checked(line):
    """A line with "# 200" behind it, as a line that fails unless it prints that."""
    says = SAYS.match(line)
    if not says:
        return line
    return f'GOT=$({says[1]}); echo "$GOT"; [ "$GOT" = {says[2]} ]'


def run_shell(blocks, document):
    with tempfile.TemporaryDirectory(prefix="jeton-docs-") as folder:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(os.environ["JETON"], os.path.join(folder, "build", "jeton"))
        with harness.Server(data=os.path.join(folder, "data")) as server:
            script = "set -euo pipefail\n" + "\n".join(
                checked(line) for block in blocks for line in block.splitlines())
            script = script.replace("127.0.0.1:8080", server.address)
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
    shell = [text for kind, _, text in examples if kind == "run"]
    if not examples:
        sys.exit(f"{document}: there is no example to run")
    for kind, name, text in examples:
        print(f"{document}: {kind} {name}", flush=True)
        if kind == "compile":
            compile_c(name, text)
    if shell:
        run_shell(shell, document)


main()
