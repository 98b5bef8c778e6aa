# SPDX-License-Identifier: Apache-2.0
"""mdoc.py - the headers as manual pages of section 3, in mdoc(7)."""
import os
import re
import textwrap

import findings
from declarations import ADAPTERS, Function, Macro, Type
import words

SPECIAL = {"\\": r"\e", "§": r"\(sc", "…": r"\&...", "≥": r"\(>=", "≤": r"\(<=", "–": r"\(en",
           "—": r"\(em", "→": r"\(->", "×": r"\(mu", "‖": r"\(ba\(ba", "’": r"\(cq",
           "“": r"\(lq", "”": r"\(rq", "µ": r"\(mc", "Δ": r"\(*D"}
CLOSING = set(".,:;)]?!")

# jeton.h is libjeton(3), which is written by hand; export.h is of no use by itself.
WITHOUT_PAGE = ("jeton", "export")


def escaped(text):
    """Plain words for a page: nothing in them is a request."""
    text = "".join(SPECIAL.get(letter, letter if ord(letter) < 128 else f"\\[u{ord(letter):04X}]")
                   for letter in text)
    return re.sub(r"^([.'])", r"\\&\1", text)


def argument(text):
    """One argument of a macro: quoted, and never itself taken for a macro."""
    return '"' + escaped(text).replace('"', '\\(dq') + '"'


MARKS = {"name": "Vt", "member": "Vt", "constant": "Dv", "argument": "Fa", "code": "Ql"}


def glued(text):
    """The words of a text; each a list of (kind, piece) that stand without a space between them."""
    found, open_word = [], False
    for kind, piece in words.parts(text):
        for i, word in enumerate([piece] if kind else re.split(r"\s+", piece)):
            if i > 0:
                open_word = False
            if word and open_word:
                found[-1].append((kind, word))
            elif word:
                found.append([(kind, word)])
                open_word = True
    return found


def macro_line(pieces, functions):
    """One word of which a part has a macro: "(jeton_key_free())." is .Pf ( Fn jeton_key_free ) ."""
    line = ""
    for i, (kind, piece) in enumerate(pieces):
        if kind:
            mark = "Fn" if kind == "name" and piece in functions else MARKS[kind]
            line += (" Ns " if i > 0 and pieces[i - 1][0] else " ") + f"{mark} {argument(piece)}"
        elif i == 0:
            line += f" Pf {argument(piece)}"
        elif i == len(pieces) - 1 and set(piece) <= CLOSING:
            line += "".join(f" {letter}" for letter in piece)
        else:
            # A lone "(" or "." would be punctuation, which No does not take.
            text = argument(piece) if len(piece) > 1 else "\\&" + piece
            line += f" Ns No {text}" + (" Ns" if i < len(pieces) - 1 else "")
    return "." + line[1:]


def paragraph(text, functions):
    """Running text as lines. A new sentence begins a new line, as mdoc wants it."""
    lines, plain = [], []

    def flush():
        if plain:
            lines.extend(escaped(line) for line in textwrap.wrap(
                " ".join(plain), 76, break_long_words=False, break_on_hyphens=False))
            plain.clear()
    for pieces in glued(text):
        if any(kind for kind, _ in pieces):
            flush()
            lines.append(macro_line(pieces, functions))
            continue
        word = pieces[0][1]
        if plain and word[0].isupper() and re.search(r"[A-Za-z0-9)\"\]][.?!]$", plain[-1]):
            flush()
        plain.append(word)
    flush()
    return lines


def literal(lines):
    return [".Bd -literal", *[escaped(line) for line in lines], ".Ed"]


class Page:
    """One header as jeton_<noun>.3."""

    def __init__(self, header, functions, release, date):
        self.header = header
        self.functions = functions
        self.release, self.date = release, date

    def inline(self, text):
        return paragraph(text, self.functions)

    def tagged(self, rows, marks):
        """A list of terms with their meanings; `marks` gives a term its macro line."""
        lines = [".Bl -tag -width Ds"]
        for term, text in rows:
            lines += [f".It {marks(term)}", *self.inline(text)]
        return lines + [".El"]

    def block(self, block):
        kind, what = block
        if kind == "rows":
            return self.tagged(what, lambda term: ("Dv " if term.isupper() else "Fa ") +
                               " , ".join(re.split(", ", term)))
        if kind == "code":
            return literal(line.removeprefix("    ") for line in what)
        if kind == "points":
            items = [line for point in what for line in [".It", *self.inline(point)]]
            return [".Bl -bullet", *items, ".El"]
        return self.inline(what)

    def blocks(self, blocks):
        """Blocks with a paragraph break between texts; lists and displays bring their own."""
        lines = []
        for i, block in enumerate(blocks):
            if i > 0 and block[0] == "text":
                lines.append(".Pp")
            lines += self.block(block)
        return lines

    def name(self):
        names = [part.name for part in self.header.parts(Function)]
        names.insert(0, f"jeton_{self.header.noun}")
        return [".Sh NAME", *[f".Nm {name} ," for name in names[:-1]], f".Nm {names[-1]}",
                f".Nd {escaped(self.header.summary.rstrip('.:'))}"]

    def library(self):
        return ADAPTERS.get(os.path.dirname(self.header.file),
                            "libjeton (\\-ljeton, pkg-config jeton)")

    def synopsis(self):
        lines = [".Sh SYNOPSIS", f".In {self.header.path}"]
        for part in self.header.parts(Macro):
            lines.append(f".Fd {argument(part.text)}")
        for part in self.header.parts(Function):
            lines += [f".Ft {argument(part.gives)}", f".Fo {part.name}"]
            lines += [f".Fa {argument(param)}" for param in part.takes or ["void"]] + [".Fc"]
        return lines

    def type_group(self, group):
        lines = [".It " + " , ".join(f"Vt {part.name}" for part in group.parts)]
        lines += self.blocks(group.blocks)
        for part in group.parts:
            if part.kind == "plain":
                lines += literal(part.text.splitlines())
            elif part.kind == "enum":
                lines += self.tagged(part.members, lambda term: f"Dv {argument(term)}")
            elif part.kind == "struct":
                lines += self.tagged(part.members, lambda term: f"Va {argument(term)}")
            elif not group.blocks:
                lines += ["Known by its pointer only."]
        return lines

    def macro_group(self, group):
        lines = [".It " + " , ".join(f"Dv {argument(part.name)}" for part in group.parts)]
        lines += self.blocks(group.blocks)
        for part in group.parts:
            lines += self.inline(part.meaning)
        return lines

    def function_group(self, group):
        lines = [".It " + " , ".join(f"Fn {part.name}" for part in group.parts)]
        return lines + self.blocks(group.blocks)

    def section(self, title, kinds, make):
        groups = self.header.groups_of(kinds)
        if not groups:
            return []
        return [f".Ss {title}", ".Bl -tag -width Ds",
                *[line for group in groups for line in make(group)], ".El"]

    def description(self):
        return [".Sh DESCRIPTION", *self.blocks(self.header.blocks),
                *self.section("Types", Type, self.type_group),
                *self.section("Constants", Macro, self.macro_group),
                *self.section("Functions", Function, self.function_group)]

    def outcomes(self):
        """What the calls return, and the outcomes the page names, in the words of error.h."""
        if not any(part.gives == "jeton_status" and part.takes[-1:] == ["jeton_err *err"]
                   for part in self.header.parts(Function)):
            return []
        rows = [(f"JETON_{row[0]}", row[-1])
                for row in findings.rows("include/jeton/error.h", "JETON_STATUS_LIST")
                if re.search(rf"\bJETON_{row[0]}\b", self.header.text)
                and row[0] not in ("OK", "E_NOMEM")]
        return [".Sh RETURN VALUES", *self.inline(
            "A call that gives jeton_status gives JETON_OK when it has done what it says, and must "
            "be looked at. Otherwise its outputs are empty, and *err, unless `err` is NULL, says "
            "what happened; a failure that is already in it stays."),
            *([".Sh ERRORS", "Besides running out of memory:",
               *self.tagged(rows, lambda term: f"Dv {term}")] if rows else [])]

    def see_also(self):
        pages = sorted({"libjeton"} | {path[:-2].replace("/", "_") for path in self.header.includes
                                      if path.startswith("jeton/")} - {"jeton_export"})
        lines = [".Sh SEE ALSO", *[f".Xr {page} 3 ," for page in pages[:-1]], f".Xr {pages[-1]} 3"]
        standards = sorted(set(re.findall(r"RFC (\d{4})", self.header.text)), key=int)
        if standards:
            lines += [".Sh STANDARDS", "RFC " + ", RFC ".join(standards) + "."]
        return lines

    def text(self):
        title = f"JETON_{self.header.noun.upper()}"
        lines = ['.\\" SPDX-License-Identifier: Apache-2.0',
                 f'.\\" Made of {self.header.file} by tools/gen-man.',
                 f".Dd {self.date}", f".Dt {title} 3", f".Os Jeton {self.release}",
                 *self.name(), ".Sh LIBRARY", self.library(),
                 *self.synopsis(), *self.description(), *self.outcomes(), *self.see_also()]
        return "\n".join(lines) + "\n"


def pages(all_headers, release, date):
    """The pages as {file name: text}: one for each header that declares something to use."""
    functions = {part.name for header in all_headers for part in header.parts(Function)}
    return {f"jeton_{header.noun}.3": Page(header, functions, release, date).text()
            for header in all_headers if header.noun not in WITHOUT_PAGE}
