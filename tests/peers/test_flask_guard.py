#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_flask_guard.py - the preset flask beside the real Flask-JWT-Extended: the same requests to
both, under the same settings, and the same statuses and bodies; the tokens and cookies that both
make. Skipped where that is not installed (Debian: python3-python-flask-jwt-extended).

SETTINGS has a row for each way in which that library's own tests change its settings; what its
tests ask is asked under each row (docs/guard.md says which of them are covered where).
"""
import base64
import datetime
import http.client
import http.cookies
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
PLACES = {"headers": "h", "cookies": "c", "query_string": "q", "json": "j"}


def seconds(value):
    if value is False:
        return "ever"
    return str(int(value.total_seconds() if isinstance(value, datetime.timedelta) else value))


def text(value):
    return {True: "1", False: "0"}.get(value) if isinstance(value, bool) else str(value)


def listed(value):
    return value if isinstance(value, str) else ",".join(value)


# A setting of Flask-JWT-Extended: what it is with us, and how its value is written there.
NAMES = {
    "JWT_TOKEN_LOCATION": ("locations", lambda value: "".join(PLACES[place] for place in value)),
    "JWT_HEADER_NAME": ("header", text), "JWT_HEADER_TYPE": ("scheme", text),
    "JWT_QUERY_STRING_NAME": ("query", text),
    "JWT_QUERY_STRING_VALUE_PREFIX": ("query_prefix", text),
    "JWT_JSON_KEY": ("access_member", text), "JWT_REFRESH_JSON_KEY": ("refresh_member", text),
    "JWT_ACCESS_COOKIE_NAME": ("access_cookie", text),
    "JWT_REFRESH_COOKIE_NAME": ("refresh_cookie", text),
    "JWT_ACCESS_COOKIE_PATH": ("access_path", text),
    "JWT_REFRESH_COOKIE_PATH": ("refresh_path", text),
    "JWT_ACCESS_CSRF_COOKIE_NAME": ("access_csrf_cookie", text),
    "JWT_REFRESH_CSRF_COOKIE_NAME": ("refresh_csrf_cookie", text),
    "JWT_ACCESS_CSRF_COOKIE_PATH": ("access_csrf_path", text),
    "JWT_REFRESH_CSRF_COOKIE_PATH": ("refresh_csrf_path", text),
    "JWT_COOKIE_DOMAIN": ("cookie_domain", text), "JWT_COOKIE_SAMESITE": ("same_site", text),
    "JWT_COOKIE_SECURE": ("secure", text), "JWT_SESSION_COOKIE": ("session_cookies", text),
    "JWT_COOKIE_CSRF_PROTECT": ("csrf", text), "JWT_CSRF_METHODS": ("csrf_methods", listed),
    "JWT_CSRF_IN_COOKIES": ("csrf_in_cookies", text), "JWT_CSRF_CHECK_FORM": ("csrf_form", text),
    "JWT_ACCESS_CSRF_HEADER_NAME": ("access_csrf_header", text),
    "JWT_REFRESH_CSRF_HEADER_NAME": ("refresh_csrf_header", text),
    "JWT_ACCESS_CSRF_FIELD_NAME": ("access_csrf_field", text),
    "JWT_REFRESH_CSRF_FIELD_NAME": ("refresh_csrf_field", text),
    "JWT_IDENTITY_CLAIM": ("identity_claim", text), "JWT_ERROR_MESSAGE_KEY": ("error_member", text),
    "JWT_ACCESS_TOKEN_EXPIRES": ("access_life", seconds),
    "JWT_REFRESH_TOKEN_EXPIRES": ("refresh_life", seconds),
    "JWT_ENCODE_ISSUER": ("issuer", text), "JWT_ENCODE_AUDIENCE": ("audiences", listed),
    "JWT_ENCODE_NBF": ("not_before", text), "JWT_DECODE_ISSUER": ("decode_issuer", text),
    "JWT_DECODE_AUDIENCE": ("decode_audience", listed), "JWT_DECODE_LEEWAY": ("leeway", seconds),
}
# What says which key it is, and not how a token travels; both servers have SECRET and HS256.
OF_THE_KEY = {"JWT_ALGORITHM", "JWT_DECODE_ALGORITHMS", "JWT_SECRET_KEY", "JWT_PRIVATE_KEY",
              "JWT_PUBLIC_KEY"}

CSRF_FIELDS = {"JWT_CSRF_CHECK_FORM": True, "JWT_ACCESS_CSRF_FIELD_NAME": "a-field",
               "JWT_REFRESH_CSRF_FIELD_NAME": "r-field"}
SETTINGS = {
    "as they come": {},
    "a header of its own": {"JWT_HEADER_NAME": "Foo"},
    "a scheme of its own": {"JWT_HEADER_TYPE": "JWT"},
    "no scheme": {"JWT_HEADER_TYPE": ""},
    "a parameter of its own": {"JWT_QUERY_STRING_NAME": "Foo"},
    "a prefix in the query": {"JWT_QUERY_STRING_VALUE_PREFIX": "Bearer "},
    "members of its own": {"JWT_JSON_KEY": "Foo", "JWT_REFRESH_JSON_KEY": "Bar"},
    "cookies of its own": {
        "JWT_ACCESS_COOKIE_NAME": "access_foo", "JWT_REFRESH_COOKIE_NAME": "refresh_foo",
        "JWT_ACCESS_CSRF_COOKIE_NAME": "access_csrf_foo",
        "JWT_REFRESH_CSRF_COOKIE_NAME": "refresh_csrf_foo",
        "JWT_ACCESS_COOKIE_PATH": "/protected", "JWT_REFRESH_COOKIE_PATH": "/refresh",
        "JWT_ACCESS_CSRF_COOKIE_PATH": "/protected", "JWT_REFRESH_CSRF_COOKIE_PATH": "/refresh"},
    "cookies that stay": {"JWT_COOKIE_SECURE": True, "JWT_COOKIE_DOMAIN": "test.com",
                          "JWT_SESSION_COOKIE": False, "JWT_COOKIE_SAMESITE": "Strict"},
    "cookies for every site": {"JWT_COOKIE_SECURE": True, "JWT_COOKIE_SAMESITE": "None"},
    "no CSRF protection": {"JWT_COOKIE_CSRF_PROTECT": False},
    "the CSRF value not in cookies": {"JWT_CSRF_IN_COOKIES": False},
    "CSRF methods of its own": {"JWT_CSRF_METHODS": ["GET"]},
    "CSRF headers of its own": {"JWT_ACCESS_CSRF_HEADER_NAME": "FOO",
                                "JWT_REFRESH_CSRF_HEADER_NAME": "BAR"},
    "CSRF values in forms": {"JWT_CSRF_CHECK_FORM": True},
    "CSRF values in fields of its own": CSRF_FIELDS,
    "headers alone": {"JWT_TOKEN_LOCATION": ["headers"]},
    "cookies alone": {"JWT_TOKEN_LOCATION": ["cookies"]},
    "cookies, then headers": {"JWT_TOKEN_LOCATION": ["cookies", "headers"]},
    "JSON, then the query": {"JWT_TOKEN_LOCATION": ["json", "query_string"]},
    "everything the other way round": {
        "JWT_TOKEN_LOCATION": ["json", "query_string", "cookies", "headers"]},
    "an identity of its own": {"JWT_IDENTITY_CLAIM": "user"},
    "a message of its own": {"JWT_ERROR_MESSAGE_KEY": "message"},
    "an issuer": {"JWT_ENCODE_ISSUER": "me", "JWT_DECODE_ISSUER": "me"},
    "another issuer": {"JWT_ENCODE_ISSUER": "me", "JWT_DECODE_ISSUER": "you"},
    "an audience": {"JWT_ENCODE_AUDIENCE": "me", "JWT_DECODE_AUDIENCE": "me"},
    "one of two audiences": {"JWT_ENCODE_AUDIENCE": ["me", "you"], "JWT_DECODE_AUDIENCE": "you"},
    "another audience": {"JWT_ENCODE_AUDIENCE": "me", "JWT_DECODE_AUDIENCE": "you"},
    "an audience nobody named": {"JWT_DECODE_AUDIENCE": "you"},
    "no nbf": {"JWT_ENCODE_NBF": False},
    "leeway": {"JWT_DECODE_LEEWAY": 120},
    "short lives": {"JWT_ACCESS_TOKEN_EXPIRES": datetime.timedelta(minutes=3),
                    "JWT_REFRESH_TOKEN_EXPIRES": 7200},
    "no end": {"JWT_ACCESS_TOKEN_EXPIRES": False, "JWT_REFRESH_TOKEN_EXPIRES": False},
    "answers of its own": {},
}

# Where an expired token has another fault, too, theirs tells that one and ours that it has expired.
TWICE_WRONG = {"another issuer", "another audience", "an audience nobody named"}

# Which loader answers for which refusals of ours (jeton/guard.h).
LOADERS = {"unauthorized_loader": {1, 6}, "invalid_token_loader": {2}, "expired_token_loader": {3},
           "needs_fresh_token_loader": {4}, "revoked_token_loader": {5},
           "token_verification_failed_loader": {7}, "user_lookup_error_loader": {8}}


def make_app(config, own_answers):
    app = flask.Flask(__name__)
    app.config.update(JWT_SECRET_KEY=SECRET, JWT_TOKEN_LOCATION=list(PLACES))
    app.config.update(config)
    manager = extended.JWTManager(app)
    claim = app.config.get("JWT_IDENTITY_CLAIM")
    manager.token_in_blocklist_loader(lambda _, claims: claims[claim] == "revoked")
    manager.token_verification_loader(lambda _, claims: claims[claim] != "rejected")
    manager.user_lookup_loader(lambda _, claims: None if claims[claim] == "unknown" else "x")
    for loader in LOADERS if own_answers else ():
        getattr(manager, loader)(lambda *_, loader=loader: (flask.jsonify(own=loader), 299))
    for path, words in ROUTES.items():
        def view():
            return flask.jsonify(who=extended.get_jwt_identity() or "",
                                 **{"in": extended.get_jwt_request_location() or ""})
        app.add_url_rule(path, path, extended.jwt_required(**words)(view),
                         methods=["GET", "POST", "PATCH"])

    @app.route("/login")
    def login():
        answer = flask.jsonify({})
        extended.set_access_cookies(answer, extended.create_access_token("alice"))
        extended.set_refresh_cookies(answer, extended.create_refresh_token("alice"))
        return answer

    @app.route("/unset")
    def unset():
        answer = flask.jsonify({})
        extended.unset_jwt_cookies(answer)
        return answer
    return app


def make_tokens(app):
    past = datetime.timedelta(seconds=-60)
    with app.app_context():
        return {
            "": None, "nonsense": "abc", "four": "a.b.c.d", "three": "aaaaa.bbbbb.ccccc",
            "access": extended.create_access_token("alice"),
            "fresh": extended.create_access_token("alice", fresh=True),
            "for_a_while": extended.create_access_token(
                "alice", fresh=datetime.timedelta(minutes=5)),
            "no_more": extended.create_access_token("alice", fresh=past),
            "refresh": extended.create_refresh_token("alice"),
            "expired": extended.create_access_token("alice", expires_delta=past),
            "for_ever": extended.create_access_token("alice", expires_delta=False),
            "revoked": extended.create_access_token("revoked"),
            "revoked_refresh": extended.create_refresh_token("revoked"),
            "rejected": extended.create_access_token("rejected"),
            "unknown": extended.create_access_token("unknown"),
            "other_kind": extended.create_access_token("alice", additional_claims={"type": "x"}),
        }


def grants():
    """What the other side makes of the grants in drivers/flask_guard.c, in their order."""
    more = {"additional_claims": {"roles": ["a"], "aud": "own", "sub": "bob"},
            "additional_headers": {"x": 1, "typ": "T"}}
    minute = {"expires_delta": datetime.timedelta(minutes=1)}
    for words, both in (({}, {}), ({"fresh": True}, {}),
                        ({"fresh": datetime.timedelta(minutes=5)}, {}), ({}, minute),
                        ({}, {"expires_delta": False}), ({}, more)):
        yield extended.create_access_token("alice", **words, **both)
        yield extended.create_refresh_token("alice", **both)


def part(token, number):
    segment = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


class Pair:
    """A Flask application and a C server with the same settings."""

    def __init__(self, config, own_answers=False):
        self.app = make_app(config, own_answers)
        words = [f"{NAMES[name][0]}={NAMES[name][1](value)}" for name, value in config.items()]
        self.process = subprocess.Popen(
            [os.environ["FLASK_GUARD"], *words, f"answers={int(own_answers)}"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "JWT_SECRET_KEY": SECRET})
        self.at = urllib.parse.urlparse(self.process.stdout.readline().strip())
        self.connection = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=60)
        self.tokens = make_tokens(self.app)
        head, body, signature = self.tokens["access"].split(".")
        self.tokens["forged"] = f"{head}.{body}.{signature[::-1]}"
        # theirs compares CSRF values before it says that a token has expired
        self.csrf = {name: part(token, 1).get("csrf") or "x" * 36
                     for name, token in self.tokens.items()
                     if name not in ("", "nonsense", "four", "three", "forged")}

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.communicate()
        return self.process.returncode

    def theirs(self, method, path, headers, body):
        answer = self.app.test_client(use_cookies=False).open(
            path, method=method, headers=headers, data=body)
        return answer.status_code, answer.get_json(silent=True), answer.headers.getlist("Set-Cookie")

    def ours(self, method, path, headers, body):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        is_json = answer.getheader("Content-Type") == "application/json"
        return (answer.status, json.loads(said) if is_json else said.decode(),
                answer.headers.get_all("Set-Cookie", []))


class Same(unittest.TestCase):
    def pair(self, config, own_answers=False):
        pair = Pair(config, own_answers)
        self.addCleanup(lambda: self.assertEqual(pair.stop(), 0))
        return pair

    def compare(self, pair, method, path, headers, body=None):
        shown = {name: value[:40] for name, value in headers.items()}
        with self.subTest(method=method, path=path[:40], headers=shown, body=(body or "")[:40]):
            mine = pair.ours(method, path, headers, body)[:2]
            other = pair.theirs(method, path, headers, body)[:2]
            if isinstance(other[1], dict) and other[1].get("msg") == "Invalid audience":
                other[1]["msg"] = "Audience doesn't match"  # as PyJWT says it from 2.7 on
            if isinstance(other[1], dict) and other[1].get("own") in LOADERS:
                self.assertIn(mine[1].get("own"), LOADERS[other[1]["own"]])
            else:
                self.assertEqual(mine, other)

    def send_everywhere(self, pair, name, token, path):
        """One token in each place that the settings name, and in each that they come with."""
        config = pair.app.config
        csrf = pair.csrf.get(name, "x" * 36)
        token = token or ""
        for header in {"Authorization", config["JWT_HEADER_NAME"]}:
            for scheme in {"Bearer ", "", f"{config['JWT_HEADER_TYPE']} "}:
                self.compare(pair, "GET", path, {header: f"{scheme}{token}"} if token else {})
        for parameter in {"jwt", config["JWT_QUERY_STRING_NAME"]}:
            for prefix in {"", config["JWT_QUERY_STRING_VALUE_PREFIX"]}:
                query = urllib.parse.urlencode({parameter: f"{prefix}{token}"})
                self.compare(pair, "GET", f"{path}?{query}", {})
        for cookie in {"access_token_cookie", "refresh_token_cookie",
                       config["JWT_ACCESS_COOKIE_NAME"], config["JWT_REFRESH_COOKIE_NAME"]}:
            value = {"Cookie": f"{cookie}={token}"}
            self.compare(pair, "GET", path, value)
            self.compare(pair, "POST", path, value)
            for header in {"X-CSRF-TOKEN", config["JWT_ACCESS_CSRF_HEADER_NAME"],
                           config["JWT_REFRESH_CSRF_HEADER_NAME"]}:
                self.compare(pair, "POST", path, {**value, header: csrf})
                self.compare(pair, "GET", path, {**value, header: csrf})
            for field in {"csrf_token", config["JWT_ACCESS_CSRF_FIELD_NAME"],
                          config["JWT_REFRESH_CSRF_FIELD_NAME"]}:
                self.compare(pair, "POST", path,
                             {**value, "Content-Type": "application/x-www-form-urlencoded"},
                             urllib.parse.urlencode({"other": "x", field: csrf}))
        for member in {"access_token", "refresh_token", config["JWT_JSON_KEY"],
                       config["JWT_REFRESH_JSON_KEY"]}:
            self.compare(pair, "POST", path, {"Content-Type": "application/json"},
                         json.dumps({member: token}))

    def check_tokens(self, pair):
        """What both make says the same, and the other side takes it."""
        made = pair.ours("GET", "/tokens", {}, None)[1].split()
        fixed = {"iat", "nbf", "exp", "jti", "csrf", "fresh"}
        with pair.app.app_context():
            others = list(grants())
        self.assertEqual(len(made), len(others))
        for mine, other in zip(made, others):
            ours, theirs = part(mine, 1), part(other, 1)
            self.assertEqual(part(mine, 0), part(other, 0))
            # with ours, a route that takes cookies is protected whatever JWT_TOKEN_LOCATION says
            self.assertEqual(ours.keys() - {"csrf"}, theirs.keys() - {"csrf"})
            self.assertLessEqual(theirs.keys(), ours.keys())
            self.assertEqual({name: ours[name] for name in ours.keys() - fixed},
                             {name: theirs[name] for name in theirs.keys() - fixed})
            for name in fixed & theirs.keys():
                self.assertEqual(isinstance(ours[name], str), isinstance(theirs[name], str))
            for name in ("exp", "nbf", "fresh"):
                if isinstance(theirs.get(name), bool) or name not in theirs:
                    self.assertIs(ours.get(name), theirs.get(name))
                else:
                    self.assertAlmostEqual(ours[name] - ours["iat"], theirs[name] - theirs["iat"],
                                           delta=2)
        for path in ("/protected", "/fresh", "/refresh"):
            for token in made:
                header = {pair.app.config["JWT_HEADER_NAME"]:
                          f"{pair.app.config['JWT_HEADER_TYPE']} {token}".strip()}
                self.compare(pair, "GET", path, header)

    def check_cookies(self, pair):
        for path in ("/login", "/unset"):
            mine, other = ({}, {})
            for jar, ask in ((mine, pair.ours), (other, pair.theirs)):
                status, _, lines = ask("GET", path, {}, None)
                self.assertEqual(status, 200)
                for line in lines:
                    for cookie in http.cookies.SimpleCookie(line).values():
                        jar[cookie.key] = {
                            "path": cookie["path"], "domain": cookie["domain"],
                            "secure": bool(cookie["secure"]), "scripts": not cookie["httponly"],
                            "samesite": cookie["samesite"], "empty": not cookie.value,
                            "stays": bool(cookie["max-age"] or cookie["expires"])}
            with self.subTest(path=path):
                self.assertEqual(mine, other)
                self.assertGreaterEqual(len(mine), 2)

    def test_each_token_in_each_place_on_each_route(self):
        pair = self.pair({})
        for name, token in pair.tokens.items():
            for path in ROUTES:
                self.send_everywhere(pair, name, token, path)

    def test_each_setting(self):
        for why, config in SETTINGS.items():
            with self.subTest(why):
                pair = self.pair(config, why == "answers of its own")
                for name in ("", "access", "refresh", "expired", "forged"):
                    if name == "expired" and why in TWICE_WRONG:
                        continue
                    for path in ("/protected", "/refresh", "/optional"):
                        self.send_everywhere(pair, name, pair.tokens[name], path)
                for name in ("fresh", "no_more", "revoked", "revoked_refresh", "rejected",
                             "unknown", "for_ever", "other_kind", "nonsense"):
                    header = {pair.app.config["JWT_HEADER_NAME"]: " ".join(filter(None, (
                        pair.app.config["JWT_HEADER_TYPE"], pair.tokens[name])))}
                    for path in ROUTES:
                        self.compare(pair, "GET", path, header)
                self.check_tokens(pair)
                if "cookies" in pair.app.config["JWT_TOKEN_LOCATION"] and why not in TWICE_WRONG:
                    self.check_cookies(pair)

    def test_no_setting_is_left_out(self):
        app = make_app({}, False)
        there = {name for name in app.config if name.startswith("JWT_")}
        self.assertGreaterEqual(len(there), 40)
        self.assertEqual(there - NAMES.keys() - OF_THE_KEY, set())
        changed = {name for config in SETTINGS.values() for name in config}
        self.assertEqual(NAMES.keys() - changed, set())

    def test_headers_of_every_shape(self):
        pair = self.pair({})
        token = pair.tokens["access"]
        for value in ("", "Bearer", "Bearer ", f"bearer {token}", f"Basic {token}", token,
                      f"Bearer {token} x", f"Bearer  {token}", f"Basic x, Bearer {token}",
                      f"Bearer {token}, Basic x", f"Bearer {token},Bearer {token}",
                      f",Bearer {token},", f"BearerX {token}", "Bearer x.y", "Bearer a.b.c"):
            for path in ("/protected", "/optional", "/headers"):
                self.compare(pair, "GET", path, {"Authorization": value})

    def test_the_first_place_with_a_token_counts(self):
        for places in (["headers", "cookies"], ["cookies", "headers"]):
            pair = self.pair({"JWT_TOKEN_LOCATION": places})
            names = ("access", "expired", "forged", "fresh", "nonsense")
            for header in names:
                for cookie in names:
                    self.compare(pair, "GET", "/protected", {
                        "Authorization": f"Bearer {pair.tokens[header]}",
                        "Cookie": f"access_token_cookie={pair.tokens[cookie]}"})

    def test_csrf_values_of_others(self):
        pair = self.pair({})
        cookie = {"Cookie": f"access_token_cookie={pair.tokens['access']}"}
        for value in ("", "banana", pair.csrf["fresh"], pair.csrf["access"]):
            for method in ("GET", "POST", "PATCH"):
                self.compare(pair, method, "/protected", {**cookie, "X-CSRF-TOKEN": value})

    def test_bodies_that_are_no_json(self):
        pair = self.pair({})
        for kind in ("application/json", "application/x+json", "text/plain",
                     "application/json; a=b"):
            for body in ("", "{", "{}", '{"access_token":""}', '{"access_token":null}'):
                self.compare(pair, "POST", "/json", {"Content-Type": kind}, body)

    def test_options_pass(self):
        pair = self.pair({})
        for path in ROUTES:
            for headers in ({}, {"Authorization": "Bearer nonsense"}):
                self.assertEqual(pair.theirs("OPTIONS", path, headers, None)[0], 200)
                self.assertEqual(pair.ours("OPTIONS", path, headers, None)[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=0)
