#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_token.py - jeton token sign|verify|inspect: the contract that scripts depend on, and
PyJWT's opinion in both directions."""
import hmac
import json
import os
import subprocess
import tempfile
import time
import unittest

from cryptography.hazmat.primitives import serialization
import jwt

import harness
from harness import jeton

# Ours, and what PyJWT calls it.
ALGS = {"HS256": "HS256", "HS384": "HS384", "HS512": "HS512", "RS256": "RS256", "ES256": "ES256",
        "EdDSA": "EdDSA"}


class TokenCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="jeton-e2e-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.keys = {}
        for alg in [*ALGS, "Ed25519"]:
            status, text, err = jeton("key", "new", "--alg", alg)
            assert status == 0, err
            cls.keys[alg] = cls.file(alg + ".jwk", text)
        cls.token = cls.sign("--set", "sub=alice")

    @classmethod
    def file(cls, name, text):
        path = os.path.join(cls.folder, name)
        with open(path, "w", encoding="utf-8") as to:
            to.write(text)
        return path

    @classmethod
    def sign(cls, *words, alg="ES256", stdin=""):
        status, out, err = jeton("token", "sign", "--key", cls.keys[alg], *words, stdin=stdin)
        assert status == 0, err
        return out.rstrip("\n")

    def run_it(self, verb, *words, status=0, stdin=""):
        """Runs a command that ends with this status: what it printed on stdout and stderr."""
        got, out, err = jeton("token", verb, *words, stdin=stdin)
        self.assertEqual(got, status, (out, err))
        if status != 0:
            self.assertRegex(err, rf"^jeton token {verb}: [^ ]", "a failure says why")
        return out, err

    def verify(self, token, *words, alg="ES256", status=0):
        return self.run_it("verify", "--key", self.keys[alg], *words, token, status=status)

    @staticmethod
    def part(token, at):
        return json.loads(harness.unb64(token.split(".")[at]))


class Sign(TokenCase):
    def test_a_token_has_dates_and_lives_15_minutes(self):
        claims = self.part(self.token, 1)
        self.assertEqual(set(claims), {"sub", "iat", "exp"})
        self.assertEqual(claims["exp"] - claims["iat"], 900)
        self.assertLess(abs(claims["iat"] - time.time()), 60)
        self.assertEqual(self.part(self.token, 0)["typ"], "JWT")

    def test_values_are_json_where_they_are_and_texts_where_not(self):
        token = self.sign("--set", "n=42", "--set", "on=true", "--set", "nil=null", "--set",
                          'list=["a",1]', "--set", "text=a b", "--set", "sub=42", "--set",
                          "iss=true", "--set", "eq=a=b", "--set", 'quoted="x"', "--set", "empty=")
        claims = self.part(token, 1)
        del claims["iat"], claims["exp"]
        self.assertEqual(claims, {"n": 42, "on": True, "nil": None, "list": ["a", 1],
                                  "text": "a b", "sub": "42", "iss": "true", "eq": "a=b",
                                  "quoted": "x", "empty": ""})

    def test_claims_come_from_a_file_or_stdin_and_set_goes_over_them(self):
        text = '{"sub": "x", "deep": {"a": [1, {"b": null}]}}'
        for source, stdin in ((self.file("claims.json", text), ""), ("-", text)):
            claims = self.part(self.sign("--claims", source, "--set", "sub=y", stdin=stdin), 1)
            self.assertEqual((claims["sub"], claims["deep"]), ("y", {"a": [1, {"b": None}]}))

    def test_how_long_it_lives(self):
        for text, seconds in (("90", 90), ("90s", 90), ("2h", 7200), ("7d", 604800)):
            claims = self.part(self.sign("--expires", text), 1)
            self.assertEqual(claims["exp"] - claims["iat"], seconds)
        self.assertNotIn("exp", self.part(self.sign("--expires", "never"), 1))

    def test_the_type_is_ours_to_say(self):
        self.assertEqual(self.part(self.sign("--typ", "at+jwt"), 0)["typ"], "at+jwt")

    def test_a_key_of_a_set_is_named(self):
        keys = []
        for alg in ("ES256", "RS256"):
            with open(self.keys[alg], encoding="ascii") as file:
                keys.append(json.load(file))
        path = self.file("set.json", json.dumps({"keys": keys}))
        out, _ = self.run_it("sign", "--key", path, "--kid", keys[1]["kid"])
        self.assertEqual(self.part(out, 0)["kid"], keys[1]["kid"])
        self.run_it("sign", "--key", path, status=1)
        self.run_it("sign", "--key", path, "--kid", "nix", status=1)

    def test_a_key_without_alg_needs_one(self):
        with open(self.keys["ES256"], encoding="ascii") as file:
            key = json.load(file)
        del key["alg"]
        path = self.file("no-alg.jwk", json.dumps(key))
        out, _ = self.run_it("sign", "--key", path, "--alg", "ES256")
        self.verify(out.strip())
        _, err = self.run_it("sign", "--key", path, status=2)
        self.assertIn("--alg", err)

    def test_a_key_is_not_bent_to_another_algorithm(self):
        for alg in ("HS256", "RS256", "Ed25519"):
            self.run_it("sign", "--key", self.keys["ES256"], "--alg", alg, status=1)

    def test_a_public_key_does_not_sign(self):
        status, public, _ = jeton("key", "public", self.keys["ES256"])
        self.assertEqual(status, 0)
        self.run_it("sign", "--key", "-", stdin=public, status=1)

    def test_usage(self):
        key = ("--key", self.keys["ES256"])
        rows = [(), (*key, "x"), (*key, "--alg", "none"), (*key, "--alg", "XX256"),
                (*key, "--set", "x"), (*key, "--set", "=x"), (*key, "--expires", "soon"),
                (*key, "--expires", "-5"), (*key, "--expires", ""),
                (*key, "--nonsense"), ("--key",),
                (*key, *key)]
        for words in rows:
            with self.subTest(words):
                self.run_it("sign", *words, status=2)

    def test_what_is_not_there_is_the_environments_fault(self):
        nix = os.path.join(self.folder, "nix")
        self.run_it("sign", "--key", nix, status=3)
        self.run_it("sign", "--key", self.keys["ES256"], "--claims", nix, status=3)

    def test_stdin_is_read_once(self):
        """Else the second reader finds nothing, and --batch would call that good."""
        with open(self.keys["ES256"], encoding="ascii") as file:
            key = file.read()
        for verb, words in (("sign", ("--claims", "-")), ("verify", ("-",)),
                            ("verify", ("--batch",))):
            with self.subTest(verb=verb, words=words):
                out, err = self.run_it(verb, "--key", "-", *words, status=2, stdin=key)
                self.assertEqual(out, "")
                self.assertIn("stdin", err)

    def test_claims_that_are_none_are_refused(self):
        for text in ("", "[]", "1", '{"a":1,"a":2}', "{", '{"exp":"soon"}x'):
            with self.subTest(text):
                self.run_it("sign", "--key", self.keys["ES256"], "--claims", "-", stdin=text,
                            status=1)


class Verify(TokenCase):
    def test_what_it_prints(self):
        out, err = self.verify(self.token)
        self.assertEqual((json.loads(out), err), (self.part(self.token, 1), ""))
        out, err = self.verify(self.token, "--json")
        self.assertEqual(out.count("\n"), 1)
        self.assertEqual((json.loads(out), err), ({"ok": True, "claims": self.part(self.token, 1)},
                                                  ""))

    def test_a_refusal_says_why_on_stderr_only(self):
        out, err = self.verify(self.token, "--iss", "x", status=1)
        self.assertEqual(out, "")
        self.assertIn("iss", err)

    def test_a_refusal_as_json_is_nothing_but_json(self):
        got, out, err = jeton("token", "verify", "--key", self.keys["ES256"], "--iss", "x",
                              "--json", self.token)
        self.assertEqual((got, err), (1, ""))
        answer = json.loads(out)
        self.assertEqual((answer["ok"], answer["error"]), (False, "E_MISSING"))
        self.assertEqual(set(answer), {"ok", "error", "reason"})

    def test_a_token_comes_from_stdin_too(self):
        for text in (self.token, self.token + "\n", f" {self.token}\r\n"):
            self.run_it("verify", "--key", self.keys["ES256"], "-", stdin=text)

    def test_each_demand_is_met_or_not(self):
        token = self.sign("--set", "iss=me", "--set", 'aud=["a","b"]', "--typ", "at+jwt")
        good = [(), ("--iss", "me"), ("--aud", "b"), ("--typ", "at+jwt"), ("--alg", "ES256"),
                ("--alg", "RS256,ES256"), ("--iss", "you", "--iss", "me"),
                ("--aud", "x", "--aud", "a")]
        bad = [("--iss", "you"), ("--iss", "ME"), ("--aud", "c"), ("--typ", "JWT"),
               ("--alg", "RS256"), ("--alg", "HS256")]
        for words in good:
            with self.subTest(good=words):
                self.verify(token, *words)
        for words in bad:
            with self.subTest(bad=words):
                self.verify(token, *words, status=1)

    def test_the_moment_and_the_tolerance_are_ours_to_say(self):
        token = self.sign("--set", "exp=2000", "--set", "nbf=1000", "--set", "iat=1000")
        rows = [("1000", (), 0), ("1999", (), 0), ("2000", (), 1), ("999", (), 1),
                ("2009", ("--leeway", "10"), 0), ("2010", ("--leeway", "10"), 1),
                ("990", ("--leeway", "10s"), 0), ("989", ("--leeway", "10"), 1)]
        for now, words, status in rows:
            with self.subTest(now=now, words=words):
                self.verify(token, "--now", now, *words, status=status)
        self.verify(token, status=1)

    def test_without_exp_it_is_refused(self):
        self.verify(self.sign("--expires", "never"), status=1)

    def test_a_change_anywhere_is_refused(self):
        for at in range(0, len(self.token), 7):
            other = "A" if self.token[at] != "A" else "B"
            self.verify(self.token[:at] + other + self.token[at + 1:], status=1)

    def test_another_key_is_refused(self):
        status, text, _ = jeton("key", "new", "--alg", "ES256")
        self.assertEqual(status, 0)
        self.run_it("verify", "--key", self.file("other.jwk", text), self.token, status=1)

    def test_a_key_without_alg_needs_one(self):
        status, pem, _ = jeton("key", "public", "--pem", self.keys["ES256"])
        self.assertEqual(status, 0)
        path = self.file("public.pem", pem)
        self.run_it("verify", "--key", path, "--alg", "ES256", self.token)
        _, err = self.run_it("verify", "--key", path, self.token, status=2)
        self.assertIn("--alg", err)

    def test_a_text_is_never_taken_for_a_secret(self):
        """A public key as PEM is the classic one: HS256 tokens made of what everybody has."""
        status, pem, _ = jeton("key", "public", "--pem", self.keys["RS256"])
        self.assertEqual(status, 0)
        with open(self.keys["RS256"], encoding="ascii") as file:
            whole = file.read()
        for text in (pem, whole, "correct horse battery staple and 32 bytes\n", "x" * 64, '"text"'):
            with self.subTest(text[:20]):
                path = self.file("text.key", text)
                out, _ = self.run_it("sign", "--key", path, "--alg", "HS256", status=1)
                self.assertEqual(out, "")
                forged = (harness.b64(b'{"alg":"HS256"}') + "." +
                          harness.b64(b'{"exp":%d}' % (time.time() + 100)))
                mac = hmac.digest(text.encode(), forged.encode(), "sha256")
                forged += "." + harness.b64(mac)
                self.run_it("verify", "--key", path, "--alg", "HS256", forged, status=1)
                self.run_it("verify", "--key", path, "--alg", "HS256,RS256", forged, status=1)

    def test_each_refusal_has_its_reason(self):
        body = self.token.split(".")[1]
        none = harness.b64(b'{"alg":"none"}') + f".{body}."
        rows = [(none, "E_ALG", "alg"), (none.replace(".", "..", 1), "E_SYNTAX", ""),
                (self.sign("--set", "exp=5"), "E_EXPIRED", "exp"),
                (self.sign("--set", "nbf=99999999999", "--set", "exp=99999999999"), "E_NOT_YET",
                 "nbf"),
                (self.token[:-8] + "AAAAAAAA", "E_SIGNATURE", "signature")]
        for token, error, why in rows:
            with self.subTest(error):
                _, err = self.verify(token, status=1)
                self.assertIn(why, err)
                status, out, _ = jeton("token", "verify", "--key", self.keys["ES256"], "--json", token)
                answer = json.loads(out)
                self.assertEqual((status, answer["ok"], answer["error"]), (1, False, error), answer)

    def test_a_key_set_finds_the_key(self):
        keys = []
        for alg in ("ES256", "RS256", "Ed25519"):
            with open(self.keys[alg], encoding="ascii") as file:
                keys.append(json.load(file))
        path = self.file("all.json", json.dumps({"keys": keys}))
        for alg in ("ES256", "RS256", "Ed25519"):
            self.run_it("verify", "--key", path, self.sign(alg=alg))
        self.run_it("verify", "--key", path, self.sign(alg="HS256"), status=1)

    def test_usage(self):
        key = ("--key", self.keys["ES256"])
        rows = [(self.token,), key, (*key, "--batch", self.token),
                (*key, "--alg", "none", self.token),
                (*key, "--alg", "ES256,XX", self.token), (*key, "--now", "soon", self.token),
                (*key, "--now", "", self.token), (*key, "--leeway", "x", self.token),
                (*key, self.token, self.token)]
        for words in rows:
            with self.subTest(words[:4]):
                self.run_it("verify", *words, status=2)

    def test_a_key_that_is_not_there_is_the_environments_fault(self):
        self.run_it("verify", "--key", os.path.join(self.folder, "nix"), self.token, status=3)

    def test_a_pipe_that_is_closed_is_the_environments_fault(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([harness.JETON, "token", "verify", "--key", self.keys["ES256"],
                                   self.token], stdout=full, stderr=subprocess.PIPE,
                                  timeout=harness.PATIENCE, check=False)
        self.assertEqual(done.returncode, 3, done.stderr)


class Batch(TokenCase):
    def batch(self, text, status):
        got, out, err = jeton("token", "verify", "--key", self.keys["ES256"], "--batch", stdin=text)
        self.assertEqual((got, err), (status, ""))
        return [json.loads(line) for line in out.splitlines()]

    def test_a_line_of_json_for_each_token_in_order(self):
        head, body, signature = self.token.split(".")
        rows = [(self.token, None), (f"{head}.{body}.", "E_"), ("x", "E_SYNTAX"), ("", "E_"),
                (self.sign("--set", "exp=5"), "E_EXPIRED"), (self.token + "\r", None),
                ("x" * 100000, "E_"), (self.sign(alg="RS256"), "E_"), (signature, "E_SYNTAX"),
                (self.token, None)]
        answers = self.batch("".join(token + "\n" for token, _ in rows), 1)
        self.assertEqual(len(answers), len(rows))
        for answer, (_, error) in zip(answers, rows):
            self.assertEqual(answer["ok"], error is None)
            if error:
                self.assertTrue(answer["error"].startswith(error), answer)
                self.assertNotIn("claims", answer)
            else:
                self.assertEqual(answer["claims"], self.part(self.token, 1))

    def test_all_good_is_status_0_and_nothing_is_nothing(self):
        self.assertEqual(len(self.batch(f"{self.token}\n{self.token}", 0)), 2)
        self.assertEqual(self.batch("", 0), [])


class Inspect(TokenCase):
    def test_json_is_one_line_with_all_parts(self):
        out, err = self.run_it("inspect", "--json", self.token)
        self.assertEqual((out.count("\n"), err), (1, ""))
        self.assertEqual(json.loads(out), {"header": self.part(self.token, 0),
                                           "payload": self.part(self.token, 1),
                                           "signature_bytes": 64})

    def test_for_a_person_the_dates_are_told_beside_the_json(self):
        out, err = self.run_it("inspect", self.token)
        self.assertEqual(json.loads(out)["payload"]["sub"], "alice")
        self.assertRegex(err, r"(?m)^issued \d{4}-\d\d-\d\d .*\nexpires .* in 1[45]m$")
        self.assertIn("not checked", err)

    def test_what_a_verifier_refuses_is_shown(self):
        none = harness.b64(b'{"alg":"none"}') + "." + harness.b64(b'{"sub":"x"}') + "."
        out, _ = self.run_it("inspect", none)
        self.assertEqual(json.loads(out)["header"], {"alg": "none"})

    def test_what_cannot_be_read_is_refused(self):
        for text in ("x", "..", "a.b.c", self.token.split(".")[0]):
            self.run_it("inspect", text, status=1)
        self.run_it("inspect", status=2)

    def test_nothing_of_a_token_reaches_the_terminal_as_a_command(self):
        token = harness.b64(b'{"alg":"none"}') + "." + harness.b64(b'{"sub":"\\u001b[2J\\u009b1m"}')
        out, err = self.run_it("inspect", token + ".")
        self.assertNotIn("\x1b", out + err)


class Peers(TokenCase):
    def load(self, alg):
        with open(self.keys[alg], encoding="ascii") as file:
            return json.load(file)

    def test_pyjwt_accepts_ours(self):
        for alg, theirs in ALGS.items():
            with self.subTest(alg):
                key = jwt.PyJWK(self.load(alg), algorithm=theirs).key
                if hasattr(key, "public_key"):
                    key = key.public_key()
                token = self.sign("--set", "aud=api", "--set", "x=ü", alg=alg)
                claims = jwt.decode(token, key, algorithms=[theirs], audience="api")
                self.assertEqual(claims["x"], "ü")

    def test_we_accept_pyjwts(self):
        for alg, theirs in ALGS.items():
            with self.subTest(alg):
                key = jwt.PyJWK(self.load(alg), algorithm=theirs).key
                claims = {"sub": "bob", "exp": int(time.time()) + 100, "aud": ["api", "b"],
                          "x": "ü"}
                token = jwt.encode(claims, key, theirs)
                out, _ = self.verify(token, "--aud", "api", alg=alg)
                self.assertEqual(json.loads(out), claims)
                self.verify(token[:-8] + "AAAAAAAA", alg=alg, status=1)

    def test_both_read_the_others_pem(self):
        for alg in ("RS256", "ES256", "EdDSA"):
            with self.subTest(alg):
                status, pem, _ = jeton("key", "new", "--alg", alg, "--pem")
                self.assertEqual(status, 0)
                ours = self.file("ours.pem", pem)
                out, _ = self.run_it("sign", "--key", ours, "--alg", alg, "--set", "a=1")
                theirs = serialization.load_pem_private_key(pem.encode(), None)
                self.assertEqual(jwt.decode(out.strip(), theirs.public_key(), [alg])["a"], 1)
                token = jwt.encode({"exp": time.time() + 100.5}, theirs, alg)
                self.run_it("verify", "--key", ours, "--alg", alg, token)


class Help(unittest.TestCase):
    COMMANDS = ["serve", "user add", "user list", "user disable", "user enable", "token sign",
                "token verify", "token inspect", "key new", "key public", "key thumbprint"]

    def test_every_command_has_help(self):
        for command in self.COMMANDS:
            for flag in ("--help", "-h"):
                status, out, err = jeton(*command.split(), flag)
                self.assertEqual((status, err), (0, ""))
                self.assertTrue(out.startswith(f"usage: jeton {command}"), out)
                self.assertIn("options:", out)

    def test_the_list_of_commands_is_complete(self):
        status, out, _ = jeton("--help")
        self.assertEqual(status, 0)
        for command in self.COMMANDS:
            self.assertIn(f"  {command} ", out)

    def test_wrong_usage_is_told_with_where_to_find_help(self):
        for words in ((), ("nix",), ("user",), ("user", "nix"), ("token", "sing"), ("--nix",),
                      ("key", "--nix")):
            with self.subTest(words):
                status, out, err = jeton(*words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("--help", err)

    def test_the_version(self):
        status, out, _ = jeton("--version")
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^jeton \d+\.\d+\.\d+\n$")


harness.main()
