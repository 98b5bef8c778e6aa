#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""POST /login: what gets a pair of tokens and what does not."""
import statistics
import time

import harness
from harness import PASSWORD


class Login(harness.ServerCase):
    FLAGS = ("--body-limit", "2k")

    def test_json_gives_a_pair(self):
        pair = self.tokens(self.server.post_json(
            "/login", {"username": "alice", "password": PASSWORD}))
        self.assertEqual(pair["expires_in"], 900)
        self.token_accepted(self.server, pair["access_token"])
        self.tokens(self.server.try_refresh(pair["refresh_token"]))

    def test_form_gives_a_pair(self):
        pair = self.tokens(self.server.post_form(
            "/login", {"username": "alice", "password": PASSWORD}))
        self.token_accepted(self.server, pair["access_token"])

    def test_media_type_has_parameters_and_any_case(self):
        for media in ("application/json; charset=utf-8", "APPLICATION/JSON", "Application/Json;a=b"):
            with self.subTest(media):
                self.tokens(self.server.post_json(
                    "/login", {"username": "alice", "password": PASSWORD},
                    {"Content-Type": media}))

    def test_members_we_do_not_know_are_ignored(self):
        self.tokens(self.server.post_json(
            "/login", {"username": "alice", "password": PASSWORD, "remember": [True, {"a": None}]}))

    def test_each_login_is_a_session_of_its_own(self):
        first, second = self.server.login(), self.server.login()
        self.assertNotEqual(first["refresh_token"], second["refresh_token"])
        a, b = (harness.claims_of(pair["access_token"]) for pair in (first, second))
        self.assertEqual(a["sub"], b["sub"])
        self.assertNotEqual(a["sid"], b["sid"])
        self.assertNotEqual(a["jti"], b["jti"])

    def test_what_stands_in_the_access_token(self):
        before = int(time.time())
        token = self.server.login()["access_token"]
        claims = harness.claims_of(token)
        header = harness.header_of(token)
        self.assertEqual(set(header), {"alg", "typ", "kid"})
        self.assertEqual((header["alg"], header["typ"]), ("ES256", "at+jwt"))
        self.assertEqual(claims["iss"], self.server.issuer)
        self.assertEqual(claims["aud"], self.server.issuer)
        self.assertEqual(claims["client_id"], "jeton")
        self.assertEqual(claims["roles"], ["admin"])
        self.assertEqual(claims["exp"] - claims["iat"], 900)
        self.assertEqual(claims["auth_time"], claims["iat"])
        self.assertTrue(before <= claims["iat"] <= time.time())
        self.assertLessEqual({"sub", "sid", "jti", "rev"}, set(claims))
        self.assertNotIn("alice", claims["sub"], "the id of a user is not the name")

    def refuse_all(self, rows, status=400, error="invalid_request"):
        for why, send in rows:
            with self.subTest(why):
                print("  " + why)
                self.refused(send(), status, error)

    def test_bodies_that_are_no_login(self):
        good = f'{{"username":"alice","password":"{PASSWORD}"}}'
        json = lambda text: lambda: self.server.post_json("/login", text)
        form = lambda text: lambda: self.server.request(
            "POST", "/login", text, {"Content-Type": "application/x-www-form-urlencoded"})
        self.tokens(json(good)())
        self.refuse_all([
            ("no body at all", lambda: self.server.request("POST", "/login")),
            ("an empty object", json("{}")),
            ("no password", json('{"username":"alice"}')),
            ("no name", json('{"password":"secret"}')),
            ("an empty password", json('{"username":"alice","password":""}')),
            ("an empty name", json('{"username":"","password":"secret"}')),
            ("a password that is null", json('{"username":"alice","password":null}')),
            ("a password that is a number", json('{"username":"alice","password":12345678}')),
            ("a name in a list", json('{"username":["alice"],"password":"secret"}')),
            ("not JSON", json("username=alice&password=secret")),
            ("JSON cut short", json(good[:-1])),
            ("text behind the JSON", json(good + "{}")),
            ("a list", json(f"[{good}]")),
            ("a text", json('"alice"')),
            ("nothing but space", json(" ")),
            ("a name given twice", json(good[:-1] + ',"username":"bob"}')),
            ("a password given twice, escaped", json(good[:-1] + ',"\\u0070assword":"x"}')),
            ("a strange member given twice", json(good[:-1] + ',"x":1,"x":1}')),
            ("deep nesting", json(good[:-1] + ',"x":' + "[" * 500 + "]" * 500 + "}")),
            ("not UTF-8", json(good.encode()[:-1] + b',"x":"\xff"}')),
            ("a lone surrogate", json(good[:-1] + ',"x":"\\ud800"}')),
            ("a NUL byte", json(good.encode()[:-1] + b"\x00}")),
            ("a byte order mark", json("\ufeff" + good)),
            ("single quotes", json(good.replace('"', "'"))),
            ("a comma too many", json(good[:-1] + ",}")),
            ("form: no password", form("username=alice")),
            ("form: a name twice", form("username=alice&username=bob&password=secret")),
            ("form: half a percent sign", form("username=alice&password=%4")),
            ("form: not hexadecimal", form("username=alice&password=%zz")),
        ])

    def test_content_types_that_are_no_login(self):
        body = f'{{"username":"alice","password":"{PASSWORD}"}}'
        send = lambda *types: lambda: self.server.request(
            "POST", "/login", body, [("Content-Type", media) for media in types])
        self.refuse_all([
            ("none", send()),
            ("text/plain", send("text/plain")),
            ("multipart", send("multipart/form-data; boundary=x")),
            ("another json", send("application/jsonx")),
            ("json in a parameter", send("text/plain; application/json")),
            ("two of them", send("application/json", "application/json")),
        ])

    def test_bodies_over_the_limit(self):
        fields = {"username": "alice", "password": PASSWORD}
        self.tokens(self.server.post_json("/login", {**fields, "x": "y" * 1500}))
        answer = self.server.post_json("/login", {**fields, "x": "y" * 2048})
        self.refused(answer, 413, "request_too_large")

    def test_a_password_is_taken_byte_for_byte(self):
        for why, password in (("cut", PASSWORD[:-1]), ("longer", PASSWORD + "x"),
                              ("space behind", PASSWORD + " "), ("other case", PASSWORD.upper()),
                              ("NUL behind", PASSWORD + "\0"),
                              ("composed otherwise", PASSWORD.replace("\u00e4", "a\u0308"))):
            with self.subTest(why):
                self.refused(self.server.try_login(password=password), 401, "invalid_grant")

    def test_a_name_is_taken_byte_for_byte(self):
        for name in ("Alice", "alice ", " alice", "alice\0", "alic", "a%", "alice'--"):
            with self.subTest(name):
                self.refused(self.server.try_login(name), 401, "invalid_grant")

    def test_credentials_in_the_query_are_not_looked_at(self):
        answer = self.server.request("POST", "/login?username=alice&password=x", "")
        self.refused(answer, 400, "invalid_request")


class Failures(harness.ServerCase):
    """Every reason for a login to fail looks the same from outside."""

    FLAGS = ("--hash-memory", "19M", "--hash-passes", "2")
    USERS = {"alice": (), "locked": ()}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        status, _, err = cls.server.cli("user", "disable", "locked")
        assert status == 0, err
        cls.ways = {"wrong password": ("alice", "wrong horse"), "no such user": ("nobody", PASSWORD),
                    "disabled": ("locked", PASSWORD),
                    "disabled, wrong password": ("locked", "wrong horse")}

    def test_all_look_alike(self):
        seen = set()
        for why, (name, password) in self.ways.items():
            with self.subTest(why):
                answer = self.server.try_login(name, password)
                body = self.refused(answer, 401, "invalid_grant", '^Bearer realm="jeton"$')
                del body["request_id"]
                headers = tuple((key, value) for key, value in answer.headers
                                if key not in ("X-Request-Id", "Date"))
                seen.add((answer.status, tuple(body.items()), headers))
        self.assertEqual(len(seen), 1, seen)

    def test_all_cost_the_same(self):
        """Processor time, because a loaded machine adds to the other one."""
        cost = {why: [] for why in self.ways}
        with self.server.connect() as connection:
            for turn in range(8):
                for why, (name, password) in self.ways.items():
                    before = self.server.cpu_ns()
                    answer = connection.request(
                        "POST", "/login", harness.json.dumps({"username": name,
                                                              "password": password}),
                        {"Content-Type": "application/json"})
                    self.assertEqual(answer.status, 401)
                    if turn > 0:
                        cost[why].append(self.server.cpu_ns() - before)
        medians = {why: statistics.median(times) for why, times in cost.items()}
        print(f"  {medians}")
        self.assertLess(max(medians.values()), 1.6 * min(medians.values()), medians)

    def test_the_log_says_which_it_was(self):
        answer = self.server.try_login("nobody")
        line = next(line for line in self.server.log.events("login_failed")
                    if line["request"] == answer.json["request_id"])
        self.assertEqual((line["user"], line["why"], line["address"]),
                         ("nobody", "name", "127.0.0.1"))


class Busy(harness.Case):
    def test_too_many_logins_at_once_are_told_to_come_back(self):
        """The queue holds one: of many at once some are served, the others get 503. Meanwhile
        verifications go on."""
        with harness.Server("--hash-queue", "1", "--hash-memory", "64M", "--hash-passes",
                            "4") as server:
            server.add_user()
            token = server.login()["access_token"]
            answers = harness.at_once(8, server.try_login)
            self.assertEqual({answer.status for answer in answers}, {200, 503})
            for answer in answers:
                if answer.status == 503:
                    self.refused(answer, 503, "temporarily_unavailable")
                    self.assertEqual(answer.header("Retry-After"), "1")
            self.token_accepted(server, token)


if __name__ == "__main__":
    harness.main()
