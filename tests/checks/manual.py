#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""manual.py FOLDER: the manual pages of that folder tell of everything there is, and of nothing
else.

- each symbol of src/libjeton.map, and each function of an adapter, is in one page of section 3 and in one page of docs/reference;
- each command that the program lists (FOLDER/commands.json) has its synopsis in one page of
  section 1, with each of its options; no page of its noun names an option that it has not;
- each variable of the environment that the program reads is in a page of section 1;
- a page of ours that another one refers to exists;
- mandoc finds nothing to warn of, or groff, where there is no mandoc.
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys

import findings


# "jeton key new --alg ES256": its words, and the options behind them with their values.
EXAMPLE = re.compile(r"\bjeton ([a-z]+(?: [a-z]+)?)((?: +(?:\\?-){2}[a-z-]+(?: [^-|\n]\S*)?)*)")


def symbols():
    text = findings.without_comments(findings.read("src/libjeton.map"))
    return sorted(set(re.findall(r"^\s*(\w+);", text.split("local:")[0], re.M)) | of_adapters())


def of_adapters():
    """What the libraries beside libjeton declare."""
    return {name for path in findings.files(("adapters",), (".h",))
            for name in re.findall(r"^JETON_API\b[^;{(]*?(\w+)\s*\(",
                                   findings.without_comments(findings.read(path)), re.M)}


def inline_functions():
    return {name for path in findings.files(("include",), (".h",))
            for name in re.findall(r"^static inline [^(]*?(\w+)\(", findings.read(path), re.M)}


def exactly_once(found, what, names, texts, pattern):
    """Each name is matched in one of the texts; what else is matched there is wrong."""
    places = collections.defaultdict(list)
    for path, text in texts.items():
        for name in re.findall(pattern, text, re.M):
            places[name].append(path)
    for name in names:
        found.looked_at += 1
        if len(places[name]) != 1:
            found.add(name, f"is in {len(places[name])} pages of {what}: {places[name]}")
    return set(places) - set(names)


def check_symbols(found, pages):
    names = symbols()
    manual = {name: text for name, text in pages.items() if name.endswith(".3")}
    files = findings.files(("docs/reference",), (".md",))
    reference = {path: findings.read(path) for path in files}
    for what, texts, pattern in (("the manual", manual, r"^\.Fo (\w+)$"),
                                 ("docs/reference", reference, r"^[a-z][\w ]*[ *](jeton_\w+)\(")):
        strange = exactly_once(found, what, names, texts, pattern)
        for name in sorted(strange - inline_functions()):
            found.add(name, f"is in {what} and not in src/libjeton.map")


def flags(text):
    """The options a text names: .Fl "-alg" Ar ALG, .Fl -alg, .Op Fl -alg."""
    return {"--" + name for name in re.findall(r'\bFl "?-([a-z][a-z0-9-]*)', text)}


def check_commands(found, pages, commands):
    settings = {"--" + row[3]
                for row in findings.rows("src/sys/config_keys.h", "JD_CONFIG_LIST")}
    for command in commands:
        found.looked_at += 1
        words = " ".join([command["noun"]] + ([command["verb"]] if "verb" in command else []))
        page = f"jeton-{command['noun']}.1"
        if page not in pages:
            found.add(words, f"has no page: man/{page}.in is missing")
            continue
        own = re.search(rf"^\.Cm {words}\n(.*?)(?=^\.Cm|^\.Sh)", pages[page], re.M | re.S)
        if own is None:
            found.add(page, f"has no synopsis of jeton {words}")
            continue
        # the settings are too many for a synopsis, and for more than the page of serve
        where = pages[page] if "verb" not in command else own[1]
        told_by_serve = page != "jeton-serve.1" and ".Op Ar setting" in own[1]
        elsewhere = settings if told_by_serve else set()
        for option in command["options"]:
            if option["name"] not in flags(where) | elsewhere:
                found.add(page, f"does not name {option['name']} of jeton {words}")


def check_no_others(found, pages, commands):
    always = {"--help", "--version", "--name"}
    for name, text in pages.items():
        if not name.endswith(".1"):
            continue
        found.looked_at += 1
        noun = name[:-2].partition("-")[2]
        known = {option["name"] for command in commands for option in command["options"]
                 if noun in ("", command["noun"])}
        for flag in sorted(flags(text) - known - always):
            found.add(name, f"names {flag}, which there is not")
        called = {" ".join(filter(None, [c["noun"], c.get("verb")])) for c in commands}
        for words in re.findall(r"^\.Cm ([a-z ]+)$", text, re.M):
            if words not in called | {"help"}:
                found.add(name, f"tells of jeton {words}, which there is not")
        for words, options in EXAMPLE.findall(text):
            if words.split()[0] in {c["noun"] for c in commands} and \
                    not {words, words.split()[0]} & called:
                found.add(name, f"calls jeton {words}, which there is not")
            for flag in sorted(set(re.findall(r"--[a-z-]+", options)) - known - always):
                found.add(name, f"calls jeton {words} {flag}, which there is not")


def check_environment(found, pages):
    """What getenv() is asked for or a literal names, and what the settings make of their names."""
    names = {name for path in findings.files(("src",), (".c", ".h"))
             for name in re.findall(r'getenv\("(\w+)"\)|"(JETON_[A-Z_]+)"', findings.read(path))}
    names = {one or other for one, other in names}
    names |= {"JETON_" + row[3].upper().replace("-", "_")
              for row in findings.rows("src/sys/config_keys.h", "JD_CONFIG_LIST")}
    commands = "".join(text for name, text in pages.items() if name.endswith(".1"))
    told = set(re.findall(r"\bEv (\w+)", commands))
    for name in sorted(names):
        found.looked_at += 1
        if name not in told:
            found.add(name, "is read from the environment, and no page says so")
    for name in sorted(told - names):
        found.add(name, "is told of as an environment variable, and nothing reads it")


def check_references(found, pages):
    for name, text in pages.items():
        for page, section in re.findall(r"^\.Xr (\S+) (\d)", text, re.M):
            if re.match("(lib)?jeton", page) and f"{page}.{section}" not in pages:
                found.add(name, f"refers to {page}({section}), which there is not")


def check_form(found, folder, pages):
    """What mandoc says of pages that are installed nowhere, and of long lines, is no warning."""
    judges = (["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-ww", "-mdoc", "-Tutf8", "-z"])
    judge = next((command for command in judges if shutil.which(command[0])), None)
    if judge is None:
        print("neither mandoc nor groff is here: the form of the pages was not looked at")
        return
    for name in sorted(pages):
        said = subprocess.run([*judge, os.path.join(folder, name)], capture_output=True, text=True)
        for line in (said.stdout + said.stderr).splitlines():
            found.add(name, line)


def main():
    folder = sys.argv[1]
    found = findings.Findings("manual")
    pages = {}
    for name in sorted(os.listdir(folder)):
        if re.search(r"\.[13]$", name):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                pages[name] = file.read()
    with open(os.path.join(folder, "commands.json"), encoding="utf-8") as file:
        commands = json.load(file)["commands"]
    check_symbols(found, pages)
    check_commands(found, pages, commands)
    check_no_others(found, pages, commands)
    check_environment(found, pages)
    check_references(found, pages)
    check_form(found, folder, pages)
    return found.report()


if __name__ == "__main__":
    sys.exit(main())
