#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_jws.py - jeton jws sign|verify: any bytes there and back in every form, what scripts
depend on, and a payload that is larger than the memory the program takes."""
import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import unittest

import harness
from harness import JETON, b64, unb64

ALGS = ("HS256", "HS512", "RS256", "PS384", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448")
FORMS = ("compact", "flattened", "general")
PAYLOADS = {
    "text": b"{\"a\": 1}\n",
    "binary": bytes(range(256)) * 3 + b"\0\0\n",
    "empty": b"",
    "newline": b"\n",
    "long": b"\x00\xffx" * 100_000,
}
BIG = 100_000_000  # bytes
MOST = 30 * 1024  # KiB of memory for them


def run(*words, stdin=b""):
    """Exit status, stdout and stderr, as bytes."""
    done = subprocess.run([JETON, "jws", *words], input=stdin, capture_output=True, check=False,
                          timeout=harness.PATIENCE)
    return done.returncode, done.stdout, done.stderr.decode()


def mac_of(secret, text):
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


class JwsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="jeton-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.keys = {}
        for alg in (*ALGS, "HS384"):
            status, text, err = harness.jeton("key", "new", "--alg", alg)
            assert status == 0, err
            cls.keys[alg] = cls.file(alg + ".jwk", text.encode())
        cls.payload = cls.file("payload", PAYLOADS["text"])

    @classmethod
    def file(cls, name, content):
        path = os.path.join(cls.folder, name)
        with open(path, "wb") as to:
            to.write(content)
        return path

    def jwk(self, alg):
        with open(self.keys[alg], encoding="ascii") as file:
            return json.load(file)

    def sign(self, *words, alg="ES256", status=0, stdin=b""):
        got, out, err = run("sign", "--key", self.keys[alg], *words, stdin=stdin)
        self.assertEqual(got, status, err)
        if status == 0:
            self.assertTrue(out.endswith(b"\n") and out.count(b"\n") == 1)
            return out.decode().rstrip("\n")
        self.assertEqual(out, b"")
        self.assertRegex(err, r"^jeton jws sign: [^ ]")
        return err

    def verify(self, token, *words, alg="ES256", status=0):
        got, out, err = run("verify", "--key", self.keys[alg], *words, "-", stdin=token.encode())
        self.assertEqual(got, status, err)
        if status == 0:
            return out
        self.assertEqual(out, b"", "nothing of a refused JWS on stdout")
        self.assertRegex(err, r"^jeton jws verify: [^ ]", "a refusal says why")
        return err


class ThereAndBack(JwsCase):
    def test_every_algorithm_form_and_payload(self):
        for alg in ALGS:
            for name, payload in PAYLOADS.items():
                path = self.file(name, payload)
                for form in FORMS:
                    with self.subTest(alg=alg, payload=name, form=form):
                        text = self.sign("--form", form, path, alg=alg)
                        self.assertEqual(self.verify(text, alg=alg), payload)

    def test_detached_in_every_form(self):
        other = self.file("other", b"other")
        for alg in ALGS:
            for form in FORMS:
                for how in ((), ("--unencoded",)):
                    with self.subTest(alg=alg, form=form, how=how):
                        path = self.file("binary", PAYLOADS["binary"])
                        text = self.sign("--form", form, "--detached", *how, path, alg=alg)
                        self.assertEqual(self.verify(text, "--detached", path, alg=alg), b"")
                        self.verify(text, "--detached", other, alg=alg, status=1)
                        self.verify(text, alg=alg, status=1)

    def test_unencoded_where_the_form_has_room_for_it(self):
        utf8 = self.file("utf8", "{\"a\": \"é\u0000.\"}\n".encode())
        bare = self.file("bare", b"$ 02 ~")
        for path, forms in ((utf8, FORMS[1:]), (bare, FORMS)):
            with open(path, "rb") as file:
                payload = file.read()
            for form in forms:
                text = self.sign("--form", form, "--unencoded", path)
                self.assertEqual(self.verify(text), payload)
        self.sign("--unencoded", utf8, status=2)
        self.sign("--unencoded", "--form", "general", self.file("binary", b"\xff"), status=1)

    def test_payload_and_token_from_stdin(self):
        text = self.sign("-", stdin=b"a\0b")
        self.assertEqual(self.verify(text), b"a\0b")
        got, out, err = run("verify", "--key", self.keys["ES256"], text)
        self.assertEqual((got, out, err), (0, b"a\0b", ""))
        text = self.sign("--detached", "-", stdin=b"a\0b")
        got, out, err = run("verify", "--key", self.keys["ES256"], "--detached", "-", text,
                            stdin=b"a\0b")
        self.assertEqual((got, out, err), (0, b"", ""))

    def test_what_the_header_says(self):
        text = self.sign("--typ", "a+b", "--cty", "text/plain", "--header", "n=42", "--header",
                         "url=https://e.test/", self.payload)
        header = json.loads(unb64(text.split(".")[0]))
        kid = header.pop("kid")
        self.assertTrue(kid)
        self.assertEqual(header, {"alg": "ES256", "typ": "a+b", "cty": "text/plain", "n": 42,
                                  "url": "https://e.test/"})
        self.verify(text, "--typ", "application/A+B")
        self.verify(text, "--typ", "other", status=1)
        text = self.sign("--form", "flattened", "--unprotected", "x=[1]", self.payload)
        self.assertEqual(json.loads(text)["header"], {"x": [1]})
        for words in (("--header", "alg=none"), ("--header", "crit=[]"), ("--header", "x"),
                      ("--header", "a=1", "--header", "a=2"), ("--unprotected", "x=1"),
                      ("--form", "xml")):
            with self.subTest(words=words):
                self.sign(*words, self.payload, status=2)


class Several(JwsCase):
    def setUp(self):
        self.text = self.sign("--key", self.keys["Ed25519"], self.payload)

    def test_any_of_them_is_enough_unless_all_are_wanted(self):
        self.assertEqual(len(json.loads(self.text)["signatures"]), 2)
        both = self.file("both.jwks", json.dumps({"keys": [
            self.jwk(alg) for alg in ("ES256", "Ed25519")]}).encode())
        for alg in ("ES256", "Ed25519"):
            self.assertEqual(self.verify(self.text, alg=alg), PAYLOADS["text"])
            self.verify(self.text, "--all", alg=alg, status=1)
        self.verify(self.text, alg="RS256", status=1)
        got, out, err = run("verify", "--all", "--key", both, self.text)
        self.assertEqual((got, out), (0, PAYLOADS["text"]), err)

    def test_one_bad_signature_matters_only_where_all_are_wanted(self):
        jws = json.loads(self.text)
        jws["signatures"][1]["signature"] = b64(bytes(64))
        text = json.dumps(jws)
        self.assertEqual(self.verify(text), PAYLOADS["text"])
        self.assertIn("signature 2 of 2", self.verify(text, "--all", status=1))
        self.verify(text, alg="Ed25519", status=1)

    def test_only_the_general_form_has_room_for_several(self):
        for form in ("compact", "flattened"):
            self.sign("--form", form, "--key", self.keys["Ed25519"], self.payload, status=2)


class Refusals(JwsCase):
    def test_one_octet_changed_anywhere(self):
        for alg in ("HS256", "ES256", "Ed25519"):
            text = self.sign(self.payload, alg=alg)
            for at in range(0, len(text), 3):
                changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1:]
                self.verify(changed, alg=alg, status=1)
            self.verify(text, alg=alg)

    def test_without_an_algorithm_of_its_own_the_key_needs_one(self):
        key = self.jwk("RS256")
        del key["alg"]
        path = self.file("no-alg.jwk", json.dumps(key).encode())
        got, out, err = run("sign", "--key", path, self.payload)
        self.assertEqual((got, out), (2, b""))
        self.assertIn("--alg", err)
        text = self.sign(self.payload, alg="RS256")
        for words, want in (((), 2), (("--alg", "RS256"), 0), (("--alg", "PS256,RS256"), 0),
                            (("--alg", "PS256"), 1), (("--alg", "nix"), 2),
                            (("--alg", ""), 2)):
            with self.subTest(words=words):
                got, out, err = run("verify", "--key", path, *words, text)
                self.assertEqual(got, want, err)
                self.assertEqual(out, PAYLOADS["text"] if want == 0 else b"")

    def test_a_key_is_not_bent_to_another_algorithm(self):
        text = self.sign(self.payload, alg="HS256")
        self.verify(text, alg="ES256", status=1)
        self.verify(text, "--alg", "HS256", alg="ES256", status=1)
        self.verify(text, "--alg", "ES256", alg="HS256", status=1)
        self.sign("--alg", "HS256", self.payload, status=1)

    def test_none_is_never_taken(self):
        for alg in ("none", "None", "NONE", ""):
            for signature in ("", "AA"):
                header = b64(json.dumps({"alg": alg}).encode())
                self.verify(f"{header}.{b64(b'x')}.{signature}", status=1)
                self.verify(json.dumps({"payload": b64(b"x"), "protected": header,
                                        "signature": signature}), status=1)

    def test_an_algorithm_that_is_not_protected_is_taken_only_when_told_to(self):
        secret = unb64(self.jwk("HS256")["k"])
        text = json.dumps({"payload": b64(b"x"), "header": {"alg": "HS256"},
                           "signature": b64(mac_of(secret, f".{b64(b'x')}"))})
        self.verify(text, alg="HS256", status=1)
        self.assertEqual(self.verify(text, "--unprotected-alg", alg="HS256"), b"x")

    def test_b64_counts_only_where_crit_protects_it(self):
        secret = unb64(self.jwk("HS256")["k"])
        for header, want in (({"b64": False, "crit": ["b64"]}, 0), ({"b64": False}, 1),
                             ({"crit": ["b64"]}, 1), ({"b64": False, "crit": []}, 1),
                             ({"b64": False, "crit": ["b64", "b64"]}, 1),
                             ({"b64": False, "crit": ["b64", "exp"]}, 1),
                             ({"b64": "false", "crit": ["b64"]}, 1)):
            with self.subTest(header=header):
                first = b64(json.dumps({"alg": "HS256", **header}).encode())
                text = f"{first}.pay-load.{b64(mac_of(secret, first + '.pay-load'))}"
                out = self.verify(text, alg="HS256", status=want)
                if want == 0:
                    self.assertEqual(out, b"pay-load")

    def test_a_payload_comes_in_one_way(self):
        text = self.sign(self.payload)
        self.verify(text, "--detached", self.payload, status=1)
        jws = json.loads(self.sign("--form", "flattened", self.payload))
        self.verify(json.dumps(jws), "--detached", self.payload, status=1)
        del jws["payload"]
        self.verify(json.dumps(jws), status=1)
        self.verify(json.dumps(jws), "--detached", self.payload)

    def test_usage_and_files(self):
        key = self.keys["ES256"]
        for words, want in ((("sign", self.payload), 2), (("sign", "--key", key), 2),
                            (("verify", "--key", key), 2),
                            (("sign", "--key", "-", "-"), 2), (("verify", "--key", "-", "-"), 2),
                            (("verify", "--key", key, "--detached", "-", "-"), 2),
                            (("sign", "--key", key, self.folder + "/nix"), 3),
                            (("sign", "--key", key, "--detached", self.folder + "/nix"), 3),
                            (("verify", "--key", self.folder + "/nix", "a.b.c"), 3),
                            (("verify", "--key", key, "--detached", self.folder, "a..c"), 1),
                            (("verify", "--key", key, "a.b.c"), 1)):
            with self.subTest(words=words):
                got, out, err = run(*words)
                self.assertEqual((got, out), (want, b""), err)
                self.assertRegex(err, r"^jeton jws")

    def test_what_is_too_long_is_refused(self):
        long = self.file("too-long", bytes(1024 * 1024 + 1))
        self.assertIn("longer", self.sign(long, status=1))
        text = self.sign("--detached", long)
        self.verify(text, "--detached", long)
        got, out, _ = run("verify", "--key", self.keys["ES256"], "-", stdin=b"." * 10_000_000)
        self.assertEqual((got, out), (1, b""))


class Large(JwsCase):
    def memory(self, *words, stdin=b""):
        """Runs it as the only child of a Python of its own, and gives its largest RSS in KiB."""
        code = ("import resource, subprocess, sys; "
                "done = subprocess.run(sys.argv[1:], stdin=sys.stdin, check=False); "
                "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); "
                "sys.exit(done.returncode)")
        done = subprocess.run(["/usr/bin/python3", "-c", code, JETON, "jws", *words], input=stdin,
                              capture_output=True, check=False, timeout=harness.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout, int(done.stderr.split()[-1])

    def test_a_payload_that_does_not_fit_in_memory(self):
        path = os.path.join(self.folder, "big")
        chunk = os.urandom(1_000_001)
        with open(path, "wb") as to:
            while to.tell() < BIG:
                to.write(chunk)
        for alg in ("HS256", "ES256"):
            for how in ((), ("--unencoded",)):
                with self.subTest(alg=alg, how=how):
                    text, kib = self.memory("sign", "--key", self.keys[alg], "--detached", *how,
                                            path)
                    self.assertLess(kib, MOST)
                    _, kib = self.memory("verify", "--key", self.keys[alg], "--detached", path,
                                         "-", stdin=text)
                    self.assertLess(kib, MOST)
        with open(path, "r+b") as to:
            to.seek(BIG // 2)
            to.write(b"changed")
        self.verify(text.decode(), "--detached", path, status=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
