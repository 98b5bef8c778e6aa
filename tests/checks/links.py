#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""links.py - what one document says of another exists: the file, and the heading in it."""
import os
import re
import sys

import findings

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.M | re.S)


def anchors(text):
    """The places a link can lead to: headings as the forges name them, and marks of our own."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub("", text), re.M)
    slugs = {re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]*>", "", heading)).strip().lower()
             .replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"></a>', text))


def main():
    found = findings.Findings("links")
    documents = [name for name in os.listdir(findings.ROOT) if name.endswith(".md")]
    for document in sorted(documents) + findings.files(("docs", "tests"), (".md",)):
        text = findings.read(document)
        for link in LINK.findall(CODE.sub("", text)):
            if re.match(r"\w+:", link):
                continue
            found.looked_at += 1
            path, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(document), path))
            target = target if path else document
            if not os.path.exists(os.path.join(findings.ROOT, target)):
                found.add(document, f"{link} leads nowhere")
            elif anchor and anchor not in anchors(findings.read(target)):
                found.add(document, f"{link}: there is no such place in {target}")
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
