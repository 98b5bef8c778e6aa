#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone: as C, and the public ones as C++ too. Public ones with something in
them say what threads may do."""
import concurrent.futures
import os
import re
import subprocess
import sys

import findings

FLAGS = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", "-Iinclude", "-Isrc",
         "-Iadapters/mhd"]

# What programs include. Those of adapters lie in folders of their own.
PUBLIC = ("include/", "adapters/mhd/")
AS_C = ["gcc", "-std=gnu17", "-x", "c"]
AS_CXX = ["clang++", "-std=c++17", "-x", "c++"]

# Lists of X(...) rows for others to include have no meaning alone; they say so in a comment.
ROWS_ONLY = re.compile(r"/\*[^*]*\bno include guard\b", re.S)


def foreign_flags():
    """Where the foreign libraries keep their headers, where that is not the usual place."""
    packages = ["libcrypto", "libsodium", "yyjson", "libmicrohttpd", "sqlite3", "libpq"]
    answer = subprocess.run(["pkg-config", "--cflags"] + packages, capture_output=True, text=True)
    return answer.stdout.split()


def compile_alone(compiler, path, flags):
    unit = "#include <" + re.sub(r"^(include|src|adapters/mhd)/", "", path) + ">\n"
    return subprocess.run(compiler + FLAGS + flags + ["-"], input=unit, cwd=findings.ROOT,
                          capture_output=True, text=True)


def says_threads(path):
    """Whether the comment at the top has a paragraph "Threads: ..."; one is not needed where there
    are neither calls nor types."""
    text = findings.read(path)
    if "JETON_API" not in text.replace("#define JETON_API", "") and "typedef" not in text:
        return True
    return re.search(r"^ \* Threads: ", text[:text.find("#ifndef")], re.M) is not None


def main():
    found = findings.Findings("headers")
    flags = foreign_flags()
    jobs = []
    for path in found.files(("include", "adapters/mhd", "src"), (".h",)):
        if ROWS_ONLY.search(findings.read(path)):
            continue
        jobs.append((path, AS_C))
        if path.startswith(PUBLIC):
            jobs.append((path, AS_CXX))
        if path.startswith(("include/jeton/", "adapters/mhd/")) and not says_threads(path):
            found.add(path, 'says nothing about threads: a paragraph " * Threads: ..." at the top')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(lambda job: compile_alone(job[1], job[0], flags), jobs)
        for (path, compiler), answer in zip(jobs, answers):
            if answer.returncode != 0:
                found.add(path, f"does not compile alone with {compiler[0]}:\n{answer.stderr}")
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
