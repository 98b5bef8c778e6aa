#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_token.py - jeton token sign|verify|inspect|lint: the contract that scripts depend on, and
PyJWT's opinion in both directions."""
import hmac
import json
import os
import re
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
                (*key, "--alg", "none", self.token), (*key, "--alg", "", self.token),
                (*key, "--alg", "ES256,,RS256", self.token),
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


class Demands(TokenCase):
    """What else may be demanded: each option met, and not met by what differs in one thing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rich = cls.sign("--claims", "-", "--typ", "at+jwt", stdin=json.dumps(
            {"iss": "us", "sub": "alice", "aud": ["api", "web"], "jti": "1", "client_id": "c",
             "scope": "read write", "org": {"level": 3, "roles": ["admin", "a b"]},
             "iat": 1000, "exp": 1600}))

    def check(self, words, status, error=None):
        got, out, err = jeton("token", "verify", "--key", self.keys["ES256"], "--now", "1100",
                              "--json", *words, self.rich)
        with self.subTest(words):
            self.assertEqual(got, status, (out, err))
            if error:
                answer = json.loads(out)
                self.assertEqual((answer["ok"], answer["error"], err), (False, error, ""))

    def test_demands(self):
        rows = [(("--sub", "alice"), ("--sub", "alic"), "E_SUBJECT"),
                (("--jti", "1"), ("--jti", "2"), "E_ID"),
                (("--require", "scope", "--require", "org"), ("--require", "gone"), "E_MISSING"),
                (("--aud", "web", "--aud", "x"), ("--all-aud", "--aud", "web", "--aud", "x"),
                 "E_AUDIENCE"),
                (("--all-aud", "--aud", "web", "--aud", "api"), ("--aud", "x"), "E_AUDIENCE"),
                (("--max-age", "100"), ("--max-age", "99s"), "E_ISSUED"),
                (("--max-life", "10m"), ("--max-life", "599"), "E_LIFE"),
                (("--preset", "rfc9068", "--iss", "us", "--aud", "api"),
                 ("--preset", "rfc9068", "--iss", "us", "--aud", "x"), "E_AUDIENCE"),
                (("--preset", "pyjwt", "--aud", "api"), ("--preset", "pyjwt"), "E_AUDIENCE"),
                ((), ("--preset", "jeton"), "E_MISSING")]
        for good, bad, error in rows:
            self.check(good, 0)
            self.check(bad, 1, error)

    def test_rules(self):
        rows = [("scope exists", "gone exists"), ("gone absent", "scope absent"),
                ("sub equals alice", "sub equals Alice"), ('sub equals "alice"', "sub equals 1"),
                ("/org/level equals 3", '/org/level equals "3"'),
                ('sub one-of ["bob","alice"]', 'sub one-of ["bob"]'),
                ("scope contains write", "scope contains rite"),
                ("/org/roles contains admin", "/org/roles contains user"),
                ("/org/roles contains a b", "/org/roles contains a"),
                ('aud contains-all ["web","api"]', 'aud contains-all ["web","x"]'),
                ("sub starts-with al", "sub starts-with li"),
                ("sub ends-with ce", "sub ends-with c"),
                ("/org/level at-least 3", "/org/level at-least 4"),
                ("/org/level at-most 3.5", "/org/level at-most 2")]
        for good, bad in rows:
            self.check(("--rule", good), 0)
            self.check(("--rule", good, "--rule", bad), 1, "E_RULE")

    def test_what_is_allowed(self):
        plain = ("--preset", "pyjwt")
        rows = [("no-exp", '{"iat":1000}', ("--expires", "never"), (), "E_MISSING"),
                ("future-iat", '{"iat":1200,"exp":1600}', (), (), "E_ISSUED"),
                ("number-sub", '{"sub":7,"exp":1600,"iat":1000}', (), plain, "E_CLAIM"),
                ("any-aud", '{"aud":"x","exp":1600,"iat":1000}', (), plain, "E_AUDIENCE")]
        for word, claims, how, preset, error in rows:
            with self.subTest(word):
                token = self.sign("--claims", "-", *how, stdin=claims)
                now = ("--now", "1100", *preset)
                self.verify(token, *now, "--allow", word)
                self.verify(token, *now, "--allow", "no-exp,future-iat,number-sub,any-aud")
                _, out, _ = jeton("token", "verify", "--key", self.keys["ES256"], *now, "--json",
                                  token)
                self.assertEqual(json.loads(out)["error"], error)

    def test_usage(self):
        rows = [("--rule", "scope"), ("--rule", ""), ("--rule", " exists"), ("--rule", "a like b"),
                ("--rule", "a exists 1"), ("--rule", "a equals"), ("--rule", "/~ exists"),
                ("--rule", "a one-of x"), ("--rule", "a at-least x"), ("--allow", "none"),
                ("--allow", ""), ("--allow", "no-exp,"), ("--preset", "none2"), ("--preset", ""),
                ("--preset", "rfc9068"), ("--preset", "rfc9068", "--iss", "us"), ("--all-aud",),
                ("--max-age", "0"), ("--max-life", "0s"), ("--max-life", "x"),
                ("--rule", "a exists") * 17, ("--require", "a") * 17]
        for words in rows:
            self.check(words, 2)


class PyJwt(TokenCase):
    """--preset pyjwt beside PyJWT itself: the same answer to each of these claims, or an answer of
    the list in docs/presets.md. What is not a token for the one is none for the other."""

    NOW = int(time.time())
    VALUES = [None, False, True, 0, 1, -1, 1.5, "", "x", "api", "web", "us", "1", "-1", "1.5", [],
              ["api"], ["x", "api"], ["api", 1], [["api"]], {}, NOW - 900, NOW + 900, NOW + 900.5,
              NOW - 900.5, str(NOW + 900), str(NOW - 900), 1e300, 253402300800, "+1", " 1", "1_0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(cls.keys["HS256"], encoding="ascii") as file:
            cls.secret = jwt.PyJWK(json.load(file), algorithm="HS256").key

    def theirs(self, token, **options):
        try:
            jwt.decode(token, self.secret, algorithms=["HS256"], **options)
            return True
        except Exception:  # also what it did not mean to raise: TypeError, OverflowError
            return False

    def compare(self, rows, words, **options):
        tokens = [jwt.api_jws.encode(json.dumps(claims).encode(), self.secret, "HS256")
                  for claims in rows]
        status, out, err = jeton("token", "verify", "--key", self.keys["HS256"], "--preset",
                                 "pyjwt", "--batch", *words, stdin="\n".join(tokens) + "\n")
        self.assertIn((status, err), ((0, ""), (1, "")))
        answers = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(answers), len(rows))
        for claims, token, answer in zip(rows, tokens, answers):
            with self.subTest(claims=claims, options=options):
                accepted = self.theirs(token, **options)
                if any(self.is_listed(name, value) for name, value in claims.items()):
                    self.assertFalse(answer["ok"], answer)
                else:
                    self.assertEqual(answer["ok"], accepted, answer)

    @staticmethod
    def is_listed(name, value):
        """Whether docs/presets.md says that we refuse this and PyJWT may not. 2.6, Debian's, does
        not look at sub and jti yet."""
        if name in ("iss", "sub", "jti"):
            return not isinstance(value, str)
        if name == "aud":
            return not isinstance(value, (str, list))
        if name == "iat" and isinstance(value, str):
            return True  # the digits of 2.7 on
        if name in ("exp", "nbf", "iat"):
            return isinstance(value, bool) or value in ("+1", " 1", "1_0", 1e300, 253402300800)
        return False

    def test_one_claim_of_any_kind(self):
        rows = [{name: value} for name in ("exp", "nbf", "iat", "iss", "aud", "sub", "jti", "x")
                for value in self.VALUES]
        self.compare(rows, ())
        self.compare(rows, ("--aud", "api", "--aud", "web"), audience=["api", "web"])
        self.compare(rows, ("--iss", "us"), issuer="us")
        self.compare(rows, ("--require", "x", "--require", "exp"),
                     options={"require": ["x", "exp"]})
        self.compare(rows, ("--leeway", "1000"), leeway=1000)

    def test_two_claims(self):
        rows = [{"exp": exp, "aud": aud} for exp in (self.NOW - 5, self.NOW + 900)
                for aud in ("api", "x", [], ["x", "api"])]
        self.compare(rows, ("--aud", "api"), audience="api")
        self.compare(rows, ())


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

    def test_a_batch_ends_when_its_answers_can_not_be_written(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([harness.JETON, "token", "verify", "--key", self.keys["ES256"],
                                   "--batch"], input=f"{self.token}\n" * 100, stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False,
                                  timeout=harness.PATIENCE)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class Inspect(TokenCase):
    def inspect(self, token, *words, status=0):
        return self.run_it("inspect", *words, token, status=status)

    @staticmethod
    def make(header, payload, signature="AAAA"):
        parts = [part if isinstance(part, bytes) else json.dumps(part).encode()
                 for part in (header, payload)]
        return ".".join([*map(harness.b64, parts), signature])

    def test_json_is_one_line_with_all_parts(self):
        out, err = self.inspect(self.token, "--json")
        self.assertEqual((out.count("\n"), err), (1, ""))
        self.assertEqual(json.loads(out), {"header": self.part(self.token, 0),
                                           "payload": self.part(self.token, 1),
                                           "signature_bytes": 64})

    def test_for_a_person_the_dates_are_told_beside_the_json(self):
        out, err = self.inspect(self.token)
        self.assertEqual(json.loads(out)["payload"]["sub"], "alice")
        self.assertRegex(err, r"(?m)^issued \d{4}-\d\d-\d\d .*\nexpires .* in 1[45]m$")
        self.assertIn("not checked", err)

    def test_what_a_verifier_would_think_is_said_in_words(self):
        none = harness.b64(b'{"alg":"none"}') + "." + harness.b64(b'{"sub":"x"}') + "."
        out, err = self.inspect(none)
        self.assertEqual(json.loads(out)["header"], {"alg": "none"})
        for line in ("error    header alg .*none: the token is not signed",
                     "note     header kid .*missing", "warning  payload exp .*lives for ever",
                     "error    signature .*empty"):
            self.assertRegex(err, rf"(?m)^{line}")
        _, err = self.inspect(self.sign("--set", "exp=5"))
        self.assertRegex(err, r"(?m)^expires 1970-01-01 00:00:05 UTC, \d+d ago$")
        self.assertRegex(err, r"(?m)^note     payload exp .*has expired")
        _, err = self.inspect(self.token)
        self.assertNotIn("has expired", err)
        self.assertNotIn("error ", err)

    def test_what_is_broken_is_shown_as_far_as_it_goes(self):
        good = self.make({"alg": "HS256"}, {"sub": "x"})
        header, payload, _ = good.split(".")
        twice = self.make({"alg": "HS256"}, b'{"sub":"x","sub":"y"}')
        rows = [(good + "=", {"sub": "x"}, "canonical"),
                (f"{header}.{payload}", {"sub": "x"}, "three parts"),
                (f"{good}.AAAA", {"sub": "x"}, "three parts"),
                (f"{header[:-1]}!.{payload}.AAAA", {"sub": "x"}, "not base64url"),
                (twice, None, "given twice"),
                (self.make(b"no", {"sub": "x"}), {"sub": "x"}, "not JSON"),
                (f"{header}..AAAA", None, "not JSON: empty"),
                (self.make({"alg": "HS256"}, b"\xff\x1b[2J{"), None, "not JSON")]
        for token, shown, why in rows:
            with self.subTest(token):
                out, err = self.inspect(token, status=1)
                self.assertEqual(json.loads(out)["payload"], shown)
                self.assertIn(why, err)
                self.assertNotIn("\x1b", out + err)
                got, out, _ = jeton("token", "inspect", "--json", token)
                self.assertEqual((got, out.count("\n")), (1, 1))
                self.assertEqual(json.loads(out)["payload"], shown)
        out, _ = self.inspect(twice, status=1)
        self.assertEqual(json.loads(out)["payload_text"], '{"sub":"x","sub":"y"}')

    def test_of_an_encrypted_token_the_header_is_shown(self):
        header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "k"}
        token = harness.b64(json.dumps(header).encode()) + "..AAAA.BBBB.CCCC"
        out, err = self.inspect(token)
        self.assertEqual(json.loads(out), {"header": header, "payload": None, "signature_bytes": 0})
        self.assertIn("JWE", err)
        self.assertNotIn("not known here", err)

    def test_what_cannot_be_read_is_refused(self):
        for text in ("x", "..", "a.b.c", self.token.split(".")[0], "", "....", "é.é.é"):
            self.inspect(text, status=1)
        self.run_it("inspect", status=2)

    def test_colors_are_those_of_the_parts(self):
        out, _ = self.inspect(self.token, "--color", "always")
        first, second, third = self.token.split(".")
        self.assertTrue(out.startswith(f"\x1b[31m{first}\x1b[0m.\x1b[35m{second}\x1b[0m."
                                       f"\x1b[36m{third}\x1b[0m\n"), out)
        colored = dict(re.findall("\x1b\\[(3[156])m([^\x1b]*)\x1b\\[0m", out.partition("\n")[2]))
        self.assertEqual(json.loads(colored["31"]), self.part(self.token, 0))
        self.assertEqual(json.loads(colored["35"]), self.part(self.token, 1))
        self.assertIn("64 bytes", colored["36"])
        for words in ((), ("--color", "never"), ("--color", "auto"), ("--json",),
                      ("--json", "--color", "always")):
            self.assertNotIn("\x1b", self.inspect(self.token, *words)[0])
        for token in ("x", "a.b.c.d.e", "a.b", "...."):
            self.assertIn("\x1b[31m", self.inspect(token, "--color", "always", status=1)[0])
        self.inspect(self.token, "--color", "red", status=2)

    def test_colors_by_themselves_only_on_a_terminal(self):
        for variables, colored in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                                   ({"TERM": "xterm", "NO_COLOR": "1"}, False),
                                   ({"TERM": "xterm", "NO_COLOR": ""}, True), ({}, False)):
            with self.subTest(variables):
                master, slave = os.openpty()
                env = {name: value for name, value in os.environ.items()
                       if name not in ("TERM", "NO_COLOR")}
                done = subprocess.run([harness.JETON, "token", "inspect", self.token],
                                      stdout=slave, stderr=subprocess.DEVNULL, check=False,
                                      env={**env, **variables}, timeout=harness.PATIENCE)
                os.close(slave)
                shown = os.read(master, 100000)
                os.close(master)
                self.assertEqual(done.returncode, 0)
                self.assertEqual(b"\x1b[31m" in shown, colored)

    def test_nothing_of_a_token_reaches_the_terminal_as_a_command(self):
        evil = "\x1b[2J\x9b1m\x7f\u202e\u2066\u200f\u2028\x00"
        token = self.make({"alg": "none", "kid": evil}, {"sub": evil, evil: [evil], "ok": "üß€😀"})
        for words in ((), ("--color", "always")):
            out, err = self.inspect(token, *words)
            rest = re.sub("\x1b\\[[0-9]+m", "", out + err) if words else out + err
            self.assertFalse(set(evil) & set(rest) - set("[2J1m"), rest)
            self.assertIn("üß€😀", out)
        claims = json.loads(self.inspect(token)[0])["payload"]
        self.assertEqual(claims, {"sub": evil, evil: [evil], "ok": "üß€😀"})
        out, err = jeton("token", "inspect", "--color", "always", f"a\x1b[2J.b\x9b.c{evil[4:-1]}")[1:]
        self.assertFalse(set("\x9b\u202e\u2066") & set(out + err))
        self.assertNotIn("\x1b[2J", out + err)

    def test_nothing_of_a_good_token_does_either(self):
        evil = "\x9b1m\x7f\u202e\u2066\u200f\u2028"
        key = json.dumps({"kty": "oct", "alg": "HS256", "kid": evil, "k": harness.b64(b"a" * 32)})
        claims = json.dumps({"sub": evil, evil: [evil], "ok": "üß€😀"})
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "key")
            with open(path, "w", encoding="utf-8") as file:
                file.write(key)
            token = jeton("token", "sign", "--key", path, "--claims", "-", stdin=claims)[1]
            for words in ((token.strip(),), ("--json", token.strip()), ("--batch",)):
                with self.subTest(words):
                    status, out, err = jeton("token", "verify", "--key", path, *words, stdin=token)
                    self.assertEqual((status, err), (0, ""))
                    self.assertFalse(set(evil) & set(out) - set("1m"), out)
                    self.assertIn("üß€😀", out)
                    answer = json.loads(out)
                    self.assertEqual(answer.get("claims", answer)[evil], [evil])
            out = jeton("key", "lint", "--json", path)[1]
            self.assertIn(evil, json.loads(out)["findings"][0]["where"])
            self.assertFalse(set(evil) & set(out) - set("1m"), out)


class Lint(TokenCase):
    GOOD = ({"alg": "ES256", "kid": "k", "typ": "at+jwt"},
            {"iss": "us", "exp": int(time.time()) + 600, "aud": "api", "sub": "alice",
             "client_id": "c", "iat": int(time.time()) - 1, "jti": "1"}, 64)
    NOW = int(time.time())

    def lint(self, header=None, payload=None, signature=64, without=()):
        head = {**self.GOOD[0], **(header or {})}
        body = {**self.GOOD[1], **(payload or {})}
        for name in without:
            head.pop(name, None)
            body.pop(name, None)
        token = ".".join(map(harness.b64, (json.dumps(head).encode(), json.dumps(body).encode(),
                                           b"s" * signature)))
        return self.judge(token)

    def judge(self, token):
        """The findings as (severity, where), and that both ways of telling them agree."""
        status, out, err = jeton("token", "lint", "--json", token)
        answer = json.loads(out)
        self.assertEqual((out.count("\n"), err), (1, ""))
        errors = [f for f in answer["findings"] if f["severity"] == "error"]
        self.assertEqual((status, answer["ok"]), (1, False) if errors else (0, True))
        given = ("-", token + "\n") if len(token) < 65536 else (token, "")
        plain_status, lines, err = jeton("token", "lint", given[0], stdin=given[1])
        self.assertEqual((plain_status, err), (status, ""))
        self.assertEqual([line.split()[0] for line in lines.splitlines()],
                         [finding["severity"] for finding in answer["findings"]])
        for finding, line in zip(answer["findings"], lines.splitlines()):
            self.assertIn(finding["where"], line)
            self.assertIn(finding["what"], line)
        return [(f["severity"], f["where"]) for f in answer["findings"]]

    def test_a_good_token_has_no_findings(self):
        self.assertEqual(self.lint(), [])
        status, out, err = jeton("token", "lint", self.sign("--typ", "at+jwt"))
        self.assertEqual((status, err), (1, ""))

    def test_each_thing_has_its_finding(self):
        no_type = {"typ": "x+jwt"}
        rows = [
            ({"header": {"alg": "none"}, "signature": 0}, [("error", "header alg"),
                                                            ("error", "signature")]),
            ({"header": {"alg": "NoNe"}}, [("error", "header alg")]),
            ({"header": {"alg": "es256"}}, [("error", "header alg")]),
            ({"header": {"alg": 1}}, [("error", "header alg")]),
            ({"without": ["alg"]}, [("error", "header alg")]),
            ({"header": {"alg": "HS256"}, "signature": 32}, [("note", "header alg")]),
            ({"header": {"alg": "EdDSA"}}, [("note", "header alg")]),
            ({"header": {"alg": "RS256"}, "signature": 256}, []),
            ({"header": {"alg": "RS256"}, "signature": 128}, [("error", "signature")]),
            ({"signature": 71}, [("error", "signature")]),
            ({"signature": 0}, [("error", "signature")]),
            ({"header": {"crit": ["x"]}}, [("error", "header crit")]),
            ({"header": {"b64": False}}, [("error", "header b64")]),
            ({"header": {"typ": "JWT"}}, [("note", "header typ")]),
            ({"header": {"typ": 1}}, [("error", "header typ")]),
            ({"without": ["typ"]}, [("warning", "header typ")]),
            ({"without": ["kid"]}, [("note", "header kid")]),
            ({"header": {"kid": 1}}, [("error", "header kid")]),
            ({"header": {"kid": "../../dev/null"}}, [("warning", "header kid")]),
            ({"header": {"kid": "x' OR 1"}}, [("warning", "header kid")]),
            ({"header": {"kid": "k" * 1025}}, [("error", "header kid")]),
            ({"header": {"kid": "a/b.c:d_e-f=+@~"}}, []),
            ({"header": {"jwk": {}}}, [("warning", "header jwk")]),
            ({"header": {"jku": "https://x"}}, [("warning", "header jku")]),
            ({"header": {"x5u": "https://x"}}, [("warning", "header x5u")]),
            ({"header": {"x5c": []}}, [("warning", "header x5c")]),
            ({"header": {"cty": "JWT"}}, [("note", "header cty")]),
            ({"header": {"cty": 1}}, [("error", "header cty")]),
            ({"header": no_type, "without": ["exp"]}, [("warning", "payload exp")]),
            ({"payload": {"exp": "soon"}}, [("error", "payload exp")]),
            ({"payload": {"exp": None}}, [("error", "payload exp")]),
            ({"payload": {"exp": self.NOW * 1000}}, [("error", "payload exp")] * 2),
            ({"payload": {"exp": self.NOW - 10, "iat": self.NOW - 20}}, [("note", "payload exp")]),
            ({"payload": {"exp": self.NOW + 90000}}, [("warning", "payload exp")]),
            ({"header": no_type, "payload": {"exp": self.NOW + 90000}, "without": ["iat"]},
             [("warning", "payload exp")]),
            ({"payload": {"nbf": self.NOW + 300}}, [("note", "payload nbf")]),
            ({"payload": {"nbf": self.NOW + 601}}, [("note", "payload nbf"),
                                                     ("error", "payload nbf")]),
            ({"payload": {"nbf": []}}, [("error", "payload nbf")]),
            ({"payload": {"nbf": self.NOW * 1000}}, [("error", "payload nbf")] * 2),
            ({"payload": {"iat": self.NOW + 300}}, [("warning", "payload iat")]),
            ({"payload": {"iat": self.NOW + 601}}, [("warning", "payload iat"),
                                                     ("error", "payload iat")]),
            ({"payload": {"iat": self.NOW * 1000}}, [("error", "payload iat")] * 2),
            ({"header": no_type, "without": ["iss"]}, [("warning", "payload iss")]),
            ({"payload": {"iss": 1}}, [("error", "payload iss")]),
            ({"header": no_type, "without": ["aud"]}, [("warning", "payload aud")]),
            ({"payload": {"aud": 1}}, [("error", "payload aud")]),
            ({"payload": {"aud": ["a", 1]}}, [("error", "payload aud")]),
            ({"payload": {"aud": ["a", "b"]}}, []),
            ({"payload": {"sub": 1}}, [("warning", "payload sub")]),
            ({"payload": {"sub": {}}}, [("error", "payload sub")]),
            ({"payload": {"jti": 1}}, [("error", "payload jti")]),
            ({"header": no_type, "without": ["jti", "iat", "sub", "client_id"]}, []),
            ({"payload": {"password": "x"}}, [("warning", "payload password")]),
            ({"payload": {"secret": "x"}}, [("warning", "payload secret")]),
            ({"payload": {"private_key": "x"}}, [("warning", "payload private_key")]),
            ({"payload": {"x": "x" * 5000}}, [("warning", "token")]),
            ({"payload": {"x": "x" * 60000}}, [("error", "token")]),
        ]
        for how, want in rows:
            with self.subTest(how if len(str(how)) < 200 else "long"):
                self.assertEqual(self.lint(**how), want)
        for name in ("iss", "exp", "aud", "sub", "client_id", "iat", "jti"):
            with self.subTest(name):
                self.assertEqual(self.lint(without=[name]), [("error", f"payload {name}")])
                self.assertEqual(self.lint({"typ": "application/at+jwt"}, without=[name]),
                                 [("error", f"payload {name}")])

    def test_what_is_no_token_has_findings_too(self):
        good = harness.b64(json.dumps(self.GOOD[0]).encode())
        body = harness.b64(json.dumps(self.GOOD[1]).encode())
        signature = harness.b64(b"s" * 64)
        rows = [("x", [("error", "header"), ("error", "header"), ("error", "token")]),
                (f"{good}.{body}", [("error", "token")]),
                (f"{good}.{body}.{signature}=", [("error", "signature")]),
                (f"{good}.{body}.{signature[:-1]}!", [("error", "signature")]),
                (f"{good}.{harness.b64(b'[]')}.{signature}", [("error", "payload")]),
                (f"{harness.b64(b'[]')}.{body}.{signature}", [("error", "header")]),
                (f"{good}.!!.{signature}", [("error", "payload")]),
                (f"{good}.!.{signature}", [("error", "payload")] * 2),
                (f"{good}....", [("note", "token")]),
                (f"{good}.....", [("error", "token")])]
        for token, want in rows:
            with self.subTest(token):
                self.assertEqual(self.judge(token), want)

    def test_usage(self):
        self.run_it("lint", status=2)
        self.run_it("lint", "--nix", "x", status=2)


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
                "token verify", "token inspect", "token lint", "key new", "key public", "key thumbprint"]

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
