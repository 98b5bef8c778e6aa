#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_key.py - jeton key new|public|thumbprint: keys that other libraries read, and theirs."""
import base64
import hashlib
import json
import os
import subprocess
import tempfile
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
import jwt

import harness
from harness import jeton

PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}

# What each algorithm's key is made of: the public members, and the private ones.
ALGS = {
    "HS256": (set(), {"k"}, 32),
    "HS384": (set(), {"k"}, 48),
    "HS512": (set(), {"k"}, 64),
    "RS256": ({"n", "e"}, {"d", "p", "q", "dp", "dq", "qi"}, None),
    "ES256": ({"crv", "x", "y"}, {"d"}, None),
    "Ed25519": ({"crv", "x"}, {"d"}, None),
}
# The members a thumbprint is made of, in their order (RFC 7638 §3.2, RFC 8037 §2).
PRINTED = {"oct": ("k", "kty"), "RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"),
           "OKP": ("crv", "kty", "x")}


def thumbprint_of(jwk):
    text = json.dumps({name: jwk[name] for name in PRINTED[jwk["kty"]]}, separators=(",", ":"))
    return harness.b64(hashlib.sha256(text.encode()).digest())


class KeyCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jeton-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def must(self, *words, stdin=""):
        status, out, err = jeton(*words, stdin=stdin)
        self.assertEqual((status, err), (0, ""))
        return out

    def refused(self, words, status, why, stdin="", env=None):
        """Exit status, an empty stdout, and a sentence that matches."""
        got, out, err = jeton(*words, stdin=stdin, env=env)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, why)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w" if isinstance(text, str) else "wb") as to:
            to.write(text)
        return path


class New(KeyCase):
    def test_each_algorithm_has_the_members_of_its_type(self):
        for alg, (public, private, length) in ALGS.items():
            with self.subTest(alg):
                key = json.loads(self.must("key", "new", "--alg", alg))
                self.assertEqual(set(key) - {"kid"}, {"kty", "use", "alg"} | public | private)
                self.assertEqual((key["alg"], key["use"]), (alg, "sig"))
                if length:
                    self.assertGreaterEqual(len(harness.unb64(key["k"])), length)
                    self.assertNotIn("kid", key, "the thumbprint of a secret stays at home")
                else:
                    self.assertEqual(key["kid"], thumbprint_of(key))

    def test_no_two_keys_are_alike(self):
        keys = {self.must("key", "new", "--alg", alg) for alg in ("HS256", "ES256", "Ed25519") * 4}
        self.assertEqual(len(keys), 12)

    def test_the_name_is_ours_to_choose(self):
        key = json.loads(self.must("key", "new", "--alg", "ES256", "--kid", "a \"b\" \u00e4"))
        self.assertEqual(key["kid"], "a \"b\" \u00e4")

    def test_pem_is_pkcs8_that_openssl_and_cryptography_read(self):
        types = {"RS256": rsa.RSAPrivateKey, "ES256": ec.EllipticCurvePrivateKey,
                 "Ed25519": ed25519.Ed25519PrivateKey}
        for alg, kind in types.items():
            with self.subTest(alg):
                pem = self.must("key", "new", "--alg", alg, "--pem")
                self.assertTrue(pem.startswith("-----BEGIN PRIVATE KEY-----\n"))
                self.assertIsInstance(serialization.load_pem_private_key(pem.encode(), None), kind)
                subprocess.run(["openssl", "pkey", "-noout", "-check"], input=pem.encode(),
                               check=True, capture_output=True, timeout=harness.PATIENCE)

    def test_usage(self):
        rows = [((), "--alg ALG is missing"), (("--alg",), "needs a value"),
                (("--alg", "none"), "no algorithm"), (("--alg", "ES257"), "no algorithm"),
                (("--alg", "es256"), "no algorithm"), (("--alg", ""), "no algorithm"),
                (("--alg", "ES256", "x"), "takes no operand"),
                (("--alg", "ES256", "--alg", "RS256"), "given twice"),
                (("--alg", "ES256", "--pem=yes"), "takes no value"),
                (("--alg", "ES256", "--size", "1"), "no option")]
        for words, why in rows:
            with self.subTest(words):
                self.refused(("key", "new", *words), 2, why)

    def test_a_secret_has_no_pem(self):
        self.refused(("key", "new", "--alg", "HS256", "--pem"), 1, "PEM")


class Public(KeyCase):
    def test_no_private_member_is_left_and_the_rest_stays(self):
        for alg in ("RS256", "ES256", "Ed25519"):
            with self.subTest(alg):
                text = self.must("key", "new", "--alg", alg, "--kid", "k1")
                key, public = json.loads(text), json.loads(self.must("key", "public", "-",
                                                                     stdin=text))
                self.assertEqual(public, {n: v for n, v in key.items() if n not in PRIVATE})

    def test_a_set_stays_a_set(self):
        keys = [json.loads(self.must("key", "new", "--alg", alg)) for alg in ("ES256", "Ed25519")]
        out = json.loads(self.must("key", "public",
                                   self.file("set.json", json.dumps({"keys": keys}))))
        self.assertEqual([set(key) & PRIVATE for key in out["keys"]], [set(), set()])
        self.assertEqual([key["kid"] for key in out["keys"]], [key["kid"] for key in keys])

    def test_pem_is_what_cryptography_makes_of_the_same_key(self):
        for alg in ("RS256", "ES256", "Ed25519"):
            with self.subTest(alg):
                pem = self.must("key", "new", "--alg", alg, "--pem")
                theirs = serialization.load_pem_private_key(pem.encode(), None).public_key()
                self.assertEqual(self.must("key", "public", "--pem", "-", stdin=pem),
                                 theirs.public_bytes(
                                     serialization.Encoding.PEM,
                                     serialization.PublicFormat.SubjectPublicKeyInfo).decode())

    def test_their_pems_are_read(self):
        makers = {"rsa": lambda: rsa.generate_private_key(65537, 2048),
                  "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
                  "ed": ed25519.Ed25519PrivateKey.generate}
        for name, make in makers.items():
            with self.subTest(name):
                key = make()
                private = key.private_bytes(serialization.Encoding.PEM,
                                            serialization.PrivateFormat.PKCS8,
                                            serialization.NoEncryption()).decode()
                public = key.public_key().public_bytes(
                    serialization.Encoding.PEM,
                    serialization.PublicFormat.SubjectPublicKeyInfo).decode()
                one, two = (json.loads(self.must("key", "public", "-", stdin=pem))
                            for pem in (private, public))
                self.assertEqual(one, two)
                self.assertEqual(set(one) & PRIVATE, set())

    def test_secrets_have_no_public_part(self):
        text = self.must("key", "new", "--alg", "HS256")
        self.refused(("key", "public", "-"), 1, "no public part", text)

    def test_what_is_no_key_is_refused(self):
        key = json.loads(self.must("key", "new", "--alg", "ES256"))
        other = json.loads(self.must("key", "new", "--alg", "ES256"))
        small = rsa.generate_private_key(65537, 1024).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()).decode()
        locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"x")).decode()
        rows = {
            "nothing": "", "a secret as text": "correct horse battery staple, and 32 bytes long",
            "a list": json.dumps([key]), "no kty": json.dumps({"alg": "ES256"}),
            "an unknown kty": json.dumps({**key, "kty": "XX"}),
            "kty twice": json.dumps(key)[:-1] + ',"kty":"EC"}',
            "a point off the curve": json.dumps({**key, "y": other["y"]}),
            "d of another key": json.dumps({**key, "d": other["d"]}),
            "padding": json.dumps({**key, "x": key["x"] + "="}),
            "RSA too small": small,
            "PEM cut short": self.must("key", "new", "--alg", "ES256", "--pem")[:120],
            "an empty set": '{"keys":[]}',
            "a short secret": '{"kty":"oct","alg":"HS256","k":"AAAA"}',
        }
        for why, text in rows.items():
            with self.subTest(why):
                self.refused(("key", "public", "-"), 1, r"\w", text)
        self.refused(("key", "public", "-"), 1, "passphrase does not open", locked,
                     {"JETON_PASSPHRASE": "y"})

    def test_a_file_that_is_not_there_is_the_environments_fault(self):
        self.refused(("key", "public", os.path.join(self.folder, "nix")), 3, "No such file")
        self.refused(("key", "public", self.folder), 3, "directory")

    def test_usage(self):
        self.refused(("key", "public"), 2, "missing")
        self.refused(("key", "public", "a", "b"), 2, "one operand")


class Thumbprint(KeyCase):
    def test_it_is_that_of_the_rfc(self):
        # RFC 7638 §3.1
        key = {"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29", "n": (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS"
            "oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
            "YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr"
            "dkt-bFTWhAI4vMQFh"
            "6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")}
        self.assertEqual(self.must("key", "thumbprint", "-", stdin=json.dumps(key)),
                         "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs\n")

    def test_it_is_the_same_for_jwk_and_pem_private_and_public(self):
        for alg in ("RS256", "ES256", "Ed25519"):
            with self.subTest(alg):
                pem = self.must("key", "new", "--alg", alg, "--pem")
                forms = [pem, self.must("key", "public", "-", stdin=pem),
                         self.must("key", "public", "--pem", "-", stdin=pem)]
                prints = {self.must("key", "thumbprint", "-", stdin=form) for form in forms}
                self.assertEqual(prints, {thumbprint_of(json.loads(forms[1])) + "\n"})

    def test_a_key_of_a_set_is_named(self):
        keys = [json.loads(self.must("key", "new", "--alg", "ES256", "--kid", kid))
                for kid in ("a", "b")]
        path = self.file("set.json", json.dumps({"keys": keys}))
        self.assertEqual(self.must("key", "thumbprint", "--kid", "b", path),
                         thumbprint_of(keys[1]) + "\n")
        self.refused(("key", "thumbprint", path), 1, "--kid")
        self.refused(("key", "thumbprint", "--kid", "c", path), 1, "kid")


class Peers(KeyCase):
    def test_pyjwt_reads_our_jwks(self):
        for alg in ("RS256", "ES256", "EdDSA", "HS256"):
            with self.subTest(alg):
                text = self.must("key", "new", "--alg", alg)
                key = jwt.PyJWK(json.loads(text), algorithm=alg)
                self.assertIsNotNone(key.key)

    def test_our_members_are_full_length_and_canonical(self):
        """A coordinate that starts with a zero byte keeps it (RFC 7518 §6.2.1.2)."""
        for _ in range(30):
            key = json.loads(self.must("key", "new", "--alg", "ES256"))
            for member in ("x", "y", "d"):
                raw = base64.urlsafe_b64decode(key[member] + "=")
                self.assertEqual((len(raw), harness.b64(raw)), (32, key[member]))


harness.main()
