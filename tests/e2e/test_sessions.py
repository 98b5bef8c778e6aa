#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_sessions.py - a user sees where he is logged in, and ends what is not his."""
import json
import time

import harness

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class Sessions(harness.ServerCase):
    def setUp(self):
        for name in ("alice", "bob"):
            self.assertEqual(self.server.cli("session", "end", "--user", name)[0], 0)

    def login(self, name="alice", agent=FIREFOX):
        answer = self.server.ask("POST", "/login", {"username": name, "password": harness.PASSWORD},
                                 {"User-Agent": agent})
        self.assertEqual(answer.status, 200)
        return answer.json

    def list(self, token):
        answer = self.server.get("/sessions", token)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        return answer.json["sessions"]

    def delete(self, token, which):
        return self.server.ask("DELETE", f"/sessions/{which}",
                               headers={"Authorization": f"Bearer {token}"})

    def sid(self, token):
        return self.server.get("/whoami", token).json["sid"]

    def test_the_list_says_where_and_when_and_which_is_this_one(self):
        before = int(time.time())
        phone, laptop = self.login(agent="curl/8.5.0"), self.login()
        self.login("bob")
        listed = self.list(laptop["access_token"])
        self.assertEqual([entry["id"] for entry in listed],
                         [self.sid(laptop["access_token"]), self.sid(phone["access_token"])])
        self.assertEqual([entry["current"] for entry in listed], [True, False])
        self.assertEqual([entry["device"] for entry in listed], ["Firefox on Linux", "curl/8.5.0"])
        for entry in listed:
            self.assertEqual(set(entry), {"id", "client_id", "device", "address", "created_at",
                                          "last_used_at", "expires_at", "current"})
            self.assertEqual(entry["address"], "127.0.0.1")
            self.assertEqual(entry["client_id"], "jeton")
            self.assertLessEqual(before, entry["created_at"])
            self.assertLessEqual(entry["created_at"], entry["last_used_at"])
            self.assertGreater(entry["expires_at"], time.time() + 6 * 86400)

    def test_last_used_is_when_it_was_refreshed(self):
        pair = self.login()
        time.sleep(1.1)
        pair = self.server.refresh(pair["refresh_token"]).json
        entry = self.list(pair["access_token"])[0]
        self.assertGreater(entry["last_used_at"], entry["created_at"])

    def test_ending_one_ends_it_and_no_other(self):
        mine, other = self.login(), self.login()
        gone = self.sid(other["access_token"])
        answer = self.delete(mine["access_token"], gone)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_refused(other["access_token"])
        self.assert_problem(self.server.refresh(other["refresh_token"]), 401, "invalid_grant")
        self.assert_accepted(mine["access_token"])
        self.assertEqual(len(self.list(mine["access_token"])), 1)
        self.assertEqual(self.delete(mine["access_token"], gone).status, 204)  # and again

    def test_this_others_and_all(self):
        for which, lives in {"this": (False, True), "others": (True, False),
                             "all": (False, False)}.items():
            with self.subTest(which):
                pairs, bob = (self.login(), self.login()), self.login("bob")
                self.assertEqual(self.delete(pairs[0]["access_token"], which).status, 204)
                for pair, alive in (*zip(pairs, lives), (bob, True)):
                    (self.assert_accepted if alive else self.assert_refused)(pair["access_token"])

    def test_somebody_elses_session_is_told_from_none_by_nothing(self):
        mine, bob = self.login(), self.login("bob")
        answers = [self.delete(mine["access_token"], which)
                   for which in (self.sid(bob["access_token"]), "A" * 22, "x", "this2")]
        for answer in answers:
            self.assert_problem(answer, 404, "not_found")
        self.assertEqual(len({answer.json["error_description"] for answer in answers}), 1)
        self.assert_accepted(bob["access_token"])

    def test_paths_that_are_nearly_right_are_none(self):
        token = self.login()["access_token"]
        for path in ("/sessions/", "/sessions/all/", "/sessions/all/x", "/sessions//all"):
            answer = self.server.ask("DELETE", path, headers={"Authorization": f"Bearer {token}"})
            self.assert_problem(answer, 404, "not_found")
        self.assert_problem(self.server.get("/sessions/all", token), 405, "method_not_allowed")
        self.assert_accepted(token)

    def test_without_a_token_nothing_is_told_or_ended(self):
        pair = self.login()
        self.assert_problem(self.server.get("/sessions"), 401, "invalid_token")
        self.assert_problem(self.server.ask("DELETE", "/sessions/all"), 401, "invalid_token")
        self.assert_problem(self.server.get("/sessions", pair["access_token"][:-2]), 401,
                            "invalid_token")
        self.assert_accepted(pair["access_token"])

    def test_a_hostile_user_agent_leaves_nothing_behind(self):
        for agent in ("<script>" + "x" * 5000, "\xe4;rm", ""):
            pair = self.login(agent=agent)
            device = self.list(pair["access_token"])[0]["device"]
            self.assertLess(len(device), 64)
            self.assertTrue(device.isprintable())

    # --- the command line ------------------------------------------------------------------------

    def test_the_operator_lists_and_ends_them(self):
        one, two = self.login(), self.login()
        status, out, _ = self.server.cli("session", "list", "alice", "--json")
        self.assertEqual(status, 0)
        self.assertEqual([entry["id"] for entry in json.loads(out)],
                         [self.sid(two["access_token"]), self.sid(one["access_token"])])
        status, out, _ = self.server.cli("session", "list", "alice")
        self.assertEqual((status, out.count("Firefox on Linux")), (0, 2))
        self.assertEqual(self.server.cli("session", "end", self.sid(one["access_token"]))[0], 0)
        self.assert_refused(one["access_token"])
        self.assert_accepted(two["access_token"])
        self.assertEqual(self.server.cli("session", "end", "--user", "alice")[0], 0)
        self.assert_refused(two["access_token"])

    def test_the_operator_is_told_what_is_not_there(self):
        rows = {("list", "nobody"): 1, ("end", "x"): 1, ("end", "A" * 22): 1,
                ("end", "--user", "nobody"): 1, ("end",): 2, ("end", "x", "--user", "alice"): 2,
                ("list",): 2}
        for words, want in rows.items():
            with self.subTest(words):
                status, out, err = self.server.cli("session", *words)
                self.assertEqual((status, out), (want, ""))
                self.assertTrue(err)


harness.main()
