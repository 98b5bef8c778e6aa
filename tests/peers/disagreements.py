# SPDX-License-Identifier: Apache-2.0
"""disagreements.py - where jeton and PyJWT may differ about a token, and why.

A rule names who accepts, what jeton says when it is the one that refuses, and a predicate on the
token. Whatever the differential test finds must have a rule; whatever has no finding must not.
Each rule brings tokens of its own, so that it shows in every run.
"""
import base64
import binascii
import functools
import json
import re
from collections import namedtuple

import jwt

import mutants
from mutants import NOW, put

B64 = re.compile(rb"[A-Za-z0-9_-]*\Z")


class View:
    """What there is to say about a token, read as laxly as PyJWT does."""

    def __init__(self, token, setup):
        self.token, self.setup = token, setup
        self.segments = token.split(b".")
        head, _, self.signature = token.rpartition(b".")
        header, _, payload = head.partition(b".")
        self.header_part, self.payload_part = header, payload
        self.header_octets, self.payload_octets = lax(header), lax(payload)
        self.repeats = False # of a name, in either
        self.header = self.read(self.header_octets)
        self.claims = self.read(self.payload_octets)

    def read(self, octets):
        """The object, or {} when it is none. The last of repeated names wins, as in Python."""
        try:
            value = json.loads(octets, object_pairs_hook=self.members)
        except (ValueError, RecursionError, TypeError):
            return {}
        return value if isinstance(value, dict) else {}

    def members(self, pairs):
        found = dict(pairs)
        self.repeats = self.repeats or len(found) != len(pairs)
        return found

    @property
    def parts(self):
        return self.header_part, self.payload_part, self.signature

    @property
    def texts(self):
        return self.header_octets, self.payload_octets


def lax(part):
    try:
        return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return b""


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# --- encoding ------------------------------------------------------------------------------------

def has_padding(view):
    return any(b"=" in part for part in view.parts)


def has_foreign(view):
    return any(not B64.match(part.replace(b"=", b"").replace(b".", b"")) for part in view.parts)


def has_unused_bits(view):
    return any(B64.match(part) and len(part) % 4 != 1 and mutants.canonical(part) != part
               for part in view.parts)


def has_dots(view):
    return len(view.segments) > 3


# --- JSON ----------------------------------------------------------------------------------------

def is_not_utf8(view):
    """json.loads() of Python guesses among five encodings and lets surrogates pass."""
    def bad(octets):
        try:
            return b"\0" in octets[:4] or octets.startswith(b"\xef\xbb\xbf") or not octets.decode()
        except UnicodeDecodeError:
            return True
    return any(octets and bad(octets) for octets in view.texts)


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


def has_lone_surrogate(view):
    return any("\ud800" <= char <= "\udfff" for tree in (view.header, view.claims)
               for text in strings_of(tree) for char in text)


def numbers_of(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers_of(inner)


def has_no_number(view):
    """NaN and Infinity, which are no JSON, and numbers that a double cannot hold."""
    return any(number != number or abs(number) == float("inf")
               for tree in (view.header, view.claims) for number in numbers_of(tree))


def depth_of(value):
    inner = (value.values() if isinstance(value, dict) else value if isinstance(value, list)
             else None)
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def is_deep(view):
    return max(depth_of(view.header), depth_of(view.claims)) > 16


def is_large(view):
    return (len(view.header_octets) > 8 * 1024 or len(view.payload_octets) > 48 * 1024
            or len(view.token) > 64 * 1024)


# --- header --------------------------------------------------------------------------------------

def demands_extensions(view):
    return "crit" in view.header or "b64" in view.header


def has_odd_header(view):
    return any(name in view.header and not isinstance(view.header[name], str)
               for name in ("kid", "typ", "cty"))


def names_another_key(view):
    kid = view.header.get("kid")
    return isinstance(kid, str) and kid != view.setup.kid


def is_not_the_keys_alg(view):
    return view.setup.bound not in (None, view.header.get("alg"))


def is_ed25519(view):
    return view.setup.bound == "EdDSA" and view.header.get("alg") == "Ed25519"


# --- claims --------------------------------------------------------------------------------------

def is_bool_date(view):
    return any(isinstance(view.claims.get(name), bool) for name in ("exp", "nbf", "iat"))


def is_far_date(view):
    """Outside the years 0 to 9999, as a number or as digits."""
    def far(value):
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value):
            value = int(value)
        return is_number(value) and not -62167219200 <= value < 253402300800
    return any(far(view.claims.get(name)) for name in ("exp", "nbf", "iat"))


def is_odd_text_date(view):
    """What int() takes and is not plain digits."""
    return any(isinstance(view.claims.get(name), str)
               and not re.fullmatch(r"-?[0-9]{1,12}", view.claims[name])
               for name in ("exp", "nbf", "iat"))


def is_text_date(view):
    return any(isinstance(view.claims.get(name), str) for name in ("exp", "nbf", "iat"))


def has_odd_name(view):
    return any(name in view.claims and not isinstance(view.claims[name], str)
               for name in ("iss", "sub", "jti"))


def is_falsy_aud(view):
    aud = view.claims.get("aud", "")
    return not aud and not isinstance(aud, (str, list))


def never_expires(view):
    return "exp" not in view.claims


def has_unasked_aud(view):
    return bool(view.claims.get("aud")) and "audience" not in view.setup.words


def has_fraction(view):
    return any(isinstance(view.claims.get(name), float) for name in ("exp", "nbf", "iat"))


def has_less_than_ms(view):
    return any(isinstance(view.claims.get(name), float)
               and abs(round(view.claims[name], 3) - view.claims[name]) > 5e-7
               for name in ("exp", "nbf", "iat"))


def is_iat_for_int(view):
    return isinstance(view.claims.get("iat"), (str, float))


def has_odd_type(view, reason):
    """An aud or iss of the wrong type is an error of its own to jeton; PyJWT has one for all."""
    if reason == "E_ISSUER":
        return not isinstance(view.claims.get("iss"), str)
    aud = view.claims.get("aud")
    is_list = isinstance(aud, list) and all(isinstance(text, str) for text in aud)
    return reason == "E_AUDIENCE" and not isinstance(aud, str) and not is_list


# --- the tokens of each rule ---------------------------------------------------------------------

def claim(name, *values):
    """Tokens that differ from a good one in that claim."""
    def make(maker):
        for value in values:
            draft = maker.draft()
            put(draft.claims, name, value)
            yield maker.finish(draft)
    return make


def member(name, *values):
    def make(maker):
        for value in values:
            draft = maker.draft()
            put(draft.header, name, value)
            yield maker.finish(draft)
    return make


def without(name):
    def make(maker):
        draft = maker.draft()
        mutants.drop(draft.claims, name)
        yield maker.finish(draft)
    return make


def text(change):
    """The text of the claims is another."""
    def make(maker):
        draft = maker.draft()
        draft.write()
        draft.texts[1] = change(draft.texts[1])
        draft.encode()
        yield b".".join([*draft.parts, draft.signature()])
    return make


def part(change):
    """The segment of the claims is another, and signed as it is."""
    def make(maker):
        draft = maker.draft()
        for more in range(3): # of these lengths, two have unused bits
            put(draft.claims, "more", '"' + "y" * more + '"')
            draft.write()
            draft.encode()
            draft.parts[1] = change(draft.parts[1])
            yield b".".join([*draft.parts, draft.signature()])
    return make


def by_other_algorithm(maker):
    draft = maker.draft()
    for draft.alg, draft.key in maker.own[1:]:
        put(draft.header, "alg", json.dumps(draft.alg))
        yield maker.finish(draft)


# --- the rules -----------------------------------------------------------------------------------

# accepts    who does: "PyJWT" or "jeton"
# errors     what jeton says, when it is jeton that refuses
# applies    (View) -> bool
# tokens     (Maker) -> tokens that the rule is for
# preset     "pyjwt": with that preset; "": with jeton's own policy; None: with both
# probe      if versions of PyJWT differ: whether the one here is one that the rule is about
Rule = namedtuple("Rule", "name accepts errors why applies tokens preset probe",
                  defaults=(None, None))

ENCODING = ("E_ENCODING",)
SYNTAX = ("E_SYNTAX",)
CLAIM = ("E_CLAIM",)

RULES = [
    Rule("padding", "PyJWT", ENCODING, "RFC 7515 §2: base64url is written without padding",
         has_padding, part(lambda octets: octets + b"=" * (-len(octets) % 4 or 4))),
    Rule("foreign characters", "PyJWT", ENCODING,
         "Python's base64 leaps over whatever is not in the alphabet, and takes + and / as well",
         has_foreign, part(lambda octets: octets[:8] + b" !" + octets[8:])),
    Rule("unused bits", "PyJWT", ENCODING,
         "one token would have several spellings: lists of revoked tokens could be evaded",
         has_unused_bits, part(mutants.loosen)),
    Rule("more than three segments", "PyJWT", SYNTAX,
         "PyJWT takes the dots in the middle for part of the payload, where base64 leaps over them",
         has_dots, part(lambda octets: octets[:8] + b"." + octets[8:])),
    Rule("names given twice", "PyJWT", SYNTAX,
         "RFC 7515 §4, RFC 7519 §4 allow refusing them: two readers would see two tokens",
         lambda view: view.repeats, text(lambda octets: b'{"sub":"bob",' + octets[1:])),
    Rule("not UTF-8", "PyJWT", SYNTAX,
         "RFC 7519 §3: claims are UTF-8; a byte order mark, UTF-16 and surrogates are not",
         is_not_utf8, text(lambda octets: octets.decode().encode("utf-16"))),
    Rule("half of a surrogate pair", "PyJWT", SYNTAX,
         "RFC 8259 §8.2: such a text is no Unicode, and readers make different things of it",
         has_lone_surrogate, claim("name", '"\\ud800"')),
    Rule("no number", "PyJWT", SYNTAX,
         "RFC 8259 §6 has no NaN and no Infinity, and 1e400 fits no double",
         has_no_number, claim("ratio", "NaN", "-Infinity", "1e400", str(10 ** 30))),
    Rule("deep nesting", "PyJWT", ("E_LIMIT",), "jeton_limits.depth is 16",
         is_deep, claim("deep", "[" * 16 + "]" * 16)),
    Rule("large", "PyJWT", ("E_LIMIT",), "jeton_limits has a length for each segment",
         is_large, claim("large", '"' + "x" * 49152 + '"')),
    Rule("extensions demanded", "PyJWT", ("E_CRIT",),
         "RFC 7515 §4.1.11: crit that is not understood is refused; b64 means nothing without it",
         demands_extensions, member("b64", "true")),
    Rule("header members of the wrong type", "PyJWT", ("E_HEADER",),
         "RFC 7515 §4.1: kid, typ and cty are texts", has_odd_header, member("typ", "1", "null")),
    Rule("kid of another key", "PyJWT", ("E_KEY_UNKNOWN", "E_LIMIT"),
         "PyJWT leaves kid to its caller, who may well forget it",
         names_another_key, member("kid", '"another"')),
    Rule("algorithm of another key", "PyJWT", ("E_ALG", "E_KEY_UNKNOWN"),
         "RFC 8725 §3.1: a key is used with one algorithm, and a JWK says which",
         is_not_the_keys_alg, by_other_algorithm),
    Rule("dates that are true or false", "PyJWT", CLAIM, "int(True) is 1, but no date",
         is_bool_date, claim("nbf", "true", "false")),
    Rule("dates that no clock says", "PyJWT", CLAIM, "NumericDates end with the year 9999",
         is_far_date, claim("exp", str(10 ** 18), "253402300800")),
    Rule("texts that int() takes", "PyJWT", CLAIM, "spaces, +, _ and other people's digits",
         is_odd_text_date, claim("exp", f'" {NOW + 60}"', f'"+{NOW + 60}"'), "pyjwt"),
    Rule("iss, sub and jti that are no texts", "PyJWT", CLAIM,
         "RFC 7519 §4.1 says they are; --sub-number allows numbers in sub",
         has_odd_name, claim("iss", "42", "null", "[]")),
    Rule("an aud of the wrong type that is false", "PyJWT", CLAIM,
         "PyJWT looks at the type of an aud only if it is true",
         is_falsy_aud, claim("aud", "null", "0", "false", "{}")),

    Rule("the other name of EdDSA", "jeton", (),
         "RFC 9864 names the same algorithm Ed25519; PyJWT learnt only the old name",
         is_ed25519, member("alg", '"Ed25519"')),

    Rule("less than a millisecond", "jeton", (),
         "jeton's clock has milliseconds; what is less it does not see, nor do other clocks agree",
         has_less_than_ms, claim("iat", f"{NOW + mutants.LEEWAY}.0001", f"{NOW}.0001"),
         probe=lambda: not takes('{"iat":"1"}')),
    Rule("iat as it stands", "PyJWT", ("E_CLAIM", "E_ISSUED"),
         "newer versions take int() of iat too; 2.6 compares what is there, as jeton does",
         is_iat_for_int, claim("iat", f'"{NOW - 60}"'), "pyjwt",
         lambda: takes('{"iat":"1"}')),

    # jeton's own policy, which is not made to be like PyJWT
    Rule("without exp", "PyJWT", ("E_MISSING",), "a token that lives for ever has to be allowed",
         never_expires, without("exp"), ""),
    Rule("dates that are texts", "PyJWT", CLAIM, "RFC 7519 §2: a NumericDate is a number",
         is_text_date, claim("exp", f'"{NOW + 60}"'), ""),
    Rule("an aud that nobody asked for", "jeton", (),
         "PyJWT refuses audiences unless it is given one; here that is left to the policy",
         has_unasked_aud, claim("aud", '"api"'), ""),
    Rule("fractions count", "jeton", (), "PyJWT drops them: exp may end up to a second too early",
         has_fraction, claim("exp", f"{NOW - mutants.LEEWAY}.5", f"{NOW}.5"), ""),
    Rule("fractions count against a token", "PyJWT", ("E_NOT_YET", "E_ISSUED"),
         "PyJWT drops them: nbf may begin up to a second too early",
         has_fraction, claim("nbf", f"{NOW + mutants.LEEWAY}.5", f"{NOW}.5"), ""),
]


# What both accept and show alike but for this: integers beyond 64 bits are doubles to jeton, as
# they are to most readers of JSON (RFC 8259 §6), while Python's have no end.
LARGE_INTEGERS = "integers beyond 64 bits"


def with_doubles(value):
    if isinstance(value, dict):
        return {name: with_doubles(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_doubles(inner) for inner in value]
    is_large = isinstance(value, int) and not -2 ** 63 <= value < 2 ** 64
    return float(value) if is_large else value


def explain(view, accepts, error):
    """The rules that explain why only `accepts` does."""
    return [rule for rule in RULES
            if rule.accepts == accepts and (accepts == "jeton" or error in rule.errors)
            and rule.preset in (None, view.setup.preset) and in_force(rule)
            and rule.applies(view)]


@functools.cache
def takes(claims):
    """Whether this PyJWT accepts such claims."""
    key = "k" * 32
    try:
        jwt.decode(jwt.encode(json.loads(claims), key), key, algorithms=["HS256"])
    except Exception: # pylint: disable=broad-except # any of them is a refusal
        return False
    return True


def in_force(rule):
    """Whether this PyJWT is one of those that the rule is about."""
    return rule.probe is None or rule.probe()
