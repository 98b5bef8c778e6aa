# SPDX-License-Identifier: Apache-2.0
"""words.py - finds in the running text of a comment what a page sets in another way: the names of
functions, types and constants, arguments, code."""
import re

# Each kind with its pattern, in the order they are tried in.
KINDS = [("argument", r"`([^`]+)`"), ("member", r"\b(jeton_\w+(?:\.\w+)+)"),
         ("name", r"\b(jeton_\w+)\b(?:\(\))?(?!/)"), ("constant", r"\b(JETON_\w*[A-Z0-9])\b"),
         ("argument", r"(?<![\w*])(\*[a-z]\w*)(?![\w*])"), ("code", r"\b([a-z]+\(\))"),
         ("code", r"(\{0\}|\{NULL, 0\})"), ("constant", r"\b(NULL)\b")]
CODE = re.compile("|".join(pattern for _, pattern in KINDS))


def parts(text):
    """The text as a list of (kind, words); kind is None for what is only text."""
    found, at = [], 0
    for match in CODE.finditer(text):
        if match.start() > at:
            found.append((None, text[at:match.start()]))
        number = next(i for i, group in enumerate(match.groups()) if group)
        kind, words = KINDS[number][0], match[number + 1]
        if kind == "argument" and not re.fullmatch(r"\*?[a-z]\w*", words):
            kind = "code"
        found.append((kind, words))
        at = match.end()
    return found + [(None, text[at:])] if at < len(text) else found
