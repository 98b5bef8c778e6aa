# SPDX-License-Identifier: Apache-2.0
"""mutants.py - tokens for the differential test: generated from a seed, and bent on the way.

A token grows in four stages, and each may be bent: claims and header as lists of JSON texts; the
texts themselves; their encoding; and, after it was signed, the whole. What is bent before signing
carries a good signature, so the question reaches the verifier's last step.
"""
import json

from jwt.algorithms import get_default_algorithms

from peers import b64, unb64

NOW = 1_750_000_000
ISSUER = "https://issuer.example"
LEEWAY = 30
SIGNERS = get_default_algorithms()


class Draft:
    """A token in the making. Members are pairs of JSON texts, so that they can be anything."""

    def __init__(self, alg, key, kid):
        self.header = [('"alg"', json.dumps(alg)), ('"typ"', '"JWT"')]
        if kid is not None:
            self.header.append(('"kid"', json.dumps(kid)))
        self.claims = [('"iss"', json.dumps(ISSUER)), ('"sub"', '"alice"'),
                       ('"iat"', str(NOW - 60)), ('"exp"', str(NOW + 600))]
        self.alg, self.key = alg, key # that sign it, whatever the header says
        self.texts = None             # header and claims as octets
        self.parts = None             # as segments

    def write(self):
        self.texts = [b"{" + b",".join(f"{name}:{value}".encode("utf-8", "surrogatepass")
                                       for name, value in members) + b"}"
                      for members in (self.header, self.claims)]

    def encode(self):
        self.parts = [b64(text).encode() for text in self.texts]

    def signature(self):
        return b64(SIGNERS[self.alg].sign(b".".join(self.parts), self.key)).encode()


def put(members, name, value):
    """The member of that name gets another value, or is added."""
    quoted = json.dumps(name)
    for at, (old, _) in enumerate(members):
        if old == quoted:
            members[at] = (quoted, value)
            return
    members.append((quoted, value))


def drop(members, name):
    members[:] = [member for member in members if member[0] != json.dumps(name)]


# --- values --------------------------------------------------------------------------------------

ODD = ["null", "true", "false", "0", "-0", "-1", "1.5", "1e3", '""', '"x"', '"123"', "[]", "{}",
       '["a"]', "[1]", "[null]", '{"a":1}', '"\\u0000"', "1e400", "NaN", "Infinity", "-Infinity",
       str(10 ** 30), "9007199254740993", "1e-400", "0.1e1", "9223372036854775808"]
AUDIENCES = ['"api"', '"other"', '["api"]', '["other","api"]', '["other"]', "[]", '""', '["api",1]',
             '[["api"]]', '{"api":1}', "null", "false", "0", "{}", '"API"', '"api "', '[""]',
             '["second","third"]', '"second"', "true", "1"]
ISSUERS = [json.dumps(ISSUER), json.dumps(ISSUER + "/"), json.dumps(ISSUER.upper()), '""', "null",
           json.dumps([ISSUER]), "1", "{}", '"https:\\/\\/issuer.example"']
AROUND = [-10 ** 6, -3600, -31, -30, -29, -1, 0, 1, 29, 30, 31, 3600, 10 ** 6]
FAR = [-1, -62135596800, -62167219200, -62167219201, 253402300799, 253402300800, 2 ** 31, 2 ** 53,
       2 ** 63 - 1, 2 ** 63, 2 ** 64, 10 ** 30]


def a_date(rng):
    moment = NOW + rng.choice(AROUND)
    return rng.choice([
        lambda: str(moment),
        lambda: str(moment),
        lambda: f"{moment}.{rng.choice(['0', '5', '999', '000001'])}",
        lambda: f'"{moment}"',
        lambda: f"{moment / 10 ** 9:.9f}e9",
        lambda: rng.choice([f'" {moment}"', f'"+{moment}"', f'"{moment}_0"', f'"{moment}.0"',
                            f'"0x{moment:x}"', '"tomorrow"', '"-1"', '"2027-01-01T00:00:00Z"',
                            f'"{moment:,}"', f'"00{moment}"', f'"{moment}\\n"']),
        lambda: str(rng.choice(FAR)),
        lambda: rng.choice(ODD),
    ])()


# --- bending claims and header -------------------------------------------------------------------

def bend_date(draft, rng):
    put(draft.claims, rng.choice(["exp", "nbf", "iat"]), a_date(rng))


def bend_aud(draft, rng):
    put(draft.claims, "aud", rng.choice(AUDIENCES))


def bend_iss(draft, rng):
    put(draft.claims, "iss", rng.choice(ISSUERS))


def bend_claim(draft, rng):
    put(draft.claims, rng.choice(["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "other"]),
        rng.choice(ODD))


def bend_absent(draft, rng):
    drop(draft.claims, rng.choice(["iss", "sub", "iat", "exp"]))


def bend_more_claims(draft, rng):
    for at in range(rng.choice([1, 5, 200])):
        put(draft.claims, f"claim{at}", rng.choice(['"v"', "1", "[1,2]", '{"\u00e9":"\u2602"}']))


def bend_alg(draft, rng):
    value = rng.choice(['"none"', '"None"', '"nOnE"', '""', "null", "1", '["HS256"]', '"HS256"',
                        '"HS384"', '"RS256"', '"PS256"', '"ES256"', '"ES256K"', '"EdDSA"',
                        '"Ed25519"', '"hs256"', '"HS256 "', '"HS256\\u0000"', '"\\u0048S256"',
                        "{}"])
    put(draft.header, "alg", value)


def bend_no_alg(draft, _):
    drop(draft.header, "alg")


def bend_typ(draft, rng):
    put(draft.header, "typ", rng.choice(['"at+jwt"', '"jwt"', '""', '"application/jwt"', *ODD]))


def bend_no_typ(draft, _):
    drop(draft.header, "typ")


def bend_kid(draft, rng):
    put(draft.header, "kid", rng.choice(['"../../etc/passwd"', '"\' or 1=1 --"', '"\\u0000"', '""',
                                         json.dumps("k" * 1025), *ODD]))


def bend_no_kid(draft, _):
    drop(draft.header, "kid")


def bend_crit(draft, rng):
    put(draft.header, "crit", rng.choice(["[]", '["exp"]', '["b64"]', '["x"]', '"x"', "null"]))
    if rng.random() < 0.5:
        put(draft.header, rng.choice(["b64", "exp", "x"]), rng.choice(["true", "false", "1"]))


def bend_b64(draft, rng):
    put(draft.header, "b64", rng.choice(["true", "false", "null", "0", '"false"']))


def bend_header(draft, rng):
    put(draft.header, rng.choice(["cty", "jku", "x5u", "x5c", "x5t", "zip", "enc", "jwk", "epk"]),
        rng.choice(['"JWT"', '"https://keys.example"', '{"kty":"oct","k":"AA"}', *ODD]))


def bend_order(draft, rng):
    rng.shuffle(draft.header)
    rng.shuffle(draft.claims)


def bend_duplicate(draft, rng):
    members = rng.choice([draft.header, draft.claims])
    name, value = rng.choice(members)
    members.insert(rng.randrange(len(members) + 1), (name, rng.choice([value, value, *ODD])))


def bend_escaped_name(draft, rng):
    """A name by escapes is the same name; beside the plain one it is a repeat."""
    members = rng.choice([draft.header, draft.claims])
    at = rng.randrange(len(members))
    name, value = members[at]
    escaped = f'"\\u{ord(name[1]):04x}{name[2:]}'
    if rng.random() < 0.5:
        members[at] = (escaped, value)
    else:
        members.append((escaped, value))


def bend_text_value(draft, rng):
    put(draft.claims, "name", rng.choice([
        '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc00x"', '"\ud800"', '"\u00e9"', '"\U0001f600"',
        '"\x7f"', '"\\/"', '"\\x41"', '"\x01"', '"a\tb"', "'a'", '"\\u00"', '"\ufeff"',
        '"' + "x" * 3000 + '"']))


def bend_depth(draft, rng):
    deep = rng.choice([2, 10, 14, 15, 16, 17, 40, 300])
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}")])
    put(rng.choice([draft.claims, draft.header]), "deep", opening * deep + "1" + closing * deep)


def bend_size(draft, rng):
    members, size = rng.choice([(draft.claims, 30000), (draft.claims, 50000), (draft.header, 7000),
                                (draft.header, 9000)])
    put(members, "large", '"' + "x" * size + '"')


MEMBERS = [bend_date] * 14 + [bend_aud] * 6 + [bend_iss] * 3 + [bend_claim] * 4 + [
    bend_absent, bend_absent, bend_more_claims, bend_alg, bend_alg, bend_no_alg, bend_typ,
    bend_no_typ, bend_kid, bend_no_kid, bend_crit, bend_b64, bend_header, bend_order,
    bend_duplicate, bend_escaped_name, bend_text_value, bend_text_value, bend_depth]


# --- bending texts -------------------------------------------------------------------------------

def at_random(rng, text, insert):
    at = rng.randrange(len(text) + 1)
    return text[:at] + insert + text[at:]


TEXTS = [
    lambda rng, text: at_random(rng, text, rng.choice([b" ", b"\n", b"\t", b"\r"])),
    lambda rng, text: b" \r\n\t" + text + b"\n",
    lambda rng, text: text + rng.choice([b"\0", b"x", b"{}", b",", b" null", b"\x0b", b"\xc2\xa0"]),
    lambda rng, text: rng.choice([b"\xef\xbb\xbf", b"\0", b"//\n", b"\xff\xfe"]) + text,
    lambda rng, text: text[:rng.randrange(len(text))],
    lambda rng, text: at_random(rng, text, bytes([rng.randrange(256)])),
    lambda rng, text: text.replace(b"}", b",}"),
    lambda rng, text: text.replace(b'"', b"'"),
    lambda rng, text: b"[" + text + b"]",
    lambda rng, text: rng.choice([b"", b"null", b"1", b'"x"', b"[]", b"{}"]),
    lambda rng, text: text.decode("utf-8", "replace").encode(
        rng.choice(["utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-8-sig"])),
    lambda rng, text: text.replace(b":", b" :\t", 2),
    lambda rng, text: at_random(rng, text, b"/**/"),
]


def bend_text(draft, rng):
    at = rng.randrange(2)
    draft.texts[at] = rng.choice(TEXTS)(rng, draft.texts[at])


# --- bending the encoding, before or after signing -----------------------------------------------

def canonical(part):
    """What the octets of a segment are written as."""
    return b64(unb64(part.decode())).encode()


def loosen(part):
    """The same octets with other unused bits; as it was where there are none."""
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if len(part) % 4 < 2 or part[-1:] not in digits:
        return part
    return part[:-1] + bytes([digits[digits.index(part[-1:]) ^ 1]])


ENCODINGS = [
    lambda rng, part: part + b"=" * (-len(part) % 4),
    lambda rng, part: part + b"=" * rng.choice([1, 2, 4]),
    lambda rng, part: loosen(part),
    lambda rng, part: at_random(rng, part, rng.choice([b" ", b"\t", b"!", b"\xc3\xa9", b"\0", b"=",
                                                       b"%20", b","])),
    lambda rng, part: part.replace(b"-", b"+").replace(b"_", b"/"),
    lambda rng, part: at_random(rng, part, rng.choice([b"A", b"x", b"_"])),
    lambda rng, part: at_random(rng, part, b"."),
    lambda rng, part: part[:-1],
    lambda rng, part: b"",
]


def bend_encoding(draft, rng):
    at = rng.randrange(2)
    draft.parts[at] = rng.choice(ENCODINGS)(rng, draft.parts[at])


# --- bending what is signed ----------------------------------------------------------------------

def flip_a_bit(rng, token):
    at = rng.randrange(len(token))
    return token[:at] + bytes([token[at] ^ 1 << rng.randrange(8)]) + token[at + 1:]


def bend_a_part(rng, token):
    parts = token.split(b".")
    at = rng.randrange(len(parts))
    parts[at] = rng.choice(ENCODINGS)(rng, parts[at])
    return b".".join(parts)


def loosen_signature(_, token):
    head, _, signature = token.rpartition(b".")
    return head + b"." + loosen(signature)


def flip_in_signature(rng, token):
    """A bit of the signature's octets, which stay canonical base64url."""
    head, _, signature = token.rpartition(b".")
    octets = bytearray(unb64(signature.decode()))
    octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
    return head + b"." + b64(bytes(octets)).encode()


def swap_parts(rng, token):
    parts = token.split(b".")
    rng.shuffle(parts)
    return b".".join(parts)


SIGNED = [flip_a_bit, flip_a_bit, bend_a_part, loosen_signature, flip_in_signature, swap_parts,
          lambda rng, token: token[:rng.randrange(len(token) + 1)],
          lambda rng, token: b"Bearer " + token,
          lambda rng, token: b" " + token + b" ",
          lambda rng, token: token + b".",
          lambda rng, token: b"." + token,
          lambda rng, token: token + b"." + token,
          lambda rng, token: token.replace(b".", b"..", 1),
          lambda rng, token: token.replace(b".", b"", 1),
          lambda rng, token: token.upper()]


# --- all of it -----------------------------------------------------------------------------------

def one_line(token):
    """--batch takes a token a line, so these two octets cannot be in one."""
    return token.replace(b"\n", b"").replace(b"\r", b"")


class Maker:
    """Makes tokens for one verifier: `own` lists (alg, key) that sign what it is told to take,
    `foreign` such as sign what it is not."""

    def __init__(self, rng, own, foreign, kid, audience):
        self.rng, self.own, self.foreign, self.kid = rng, own, foreign, kid
        self.audience = audience

    def draft(self):
        draft = Draft(*self.own[0], self.kid)
        if self.audience is not None:
            put(draft.claims, "aud", json.dumps(self.audience))
        return draft

    def finish(self, draft, *bends):
        """The token of a draft; bends are made after its texts are written, or encoded."""
        draft.write()
        for bend in bends:
            if bend is bend_text:
                bend(draft, self.rng)
        draft.encode()
        for bend in bends:
            if bend is bend_encoding:
                bend(draft, self.rng)
        return b".".join([*draft.parts, draft.signature()])

    def random(self):
        rng = self.rng
        draft = self.draft()
        for bend in rng.choices(MEMBERS, k=rng.choice([0, 1, 1, 1, 2, 2, 3])):
            bend(draft, rng)
        if rng.random() < 0.01:
            bend_size(draft, rng)
        if rng.random() < 0.05:
            draft.alg, draft.key = rng.choice(self.foreign + self.own)
            if rng.random() < 0.5:
                put(draft.header, "alg", json.dumps(draft.alg))
        bends = [bend for bend, share in ((bend_text, 0.08), (bend_encoding, 0.06))
                 if rng.random() < share]
        token = self.finish(draft, *bends)
        if rng.random() < 0.15:
            token = rng.choice(SIGNED)(rng, token)
        return one_line(token)
