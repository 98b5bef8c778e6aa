#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_key_lint.py - jeton key lint: what each rule finds, and that it finds nothing else."""
import base64
import json
import secrets
import subprocess
import unittest

import harness
from harness import jeton


def new(name, /, **members):
    """A fresh key with members changed; None takes one out."""
    key = {**json.loads(jeton("key", "new", "--alg", name, "--kid", "k1")[1]), **members}
    return {member: value for member, value in key.items() if value is not None}


def public(key):
    return json.loads(jeton("key", "public", "-", stdin=json.dumps(key))[1])


def secret(octets, **members):
    return {"kty": "oct", "kid": "k1", "alg": "HS256", "k": harness.b64(octets), **members}


def lint(thing, *words):
    """The exit status and the findings as (severity, where, what)."""
    text = thing if isinstance(thing, str) else json.dumps(thing)
    status, out, err = jeton("key", "lint", "--json", *words, "-", stdin=text)
    if err:
        raise AssertionError(err)
    answer = json.loads(out)
    if answer["ok"] != (status == 0):
        raise AssertionError(f"{status}: {out}")
    return status, [(f["severity"], f["where"], f["what"]) for f in answer["findings"]]


class OneKey(unittest.TestCase):
    def finds(self, thing, *wants, words=()):
        """Exactly these findings, each "severity: words of it"."""
        status, found = lint(thing, *words)
        lines = [f"{severity}: {what}" for severity, _, what in found]
        self.assertEqual(len(lines), len(wants), lines)
        for line, want in zip(lines, wants):
            self.assertIn(want.split(": ")[0] + ": ", line)
            self.assertIn(want.split(": ")[1], line)
        self.assertEqual(status, 1 if any(w.startswith("error") for w in wants) else 0)

    def test_good_keys_have_nothing_to_be_said(self):
        for alg in ("ES256", "ES512", "Ed25519", "Ed448", "ES256K", "HS256", "HS512"):
            with self.subTest(alg):
                key = new(alg)
                self.finds(key)
                if alg[0] != "H":
                    self.finds(public(key), words=("--public",))

    def test_secrets_that_are_random_are_left_alone(self):
        for _ in range(20):
            self.finds(secret(secrets.token_bytes(32)))
            self.finds(secret(secrets.token_hex(32).encode()))
            self.finds(secret(base64.b64encode(secrets.token_bytes(33))))

    def test_what_a_key_says_of_itself(self):
        self.finds(new("ES256", alg=None), "warning: no alg")
        self.finds(new("ES256", kid=None), "note: no kid")
        self.finds(new("Ed25519", alg="EdDSA"), "note: EdDSA")
        for kid in ("a'b", "../../etc/passwd", "a\nb", 'a"b', "a`b", "a$b"):
            with self.subTest(kid):
                self.finds(new("ES256", kid=kid), "warning: kid with quotes")
        self.finds(new("ES256", use="enc"), "note: encryption")
        self.finds(new("ES256", key_ops=["sign"]), "note: both use")
        self.finds(new("ES256", use="enc", key_ops=["sign"]), "warning: contradict",
                   "note: encryption")
        self.finds(new("ES256", key_ops=["decrypt"]), "warning: contradict")
        self.finds(new("ES256", use=None, key_ops=["decrypt"]), "warning: without sign")
        self.finds({**public(new("ES256", use=None)), "key_ops": ["sign"]}, "warning: say sign")
        self.finds(new("ES256", x5u="https://a", x5t="x"), "note: x5u", "note: x5t")
        self.finds(new("ES256", nbf=1), "note: not registered")

    def test_rsa(self):
        self.finds(new("RS256"), "note: less than 3072")
        for bits, exponent, wants in ((3072, 65537, ()), (4096, 65537, ()),
                                      (3072, 3, ("warning: exponent",)),
                                      (1024, 65537, ("error: 1024 bits",))):
            with self.subTest((bits, exponent)):
                pem = subprocess.run(
                    ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                     f"rsa_keygen_bits:{bits}", "-pkeyopt", f"rsa_keygen_pubexp:{exponent}"],
                    check=True, capture_output=True, timeout=harness.PATIENCE).stdout.decode()
                if bits < 2048:
                    status, out, err = jeton("key", "lint", "-", stdin=pem)
                    self.assertEqual((status, out), (1, ""))
                    self.assertIn("1024 bits", err)
                else:
                    self.finds(pem, *wants)

    def test_pem_is_not_asked_for_what_it_cannot_say(self):
        self.finds(jeton("key", "new", "--alg", "ES256", "--pem")[1])

    def test_secrets_that_can_be_guessed(self):
        for octets in (b"0123456789" * 4, b"a" * 32, bytes(32), bytes(range(32)),
                       bytes(range(64, 0, -1)), b"abcdefghijklmnop" * 2, b"ab1c2d3e" * 5):
            with self.subTest(octets):
                status, found = lint(secret(octets))
                self.assertEqual(status, 1)
                self.assertIn("pattern", found[0][2])
        self.finds(secret(b"my-super-SECRET-key-0Qx7#kd82;aB"), "error: tried first")
        self.finds(secret(b"please ChangeMe 0Qx7#kd82;aB&hT4"), "error: tried first")
        self.finds(secret(b"the quick brown fox jumps over lazy dogs"), "warning: like words")
        self.finds(secret(b"q7GmZ0b2Xw9LrT4vK8sNc1JyHdPf6BuA"), "warning: too short")

    def test_what_is_refused_is_an_error_with_its_reason(self):
        for key, why in ((secret(b"short"), "5 bytes"), (new("ES256", alg="RS256"), "not a key"),
                         ({"kty": "XX"}, "unknown"), ({"a": 1}, "kty is missing"),
                         (new("ES256", x5c=["AAAA"]), "x5c"),
                         (new("ES256", key_ops=["sign", "sign"]), "twice")):
            with self.subTest(why):
                status, found = lint(key)
                self.assertEqual((status, found[0][0]), (1, "error"))
                self.assertIn(why, found[0][2])

    def test_a_compact_encrypted_key_is_told_from_what_is_broken(self):
        for text, why in (("eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA", "an encrypted key (JWE)"),
                          ("eyJhbGciOiJkaXIifQ..AAAA.AAAA", "not JSON")):
            status, out, err = jeton("key", "lint", "-", stdin=text)
            self.assertNotEqual(status, 0)
            self.assertEqual(out, "")
            self.assertIn(why, err)

    def test_what_is_published_must_be_public(self):
        self.finds(new("ES256"), "error: private member", words=("--public",))
        self.finds(new("HS256"), "error: a secret", words=("--public",))
        self.finds(new("ES256"))


class Sets(unittest.TestCase):
    def test_each_key_has_its_place(self):
        status, found = lint({"keys": [new("ES256"), new("Ed25519", kid="k2", alg=None), 7]})
        self.assertEqual(status, 1)
        self.assertEqual([(s, w) for s, w, _ in found],
                         [("warning", 'keys[1] "k2"'), ("error", "keys[2]")])

    def test_names_that_are_there_twice(self):
        status, found = lint({"keys": [new("ES256"), new("ES384")]})
        self.assertEqual((status, [f[0] for f in found]), (1, ["error"]))
        self.assertIn("earlier key", found[0][2])
        status, found = lint({"keys": [new("ES256"), new("Ed25519")]})
        self.assertEqual((status, [f[0] for f in found]), (0, ["warning"]))

    def test_keys_without_a_name_among_others(self):
        status, found = lint({"keys": [new("ES256"), new("ES256", kid=None)]})
        self.assertEqual((status, [f[0] for f in found]), (0, ["warning"]))

    def test_secrets_beside_key_pairs(self):
        status, found = lint({"keys": [new("ES256"), new("HS256", kid="k2")]})
        self.assertEqual((status, [f[:2] for f in found]), (0, [("warning", "keys")]))
        self.assertEqual(lint({"keys": [new("HS256"), new("HS256", kid="k2")]}), (0, []))

    def test_empty_large_and_odd_sets(self):
        self.assertEqual(lint({"keys": []})[1][0][:2], ("warning", "keys"))
        key = public(new("Ed25519"))
        keys = [{**key, "kid": str(i)} for i in range(129)]
        self.assertEqual(lint({"keys": keys})[0], 1)
        self.assertEqual(lint({"keys": keys[:128]}), (0, []))
        self.assertEqual(lint({"keys": keys[:1], "issuer": "x"})[1][0][:2], ("note", "set"))

    def test_lines_for_people_hold_no_control_characters(self):
        status, out, err = jeton("key", "lint", "-", stdin=json.dumps(new("ES256", kid="a\x1b[2J")))
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out.count("\n"), 1)
        self.assertNotIn("\x1b", out)
        self.assertTrue(out.startswith("warning  key "))

    def test_a_long_name_is_cut_between_characters(self):
        for kid, shown in (("a" * 79 + "éb", "a" * 79), ("a" * 78 + "éb", "a" * 78 + "é"),
                           ("a" * 77 + "😀b", "a" * 77), ("a" * 80 + "é", "a" * 80)):
            with self.subTest(kid):
                found = lint(secret(b"a" * 32, kid=kid))[1]
                self.assertEqual({where for _, where, _ in found}, {f'key "{shown}"'})

    def test_what_is_no_key_is_refused(self):
        for text in ("", "x", "[]{", '{"keys":1}', "{", '{"a":1,"a":2}'):
            with self.subTest(text):
                status, out, err = jeton("key", "lint", "-", stdin=text)
                self.assertEqual((status, out), (1, ""))
                self.assertNotEqual(err, "")


harness.main()
