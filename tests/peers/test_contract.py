#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_contract.py - tokens shaped like those of well-known issuers and frameworks, signed by the
libraries these use, through every form of jeton token verify: exit status, stdout and stderr."""
import functools
import json
import unittest

import mutants
import peers
from mutants import NOW
from peers import harness, jeton

DATES = {"iat": NOW - 60, "exp": NOW + 3600}

# What a token looks like, by its issuer: who signs it, with what, and its claims.
SHAPES = {
    "Flask-JWT-Extended": ("PyJWT", "HS256", {
        "fresh": False, "iat": NOW - 60, "jti": "0c4f5e6e-4c58-4d3a-9a42-4f0c1d9f2f7b",
        "type": "access", "sub": "1", "nbf": NOW - 60, "csrf": "3b0c", "exp": NOW + 840}),
    "Flask-JWT-Extended, the number of a user": ("PyJWT", "HS256", {
        "fresh": True, "iat": NOW - 60, "jti": "0c4f", "type": "access", "sub": 42,
        "nbf": NOW - 60, "exp": NOW + 840}),
    "FastAPI's tutorial": ("python-jose", "HS256", {"sub": "johndoe", "exp": NOW + 1800}),
    "dates of time.time()": ("PyJWT", "ES256", {
        "sub": "alice", "iat": NOW - 60.25, "nbf": NOW - 60.25, "exp": NOW + 3599.75}),
    "Authlib": ("Authlib", "RS256", {"iss": "https://a.example", **DATES}),
    "latchset jose, without a typ": ("latchset jose", "ES256", {"sub": "device", **DATES}),
    "jsonwebtoken": ("jsonwebtoken", "HS256", {
        "user": {"id": 7, "email": "a@b.example", "roles": ["editor"]}, **DATES}),
    "fast-jwt": ("fast-jwt", "EdDSA", {"id": "42", "admin": False, **DATES}),
    "Auth0": ("jose", "RS256", {
        "iss": "https://tenant.eu.auth0.example/", "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
        "aud": ["https://api.example", "https://tenant.eu.auth0.example/userinfo"],
        "azp": "my_client_id", "scope": "openid profile", "permissions": ["read:a"], **DATES}),
    "Keycloak": ("jose", "RS256", {
        "jti": "e2c4", "iss": "https://sso.example/realms/r", "aud": "account", "sub": "f1d6",
        "typ": "Bearer", "azp": "app", "session_state": "c0de", "acr": "1",
        "allowed-origins": ["*"], "realm_access": {"roles": ["offline_access", "user"]},
        "resource_access": {"account": {"roles": ["view-profile"]}}, "email_verified": True,
        "auth_time": 0, **DATES}),
    "Google": ("golang-jwt", "RS256", {
        "iss": "accounts.google.com", "azp": "1.apps.example", "aud": "1.apps.example",
        "sub": "110169484474386276334", "at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q",
        "email": "a@b.example", "email_verified": True, "name": "\u00c5lice \U0001f600", **DATES}),
    "Kubernetes": ("golang-jwt", "RS256", {
        "aud": ["https://kubernetes.default.svc"], "iss": "https://kubernetes.default.svc",
        "kubernetes.io": {"namespace": "default", "pod": {"name": "p", "uid": "u"},
                          "warnafter": NOW + 3000}, "nbf": NOW - 60,
        "sub": "system:serviceaccount:default:default", **DATES}),
    "Supabase": ("jose", "HS256", {
        "aud": "authenticated", "sub": "6b1f", "email": "", "phone": "", "role": "authenticated",
        "app_metadata": {"provider": "email"}, "user_metadata": {}, "aal": "aal1",
        "amr": [{"method": "password", "timestamp": NOW - 60}], "is_anonymous": False, **DATES}),
    "Rails": ("ruby-jwt", "HS512", {"sub": "User:7", "scp": "user", "aud": None, **DATES}),
    "Mojolicious": ("Crypt::JWT", "HS256", {"sub": "u", "data": {"deep": [[[]]]}, **DATES}),
    "a service in C": ("libjwt", "HS384", {"sub": "meter", "reading": 12.5, "ok": True, **DATES}),
    "mod_auth_openidc": ("cjose", "PS256", {"sub": "u", "c_hash": "x", **DATES}),
    "large numbers": ("PyJWT", "HS256", {
        "sub": "u", "id": 9007199254740993, "min": -2 ** 63, "max": 2 ** 64 - 1, **DATES}),
}

# (what to demand, the error or None): acceptances, and beside them refusals that differ in one
# thing.
API = ("--aud", "https://api.example")
ROWS = {
    "Flask-JWT-Extended": [((), None), (("--typ", "JWT"), None), (("--typ", "at+jwt"), "E_TYP"),
                           (("--aud", "x"), "E_MISSING"), (("--iss", "x"), "E_MISSING")],
    "Flask-JWT-Extended, the number of a user": [
        (("--allow", "number-sub"), None), ((), "E_CLAIM"), (("--allow", "no-exp"), "E_CLAIM")],
    "FastAPI's tutorial": [((), None), (("--now", str(NOW + 1799)), None),
                           (("--now", str(NOW + 1800)), "E_EXPIRED"),
                           (("--now", str(NOW + 1800), "--leeway", "1"), None),
                           (("--max-age", "1h"), "E_MISSING")],
    "dates of time.time()": [((), None), (("--now", str(NOW - 60)), None),
                             (("--now", str(NOW - 61)), "E_NOT_YET"),
                             (("--now", str(NOW + 3599)), None),
                             (("--now", str(NOW + 3600)), "E_EXPIRED")],
    "Authlib": [((), None), (("--iss", "https://a.example"), None),
                (("--iss", "https://A.example"), "E_ISSUER")],
    "latchset jose, without a typ": [((), None), (("--typ", "JWT"), "E_MISSING")],
    "jsonwebtoken": [((), None), (("--typ", "jwt"), None), (("--require", "sub"), "E_MISSING")],
    "fast-jwt": [((), None), (("--alg", "RS256"), "E_ALG")],
    "Auth0": [(("--iss", "https://tenant.eu.auth0.example/", *API), None),
              (("--iss", "https://tenant.eu.auth0.example", *API), "E_ISSUER"),
              (("--aud", "https://api.example/"), "E_AUDIENCE"),
              ((*API, "--aud", "other", "--all-aud"), "E_AUDIENCE"),
              (("--rule", 'permissions contains "read:a"'), None),
              (("--rule", 'permissions contains "write:a"'), "E_RULE")],
    "Keycloak": [(("--iss", "https://sso.example/realms/r", "--aud", "account"), None),
                 (("--rule", '/realm_access/roles contains "user"'), None),
                 (("--rule", '/realm_access/roles contains "admin"'), "E_RULE"),
                 (("--aud", "app"), "E_AUDIENCE")],
    "Google": [(("--iss", "https://accounts.google.com", "--iss", "accounts.google.com"), None),
               (("--iss", "https://accounts.google.com"), "E_ISSUER"),
               (("--aud", "1.apps.example"), None), (("--aud", "1.apps"), "E_AUDIENCE")],
    "Kubernetes": [(("--aud", "https://kubernetes.default.svc"), None),
                   (("--aud", "https://kubernetes.default"), "E_AUDIENCE"),
                   (("--now", str(NOW - 61)), "E_NOT_YET")],
    "Supabase": [(("--aud", "authenticated"), None), (("--aud", "anon"), "E_AUDIENCE")],
    "Rails": [((), "E_CLAIM")], # aud: null
    "Mojolicious": [((), None), (("--sub", "u"), None), (("--sub", "v"), "E_SUBJECT")],
    "a service in C": [((), None), (("--now", str(NOW - 61)), "E_ISSUED"),
                       (("--now", str(NOW - 61), "--leeway", "1s"), None)],
    "mod_auth_openidc": [((), None), (("--typ", "JWT"), "E_MISSING"),
                         (("--max-life", "1h"), "E_LIFE"), (("--max-life", "61m"), None)],
    "large numbers": [((), None), (("--allow", "number-sub"), None)],
}


peer_of = functools.cache(peers.Peer)


def signed(name, alg, key, claims):
    """A token of that peer's."""
    peer = peer_of(name)
    form = next(form for form in ("jwk", "raw", "pem")
                if alg in peer.formats.get(form, ()) and form in key.private)
    answer = peer.ask([{"do": "sign", "alg": alg, "format": form, "key": key.private[form],
                        "claims": claims}])[0]
    assert answer["ok"], answer
    return answer["token"]


class Contract(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.keys = {alg: peers.Key(alg) for alg in sorted({row[1] for row in SHAPES.values()})}
        # of a system that does not have a peer, its shapes are another's
        there = peers.expected_here()
        cls.tokens = {
            name: signed(peer if peer in there else "PyJWT", alg, cls.keys[alg], claims)
            for name, (peer, alg, claims) in SHAPES.items()}

    def command(self, name, demands, *words, stdin=""):
        alg = SHAPES[name][1]
        options = list(demands)
        if "--alg" not in options:
            options += ["--alg", alg]
        if "--now" not in options:
            options += ["--now", str(NOW)]
        return jeton("token", "verify", "--key", self.keys[alg].file("jwk"), *options, *words,
                     stdin=stdin)

    def plain(self, name, demands, error):
        """0 and the claims on stdout, or 1 and the reason on stderr; TOKEN and - are the same."""
        token = self.tokens[name]
        status, out, err = self.command(name, demands, token)
        self.assertEqual((status, out, err), self.command(name, demands, "-", stdin=token + "\n"))
        self.assertEqual(status, 0 if error is None else 1, err)
        if error is None:
            self.assertEqual((json.loads(out), err), (SHAPES[name][2], ""))
        else:
            self.assertEqual(out, "")
            self.assertRegex(err, r"\Ajeton token verify: [^\n]+\n\Z")
            for part in token.split("."):
                self.assertNotIn(part, err)

    def as_json(self, name, demands, error):
        """The same as one line of JSON, which --batch prints too; nothing on stderr."""
        token = self.tokens[name]
        status, out, err = self.command(name, demands, "--json", token)
        self.assertEqual(self.command(name, demands, "--batch", stdin=token + "\n"),
                         (status, out, err))
        self.assertEqual((status, err), (0 if error is None else 1, ""))
        self.assertEqual(out.count("\n"), 1)
        line = json.loads(out)
        self.assertEqual((line["ok"], line.get("error")), (error is None, error), line)
        if error is None:
            self.assertEqual(line["claims"], SHAPES[name][2])
        else:
            self.assertNotIn("claims", line)

    def test_tokens_of_the_world(self):
        self.assertEqual(set(ROWS), set(SHAPES))
        for name, rows in ROWS.items():
            for demands, error in rows:
                with self.subTest(name, demands=demands):
                    self.plain(name, demands, error)
                    self.as_json(name, demands, error)

    def test_each_form_of_header(self):
        """What others put there changes nothing; what changes the meaning is refused."""
        key = self.keys["ES256"]
        rows = [("x5t", '"abc"', None), ("nonce", '"1"', None),
                ("jku", '"https://a.example"', None),
                ("jwk", json.dumps(peers.Key("ES256").public["jwk"]), None),
                ("x5c", '["MIIB"]', None), ("cty", '"JWT"', None), ("ver", "1", None),
                ("crit", '["exp"]', "E_CRIT"), ("b64", "false", "E_CRIT"), ("typ", "1", "E_HEADER"),
                ("kid", '"other"', "E_KEY_UNKNOWN"), ("alg", '"none"', "E_ALG")]
        secret = mutants.SIGNERS["ES256"].from_jwk(json.dumps(key.private["jwk"]))
        maker = mutants.Maker(None, [("ES256", secret)], [], key.private["jwk"]["kid"], None)
        tokens = []
        for name, value, _ in rows:
            draft = maker.draft()
            mutants.put(draft.header, name, value)
            tokens.append(maker.finish(draft).decode())
        answers = peers.verify(key, "jwk", tokens, "--now", str(NOW))
        for row, answer in zip(rows, answers):
            with self.subTest(row):
                self.assertEqual(answer.get("error"), row[2])

    def test_lines_that_are_no_tokens(self):
        """--batch answers every line, in order, and the worst of them is the exit status."""
        token = self.tokens["mod_auth_openidc"]
        lines = [token, "", "x", "..", token + "x", " ", token, "\u2602.\u2602.\u2602",
                 "a" * 100000]
        status, out, err = self.command("mod_auth_openidc", (), "--batch",
                                        stdin="\n".join(lines) + "\n")
        self.assertEqual((status, err), (1, ""))
        answers = [json.loads(line)["ok"] for line in out.splitlines()]
        self.assertEqual(answers, [line == token for line in lines])


if __name__ == "__main__":
    harness.main()
