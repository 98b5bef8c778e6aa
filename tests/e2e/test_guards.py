#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_guards.py - the example servers with libmicrohttpd, over real HTTP: a program with users of
its own, one that trusts jeton serve, cookies with CSRF, an optional token, a download."""
import http.client
import json
import os
import shutil
import socket
import subprocess
import unittest
import urllib.parse

import harness

EXAMPLES = os.environ["JETON_MHD_EXAMPLES"]
JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.body = response.read().decode()
        self.headers = response.headers
        self.cookies = [line.split(";")[0].split("=", 1)
                        for line in response.headers.get_all("Set-Cookie", [])]

    def __repr__(self):
        return f"{self.status} {self.body} {self.headers}"


class Example:
    """One of the programs, running."""

    def __init__(self, name, *words, **env):
        self.process = subprocess.Popen(
            [os.path.join(EXAMPLES, "mhd_" + name), *words], stdout=subprocess.PIPE, text=True,
            env={**os.environ, **env})
        self.at = urllib.parse.urlparse(self.process.stdout.readline().strip())

    def stop(self):
        self.process.terminate()
        code = self.process.wait(harness.PATIENCE)
        self.process.stdout.close()
        return code

    def ask(self, path, token=None, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(self.at.hostname, self.at.port,
                                                timeout=harness.PATIENCE)
        head = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            head["Authorization"] = "Bearer " + token
        connection.request(method, path, body, head)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer


class ExampleCase(unittest.TestCase):
    def run_example(self, name, *words, **env):
        example = Example(name, *words, **env)

        def stop():
            self.assertEqual(example.stop(), 0)
        self.addCleanup(stop)
        return example

    def assert_refused(self, answer, status, error):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(json.loads(answer.body)["error"], error)
        self.assertEqual(answer.headers["Content-Type"], "application/json")


class Tutorial(ExampleCase):
    def setUp(self):
        self.program = self.run_example("tutorial", "0", JWT_SECRET_KEY="s" * 32)

    def login(self, name="alice", password="wonderland"):
        return self.program.ask("/login", None, "POST",
                                json.dumps({"username": name, "password": password}), **JSON)

    def tokens(self, *words):
        answer = self.login(*words)
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)

    def test_the_whole_tutorial(self):
        tokens = self.tokens()
        access = tokens["access_token"]
        for path in ("/whoami", "/admin", "/password"):
            answer = self.program.ask(path, access)
            self.assertEqual((answer.status, json.loads(answer.body)),
                             (200, {"logged_in_as": "alice"}), path)
        renewed = json.loads(self.program.ask("/refresh", tokens["refresh_token"], "POST").body)
        self.assertEqual(self.program.ask("/admin", renewed["access_token"]).status, 200)
        self.assert_refused(self.program.ask("/password", renewed["access_token"]), 401,
                            "insufficient_user_authentication")
        self.assertEqual(self.program.ask("/logout", access, "POST").status, 200)
        self.assert_refused(self.program.ask("/whoami", access), 401, "invalid_token")
        self.assertEqual(self.program.ask("/logout", access, "POST").status, 200)
        self.assertEqual(self.program.ask("/whoami", renewed["access_token"]).status, 200)
        self.program.ask("/logout", tokens["refresh_token"], "POST")
        self.assert_refused(self.program.ask("/refresh", tokens["refresh_token"], "POST"), 401,
                            "invalid_token")

    def test_who_may_not(self):
        bob = self.tokens("bob", "builder")
        self.assertEqual(self.program.ask("/whoami", bob["access_token"]).status, 200)
        refused = self.program.ask("/admin", bob["access_token"])
        self.assert_refused(refused, 403, "insufficient_scope")
        self.assertIn('error="insufficient_scope"', refused.headers["WWW-Authenticate"])
        self.assert_refused(self.program.ask("/whoami", bob["refresh_token"]), 401,
                            "invalid_token")
        self.assert_refused(self.program.ask("/refresh", bob["access_token"]), 401,
                            "invalid_token")
        nobody = self.program.ask("/whoami")
        self.assert_refused(nobody, 401, "invalid_token")
        self.assertEqual(nobody.headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(self.program.ask("/nowhere", bob["access_token"]).status, 404)

    def test_wrong_credentials(self):
        for name, password in (("alice", "builder"), ("carol", "wonderland"), ("bob", ""),
                               ("", "builder")):
            self.assert_refused(self.login(name, password), 401, "invalid_grant")
        for body in ("", "{", "[]", '{"username":"alice"}', '{"username":1,"password":2}'):
            self.assert_refused(self.program.ask("/login", None, "POST", body, **JSON), 401,
                                "invalid_grant")

    def test_a_form_will_do(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertEqual(self.program.ask("/login", None, "POST",
                                          "username=alice&password=wonderland", **form).status, 200)
        self.assertEqual(self.program.ask("/login", None, "POST",
                                          "username=alice&password=wonderlan", **form).status, 401)

    def test_a_body_that_is_too_long(self):
        self.assert_refused(self.program.ask("/login", None, "POST", "a" * 65537, **JSON), 413,
                            "invalid_request")

    def test_two_headers_are_refused(self):
        access = self.tokens()["access_token"]
        connection = http.client.HTTPConnection(self.program.at.hostname, self.program.at.port,
                                                timeout=harness.PATIENCE)
        connection.putrequest("GET", "/whoami")
        connection.putheader("Authorization", "Bearer " + access)
        connection.putheader("Authorization", "Bearer " + access)
        connection.endheaders()
        self.assert_refused(Answer(connection.getresponse()), 400, "invalid_request")
        connection.close()

    def test_no_secret_no_server(self):
        for secret in ("", "short"):
            done = subprocess.run([os.path.join(EXAMPLES, "mhd_tutorial"), "0"],
                                  env={**os.environ, "JWT_SECRET_KEY": secret},
                                  capture_output=True, text=True, timeout=harness.PATIENCE)
            self.assertEqual(done.returncode, 1)
            self.assertIn("JWT_SECRET_KEY", done.stderr)


class TrustsServe(ExampleCase, harness.ServerCase):
    def setUp(self):
        # the issuer is in every token that the server makes
        self.token = self.server.login("alice")["access_token"]
        self.issuer = json.loads(harness.unb64(self.token.split(".")[1]))["iss"]
        self.segment = os.path.join(self.server.data, "segment")
        self.program = self.trust(self.segment)

    def trust(self, segment, port=None):
        return self.run_example("trust_serve", "0", self.issuer, segment,
                                str(port or self.server.address.rpartition(":")[2]))

    def test_a_token_of_the_server_until_it_is_revoked(self):
        answer = self.program.ask("/", self.token)
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.body.startswith("Hello "))
        for path in ("/admin", "/reports", "/orders"):
            self.assertEqual(self.program.ask(path, self.token).status, 200, path)
        self.server.logout(self.token)
        for path in ("/", "/admin", "/reports", "/orders"):
            self.assert_refused(self.program.ask(path, self.token), 401, "invalid_token")

    def test_a_silent_segment_goes_by_the_rule_of_the_route(self):
        copy = os.path.join(self.server.data, "silent")
        shutil.copyfile(self.segment, copy)  # nobody writes into this one
        os.chmod(copy, 0o600)
        program = self.trust(copy)
        harness.eventually(lambda: program.ask("/", self.token).status == 503, "it is stale")
        self.assertEqual(program.ask("/reports", self.token).status, 200)

        def orders(status):  # a server that is asked on a busy machine may be too late
            harness.eventually(lambda: program.ask("/orders", self.token).status == status,
                               f"/orders answers {status}")
        orders(200)
        self.server.logout(self.token)
        orders(401)
        self.assertEqual(program.ask("/reports", self.token).status, 200)  # it cannot know
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            lonely = self.trust(copy, nobody.getsockname()[1])
            refused = lonely.ask("/orders", self.token)
            self.assertEqual(refused.status, 503, refused)
            self.assertIsNone(refused.headers["WWW-Authenticate"])

    def test_somebody_without_the_role(self):
        token = self.server.login("bob")["access_token"]
        self.assertEqual(self.program.ask("/", token).status, 200)
        refused = self.program.ask("/admin", token)
        self.assert_refused(refused, 403, "insufficient_scope")
        self.assertIn('realm="example"', refused.headers["WWW-Authenticate"])


class OptionalToken(ExampleCase, harness.ServerCase):
    def test_a_key_set_in_a_file(self):
        token = self.server.login("alice")["access_token"]
        path = os.path.join(self.server.data, "jwks.json")
        with open(path, "w", encoding="ascii") as file:
            json.dump(self.server.get("/.well-known/jwks.json").json, file)
        program = self.run_example("optional", "0", path)
        self.assertEqual(program.ask("/").body, "Hello stranger\n")
        known = program.ask("/", token)
        self.assertEqual(known.status, 200)
        self.assertNotEqual(known.body, "Hello stranger\n")
        self.assert_refused(program.ask("/", token[:-4] + "AAAA"), 401, "invalid_token")


class Cookies(ExampleCase):
    def setUp(self):
        self.program = self.run_example("cookies", "0")
        answer = self.program.ask("/login", None, "POST")
        self.assertEqual(answer.status, 200, answer)
        self.lines = answer.headers.get_all("Set-Cookie")
        self.cookie = "; ".join("=".join(pair) for pair in answer.cookies)
        self.csrf = dict(answer.cookies)["__Host-jeton-csrf"]

    def test_cookies_that_no_script_and_no_other_host_can_have(self):
        self.assertEqual(len(self.lines), 2)
        for line in self.lines:
            for part in ("; Path=/", "; Secure", "; SameSite=Lax"):
                self.assertIn(part, line)
        self.assertIn("HttpOnly", self.lines[0])
        self.assertNotIn("HttpOnly", self.lines[1])

    def test_what_changes_something_needs_the_csrf_value(self):
        self.assertEqual(self.program.ask("/", Cookie=self.cookie).status, 200)
        self.assert_refused(self.program.ask("/", None, "POST", Cookie=self.cookie), 403,
                            "csrf_refused")
        self.assert_refused(self.program.ask("/", None, "POST", Cookie=self.cookie,
                                             X_CSRF_Token="x" * 32), 403, "csrf_refused")
        self.assertEqual(self.program.ask("/", None, "POST", Cookie=self.cookie,
                                          X_CSRF_Token=self.csrf).status, 200)
        self.assert_refused(self.program.ask("/", None, "POST"), 401, "invalid_token")

    def test_a_token_that_is_not_near_its_end_stays(self):
        self.assertEqual(self.program.ask("/", Cookie=self.cookie).cookies, [])

    def test_logout_takes_the_cookies_away(self):
        answer = self.program.ask("/logout", None, "POST", Cookie=self.cookie,
                                  X_CSRF_Token=self.csrf)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(answer.cookies), 4)
        for line in answer.headers.get_all("Set-Cookie"):
            self.assertIn("=; Path=/; Max-Age=0", line)

    def test_options_asks_before_and_brings_no_token(self):
        self.assertEqual(self.program.ask("/", None, "OPTIONS").status, 200)


class Download(ExampleCase):
    def test_a_link_is_good_for_its_file_alone(self):
        program = self.run_example("download", "0")
        token = program.ask("/login").body.strip()
        link = program.ask("/link", token).body.strip()
        self.assertEqual(program.ask(link).body, "all is well\n")
        path, _, in_link = link.partition("?jwt=")
        self.assert_refused(program.ask(f"{path}?jwt={token}"), 403, "insufficient_scope")
        self.assert_refused(program.ask("/link", in_link), 403, "insufficient_scope")
        self.assert_refused(program.ask(path, in_link), 401, "invalid_token")
        self.assert_refused(program.ask(f"{link}&jwt={in_link}"), 400, "invalid_request")
        self.assert_refused(program.ask(path), 401, "invalid_token")


if __name__ == "__main__":
    harness.main()
