#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_protect.py - the programs of examples/protect, each in its framework as that comes from
Debian or npm: with tokens of a real `jeton serve`, and with tokens of an issuer of our own that
differ from a good one in one thing."""
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import unittest
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402
from harness import PATIENCE, b64, eventually, unb64  # noqa: E402
from programs import Program  # noqa: E402


class Case(unittest.TestCase):
    def assert_accepted(self, answer):
        self.assertEqual(answer.status, 200, answer)

    def assert_refused(self, answer):
        self.assertEqual(answer.status, 401, answer)
        self.assertRegex(answer.headers["www-authenticate"], r'^Bearer error="invalid_token"')
        self.assertEqual(answer.json["error"], "invalid_token")

    def assert_forbidden(self, answer):
        self.assertEqual(answer.status, 403, answer)
        self.assertRegex(answer.headers["www-authenticate"], r'^Bearer error="insufficient_scope"')


def part(token, number):
    return json.loads(unb64(token.split(".")[number]))


def with_part(token, number, value):
    parts = token.split(".")
    parts[number] = b64(json.dumps(value).encode())
    return ".".join(parts)


# --- tokens of jeton serve -----------------------------------------------------------------------

class WithJeton:
    """Mixed into a class for each program. The server's keys may be kept for a second only."""

    name = None

    @classmethod
    def setUpClass(cls):
        server = cls.server = harness.Server("--jwks-max-age", "1s").start()
        cls.addClassCleanup(server.__exit__)
        server.add_user("alice", "admin")
        assert server.cli("role", "add", "seller", "--permission", "orders:read")[0] == 0
        server.add_user("sam", "seller")
        cls.client("shop", "--public", "--audience", "https://shop.example")
        cls.client("brief", "--public", "--access-ttl", "1s")
        cls.expiring = cls.token("alice", client_id="brief")
        cls.program = Program(cls.name, f"http://{server.address}")
        cls.addClassCleanup(cls.program.stop)

    @classmethod
    def client(cls, *words):
        status, out, err = cls.server.cli("client", "add", *words, "--json")
        assert status == 0, err
        return json.loads(out)

    @classmethod
    def token(cls, name, **fields):
        form = {"grant_type": "password", "username": name, "password": harness.PASSWORD, **fields}
        answer = cls.server.ask("POST", "/token", urllib.parse.urlencode(form))
        assert answer.status == 200, answer
        return answer.json["access_token"]

    def test_a_good_token_says_who_it_is(self):
        token = self.token("alice")
        answer = self.program.get("/me", token)
        self.assert_accepted(answer)
        self.assertEqual(answer.json, {"sub": part(token, 1)["sub"], "roles": ["admin"]})
        self.assert_accepted(self.program.ask("GET", "/me", "bearer " + token))

    def test_without_a_token_there_is_a_challenge_that_names_no_error(self):
        for authorization in (None, "Basic YWxpY2U6eA==", "Bearer", "Bearer "):
            answer = self.program.ask("GET", "/me", authorization)
            self.assertEqual((answer.status, answer.headers["www-authenticate"]),
                             (401, "Bearer"), authorization)

    def test_a_role_is_demanded(self):
        self.assert_accepted(self.program.ask("DELETE", "/orders/7",
                                              "Bearer " + self.token("alice")))
        self.assert_forbidden(self.program.ask("DELETE", "/orders/7",
                                               "Bearer " + self.token("sam")))

    def test_a_scope_is_demanded(self):
        self.assert_accepted(self.program.get("/orders", self.token("sam")))
        self.assert_forbidden(self.program.get("/orders", self.token("alice")))

    def test_an_expired_token_is_refused(self):
        wait = part(self.expiring, 1)["exp"] - time.time()
        time.sleep(max(wait, 0) + 0.1)
        self.assert_refused(self.program.get("/me", self.expiring))

    def test_a_token_for_another_audience_is_refused(self):
        self.assert_refused(self.program.get("/me", self.token("alice", client_id="shop")))

    def test_a_token_of_another_server_is_refused(self):
        with harness.Server("--issuer", f"http://{self.server.address}") as other:
            other.add_user("alice", "admin")
            foreign = other.login()["access_token"]
        self.assertEqual(part(foreign, 1)["iss"], part(self.token("alice"), 1)["iss"])
        self.assert_refused(self.program.get("/me", foreign))

    def test_what_was_changed_or_made_up_is_refused(self):
        token = self.token("sam")
        head, claims = part(token, 0), part(token, 1)
        self.assert_accepted(self.program.get("/me", token))
        first, second, signature = token.split(".")
        changed = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
        none = with_part(token, 0, {**head, "alg": "none"})
        rows = {"one role more": with_part(token, 1, {**claims, "roles": ["admin"]}),
                "the signature changed": f"{first}.{second}.{changed}",
                "no signature": f"{first}.{second}.",
                "alg none": none, "alg none, no signature": none.rsplit(".", 1)[0] + ".",
                "HS256 with the public key": self.forged(token),
                "two parts": f"{first}.{second}", "four parts": token + ".x",
                "no token": "x", "not base64url": "!.!.!", "no JSON": "eA.eA.eA"}
        for what, bad in rows.items():
            with self.subTest(what):
                self.assert_refused(self.program.get("/me", bad))

    def forged(self, token):
        """Signed with what everybody has: the public key, as a secret."""
        published = self.server.get("/.well-known/jwks.json").json["keys"]
        key = next(key for key in published if key["kid"] == part(token, 0)["kid"])
        secret = jwt.PyJWK(key).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = with_part(token, 0, {**part(token, 0), "alg": "HS256"}).rsplit(".", 1)[0]
        return signed + "." + b64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())

    def test_a_key_that_is_new_is_known_when_it_signs_and_one_withdrawn_goes(self):
        before = self.token("alice")
        self.assert_accepted(self.program.get("/me", before))
        self.assertEqual(self.server.cli("key", "rotate")[0], 0)

        def of_another_key():
            token = self.token("alice")
            self.assert_accepted(self.program.get("/me", token))
            return token if part(token, 0)["kid"] != part(before, 0)["kid"] else None

        after = eventually(of_another_key, "the next key signs")
        self.assert_accepted(self.program.get("/me", after))
        self.assert_accepted(self.program.get("/me", before))
        self.assertEqual(self.server.cli("key", "withdraw", part(before, 0)["kid"])[0], 0)
        eventually(lambda: self.program.get("/me", before).status == 401, "the old key is gone")
        self.assert_accepted(self.program.get("/me", after))

    def test_that_a_token_was_revoked_is_not_known_here(self):
        token = self.server.login()["access_token"]
        self.assertEqual(self.server.logout(token).status, 204)
        self.assertEqual(self.server.get("/verify", token).status, 401)
        self.assert_accepted(self.program.get("/me", token))  # until it expires: the guide says so


# --- tokens of our own ---------------------------------------------------------------------------

class Issuer(http.server.ThreadingHTTPServer):
    """Publishes keys, and counts how often somebody asks."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Published)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked, self.max_age, self.works, self.keys = 0, 300, True, {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def add_key(self, kid, curve=None, alg="ES256"):
        self.keys[kid] = (ec.generate_private_key(curve or ec.SECP256R1()), alg)

    def published(self):
        found = []
        for kid, (key, alg) in self.keys.items():
            numbers, size = key.public_key().public_numbers(), (key.key_size + 7) // 8
            found.append({"kty": "EC", "kid": kid, "alg": alg, "use": "sig",
                          "crv": {256: "P-256", 384: "P-384"}[key.key_size],
                          "x": b64(numbers.x.to_bytes(size, "big")),
                          "y": b64(numbers.y.to_bytes(size, "big"))})
        return {"keys": found}

    def token(self, kid="first", key=None, alg="ES256", header=None, drop=(), **claims):
        """A good one, but for what is said."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.url, "sub": "u1", "jti": "t1", "iat": now,
                  "exp": now + 300, **claims}
        header = {"kid": kid, "typ": "at+jwt", **(header or {})}
        return jwt.encode({name: claims[name] for name in claims if name not in drop},
                          (key or self.keys[kid][0]), algorithm=alg,
                          headers={name: header[name] for name in header if name not in drop})


class Published(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        works = self.server.works and self.path == "/.well-known/jwks.json"
        body = json.dumps(self.server.published()).encode() if works else b"{}"
        self.send_response(200 if works else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", f"public, max-age={self.server.max_age}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class WithOurOwn:
    name = None

    def setUp(self):
        self.issuer = Issuer()
        self.addCleanup(self.issuer.server_close)
        self.addCleanup(self.issuer.shutdown)
        self.issuer.add_key("first")
        self.program = Program(self.name, self.issuer.url)
        self.addCleanup(self.program.stop)

    def test_what_differs_in_one_thing_is_refused(self):
        issuer, now = self.issuer, int(time.time())
        issuer.add_key("second")
        issuer.add_key("wide", ec.SECP384R1(), "ES384")
        self.assert_accepted(self.program.get("/me", issuer.token()))
        self.assert_accepted(self.program.get("/me", issuer.token("second")))
        self.assert_accepted(self.program.get("/me", issuer.token(aud=["x", issuer.url])))
        self.assert_accepted(self.program.get(
            "/me", issuer.token(header={"typ": "application/at+jwt"})))
        other = ec.generate_private_key(ec.SECP256R1())
        rows = {
            "typ of an ID token": issuer.token(header={"typ": "JWT"}),
            "no typ": issuer.token(header={"typ": None}, drop=("typ",)),
            "another issuer": issuer.token(iss=issuer.url + "/"),
            "another audience": issuer.token(aud=issuer.url + "x"),
            "audiences without ours": issuer.token(aud=["x", "y"]),
            "expired": issuer.token(exp=now - 1),
            "not yet": issuer.token(nbf=now + 300),
            "a kid nobody has": issuer.token("third", key=issuer.keys["first"][0]),
            "the kid of another key": issuer.token("second", key=issuer.keys["first"][0]),
            "an unknown key": issuer.token(key=other),
            "an algorithm that is not ours": issuer.token("wide", alg="ES384"),
            **{f"no {name}": issuer.token(drop=(name,)) for name in ("iss", "aud", "exp", "sub",
                                                                     "jti")},
        }
        for what, token in rows.items():
            with self.subTest(what):
                self.assert_refused(self.program.get("/me", token))
        self.assertEqual(issuer.asked, 1)  # whatever came, the keys were fetched once

    def test_the_keys_are_fetched_once_for_many_and_kept_for_their_time(self):
        token = self.issuer.token()
        answers = []
        crowd = [threading.Thread(target=lambda: answers.append(self.program.get("/me", token)))
                 for _ in range(8)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(PATIENCE)
        self.assertEqual([answer.status for answer in answers], [200] * 8)
        self.assertEqual(self.issuer.asked, 1)
        self.issuer.works = False  # nobody notices, for five minutes
        self.assert_accepted(self.program.get("/me", token))

    def test_when_the_keys_cannot_be_had_nothing_is_accepted_and_it_is_no_fault_of_the_token(self):
        token = self.issuer.token()
        self.issuer.works = False
        answer = self.program.get("/me", token)
        self.assertEqual((answer.status, answer.headers["retry-after"]), (503, "1"), answer)
        self.assertNotIn("www-authenticate", answer.headers)
        self.issuer.works, self.issuer.max_age = True, 1
        eventually(lambda: self.program.get("/me", token).status == 200, "it is tried again")
        self.issuer.works = False
        eventually(lambda: self.program.get("/me", token).status == 503, "the second is over")


for number, framework in enumerate(("Flask", "FastAPI", "Express", "Go")):
    for mixin in (WithJeton, WithOurOwn):
        title = framework + mixin.__name__
        globals()[title] = type(title, (mixin, Case), {"name": framework})


# --- who has to know at once ---------------------------------------------------------------------

class Introspection(Case):
    def test_a_revoked_token_is_refused_at_once(self):
        with harness.Server() as server:
            server.add_user("alice")
            status, out, err = server.cli("client", "add", "api", "--json")
            self.assertEqual(status, 0, err)
            issuer = f"http://{server.address}"
            program = Program("introspection", issuer, JETON_CLIENT="api",
                              JETON_CLIENT_SECRET=json.loads(out)["client_secret"])
            self.addCleanup(program.stop)
            token = server.login()["access_token"]
            self.assert_accepted(program.get("/me", token))
            self.assertEqual(program.get("/me").headers["www-authenticate"], "Bearer")
            self.assert_refused(program.get("/me", token[:-8] + "AAAAAAAA"))
            self.assertEqual(server.logout(token).status, 204)
            self.assert_refused(program.get("/me", token))
            good = server.login()["access_token"]
            server.kill()
            self.assertEqual(program.get("/me", good).status, 503)


harness.main()
