#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_refresh_crash.py - refreshing while the server is killed at the very moments that matter: before
a rotation is written, before it is synced, and after it is on disk but before anybody was told. And a
commit that fails: nobody is told that it was good.

at_sync.c, between the server and the C library, chooses the moment.
"""
import concurrent.futures
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)

AT_SYNC = os.environ["AT_SYNC_LIBRARY"]
LOST = (OSError, harness.http.client.HTTPException)
KILLS = ["kill-before-write", "kill-before-sync", "kill-after-sync"]
MANY = 40  # refreshes of one token under way when the server dies


class AtSync(unittest.TestCase):
    def setUp(self):
        self.server = harness.Server("--refresh-grace", "600s")
        self.orders = os.path.join(os.path.dirname(self.server.data), "orders")
        self.server.env.update({
            "LD_PRELOAD": AT_SYNC, "AT_SYNC": self.orders,
            # the library stands before the sanitizer's, which minds
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"})
        self.server.start()
        self.addCleanup(self.server.__exit__)
        self.server.add_user()

    def order(self, what):
        with open(self.orders + ".new", "w", encoding="ascii") as file:
            file.write(what)
        os.rename(self.orders + ".new", self.orders)

    def refresh(self, token):
        """The answer, or None when the server died first."""
        try:
            return self.server.refresh(token)
        except LOST:
            return None

    def refresh_many(self, token):
        with concurrent.futures.ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(self.refresh, [token] * MANY))

    def die_and_come_back(self):
        self.assertEqual(self.server.process.wait(harness.PATIENCE), -9)
        os.remove(self.orders)
        self.server.start()

    def test_a_session_survives_a_kill_at_each_moment_of_a_rotation(self):
        for what in KILLS:
            with self.subTest(what):
                pair = self.server.login()
                token = self.server.refresh(pair["refresh_token"]).json["refresh_token"]
                self.order(what)
                self.assertEqual(set(self.refresh_many(token)), {None})
                self.die_and_come_back()
                answers = self.refresh_many(token)
                self.assertEqual({answer.status for answer in answers}, {200})
                successors = {answer.json["refresh_token"] for answer in answers}
                self.assertEqual(len(successors), 1)
                self.assertNotIn(token, successors)
                self.assertEqual(self.server.get("/whoami", pair["access_token"]).status, 200)
                self.assertEqual(self.server.refresh(successors.pop()).status, 200)

    def test_who_was_answered_before_the_kill_and_who_was_not_get_the_same_successor(self):
        for what in KILLS:
            with self.subTest(what):
                token = self.server.login()["refresh_token"]
                told = self.server.refresh(token).json["refresh_token"]
                self.order(what)
                other = self.server.ask  # another session's write is what dies
                with self.assertRaises(LOST):
                    other("POST", "/login", {"username": "alice", "password": harness.PASSWORD})
                self.die_and_come_back()
                again = self.server.refresh(token)
                self.assertEqual((again.status, again.json["refresh_token"]), (200, told))
                self.assertEqual(self.server.refresh(told).status, 200)

    def test_a_theft_that_was_answered_stays_punished_and_one_that_was_not_is_punished_again(self):
        for what in KILLS:
            with self.subTest(what):
                first = self.server.login()["refresh_token"]
                second = self.server.refresh(first).json["refresh_token"]
                third = self.server.refresh(second).json["refresh_token"]
                self.order(what)
                self.assertIsNone(self.refresh(first))
                self.die_and_come_back()
                self.assertEqual(self.server.refresh(first).status, 401)
                self.assertEqual(self.server.refresh(third).status, 401)

    def test_a_commit_that_fails_is_told_as_a_failure_and_has_done_nothing(self):
        pair = self.server.login()
        self.order("fail-sync")
        for answer in self.refresh_many(pair["refresh_token"]):
            self.assertEqual((answer.status, answer.json["error"]),
                             (503, "temporarily_unavailable"))
            self.assertNotIn(b"refresh_token", answer.body)
            self.assertEqual(answer.headers["x-request-id"], answer.json["request_id"])
        refused = self.server.ask("POST", "/login",
                                  {"username": "alice", "password": harness.PASSWORD})
        self.assertEqual(refused.status, 503)
        self.assertEqual(self.server.get("/whoami", pair["access_token"]).status, 200)
        os.remove(self.orders)
        time.sleep(0.01)
        self.assertEqual(self.server.refresh(pair["refresh_token"]).status, 200)
        self.assertEqual(self.server.get("/whoami", pair["access_token"]).status, 200)


harness.main()
