#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_change_password.py - POST /password and /password/reset: which passwords may be, what ends
with the old one, and users who must change theirs."""
import concurrent.futures
import unicodedata

import harness
from harness import PASSWORD

NEW = "a quite different one"


class Password(harness.ServerCase):
    def change(self, body, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.server.ask("POST", "/password", body, headers)

    def reset(self, code, new=NEW):
        return self.server.ask("POST", "/password/reset", {"code": code, "new_password": new})

    def attempt(self, name, password):
        return self.server.ask("POST", "/login", {"username": name, "password": password})

    def code(self, name):
        status, out, err = self.server.cli("user", "reset", name)
        self.assertEqual(status, 0, err)
        return out.strip()

    def test_a_change_ends_the_other_sessions_and_keeps_this_one(self):
        self.server.add_user("ann")
        mine, other = self.server.login("ann"), self.server.login("ann")
        answer = self.change({"old_password": PASSWORD, "new_password": NEW},
                             mine["access_token"])
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_accepted(mine["access_token"])
        self.assertEqual(self.server.refresh(mine["refresh_token"]).status, 200)
        self.assert_refused(other["access_token"])
        self.assert_problem(self.server.refresh(other["refresh_token"]), 401, "invalid_grant")
        self.assert_problem(self.attempt("ann", PASSWORD), 401, "invalid_grant")
        self.assertEqual(self.attempt("ann", NEW).status, 200)

    def test_without_a_token_the_name_says_who_and_all_sessions_end(self):
        self.server.add_user("ben")
        pair = self.server.login("ben")
        answer = self.change({"username": "ben", "old_password": PASSWORD, "new_password": NEW})
        self.assertEqual(answer.status, 204, answer)
        self.assert_refused(pair["access_token"])
        self.assertEqual(self.attempt("ben", NEW).status, 200)

    def test_every_reason_to_refuse_the_old_password_has_one_answer(self):
        self.server.add_user("cleo")
        self.server.add_user("dora")
        self.assertEqual(self.server.cli("user", "disable", "dora")[0], 0)
        token = self.server.login("cleo")["access_token"]
        login = self.attempt("cleo", "wrong horse battery")
        for answer in (
                self.change({"old_password": "wrong", "new_password": NEW}, token),
                self.change({"username": "cleo", "old_password": "wrong", "new_password": NEW}),
                self.change({"username": "nobody", "old_password": PASSWORD, "new_password": NEW}),
                self.change({"username": "dora", "old_password": PASSWORD, "new_password": NEW}),
                # what is wrong with the new one is told to those only who know the old one
                self.change({"username": "cleo", "old_password": "wrong", "new_password": "x"})):
            self.assert_problem(answer, 401, "invalid_grant")
            self.assertEqual(answer.json["error_description"], login.json["error_description"])
        self.assertEqual(self.attempt("cleo", PASSWORD).status, 200)
        self.assert_accepted(token)

    def test_who_sends_it_has_to_be_clear(self):
        token = self.server.login("bob")["access_token"]
        body = {"old_password": PASSWORD, "new_password": NEW}
        self.assert_problem(self.change(body), 401, "invalid_token")
        self.assert_problem(self.change(body, token[:-4] + "AAAA"), 401, "invalid_token")
        self.assert_problem(self.change({**body, "username": "bob"}, token), 400,
                            "invalid_request")
        for missing in ("old_password", "new_password"):
            part = {name: value for name, value in body.items() if name != missing}
            self.assert_problem(self.change(part, token), 400, "invalid_request")
        self.assertEqual(self.attempt("bob", PASSWORD).status, 200)

    def test_which_passwords_may_be(self):
        self.server.add_user("rosalinde")
        token = self.server.login("rosalinde")["access_token"]
        rows = {
            "seven bytes": "a7!kz0q",
            "257 bytes": "0123456789abcdefghijklmnopqrstuvwxyz" * 7 + "abcde",
            "a NUL": "long enough\0but for this",
            "a common one": "letmein1",
            "a common one in disguise": "P@ssw0rd123",
            "a run of keys": "qwertyuiop",
            "a date": "24121987",
            "the name": "Rosalinde1",
            "the old one": PASSWORD,
        }
        for why, password in rows.items():
            with self.subTest(why):
                answer = self.change({"old_password": PASSWORD, "new_password": password}, token)
                self.assert_problem(answer, 400, "invalid_request")
                self.assertNotIn(password, answer.body.decode())
        self.assertEqual(self.attempt("rosalinde", PASSWORD).status, 200)
        for why, password in {"eight bytes": "a7!kz0qw",
                              "256 bytes": "0123456789abcdefghijklmnopqrstuvwxyz" * 7 + "abcd",
                              "four letters of two bytes": "äöüß"}.items():
            with self.subTest(why):
                answer = self.change({"username": "rosalinde", "old_password": PASSWORD,
                                      "new_password": password})
                self.assertEqual(answer.status, 204, answer)
                answer = self.change({"username": "rosalinde", "old_password": password,
                                      "new_password": PASSWORD})
                self.assertEqual(answer.status, 204, answer)

    def test_a_password_is_the_same_on_every_keyboard(self):
        composed = unicodedata.normalize("NFC", "grüner Tee für fünf")
        apart = unicodedata.normalize("NFD", composed)
        self.assertNotEqual(composed, apart)
        for number, (first, second) in enumerate(((composed, apart), (apart, composed))):
            self.server.add_user(f"uwe{number}", password=first)
            self.assertEqual(self.attempt(f"uwe{number}", first).status, 200)
            self.assertEqual(self.attempt(f"uwe{number}", second).status, 200)
            self.assert_problem(self.attempt(f"uwe{number}", second + "n"), 401, "invalid_grant")

    def test_of_changes_at_once_one_wins(self):
        self.server.add_user("race")
        body = {"username": "race", "old_password": PASSWORD}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(
                lambda i: self.change({**body, "new_password": f"number {i} of eight"}), range(8)))
        won = [i for i, answer in enumerate(answers) if answer.status == 204]
        self.assertEqual(len(won), 1, answers)
        for i, answer in enumerate(answers):
            if i not in won:
                self.assert_problem(answer, 401, "invalid_grant")
            self.assertEqual(self.attempt("race", f"number {i} of eight").status,
                             200 if i in won else 401)

    def test_a_code_sets_a_password_once(self):
        self.server.add_user("kim")
        pair = self.server.login("kim")
        code = self.code("kim")
        self.assert_problem(self.reset(code, "short"), 400, "invalid_request")
        self.assert_problem(self.reset(code, "kim12345"), 400, "invalid_request")
        self.assert_problem(self.reset(code[:-1]), 401, "invalid_grant")
        self.assert_problem(self.reset("A" * 22), 401, "invalid_grant")
        self.assertEqual(self.attempt("kim", PASSWORD).status, 200)  # it is good until then
        answer = self.reset(code)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_refused(pair["access_token"])
        self.assert_problem(self.attempt("kim", PASSWORD), 401, "invalid_grant")
        self.assertEqual(self.attempt("kim", NEW).status, 200)
        self.assert_problem(self.reset(code, "and once more now"), 401, "invalid_grant")
        self.assertNotIn(code, "".join(self.server.lines))

    def test_a_later_code_a_change_and_disabling_make_a_code_worthless(self):
        self.server.add_user("leo")
        first = self.code("leo")
        second = self.code("leo")
        self.assert_problem(self.reset(first), 401, "invalid_grant")
        self.assertEqual(self.change({"username": "leo", "old_password": PASSWORD,
                                      "new_password": NEW}).status, 204)
        self.assert_problem(self.reset(second), 401, "invalid_grant")
        third = self.code("leo")
        self.assertEqual(self.server.cli("user", "disable", "leo")[0], 0)
        self.assert_problem(self.reset(third, PASSWORD), 401, "invalid_grant")
        status, _, err = self.server.cli("user", "reset", "nobody")
        self.assertEqual((status, "no such user" in err), (1, True))

    def test_who_must_change_the_password_can_do_nothing_else(self):
        status, _, err = self.server.cli("user", "add", "mia", "--password-stdin", "--must-change",
                                         stdin=PASSWORD)
        self.assertEqual(status, 0, err)
        answer = self.attempt("mia", PASSWORD)
        self.assert_problem(answer, 403, "password_change_required")
        self.assertIn("POST /password", answer.json["error_description"])
        self.assert_problem(self.attempt("mia", PASSWORD + "!"), 401, "invalid_grant")
        self.assertEqual(self.change({"username": "mia", "old_password": PASSWORD,
                                      "new_password": NEW}).status, 204)
        pair = self.server.login("mia", NEW)

        # and when it is demanded later, what there is ends
        self.assertEqual(self.server.cli("user", "set", "mia", "--must-change")[0], 0)
        self.assert_refused(pair["access_token"])
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        self.assert_problem(self.attempt("mia", NEW), 403, "password_change_required")
        self.assertEqual(self.reset(self.code("mia"), PASSWORD).status, 204)
        self.server.login("mia", PASSWORD)

    def test_no_password_stands_in_the_log(self):
        log = "".join(self.server.lines)
        for secret in (PASSWORD, NEW, "wrong horse battery"):
            self.assertNotIn(secret, log)


harness.main()
