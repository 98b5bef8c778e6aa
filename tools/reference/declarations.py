# SPDX-License-Identifier: Apache-2.0
"""declarations.py - reads the public headers: what they declare, and what their comments say.

The headers keep one form, and this reader holds them to it: the second comment of a file is about
the file; a declaration stands right below its comment; declarations without an empty line between
them share the comment above the first. What it cannot read is a ValueError that names the line.
"""
import dataclasses
import os
import re

import findings


# Libraries beside libjeton: the folder of each, which is that of its header.
ADAPTERS = {"adapters/mhd": "libjeton-mhd (\\-ljeton-mhd, pkg-config jeton-mhd)"}


@dataclasses.dataclass
class Function:
    name: str
    gives: str
    takes: list  # of parameters as text: "jeton_span json"; empty for (void)
    inline: bool


@dataclasses.dataclass
class Type:
    name: str
    kind: str  # "opaque", "struct", "enum" or "plain"
    text: str  # the declaration as it stands, comments included
    members: list  # of (text, meaning); an enum's "JETON_HS256 = 1"


@dataclasses.dataclass
class Macro:
    name: str  # with its parameters: "JETON_ALG_BIT(alg)"
    text: str
    meaning: str  # of the comment behind it


@dataclasses.dataclass
class Group:
    """Declarations under one comment."""
    blocks: list
    line: int
    parts: list


@dataclasses.dataclass
class Header:
    file: str  # "include/jeton/key.h"
    path: str  # "jeton/key.h": as programs include it
    noun: str  # "key"
    summary: str
    blocks: list
    includes: list  # of paths
    groups: list
    text: str

    def parts(self, kind):
        return [part for group in self.groups for part in group.parts if isinstance(part, kind)]

    def groups_of(self, *kinds):
        return [group for group in self.groups if isinstance(group.parts[0], kinds)]


# ---- comments -----------------------------------------------------------------------------------

# A row is a term with two spaces behind it, or outcomes that need no words. Among rows, outcomes
# may be followed by words like any others.
ROW = re.compile(r"(\w+(?:, \w+)*)  +(\S.*)$|(JETON_E_\w+(?:, JETON_E_\w+)*,?)()$")
ROW_AMONG_ROWS = re.compile(r"(JETON_E_\w+(?:, JETON_E_\w+)*)()() (\w.*)$")


def comment_lines(comment):
    inner = comment[2:-2].split("\n")
    lines = [inner[0].strip()] + [re.sub(r"^\s*\* ?", "", line).rstrip() for line in inner[1:]]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def blocks_of(lines):
    """A comment's blocks: ["text", words], ["rows", [[term, words], …]], ["code", lines] or
    ["points", [words, …]]."""
    blocks = []
    ended = True  # by an empty line: the next line begins a block
    for line in lines:
        last = blocks[-1] if blocks else [None]
        row = ROW.match(line)
        if row is None and last[0] == "rows" and not ended:
            row = ROW_AMONG_ROWS.match(line)
        if not line:
            ended = True
            continue
        if line.startswith("  ") and last[0] in ("rows", "points") and not ended:
            target = last[1]
            if last[0] == "rows":
                target[-1][1] += " " + line.strip()
            else:
                target[-1] += " " + line.strip()
        elif line.startswith("  "):
            if last[0] != "code":
                blocks.append(["code", []])
            elif ended:
                last[1].append("")
            blocks[-1][1].append(line)
        elif row:
            if ended or last[0] != "rows":
                blocks.append(["rows", []])
            blocks[-1][1].append([(row[1] or row[3]).rstrip(","), row[2] or row[4]])
        elif line.startswith("- "):
            if ended or last[0] != "points":
                blocks.append(["points", []])
            blocks[-1][1].append(line[2:])
        elif ended or last[0] != "text":
            blocks.append(["text", line])
        else:
            last[1] += " " + line
        ended = False
    return blocks


# ---- declarations -------------------------------------------------------------------------------

def one_line(text):
    return re.sub(r"\s+", " ", text).strip()


def without_marks(text):
    return one_line(re.sub(r"\bJETON_(API|MUST)\b", "", text))


def parameters(text):
    """Split at the commas that are not inside parentheses."""
    found, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    found = [one_line(part) for part in found]
    return [] if found in (["void"], [""]) else found


def function(text):
    clean = without_marks(findings.without_comments(text)).rstrip(";")
    match = re.match(r"(static inline )?(.*?)(\w+)\((.*)\)$", clean)
    return Function(match[3], match[2].strip(), parameters(match[4]), bool(match[1]))


def members(body, separator):
    """The members of a struct (parted by ";") or enum (","), each with the comment it stands
    above or before."""
    blank = findings.without_comments(body)
    found, start, depth, above = [], 0, 0, ""
    for at, letter in enumerate(blank + separator):
        depth += {"{": 1, "}": -1, "(": 1, ")": -1}.get(letter, 0)
        if letter != separator or depth != 0:
            continue
        own = one_line(blank[start:at])
        comments = re.findall(r"/\*.*?\*/", body[start:at], re.S)
        behind = re.match(r"[ \t]*/\*.*?\*/", body[at + 1:], re.S)
        rest = at + 1 + (behind.end() if behind else 0)
        meaning = " ".join(" ".join(comment_lines(text)) for text in
                           comments + ([behind[0].strip()] if behind else []))
        if own:
            found.append((own, one_line(meaning)))
        start = rest
    return found


def row_comments(path, macro_name):
    """The comments that stand behind rows of an X-macro list, by the first column."""
    text = re.search(rf"#define {macro_name}\(X\)(?:[^\n]*\\\n)*[^\n]*\n", findings.read(path))[0]
    lines = text.replace("\\\n", "\n")
    return {row[1]: one_line(row[2])
            for row in re.finditer(r"^\s*X\((\w+)[^\n]*?\)[ \t]*/\*(.*?)\*/", lines, re.M | re.S)}


def enumerators(path, body):
    """The names of an enum; where an X-macro list makes them, the rows of that list: its
    last column is the meaning, and those that make neither name nor value stand behind it."""
    listed = re.search(r"#define (\w+)\(([^)]*)\) (.*?),?\n\s*(\w+)\(\1\)\n#undef \1\n", body)
    if not listed:
        return members(body, ",")
    names = [name.strip() for name in listed[2].split(",")]
    remarks = row_comments(path, listed[4])
    found = []
    for row in findings.rows(path, listed[4]):
        values = dict(zip(names, row))
        own = re.sub(r"##(\w+)", lambda m: values.get(m[1], m[1]), listed[3])
        own = re.sub(r"\b\w+\b", lambda m: values.get(m[0], m[0]), own)
        others = [f"{name} {value}" for name, value in list(values.items())[:-1]
                  if value and not re.search(rf"\b{name}\b", listed[3])]
        behind = f" ({', '.join(others)})" if others else ""
        remark = f": {remarks[row[0]]}" if row[0] in remarks else ""
        found.append((own, row[-1] + behind + remark))
    return members(body[:listed.start()], ",") + found + members(body[listed.end():], ",")


def type_of(path, text):
    clean = one_line(findings.without_comments(text))
    callback = re.match(r"typedef [^{]*?\(\*(\w+)\)", clean)
    name = callback[1] if callback else re.search(r"(\w+);$", clean)[1]
    body = re.search(r"\{(.*)\}", text, re.S)
    if body is None:
        kind = "opaque" if re.match(r"typedef struct \w+ \w+;$", clean) else "plain"
        return Type(name, kind, text, [])
    if clean.startswith("typedef enum"):
        return Type(name, "enum", text, enumerators(path, body[1]))
    return Type(name, "struct", text, members(body[1], ";"))


def macro(text):
    match = re.match(r"#define (\w+(?:\([^)]*\))?)", text)
    comments = re.findall(r"/\*.*?\*/", text, re.S)
    return Macro(match[1], one_line(findings.without_comments(text)),
                 one_line(" ".join(" ".join(comment_lines(c)) for c in comments)))


def end_of(text, blank, at):
    """Where the declaration that begins at `at` ends."""
    if text[at] == "#": # a comment in a list has its backslashes too
        return re.compile(r"(?:[^\n]*\\\n)*[^\n]*\n").match(text, at).end()
    depth = 0
    for i in range(at, len(blank)):
        depth += {"{": 1, "}": -1}.get(blank[i], 0)
        inline = blank.startswith("static inline", at) and blank[i] == "}"
        if depth == 0 and (blank[i] == ";" or inline):
            return i + 1
    raise ValueError("a declaration has no end")


IGNORED = re.compile(r"/\* clang-format \w+ \*/|JETON_(BEGIN|END)\b|"
                     r"#(ifn?def|if|else|endif)\b[^\n]*|"
                     r"#define JETON_(\w+_)?H\b|#define JETON_(BEGIN|END|API|MUST)\b[^\n]*")
INCLUDE = re.compile(r"#include <([^>]+)>")


def declaration(path, text):
    if text.startswith("#define"):
        return macro(text.rstrip())
    if text.startswith("typedef"):
        return type_of(path, text)
    if re.match(r"(JETON_API|static inline)\b", text):
        return function(re.sub(r"\{.*", "", text, flags=re.S) if "{" in text else text)
    raise ValueError(f"neither type, macro nor function: {one_line(text)[:60]}")


def read(path):
    """One header, as findings.ROOT knows it: "include/jeton/key.h"."""
    text = findings.read(path)
    blank = findings.without_comments(text)
    header = Header(file=path, path=re.sub(r"^(include|adapters/\w+)/", "", path),
                    noun=os.path.basename(path)[:-2].removeprefix("jeton_"), summary="", blocks=[], includes=[], groups=[], text=text)
    at, above, joined = 0, None, False  # joined: no empty line since the last declaration
    while at < len(text):
        space = re.compile(r"\s*").match(text, at)
        if space[0].count("\n") > 1:
            joined = False
        at = space.end()
        if at >= len(text):
            break
        line = text.count("\n", 0, at) + 1
        ignored = IGNORED.match(text, at)
        include = INCLUDE.match(text, at)
        comment = re.compile(r"/\*.*?\*/", re.S).match(text, at)
        if ignored or include:
            if include:
                header.includes.append(include[1])
            at = (ignored or include).end()
        elif comment:
            lines = comment_lines(comment[0])
            if re.match("SPDX|---", lines[0]): # the licence, or a line that parts the file
                above = None
            elif not header.summary:
                about_file(header, lines)
            else:
                above, joined = lines, False
            at = comment.end()
        else:
            try:
                end = end_of(text, blank, at)
                part = declaration(path, text[at:end])
            except ValueError as problem:
                raise ValueError(f"{path}:{line}: {problem}") from None
            if joined and above is None and type(header.groups[-1].parts[-1]) is type(part):
                header.groups[-1].parts.append(part)
            else:
                header.groups.append(Group(blocks_of(above or []), line, [part]))
            above, joined, at = None, True, end
            behind = re.compile(r"[ \t]*/\*.*?\*/", re.S).match(text, at)
            if behind:
                header.groups[-1].parts[-1].text += behind[0]
                at = behind.end()
    return with_lists_merged(header)


def about_file(header, lines):
    """The first paragraph is the summary behind the file's name; the rest is its description."""
    first = lines.index("") if "" in lines else len(lines)
    title = " ".join(lines[:first])
    name, found, header.summary = title.partition(" - ")
    if not found or name != header.path:
        raise ValueError(f"{header.file}: its comment begins with its name and a summary")
    header.blocks = blocks_of(lines[first:])


def with_lists_merged(header):
    """An X-macro list and the enum made of it are one thing to a reader: the enum."""
    groups, comment = [], []
    for group in header.groups:
        part = group.parts[0]
        if isinstance(part, Macro) and re.search(r"_LIST\(X\)$", part.name):
            comment = group.blocks
            continue
        if comment and isinstance(part, Type) and not group.blocks:
            group.blocks = comment
        comment = []
        groups.append(group)
    header.groups = groups
    return header


def read_all():
    """Every public header, by path, those of adapters too; jeton.h, which only includes others, is
    the last."""
    paths = findings.files(("include", *ADAPTERS), (".h",))
    return sorted((read(path) for path in paths), key=lambda header: (header.noun == "jeton",
                                                                      header.path))
