# SPDX-License-Identifier: Apache-2.0
"""markdown.py - the headers as docs/reference: a page for each, and an index."""
import re

from declarations import Function, Macro, Type
import words

WIDTH = 88
NOTICE = "<!-- Written by tools/gen-docs from {}; what is wrong here is wrong there. -->"


def pages(all_headers):
    """The pages as {path: text}. jeton.h, which includes the others, is the index."""
    known = {part.name: header.noun for header in all_headers
             for part in header.parts((Function, Type))}
    calls = {part.name: "()" for header in all_headers for part in header.parts(Function)}
    made = {f"docs/reference/{header.noun}.md": Page(header, known, calls).text()
            for header in all_headers if header.noun != "jeton"}
    made["docs/reference/README.md"] = index(all_headers, known, calls)
    return made


def index(all_headers, known, calls):
    whole = next(header for header in all_headers if header.noun == "jeton")
    page = Page(whole, known, calls)
    lines = [NOTICE.format(whole.file), "", "# The reference of libjeton", "",
             "```c", "#include <jeton.h>", "```", ""]
    for block in whole.blocks:
        lines += page.block(block)
    lines += ["The same is in the manual: `man libjeton`, `man jeton_key`, `man jeton_key_parse`.",
              "The way through it is [the guide](../embed.md).", "",
              "| header | what it is |", "|---|---|"]
    for header in all_headers:
        if header.noun != "jeton":
            summary = page.inline(header.summary.rstrip(".:"), True)
            lines.append(f"| [{header.path}]({header.noun}.md) | {summary} |")
    lines += ["", "## Every function", ""]
    for header in all_headers:
        names = [page.inline(part.name) for part in header.parts(Function)]
        if names:
            lines.append(f"- {header.noun}: " + ", ".join(names))
    return "\n".join(lines) + "\n"


def prototype(part):
    """A function as C, wrapped below its parenthesis."""
    gives = part.gives + ("" if part.gives.endswith("*") else " ")
    first = ("static inline " if part.inline else "") + gives + part.name + "("
    lines = [first]
    for i, param in enumerate(part.takes or ["void"]):
        word = param + ("," if i + 1 < len(part.takes) else ");")
        if len(lines[-1]) + len(word) + 1 > WIDTH and i > 0:
            lines.append(" " * len(first) + word)
        else:
            lines[-1] += ("" if i == 0 else " ") + word
    return lines


class Page:
    def __init__(self, header, known, calls):
        self.header = header
        self.known = known
        self.calls = calls # "()" for each function

    def link(self, name, text):
        noun = self.known.get(name)
        if noun is None:
            return f"`{text}`"
        page = "" if noun == self.header.noun else f"{noun}.md"
        return f"[`{text}`]({page}#{name})"

    def inline(self, text, in_table=False):
        made = ""
        for kind, word in words.parts(text):
            if kind in ("name", "member"):
                made += self.link(word.partition(".")[0], word + self.calls.get(word, ""))
            elif kind:
                made += f"`{word}`"
            else:
                made += re.sub(r"([*_<\[\]])", r"\\\1", word)
        return made.replace("|", "\\|") if in_table else made

    def table(self, rows):
        lines = ["| | |", "|---|---|"]
        for term, text in rows:
            links = ", ".join(self.link(word, word) for word in term.split(", "))
            lines.append(f"| {links} | {self.inline(text, True)} |")
        return lines + [""]

    def block(self, block):
        kind, what = block
        if kind == "rows":
            return self.table(what)
        if kind == "code":
            return ["```c", *[line.removeprefix("    ") for line in what], "```", ""]
        if kind == "points":
            return [f"- {self.inline(point)}" for point in what] + [""]
        return [self.inline(what), ""]

    def blocks(self, blocks):
        return [line for block in blocks for line in self.block(block)]

    def of_type(self, part):
        if part.kind == "enum":
            return self.table([(name, text) for name, text in part.members])
        return ["```c", *part.text.splitlines(), "```", ""]

    def heading(self, group):
        names = [part.name for part in group.parts]
        anchors = "".join(f'<a id="{name.partition("(")[0]}"></a>' for name in names)
        return [f"### {anchors}{', '.join(f'`{name}`' for name in names)}", ""]

    def group(self, group):
        lines = self.heading(group)
        code = []
        for part in group.parts:
            if isinstance(part, Function):
                code += prototype(part)
            elif isinstance(part, Macro):
                code.append(part.text + (f"  /* {part.meaning} */" if part.meaning else ""))
        if code:
            lines += ["```c", *code, "```", ""]
        lines += self.blocks(group.blocks)
        for part in group.parts:
            if isinstance(part, Type):
                lines += self.of_type(part)
        return lines

    def text(self):
        header = self.header
        lines = [NOTICE.format(header.file), "", f"# {header.path}", "",
                 self.inline(header.summary[0].upper() + header.summary[1:]), "",
                 *self.blocks(header.blocks)]
        for title, kinds in (("Types", (Type, Macro)),
                             ("Functions", (Function,))):
            groups = header.groups_of(*kinds)
            if groups:
                lines += [f"## {title}", ""]
            for group in groups:
                lines += self.group(group)
        return "\n".join(lines).rstrip("\n") + "\n"
