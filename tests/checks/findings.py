# SPDX-License-Identifier: Apache-2.0
"""What the checks share: which files there are, and how findings are told.

A check that finds nothing to check fails: it would otherwise pass for ever after a folder was
renamed.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SKIPPED = re.compile(r"^(build.*|\..*|__pycache__|node_modules|data)$")


def files(folders, endings):
    """The files below these folders of the checkout with one of these endings, sorted."""
    found = []
    for folder in folders:
        for here, inner, names in os.walk(os.path.join(ROOT, folder)):
            inner[:] = [name for name in inner if not SKIPPED.match(name)]
            found += [os.path.relpath(os.path.join(here, name), ROOT)
                      for name in names if name.endswith(endings)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def at(path, text, offset):
    return f"{path}:{text.count(chr(10), 0, offset) + 1}"


def without_comments(text):
    """C source with comments and what is inside literals blanked; every line stays where it is."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def rows(header, macro):
    """The rows of an X-macro list of ours, each the list of its arguments, quotes taken off."""
    text = re.sub(r"/\*.*?\*/", "", read(header), flags=re.S)
    body = re.search(rf"#define {macro}\(X\)((?:[^\n]*\\\n)*[^\n]*\n)", text)
    if body is None:
        return []
    argument = r'\s*((?:"(?:\\.|[^"\\])*"\s*)+|[^",()]+)\s*'
    found = []
    for row in re.finditer(rf"\bX\(({argument}(?:,{argument})*)\)", body[1].replace("\\\n", " \n")):
        arguments = re.findall(argument + "(?:,|$)", row[1])
        found.append(["".join(re.findall(r'"((?:\\.|[^"\\])*)"', a)) if '"' in a else a.strip()
                      for a in arguments])
    if len(found) != len(re.findall(r"^\s*X\(", body[1], re.M)):
        raise ValueError(f"{header}: {macro} has a row that findings.rows() cannot read")
    return found


class Findings:
    def __init__(self, what):
        self.what = what
        self.looked_at = 0
        self.lines = []

    def files(self, folders, endings):
        for path in files(folders, endings):
            self.looked_at += 1
            yield path

    def add(self, where, why):
        self.lines.append(f"{where}: {why}")

    def report(self):
        """Prints what was found and returns the exit status."""
        if self.looked_at == 0:
            self.lines.append("there was nothing to look at, so the check itself is broken")
        for line in self.lines:
            print(line)
        print(f"{self.what}: {self.looked_at} looked at, {len(self.lines)} wrong", file=sys.stderr)
        return 1 if self.lines else 0
