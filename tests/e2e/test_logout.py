#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_logout.py - ending sessions: at once, the right ones, and for good."""
import harness


class Logout(harness.ServerCase):
    def test_the_access_token_is_refused_at_once(self):
        pair = self.server.login()
        self.assert_accepted(pair["access_token"])
        answer = self.server.logout(pair["access_token"])
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_refused(pair["access_token"])
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")

    def test_scopes_end_the_sessions_they_name(self):
        rows = {None: (False, True), "this": (False, True), "others": (True, False),
                "all": (False, False)}
        for scope, (mine_lives, other_lives) in rows.items():
            with self.subTest(scope=scope):
                mine, other, bob = (self.server.login(), self.server.login(),
                                    self.server.login("bob"))
                self.assertEqual(self.server.logout(mine["access_token"], scope).status, 204)
                for pair, lives in ((mine, mine_lives), (other, other_lives), (bob, True)):
                    check = self.assert_accepted if lives else self.assert_refused
                    check(pair["access_token"])
                    self.assertEqual(self.server.refresh(pair["refresh_token"]).status,
                                     200 if lives else 401)

    def test_an_unknown_scope_ends_nothing(self):
        pair = self.server.login()
        self.assert_problem(self.server.logout(pair["access_token"], "everything"), 400,
                            "invalid_request")
        self.assert_accepted(pair["access_token"])

    def test_without_a_token_nothing_happens(self):
        self.assert_problem(self.server.ask("POST", "/logout"), 401, "invalid_token")

    def test_twice_is_refused_the_second_time(self):
        token = self.server.login()["access_token"]
        self.assertEqual(self.server.logout(token).status, 204)
        self.assert_problem(self.server.logout(token), 401, "invalid_token")

    def test_logging_in_again_works_within_the_same_second(self):
        for _ in range(10):
            pair = self.server.login()
            self.assertEqual(self.server.logout(pair["access_token"], "all").status, 204)
            self.assert_refused(pair["access_token"])
            self.assert_accepted(self.server.login()["access_token"])

    def test_disabling_ends_everything_and_enabling_brings_nothing_back(self):
        self.server.add_user("dave")
        pair = self.server.login("dave")
        self.assertEqual(self.server.cli("user", "disable", "dave")[0], 0)
        self.assert_refused(pair["access_token"])
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        self.assertEqual(self.server.cli("user", "enable", "dave")[0], 0)
        self.assert_refused(pair["access_token"])
        self.assert_accepted(self.server.login("dave")["access_token"])

    def test_what_was_revoked_stays_so_after_a_kill(self):
        with harness.Server() as server:
            server.add_user()
            server.add_user("eve")
            out, kept, eve = server.login(), server.login(), server.login("eve")
            self.assertEqual(server.logout(out["access_token"]).status, 204)
            self.assertEqual(server.cli("user", "disable", "eve")[0], 0)
            server.restart("--access-ttl", "1s")
            self.assertEqual(server.get("/whoami", out["access_token"]).status, 401)
            self.assertEqual(server.get("/whoami", eve["access_token"]).status, 401)
            # 503: one of several nodes, whose lease is over on a machine that has no time for it
            harness.eventually(lambda: server.get("/whoami", kept["access_token"]).status == 200, "the other is good")

    def test_disabling_without_a_server_counts_at_the_next_start(self):
        with harness.Server() as server:
            server.add_user()
            pair = server.login()
            self.assertEqual(server.stop(), 0)
            self.assertEqual(server.cli("user", "disable", "alice")[0], 0)
            server.start()
            self.assertEqual(server.get("/whoami", pair["access_token"]).status, 401)
            self.assertEqual(server.refresh(pair["refresh_token"]).status, 401)


harness.main()
