# SPDX-License-Identifier: Apache-2.0
"""commands.py - the pages of the commands: written by hand in man/*.in, and filled in with what the
program itself says about its commands and options (jeton help --json).

What a page is filled in with is asked for by a line of its own:

    .\\" @synopsis       how each command of the page's noun is called
    .\\" @command VERB   a section about that command; what follows the line is added to it
    .\\" @commands       the same for those of the noun that were not named
    .\\" @summaries      every command of the program in a line
    .\\" @see            the pages of those commands
    .\\" @settings       the settings of jeton serve
    .\\" @rules          the operators of rules (jeton_policy(3)) by their words
    .\\" @headers        the pages of the library
    .\\" @example FILE   a program, as it stands in examples/
"""
import os
import re

import declarations
import findings
import mdoc

MARK = re.compile(r'^\.\\" @(\w+) ?(.*)\n', re.M)


def sentence(text):
    """A help text as a sentence; names keep their letters."""
    text = text[0].upper() + text[1:] if re.match(r"[a-z]+[ ;']", text) else text
    return text if text.endswith(".") else text + "."


def flag(option):
    value = f" Ar {mdoc.argument(option['value'])}" if "value" in option else ""
    return f"Fl {mdoc.argument('-' + option['name'].lstrip('-'))}{value}"


def operand(command):
    return "Ar " + " | ".join(command["operand"].split("|"))


SETTINGS = {"--" + row[3] for row in findings.rows("src/sys/config_keys.h", "JD_CONFIG_LIST")}


def taking_settings(options):
    """The options without the settings, when all of them are among them: those are told of once, in
    jeton-serve(1). And whether they are."""
    if not SETTINGS <= {option["name"] for option in options}:
        return options, False
    return [option for option in options if option["name"] not in SETTINGS], True


def called(command):
    """The lines of a SYNOPSIS."""
    words = [command["noun"]] + ([command["verb"]] if "verb" in command else [])
    lines = [".Nm jeton", ".Cm " + " ".join(words)]
    options, settings_too = taking_settings(command["options"])
    for option in options:
        more = " ..." if option["many"] else ""
        lines.append(("." if option["required"] else ".Op ") + flag(option) + more)
    if settings_too:
        lines.append(".Op Ar setting ...")
    if "operand" in command:
        lines.append((".Op " if command["operand_optional"] else ".") + operand(command))
    return lines


def option_list(options):
    options, settings_too = taking_settings(options)
    lines = [".Bl -tag -width Ds"]
    for option in options:
        lines += [f".It {flag(option)}", *mdoc.paragraph(sentence(option["help"]), ()),
                  *(["May be repeated."] if option["many"] else [])]
    more = [".Pp", "Every setting of", ".Xr jeton-serve 1", "is an option as well."]
    return (lines + [".El"] if options else []) + (more if settings_too else [])


def about(command, more):
    """The section of one command: its summary, its options, and what the page adds."""
    title = " ".join(["jeton", command["noun"], command.get("verb", "")]).strip()
    text = "\n".join([f".Ss {title}", *mdoc.paragraph(command["summary"], ()),
                      *option_list(command["options"])])
    more = more.strip("\n")
    return text + ("\n.Pp\n" + more if more else "") + "\n"


KINDS = {"TEXT": "text", "ADDRESS": "address", "LIST": "list", "SECONDS": "time", "COUNT": "number",
         "AUTO": "number|auto", "BYTES": "size", "SWITCH": "on|off", "LEVEL": "level",
         "MODE": "mode"}


def settings():
    lines = [".Bl -tag -width Ds"]
    for kind, when, _, name, default, _, _, meaning in findings.rows("src/sys/config_keys.h",
                                                               "JD_CONFIG_LIST"):
        behind = f"By default {default}." if default else ""
        behind += "" if when == "RELOAD" else " Needs a restart."
        lines += [f".It Fl {mdoc.argument('-' + name)} Ar {KINDS[kind]} , "
                  f"Ev JETON_{name.upper().replace('-', '_')}",
                  *mdoc.paragraph(sentence(meaning) + " " + behind, ())]
    return lines + [".El"]


class Page:
    def __init__(self, path, listing, all_headers):
        self.path = path
        name = os.path.basename(path).removesuffix(".in") # "jeton-key.1"
        self.noun = name.partition(".")[0].partition("-")[2]
        self.commands = [c for c in listing if c["noun"] == self.noun]
        self.listing, self.headers = listing, all_headers
        self.named = set()

    def fill_synopsis(self, _argument, rest):
        return "\n".join(line for c in self.commands for line in called(c)) + "\n" + rest

    def fill_command(self, verb, rest):
        found = [c for c in self.commands if c.get("verb") == verb]
        if not found:
            raise ValueError(f"{self.path}: there is no command jeton {self.noun} {verb}")
        self.named.add(verb)
        return about(found[0], rest)

    def fill_commands(self, _argument, rest):
        others = [c for c in self.commands if c.get("verb") not in self.named]
        return "".join(about(c, "") for c in others) + rest

    def fill_summaries(self, _argument, rest):
        lines = [".Bl -tag -width Ds"]
        for command in self.listing:
            words = " ".join([command["noun"], command.get("verb", "")]).strip()
            lines += [f".It Cm {words}", *mdoc.paragraph(command["summary"], ())]
        return "\n".join(lines + [".El"]) + "\n" + rest

    def fill_see(self, _argument, rest):
        nouns = sorted({command["noun"] for command in self.listing})
        return "".join(f".Xr jeton-{noun} 1 ,\n" for noun in nouns) + ".Xr libjeton 3\n" + rest

    def fill_settings(self, _argument, rest):
        return "\n".join(settings()) + "\n" + rest

    def fill_rules(self, _argument, rest):
        header = "include/jeton/policy.h"
        meaning = declarations.row_comments(header, "JETON_RULE_LIST")
        lines = [".Bl -tag -width contains-all -compact"]
        for name, _, word in findings.rows(header, "JETON_RULE_LIST"):
            text = re.sub(r"[A-Z_]{3,}", lambda m: m[0].lower().replace("_", "-")
                          if m[0] in meaning else m[0], meaning[name])
            lines += [f".It Cm {word}", *mdoc.paragraph(text, ())]
        return "\n".join(lines + [".El"]) + "\n" + rest

    def fill_headers(self, _argument, rest):
        lines = [".Bl -tag -width Ds"]
        for header in self.headers:
            if header.noun not in mdoc.WITHOUT_PAGE:
                lines += [f".It Xr jeton_{header.noun} 3",
                          *mdoc.paragraph(sentence(header.summary.rstrip(".:")), ())]
        return "\n".join(lines + [".El"]) + "\n" + rest

    def fill_example(self, file, rest):
        code = findings.read(f"examples/{file}").splitlines()
        return "\n".join(mdoc.literal(line for line in code if "SPDX" not in line)) + "\n" + rest

    def text(self, release, date):
        """The page; each mark with the lines up to the next one, or to the next section."""
        pieces = MARK.split(findings.read(self.path))
        made = pieces[0]
        for what, argument, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
            own, section, others = rest.partition("\n.Sh ")
            made += getattr(self, f"fill_{what}")(argument, own + "\n" if section else own)
            made += section[1:] + others
        return made.replace("@release@", release).replace("@date@", date)


def pages(section, listing, all_headers, release, date):
    """The pages of man/ of that section, as {file name: text}."""
    return {os.path.basename(path).removesuffix(".in"):
            Page(path, listing, all_headers).text(release, date)
            for path in findings.files(("man",), (f".{section}.in",))}
