#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_jwks.py - GET /.well-known/jwks.json: enough for anybody to verify our tokens, and nothing
with which to make them."""
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
import jwt

import harness

PATH = "/.well-known/jwks.json"


def number(text):
    return int.from_bytes(harness.unb64(text), "big")


class Jwks(harness.ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.login()["access_token"]
        cls.jwks = cls.server.get(PATH).json
        cls.key = cls.jwks["keys"][0]

    def verify_by_hand(self, token, jwk):
        """ES256 with nothing but the primitive (RFC 7518 §3.4)."""
        text, _, signature = token.rpartition(".")
        raw = harness.unb64(signature)
        self.assertEqual(len(raw), 64)
        public = ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]),
                                               ec.SECP256R1()).public_key()
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"),
                                         int.from_bytes(raw[32:], "big"))
        public.verify(der, text.encode(), ec.ECDSA(hashes.SHA256()))

    def test_the_primitive_alone_verifies_our_tokens(self):
        for _ in range(10):
            self.verify_by_hand(self.server.login()["access_token"], self.key)
        head, _, signature = self.token.split(".")
        with self.assertRaises(InvalidSignature):
            self.verify_by_hand(f"{head}.{harness.b64(b'{}')}.{signature}", self.key)

    def test_pyjwt_finds_the_key_and_judges_as_we_do(self):
        client = jwt.PyJWKClient(f"http://{self.server.address}{PATH}")
        key = client.get_signing_key_from_jwt(self.token).key
        issuer = self.server.events("server_ready")[0]["issuer"]
        good = {"algorithms": ["ES256"], "audience": issuer, "issuer": issuer}
        self.assertEqual(jwt.decode(self.token, key, **good)["roles"], ["admin"])
        for change in ({"audience": "http://elsewhere"}, {"issuer": "http://elsewhere"},
                       {"algorithms": ["HS256", "RS256"]}):
            with self.assertRaises(jwt.InvalidTokenError):
                jwt.decode(self.token, key, **{**good, **change})

    def test_our_command_line_verifies_with_it_too(self):
        status, out, err = harness.jeton(
            "token", "verify", "--key", "/dev/stdin", "--typ", "at+jwt", self.token,
            stdin=json.dumps(self.jwks))
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(json.loads(out)["roles"], ["admin"])

    def test_the_name_of_a_key_is_its_thumbprint(self):
        text = json.dumps({name: self.key[name] for name in ("crv", "kty", "x", "y")},
                          separators=(",", ":"))
        self.assertEqual(self.key["kid"], harness.b64(hashlib.sha256(text.encode()).digest()))
        self.assertEqual(json.loads(harness.unb64(self.token.split(".")[0]))["kid"],
                         self.key["kid"])

    def test_it_holds_no_private_member_and_no_secret(self):
        self.assertEqual(set(self.jwks), {"keys"})
        for key in self.jwks["keys"]:
            self.assertEqual((key["kty"], key["alg"], key["use"], key["crv"]),
                             ("EC", "ES256", "sig", "P-256"))
            self.assertEqual(set(key) & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, set())

    def test_it_needs_no_token_and_minds_none(self):
        for token in (None, "rubbish", self.token):
            self.assertEqual(self.server.get(PATH, token).json, self.jwks)

    def test_it_may_be_cached_and_by_anybody(self):
        answer = self.server.get(PATH)
        self.assertRegex(answer.headers["cache-control"], r"^public, max-age=[1-9]\d*$")
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")


class Restart(harness.ServerCase):
    def test_the_key_outlives_the_server(self):
        token, jwks = self.server.login()["access_token"], self.server.get(PATH).json
        self.server.restart()
        self.assertEqual(self.server.get(PATH).json, jwks)
        self.assert_accepted(token)

    def test_two_servers_have_nothing_in_common(self):
        with harness.Server() as other:
            other.add_user()
            self.assertNotEqual(other.get(PATH).json, self.server.get(PATH).json)
            self.assert_refused(other.login()["access_token"])
            stranger = other.login()["refresh_token"]
            self.assert_problem(self.server.refresh(stranger), 401, "invalid_grant")


harness.main()
