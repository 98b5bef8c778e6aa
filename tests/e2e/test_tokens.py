#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_tokens.py - access tokens: what stands in them, other libraries' opinion of them, and the
forgeries that have to fail."""
import base64
import hashlib
import hmac
import json
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import harness


class Tokens(harness.ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.login()["access_token"]
        cls.header, cls.claims = (json.loads(harness.unb64(part))
                                  for part in cls.token.split(".")[:2])
        cls.jwks = cls.server.get("/.well-known/jwks.json").json

    def forge(self, header=None, claims=None, sign=None):
        """The good token with other header members or claims, signed by sign(input)."""
        parts = [harness.b64(json.dumps({**self.header, **(header or {})}).encode()),
                 harness.b64(json.dumps({**self.claims, **(claims or {})}).encode())]
        signature = sign(".".join(parts).encode()) if sign else b""
        return ".".join([*parts, harness.b64(signature)])

    # --- what stands in them -------------------------------------------------------------------

    def test_header_and_claims_are_those_of_the_design(self):
        self.assertEqual(self.header, {"alg": "ES256", "typ": "at+jwt",
                                       "kid": self.jwks["keys"][0]["kid"]})
        self.assertEqual(set(self.claims), {"iss", "sub", "aud", "client_id", "iat", "exp", "jti",
                                            "sid", "rev", "idx", "auth_time", "roles"})
        self.assertEqual(self.claims["exp"] - self.claims["iat"], 900)
        self.assertEqual(self.claims["roles"], ["admin"])

    def test_no_two_tokens_have_one_jti(self):
        tokens = [self.server.login()["access_token"] for _ in range(5)]
        ids = {json.loads(harness.unb64(token.split(".")[1]))["jti"] for token in tokens}
        self.assertEqual(len(ids), 5)

    # --- other libraries -----------------------------------------------------------------------

    def test_pyjwt_verifies_it_through_the_jwks(self):
        url = f"http://{self.server.address}/.well-known/jwks.json"
        key = jwt.PyJWKClient(url).get_signing_key_from_jwt(self.token).key
        claims = jwt.decode(self.token, key, algorithms=["ES256"], audience=self.claims["aud"],
                            issuer=self.claims["iss"])
        self.assertEqual(claims, self.claims)

    def test_the_jwks_holds_public_keys_only_and_may_be_cached(self):
        answer = self.server.get("/.well-known/jwks.json")
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertRegex(answer.headers["cache-control"], r"max-age=\d+")
        for key in answer.json["keys"]:
            self.assertEqual(set(key), {"kty", "kid", "use", "alg", "crv", "x", "y"})

    # --- forgeries -----------------------------------------------------------------------------

    def test_a_change_anywhere_is_refused(self):
        for at in range(0, len(self.token), 9):
            if self.token[at] == ".":
                continue
            other = "A" if self.token[at] != "A" else "B"
            self.assert_refused(self.token[:at] + other + self.token[at + 1:])

    def test_alg_none_is_refused_however_it_is_spelled(self):
        for name in ("none", "None", "NONE", "nOnE", ""):
            self.assert_refused(self.forge({"alg": name}))
            self.assert_refused(self.forge({"alg": name}, sign=lambda _: b"x"))

    def test_the_public_key_is_never_a_secret(self):
        public = jwt.PyJWK(self.jwks["keys"][0]).key
        forms = serialization.PublicFormat.SubjectPublicKeyInfo
        secrets = [
            public.public_bytes(serialization.Encoding.PEM, forms),
            public.public_bytes(serialization.Encoding.PEM, forms).strip(),
            public.public_bytes(serialization.Encoding.DER, forms),
            json.dumps(self.jwks["keys"][0]).encode(),
            json.dumps(self.jwks["keys"][0], separators=(",", ":")).encode(),
            base64.urlsafe_b64decode(self.jwks["keys"][0]["x"] + "="),
            b"",
        ]
        for secret in secrets:
            self.assert_refused(self.forge(
                {"alg": "HS256"},
                sign=lambda data, s=secret: hmac.new(s, data, hashlib.sha256).digest()))

    def test_another_key_under_our_kid_is_refused(self):
        key = ec.generate_private_key(ec.SECP256R1())
        self.assert_refused(jwt.encode(self.claims, key, "ES256",
                                       {"kid": self.header["kid"], "typ": "at+jwt"}))
        self.assert_refused(jwt.encode(self.claims, key, "ES256", {"typ": "at+jwt"}))

    def test_a_key_inside_the_token_is_not_looked_at(self):
        key = ec.generate_private_key(ec.SECP256R1())
        numbers = key.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "x": harness.b64(numbers.x.to_bytes(32, "big")),
               "y": harness.b64(numbers.y.to_bytes(32, "big"))}
        self.assert_refused(jwt.encode(self.claims, key, "ES256", {"jwk": jwk, "typ": "at+jwt"}))

    def test_shapes_that_are_no_token_are_refused(self):
        head, body, signature = self.token.split(".")
        for shape in ("x", "..", "...", f"{head}.{body}", f"{head}.{body}.", f"{self.token}.",
                      f"{head}.{body}.{signature}=", f".{body}.{signature}", "." * 5000,
                      f"{head}.{body}.{signature}.x.y"):
            self.assert_refused(shape)

    # --- how it is sent ------------------------------------------------------------------------

    def test_the_scheme_may_be_written_in_any_case(self):
        for scheme in ("bearer", "BEARER", "BeArEr"):
            answer = self.server.ask("GET", "/whoami",
                                     headers={"Authorization": f"{scheme} {self.token}"})
            self.assertEqual(answer.status, 200)

    def test_other_ways_of_sending_it_are_refused(self):
        for value in (self.token, f"Token {self.token}", f"Bearer  {self.token}", "Bearer",
                      f"Bearer {self.token} x", f"Basic {self.token}"):
            self.assert_problem(
                self.server.ask("GET", "/whoami", headers={"Authorization": value}), 401,
                "invalid_token")

    def test_two_authorization_headers_are_a_bad_request(self):
        answer = self.server.raw(
            f"GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            f"{self.token}\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_a_challenge_names_an_error_only_when_a_token_was_sent(self):
        self.assertEqual(self.server.get("/whoami").headers["www-authenticate"],
                         'Bearer realm="jeton"')
        self.assertIn('error="invalid_token"',
                      self.server.get("/whoami", "x").headers["www-authenticate"])


class ShortLives(harness.ServerCase):
    FLAGS = ("--access-ttl", "1s")

    def test_an_expired_token_is_refused_and_refreshing_helps(self):
        pair = self.server.login()
        time.sleep(1.1)
        self.assert_refused(pair["access_token"])
        self.assertEqual(self.server.refresh(pair["refresh_token"]).status, 200)


class OtherNames(harness.ServerCase):
    FLAGS = ("--issuer", "https://login.test", "--audience", "https://api.test")

    def test_issuer_and_audience_are_the_settings_and_are_demanded(self):
        token = self.server.login()["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        self.assertEqual((claims["iss"], claims["aud"]),
                         ("https://login.test", "https://api.test"))
        self.assert_accepted(token)
        for flags in (["--issuer", "https://other.test", "--audience", "https://api.test"],
                      ["--issuer", "https://login.test", "--audience", "https://other.test"]):
            self.server.restart(*flags)
            self.assert_refused(token)


harness.main()
