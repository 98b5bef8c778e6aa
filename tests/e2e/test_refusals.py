#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_refusals.py - one test per pitfall that JWT libraries have fallen into: tokens that an
attacker would make, by other means than ours, and the program's answer.

Beside each refusal stands the token it was made of, which is accepted: nothing here is refused
because of something else."""
import base64
import hmac
import itertools
import json
import os
import tempfile
import time
import unittest

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils

import harness
from harness import b64, jeton, unb64

DIGESTS = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
NUMBERS = {"k", "n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"} # of a JWK
CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1,
          "secp256k1": ec.SECP256K1}
WIDTHS = {"ES256": 32, "ES384": 48, "ES512": 66, "ES256K": 32}

# Which algorithms work with one type of key: a confusion stays within such a row.
FAMILIES = [["HS256", "HS384", "HS512"],
            ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            ["ES256", "ES384", "ES512", "ES256K"],
            ["Ed25519", "Ed448"]]
ALGS = [alg for family in FAMILIES for alg in family]


def sign(alg, key, data):
    """A signature made by OpenSSL through Python, with a key object or a secret."""
    if alg.startswith("HS"):
        return hmac.new(key, data, "sha" + alg[2:]).digest()
    if alg.startswith("RS"):
        return key.sign(data, padding.PKCS1v15(), DIGESTS[alg[2:]])
    if alg.startswith("PS"):
        digest = DIGESTS[alg[2:]]
        return key.sign(data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    if alg.startswith("ES"):
        numbers = utils.decode_dss_signature(key.sign(data, ec.ECDSA(DIGESTS[alg[2:5]])))
        return b"".join(number.to_bytes(WIDTHS[alg], "big") for number in numbers)
    return key.sign(data)


def text_of(part):
    return part if isinstance(part, bytes) else json.dumps(part).encode()


class Pitfall(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="jeton-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.jwks, cls.files, cls.keys = {}, {}, {}
        for alg in ALGS:
            status, out, err = jeton("key", "new", "--alg", alg, "--kid", "k1")
            assert status == 0, err
            cls.jwks[alg] = json.loads(out)
            cls.files[alg] = cls.file(alg + ".jwk", out)
            cls.keys[alg] = cls.load(alg)
        cls.claims = {"sub": "alice", "exp": int(time.time()) + 600}

    @classmethod
    def file(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(path, "w", encoding="utf-8") as to:
            to.write(text)
        return path

    @classmethod
    def load(cls, alg):
        """The key as Python has it, made from the numbers of the JWK: a secret or an object."""
        jwk = cls.jwks[alg]
        octets = {name: unb64(value) for name, value in jwk.items() if name in NUMBERS}
        number = {name: int.from_bytes(value, "big") for name, value in octets.items()}
        if jwk["kty"] == "oct":
            return octets["k"]
        if jwk["kty"] == "OKP":
            kind = {"Ed25519": ed25519.Ed25519PrivateKey, "Ed448": ed448.Ed448PrivateKey}
            return kind[jwk["crv"]].from_private_bytes(octets["d"])
        if jwk["kty"] == "EC":
            return ec.derive_private_key(number["d"], CURVES[jwk["crv"]]())
        public = rsa.RSAPublicNumbers(number["e"], number["n"])
        return rsa.RSAPrivateNumbers(*(number[name] for name in
                                       ("p", "q", "d", "dp", "dq", "qi")), public).private_key()

    @classmethod
    def public_pem(cls, alg):
        return cls.keys[alg].public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def token(self, alg="ES256", *, header=None, payload=None, key=None, says=None):
        """A token signed by `alg`; its header says that, or `says`, and what `header` adds.
        `header` and `payload` as bytes are taken as they are."""
        if not isinstance(header, bytes):
            header = {"alg": says or alg, **(header or {})}
        payload = self.claims if payload is None else payload
        signed = b64(text_of(header)) + "." + b64(text_of(payload))
        return signed + "." + b64(sign(alg, self.keys[alg] if key is None else key,
                                       signed.encode()))

    def judge(self, tokens, key, *words, status=1):
        """What `jeton token verify --batch` says about each of the tokens."""
        got, out, err = jeton("token", "verify", "--key", key, "--batch", *words,
                              stdin="".join(token + "\n" for token in tokens))
        self.assertEqual((got, err), (status, ""), out)
        return [json.loads(line) for line in out.splitlines()]

    def assert_accepted(self, tokens, key, *words):
        for answer in self.judge(tokens, key, *words, status=0):
            self.assertTrue(answer["ok"], answer)

    def assert_refused(self, tokens, key, errors, *words):
        """All refused; `errors` is the one reason, or a set of reasons that all occur."""
        answers = self.judge(tokens, key, *words)
        self.assertEqual(len(answers), len(tokens))
        self.assertEqual([a for a in answers if a["ok"]], [])
        for answer in answers:
            self.assertNotIn("claims", answer)
        self.assertEqual({a["error"] for a in answers},
                         {errors} if isinstance(errors, str) else errors)


class Algorithms(Pitfall):
    def test_alg_none_in_all_spellings(self):
        spellings = {"".join(letters) for letters in
                     itertools.product(*((c, c.upper()) for c in "none"))}
        tokens = []
        for alg in sorted(spellings) + ["", " none", "none ", "none\0", "n\u0151ne"]:
            signed = b64(text_of({"alg": alg})) + "." + b64(text_of(self.claims)) + "."
            tokens += [signed, signed + b64(b"x"), signed + self.token().split(".")[2]]
        for alg in ALGS:
            self.assert_accepted([self.token(alg)], self.files[alg])
            self.assert_refused(tokens, self.files[alg], "E_ALG")

    def test_a_header_without_alg(self):
        headers = [b"{}", b'{"typ":"JWT"}', b'{"alg":null}', b'{"alg":256}', b'{"alg":["ES256"]}',
                   b'{"alg":{"x":"ES256"}}', b'{"ALG":"ES256"}']
        self.assert_refused([self.token(header=header) for header in headers],
                            self.files["ES256"], "E_HEADER")

    def test_a_public_key_used_as_hmac_secret(self):
        """RS256 to HS256: the attacker knows the public key, in every form it is handed out."""
        for alg in ("RS256", "ES256", "Ed25519"):
            pem = self.public_pem(alg)
            der = base64.b64decode("".join(pem.splitlines()[1:-1]))
            public = self.file("public.pem", pem)
            status, jwk, _ = jeton("key", "public", self.files[alg])
            self.assertEqual(status, 0)
            jwks = json.dumps({"keys": [json.loads(jwk)]})
            secrets = [pem, pem.rstrip("\n"), pem + "\n", " " + pem, pem.replace("\n", "\r\n"),
                       pem.replace("\n", ""), "".join(pem.splitlines()[1:-1]), jwk,
                       jwk.rstrip("\n"), json.dumps(json.loads(jwk), indent=2), jwks]
            secrets = [secret.encode() for secret in secrets] + [der]
            tokens = [self.token(hs, key=secret) for secret in secrets
                      for hs in ("HS256", "HS384", "HS512")]
            good = self.token(alg)
            self.assert_accepted([good], public, "--alg", alg)
            self.assert_refused(tokens, public, "E_ALG", "--alg", alg)
            self.assert_refused(tokens, public, "E_ALG", "--alg", alg + ",HS256,HS384,HS512")
            self.assert_refused(tokens, self.file("set.jwks", jwks), "E_ALG")

    def test_text_of_a_public_key_is_no_secret_however_it_looks(self):
        pem = self.public_pem("RS256")
        for name, text in {"altered": pem.replace("-----BEGIN", "----- BEGIN"), "words": "secret",
                           "no dashes": "".join(pem.splitlines()[1:-1])}.items():
            with self.subTest(name):
                status, out, _ = jeton("token", "verify", "--key", self.file("key", text), "--alg",
                                       "HS256", self.token("HS256", key=text.encode()))
                self.assertEqual((status != 0, out), (True, ""))

    def test_a_key_without_alg_is_used_for_nothing_unsaid(self):
        for alg in ("ES256", "RS256", "HS256"):
            jwk = {name: value for name, value in self.jwks[alg].items() if name != "alg"}
            path = self.file("unbound.jwk", json.dumps(jwk))
            status, out, err = jeton("token", "verify", "--key", path, self.token(alg))
            self.assertEqual((status, out), (2, ""))
            self.assertIn("--alg", err)
            self.assert_accepted([self.token(alg)], path, "--alg", alg)

    def test_an_allowed_algorithm_that_is_not_the_keys(self):
        for family in FAMILIES:
            for alg in family:
                others = [other for other in ALGS if other != alg]
                self.assert_refused([self.token(alg)], self.files[alg], "E_ALG", "--alg",
                                    ",".join(others))

    def test_every_ordered_pair_of_algorithms_of_one_type(self):
        """A token by one, the key bound to the other; and the header telling a lie about it."""
        for family in FAMILIES:
            for bound, used in itertools.permutations(family, 2):
                with self.subTest(bound=bound, used=used):
                    one_key = bound[0] in "HRP" and used[0] in "HRP"
                    key = self.keys[bound] if one_key else self.keys[used]
                    if bound.startswith("HS"):
                        key = key.ljust(64, b"\0")
                    tokens = [self.token(used, key=key)]
                    self.assert_refused(tokens, self.files[bound], "E_ALG")
                    lies = [self.token(used, key=key, says=bound)]
                    self.assert_refused(lies, self.files[bound], "E_SIGNATURE")


class Signatures(Pitfall):
    def test_no_signature(self):
        for alg in ALGS:
            token = self.token(alg)
            self.assert_refused([token[:token.rindex(".") + 1]], self.files[alg], "E_SIGNATURE")
            self.assert_refused([token[:token.rindex(".")]], self.files[alg], "E_SYNTAX")

    def test_a_signature_longer_or_shorter_by_an_octet(self):
        for alg in ALGS:
            signed, _, last = self.token(alg).rpartition(".")
            octets = unb64(last)
            tokens = [signed + "." + b64(bad) for bad in
                      (octets[:-1], octets[1:], octets + b"\0", b"\0" + octets, octets * 2)]
            self.assert_refused(tokens, self.files[alg], "E_SIGNATURE")

    def test_ecdsa_in_der_form(self):
        for alg in WIDTHS:
            signed, _, last = self.token(alg).rpartition(".")
            raw = unb64(last)
            r, s = (int.from_bytes(half, "big") for half in
                    (raw[:WIDTHS[alg]], raw[WIDTHS[alg]:]))
            self.assert_refused([signed + "." + b64(utils.encode_dss_signature(r, s))],
                                self.files[alg], "E_SIGNATURE")

    def test_ecdsa_with_zeros(self):
        """CVE-2022-21449: r = s = 0 was good for every message."""
        for alg, width in WIDTHS.items():
            signed, _, last = self.token(alg).rpartition(".")
            raw = unb64(last)
            zero, one = bytes(width), bytes(width - 1) + b"\1"
            tokens = [signed + "." + b64(bad) for bad in
                      (zero + zero, zero + raw[width:], raw[:width] + zero, one + zero,
                       zero + one, one + one, b"\xff" * 2 * width)]
            self.assert_refused(tokens, self.files[alg], "E_SIGNATURE")

    def test_one_bit_anywhere(self):
        token = self.token()
        parts = [unb64(part) for part in token.split(".")]
        flipped = []
        for at, part in enumerate(parts):
            for bit in range(0, 8 * len(part), 7):
                octets = bytearray(part)
                octets[bit // 8] ^= 1 << bit % 8
                flipped.append(".".join(b64(bytes(octets) if at == i else p)
                                        for i, p in enumerate(parts)))
        answers = self.judge(flipped, self.files["ES256"])
        self.assertEqual([a for a in answers if a["ok"]], [])

    def test_expired_and_forged_says_signature(self):
        old = {"sub": "alice", "exp": 1}
        token = self.token(payload=old)
        self.assert_refused([token], self.files["ES256"], "E_EXPIRED")
        forged = token[:-8] + ("A" * 8 if token[-8:] != "A" * 8 else "B" * 8)
        self.assert_refused([forged], self.files["ES256"], "E_SIGNATURE")


class Keys(Pitfall):
    def test_empty_and_short_secrets(self):
        for alg, length in (("HS256", 32), ("HS384", 48), ("HS512", 64)):
            for secret in (b"", b"x", bytes(range(length - 1))):
                jwk = json.dumps({"kty": "oct", "alg": alg, "k": b64(secret)})
                status, out, err = jeton("token", "verify", "--key", self.file("short.jwk", jwk),
                                         self.token(alg, key=secret))
                self.assertEqual((status != 0, out), (True, ""), err)
            jwk = json.dumps({"kty": "oct", "alg": alg, "k": b64(bytes(range(length)))})
            self.assert_accepted([self.token(alg, key=bytes(range(length)))],
                                 self.file("right.jwk", jwk))

    def test_a_secret_of_one_hash_is_too_short_for_the_next(self):
        secret = bytes(range(32))
        jwk = self.file("unbound.jwk", json.dumps({"kty": "oct", "k": b64(secret)}))
        self.assert_accepted([self.token("HS256", key=secret)], jwk, "--alg", "HS256")
        self.assert_refused([self.token("HS512", key=secret)], jwk, "E_KEY", "--alg", "HS512")

    def test_keys_and_addresses_in_the_header_are_not_looked_at(self):
        attacker = ec.generate_private_key(ec.SECP256R1())
        numbers = attacker.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "k1",
               "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        offers = [{"jwk": jwk}, {"jku": "https://attacker.example/jwks"},
                  {"x5u": "https://attacker.example/cert"}, {"x5c": [b64(b"not looked at")]},
                  {"x5t": "AAAA"}, {"jwk": "odd"}, {"jku": 7}, {"x5c": {}}]
        self.assert_accepted([self.token(header=offer) for offer in offers], self.files["ES256"])
        self.assert_refused([self.token(header=offer, key=attacker) for offer in offers],
                            self.files["ES256"], "E_SIGNATURE")

    def test_odd_names_of_keys(self):
        """The kid is looked up and never used as a path, a query or a format."""
        odd = ["../../../../dev/null", "/etc/passwd", "' OR 1=1 --", '"; DROP TABLE keys; --',
               "%s%s%s%n", "a\0b", "k1\0", "\0", "${jndi:ldap://x}", "k1\n", " k1", "K1", "|id",
               "\u202ek1", "k" * 1000]
        tokens = [self.token(header={"kid": kid}) for kid in odd]
        self.assert_refused(tokens, self.files["ES256"], "E_KEY_UNKNOWN")
        self.assert_accepted([self.token(header={"kid": "k1"}), self.token()],
                             self.files["ES256"])
        long = [self.token(header={"kid": "k" * 10240})]
        self.assert_refused(long, self.files["ES256"], "E_LIMIT")
        types = [self.token(header={"kid": kid}) for kid in (1, None, ["k1"], {"k1": 1}, True)]
        self.assert_refused(types, self.files["ES256"], "E_HEADER")


class Shape(Pitfall):
    def test_base64url_that_is_not_canonical_in_each_segment(self):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        found = set()
        for room in range(3): # so that each segment ends in an incomplete group some time
            header, payload, signature = self.token(
                header={"kid": "k1", "x": "x" * room},
                payload={**self.claims, "x": "x" * room}).split(".")
            for at, part in enumerate((header, payload, signature)):
                unused = {2: 4, 3: 2}.get(len(part) % 4)
                if unused is None:
                    continue
                last = letters[letters.index(part[-1]) ^ (1 << unused - 1)]
                self.assertNotEqual(last, part[-1])
                parts = [header, payload, signature]
                parts[at] = part[:-1] + last
                self.assertEqual(unb64(parts[at]), unb64(part), "it decodes to the same octets")
                self.assert_refused([".".join(parts)], self.files["ES256"], "E_ENCODING")
                found.add(at)
        self.assertEqual(found, {0, 1, 2})

    def test_padding_and_other_letters(self):
        parts = self.token().split(".")
        for at in range(3):
            for bad in (parts[at] + "=", parts[at] + "==", "=" + parts[at], parts[at] + "A",
                        parts[at][:-4] + "+/+/", parts[at][:4] + "\u0101" + parts[at][5:],
                        parts[at][:-1] + "\0"):
                with self.subTest(at=at, bad=bad[-6:]):
                    token = ".".join(bad if i == at else part for i, part in enumerate(parts))
                    answer, = self.judge([token], self.files["ES256"])
                    self.assertIn(answer["error"], {"E_ENCODING", "E_SYNTAX", "E_HEADER",
                                                    "E_SIGNATURE"})

    def test_white_space(self):
        token = self.token()
        middle = token.index(".")
        tokens = [space.join((token[:at], token[at:])) for space in (" ", "\t", "\r", "\v", "\u00a0")
                  for at in (0, 1, middle, middle + 1, len(token))
                  if (space, at) != ("\r", len(token))] # CR LF ends a line, says the command
        self.assert_refused(tokens, self.files["ES256"], "E_ENCODING")

    def test_members_given_twice(self):
        exp = str(self.claims["exp"]).encode()
        headers = [b'{"alg":"ES256","alg":"ES256"}', b'{"alg":"none","alg":"ES256"}',
                   b'{"alg":"ES256","\\u0061lg":"ES256"}', b'{"alg":"ES256","a":{"b":1,"b":1}}']
        payloads = [b'{"exp":%s,"exp":%s}' % (exp, exp), b'{"exp":1,"exp":%s}' % exp,
                    b'{"exp":%s,"\\u0065xp":1}' % exp, b'{"exp":%s,"a":[{"b":1,"b":1}]}' % exp]
        self.assert_accepted([self.token(header=b'{"alg":"ES256"}', payload=b'{"exp":%s}' % exp)],
                             self.files["ES256"])
        self.assert_refused([self.token(header=header) for header in headers] +
                            [self.token(payload=payload) for payload in payloads],
                            self.files["ES256"], "E_SYNTAX")

    def test_bytes_after_the_json_text(self):
        good = text_of(self.claims)
        tails = [b"\0", b"x", b"{}", b",", b"\0{}", b" \0", b"//", b"\xef\xbb\xbf"]
        self.assert_accepted([self.token(payload=good + b" \n"),
                              self.token(header=b' {"alg":"ES256"}\t')], self.files["ES256"])
        self.assert_refused([self.token(payload=good + tail) for tail in tails] +
                            [self.token(header=b'{"alg":"ES256"}' + tail) for tail in tails],
                            self.files["ES256"], "E_SYNTAX")

    def test_a_payload_that_is_no_object(self):
        for payload in (b"[]", b'"text"', b"1", b"null", b"true", b'[{"exp":9999999999}]'):
            self.assert_refused([self.token(payload=payload)], self.files["ES256"], "E_CLAIM")
        for payload in (b"", b"{", b"{'exp':1}", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"a":NaN}',
                        b'{"a":"\xc0\x80"}', b'{"a":01}', b'{"a":"\x01"}', b'{"a":"\\ud800"}'):
            self.assert_refused([self.token(payload=payload)], self.files["ES256"], "E_SYNTAX")

    def test_crit(self):
        for crit, error in (([], "E_CRIT"), (["x"], "E_CRIT"), (["exp"], "E_CRIT"),
                            (["alg"], "E_CRIT"), (["b64"], "E_CRIT"), ("x", "E_CRIT"),
                            (None, "E_CRIT"), ([1], "E_CRIT"), ({}, "E_CRIT")):
            for more in ({}, {"x": 1}, {"b64": False}, {"b64": True}):
                with self.subTest(crit=crit, more=more):
                    self.assert_refused([self.token(header={"crit": crit, **more})],
                                        self.files["ES256"], error)
        self.assert_accepted([self.token(header={"x": 1})], self.files["ES256"])

    def test_a_payload_that_is_not_encoded(self):
        """RFC 7797 §7: b64 is no matter of a JWT, with crit or without."""
        header = {"b64": False, "crit": ["b64"]}
        payload = text_of(self.claims).decode()
        signed = b64(text_of({"alg": "ES256", **header})) + "." + payload
        token = signed + "." + b64(sign("ES256", self.keys["ES256"], signed.encode()))
        answer, = self.judge([token], self.files["ES256"])
        self.assertFalse(answer["ok"])

    def test_five_parts(self):
        token = self.token()
        five = token + ".AAAA.AAAA"
        jwe = ".".join([b64(b'{"alg":"dir","enc":"A128GCM"}'), "", "AAAA", "AAAA", "AAAA"])
        self.assert_refused([five, jwe, "....", token + "."], self.files["ES256"], "E_SYNTAX")

    def test_too_few_parts(self):
        token = self.token()
        header, payload, _ = token.split(".")
        answers = self.judge(["", "a", header, header + "." + payload, ".", "null",
                              '{"payload":"x"}'], self.files["ES256"])
        self.assertEqual({a["error"] for a in answers}, {"E_SYNTAX"})
        # two dots make three segments, all of them empty
        self.assertFalse(self.judge([".."], self.files["ES256"])[0]["ok"])


class Size(Pitfall):
    def assert_too_large(self, token):
        self.assert_refused([token], self.files["HS256"], "E_LIMIT")

    def test_a_million_dots(self):
        self.assert_too_large("." * 1_000_000)

    def test_a_payload_of_16_mib(self):
        self.assert_too_large(self.token("HS256", payload={**self.claims, "x": "x" * (16 << 20)}))

    def test_a_header_of_200_kib(self):
        self.assert_too_large(self.token("HS256", header={"x": "x" * (200 << 10)}))
        self.assert_too_large(self.token("HS256", header={"x": "x" * (20 << 10)}))
        self.assert_accepted([self.token("HS256", header={"x": "x" * (4 << 10)})],
                             self.files["HS256"])

    def test_nesting_of_two_thousand(self):
        deep = b"[" * 2000 + b"]" * 2000
        exp = str(self.claims["exp"]).encode()
        objects = b'{"a":' * 2000 + b"1" + b"}" * 2000
        self.assert_refused([self.token("HS256", payload=b'{"exp":%s,"a":%s}' % (exp, nest))
                             for nest in (deep, objects)] +
                            [self.token("HS256", header=b'{"alg":"HS256","a":%s}' % deep)],
                            self.files["HS256"], "E_LIMIT")
        shallow = b"[" * 10 + b"]" * 10
        self.assert_accepted([self.token("HS256", payload=b'{"exp":%s,"a":%s}' % (exp, shallow))],
                             self.files["HS256"])


class Claims(Pitfall):
    # What each registered claim may be (RFC 7519 §4.1).
    TYPES = {"exp": "date", "nbf": "date", "iat": "date", "iss": "text", "sub": "text",
             "jti": "text", "aud": "text or texts"}

    VALUES = [
        # JSON, and the types it is of
        (b"null", ()), (b"true", ()), (b'{"a":1}', ()), (b'["alice",1]', ()),
        (b"1e300", ()), (b"-1e300", ()), (b"99999999999999999999999999", ()),
        (b'"alice"', ("text", "text or texts")), (b'"1"', ("text", "text or texts")),
        (b'["alice","bob"]', ("text or texts",)), (b"[]", ("text or texts",)),
        (b"1", ("date",)), (b"1.5", ("date",)),
    ]

    def test_every_registered_claim_and_every_type(self):
        for claim, kind in self.TYPES.items():
            others = text_of({name: value for name, value in self.claims.items() if name != claim})
            for value, types in self.VALUES:
                with self.subTest(claim=claim, value=value):
                    token = self.token(payload=others[:-1] +
                                       b',"%s":%s}' % (claim.encode(), value))
                    if kind not in types:
                        self.assert_refused([token], self.files["ES256"], "E_CLAIM")
                    elif claim == "exp": # a date, but one that has passed
                        self.assert_refused([token], self.files["ES256"], "E_EXPIRED")
                    else:
                        self.assert_accepted([token], self.files["ES256"])

    def test_fractional_dates_are_dates(self):
        now = time.time()
        self.assert_accepted([self.token(payload={"exp": now + 60.5, "nbf": now - 0.25,
                                                  "iat": now - 0.75})], self.files["ES256"])
        self.assert_refused([self.token(payload={"exp": now - 0.5})], self.files["ES256"],
                            "E_EXPIRED")

    def test_no_exp(self):
        self.assert_refused([self.token(payload={"sub": "alice"})], self.files["ES256"],
                            "E_MISSING")


if __name__ == "__main__":
    harness.main()
