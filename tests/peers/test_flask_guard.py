#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_flask_guard.py - the preset flask beside the real Flask-JWT-Extended: the same requests to
both, and the same statuses and bodies. Skipped where that is not installed
(Debian: python3-python-flask-jwt-extended)."""
import datetime
import http.client
import json
import os
import subprocess
import sys
import unittest
import urllib.parse

try:
    import flask
    import flask_jwt_extended as extended
except ImportError as missing:
    print(f"[  SKIPPED ] {missing}")
    sys.exit(77)

SECRET = "0123456789abcdef0123456789abcdef"
ROUTES = {
    "/protected": {}, "/fresh": {"fresh": True}, "/refresh": {"refresh": True},
    "/either": {"verify_type": False}, "/optional": {"optional": True},
    "/headers": {"locations": ["headers"]}, "/cookies": {"locations": ["cookies"]},
    "/json": {"locations": ["json"]}, "/query": {"locations": ["query_string"]},
}


def make_app():
    app = flask.Flask(__name__)
    app.config.update(JWT_SECRET_KEY=SECRET, JWT_TOKEN_LOCATION=[
        "headers", "cookies", "query_string", "json"])
    manager = extended.JWTManager(app)
    manager.token_in_blocklist_loader(lambda _, claims: claims["sub"] == "revoked")
    manager.token_verification_loader(lambda _, claims: claims["sub"] != "rejected")
    manager.user_lookup_loader(lambda _, claims: None if claims["sub"] == "unknown" else "x")
    for path, words in ROUTES.items():
        def view():
            return flask.jsonify(who=extended.get_jwt_identity() or "")
        app.add_url_rule(path, path, extended.jwt_required(**words)(view),
                         methods=["GET", "POST", "PATCH"])
    return app


class Same(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.app = make_app()
        cls.process = subprocess.Popen([os.environ["FLASK_GUARD"]], stdout=subprocess.PIPE,
                                       text=True, env={**os.environ, "JWT_SECRET_KEY": SECRET})
        cls.at = urllib.parse.urlparse(cls.process.stdout.readline().strip())
        with cls.app.app_context():
            past = datetime.timedelta(seconds=-60)
            cls.tokens = {
                "": None, "nonsense": "abc", "four": "a.b.c.d",
                "access": extended.create_access_token("alice"),
                "fresh": extended.create_access_token("alice", fresh=True),
                "for_a_while": extended.create_access_token(
                    "alice", fresh=datetime.timedelta(minutes=5)),
                "no_more": extended.create_access_token("alice", fresh=past),
                "refresh": extended.create_refresh_token("alice"),
                "expired": extended.create_access_token("alice", expires_delta=past),
                "for_ever": extended.create_access_token("alice", expires_delta=False),
                "revoked": extended.create_access_token("revoked"),
                "rejected": extended.create_access_token("rejected"),
                "unknown": extended.create_access_token("unknown"),
            }
            # theirs compares CSRF values before it says that a token has expired
            cls.csrf = {name: extended.decode_token(token, allow_expired=True)["csrf"]
                        for name, token in cls.tokens.items()
                        if name not in ("", "nonsense", "four")}
        head, body, signature = cls.tokens["access"].split(".")
        cls.tokens["forged"] = f"{head}.{body}.{signature[::-1]}"

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.process.communicate()

    def theirs(self, method, path, headers, body):
        answer = self.app.test_client(use_cookies=False).open(
            path, method=method, headers=headers, data=body)
        return answer.status_code, answer.get_json(silent=True)

    def ours(self, method, path, headers, body):
        connection = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def compare(self, method, path, headers, body=None):
        with self.subTest(method=method, path=path[:40], headers=headers, body=body):
            self.assertEqual(self.ours(method, path, headers, body),
                             self.theirs(method, path, headers, body))

    def test_each_token_in_each_place_on_each_route(self):
        for name, token in self.tokens.items():
            for path in ROUTES:
                self.compare("GET", path, {"Authorization": f"Bearer {token}"} if token else {})
                self.compare("GET", f"{path}?jwt={token or ''}", {})
                for cookie in ("access_token_cookie", "refresh_token_cookie"):
                    self.compare("GET", path, {"Cookie": f"{cookie}={token or ''}"})
                    self.compare("POST", path, {"Cookie": f"{cookie}={token or ''}"})
                    self.compare("POST", path, {"Cookie": f"{cookie}={token or ''}",
                                                "X-CSRF-TOKEN": self.csrf.get(name, "x" * 36)})
                for member in ("access_token", "refresh_token"):
                    self.compare("POST", path, {"Content-Type": "application/json"},
                                 json.dumps({member: token}))

    def test_headers_of_every_shape(self):
        token = self.tokens["access"]
        for value in ("", "Bearer", "Bearer ", f"bearer {token}", f"Basic {token}", token,
                      f"Bearer {token} x", f"Bearer  {token}", f"Basic x, Bearer {token}",
                      f"Bearer {token}, Basic x", f"Bearer {token},Bearer {token}",
                      f",Bearer {token},", f"BearerX {token}", "Bearer x.y", "Bearer a.b.c"):
            for path in ("/protected", "/optional", "/headers"):
                self.compare("GET", path, {"Authorization": value})

    def test_the_first_place_with_a_token_counts(self):
        access, other = self.tokens["access"], self.tokens["expired"]
        for header, cookie in ((access, other), (other, access)):
            self.compare("GET", "/protected", {"Authorization": f"Bearer {header}",
                                               "Cookie": f"access_token_cookie={cookie}"})

    def test_csrf_values_of_others(self):
        cookie = {"Cookie": f"access_token_cookie={self.tokens['access']}"}
        for value in ("", "banana", self.csrf["fresh"], self.csrf["access"]):
            for method in ("GET", "POST", "PATCH"):
                self.compare(method, "/protected", {**cookie, "X-CSRF-TOKEN": value})

    def test_bodies_that_are_no_json(self):
        for kind in ("application/json", "application/x+json", "text/plain", "application/json; a=b"):
            for body in ("", "{", "{}", '{"access_token":""}', '{"access_token":null}'):
                self.compare("POST", "/json", {"Content-Type": kind}, body)


if __name__ == "__main__":
    unittest.main(verbosity=0)
