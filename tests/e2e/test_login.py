#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_login.py - POST /login: what it gives, and that every failure looks alike."""
import statistics
import time
import urllib.parse

import harness

JSON = {"Content-Type": "application/json"}


class Login(harness.ServerCase):
    SHAPE = {"access_token", "token_type", "expires_in", "refresh_token"}

    def form(self, **fields):
        return self.server.ask("POST", "/login", urllib.parse.urlencode(fields))

    def test_json_gives_a_pair_of_tokens(self):
        pair = self.server.login()
        self.assertEqual(set(pair), self.SHAPE)
        self.assertEqual((pair["token_type"], pair["expires_in"]), ("Bearer", 900))
        self.assert_accepted(pair["access_token"])

    def test_a_form_gives_the_same(self):
        answer = self.form(username="alice", password=harness.PASSWORD)
        self.assertEqual(answer.status, 200)
        self.assertEqual(set(answer.json), self.SHAPE)

    def test_media_types_have_parameters_and_any_case(self):
        body = '{"username":"alice","password":"%s","remember":[1]}' % harness.PASSWORD
        for media in ("application/json; charset=utf-8", "APPLICATION/JSON",
                      "Application/Json;a=b"):
            answer = self.server.ask("POST", "/login", body, {"Content-Type": media})
            self.assertEqual(answer.status, 200, media)

    def test_names_are_found_whatever_the_case(self):
        self.assertEqual(self.form(username="ALICE", password=harness.PASSWORD).status, 200)

    def test_answers_are_never_cached(self):
        answer = self.form(username="alice", password=harness.PASSWORD)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(answer.headers["content-type"], "application/json")

    def test_every_reason_to_fail_has_one_answer(self):
        self.server.add_user("carol")
        self.assertEqual(self.server.cli("user", "disable", "carol")[0], 0)
        answers = [self.form(username="alice", password="wrong horse battery"),
                   self.form(username="nobody", password=harness.PASSWORD),
                   self.form(username="carol", password=harness.PASSWORD),
                   self.form(username="x" * 300, password="y" * 300)]
        for answer in answers:
            self.assert_problem(answer, 401, "invalid_grant")
            self.assertEqual(answer.json["error_description"],
                             answers[0].json["error_description"])
            self.assertEqual(answer.headers["www-authenticate"],
                             answers[0].headers["www-authenticate"])

    def test_an_unknown_name_takes_as_long_as_a_wrong_password(self):
        def seconds(name):
            start = time.perf_counter()
            self.form(username=name, password="wrong horse battery")
            return time.perf_counter() - start

        pairs = [(seconds("alice"), seconds("nobody")) for _ in range(15)]
        known, unknown = (statistics.median(column) for column in zip(*pairs))
        self.assertLess(max(known, unknown) / min(known, unknown), 2.5)

    def test_what_is_no_login_is_a_bad_request(self):
        rows = {
            "no body": (None, {}),
            "not JSON": ("{", JSON),
            "not an object": ("[]", JSON),
            "a name twice": ('{"username":"a","username":"b","password":"c"}', JSON),
            "bytes behind the JSON": ('{"username":"a","password":"c"}x', JSON),
            "a number as password": ('{"username":"a","password":1}', JSON),
            "deep nesting": ('{"username":"a","password":"c","x":' + "[" * 60 + "]" * 60 + "}",
                             JSON),
            "no password": ("username=alice", {}),
            "an empty password": ("username=alice&password=", {}),
            "a field twice": ("username=alice&password=a&password=b", {}),
            "bad percent-encoding": ("username=alice&password=%zz", {}),
            "a NUL": ("username=alice&password=%00", {}),
            "another media type": ("username=alice&password=a", {"Content-Type": "text/plain"}),
            "a type that only starts so": ('{"username":"a","password":"c"}',
                                           {"Content-Type": "application/jsonx"}),
        }
        for why, (body, headers) in rows.items():
            with self.subTest(why):
                answer = self.server.ask("POST", "/login", body, headers)
                self.assert_problem(answer, 400, "invalid_request")


class FullQueue(harness.ServerCase):
    FLAGS = ("--hash-queue", "1")

    def test_more_logins_than_may_wait_are_told_to_come_back(self):
        def attempt():
            connection = self.server.connect()
            connection.request("POST", "/login", "username=nobody&password=whatever",
                               {"Content-Type": "application/x-www-form-urlencoded"})
            return connection

        waiting = [attempt() for _ in range(30)]
        answers = [harness.Answer(connection.getresponse()) for connection in waiting]
        self.assertEqual({answer.status for answer in answers}, {401, 503})
        for answer in answers:
            if answer.status == 503:
                self.assert_problem(answer, 503, "temporarily_unavailable")
                self.assertIn("retry-after", answer.headers)


harness.main()
