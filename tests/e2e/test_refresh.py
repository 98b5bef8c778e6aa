#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_refresh.py - POST /refresh: rotation, lost answers, theft, and what was never issued."""
import json
import time

import harness


class Refresh(harness.ServerCase):
    def test_each_refresh_gives_the_next_pair(self):
        pair = self.server.login()
        seen = {pair["refresh_token"]}
        for _ in range(5):
            answer = self.server.refresh(pair["refresh_token"])
            self.assertEqual(answer.status, 200)
            pair = answer.json
            self.assertNotIn(pair["refresh_token"], seen)
            seen.add(pair["refresh_token"])
            self.assert_accepted(pair["access_token"])

    def test_a_form_does_as_well(self):
        token = self.server.login()["refresh_token"]
        self.assertEqual(self.server.ask("POST", "/refresh", f"refresh_token={token}").status, 200)

    def test_a_lost_answer_is_given_again_byte_for_byte(self):
        first = self.server.login()["refresh_token"]
        second = self.server.refresh(first).json["refresh_token"]
        again = self.server.refresh(first).json
        self.assertEqual(again["refresh_token"], second)
        self.assert_accepted(again["access_token"])
        self.assertEqual(self.server.refresh(second).status, 200)

    def test_many_at_once_get_one_successor_and_lose_nothing(self):
        first = self.server.login()["refresh_token"]
        others = [self.server.login() for _ in range(5)]
        answers = self.at_once(first, 1000)
        self.assertEqual({answer.status for answer in answers}, {200})
        successors = {answer.json["refresh_token"] for answer in answers}
        self.assertEqual(len(successors), 1)
        self.assertEqual(self.server.refresh(successors.pop()).status, 200)
        for pair in others:
            self.assertEqual(self.server.refresh(pair["refresh_token"]).status, 200)

    def at_once(self, token, count):
        """Refreshes over `count` connections, all open and all sent before an answer is read."""
        connections = [self.server.connect() for _ in range(count)]
        for connection in connections:
            connection.connect()
        body = json.dumps({"refresh_token": token})
        for connection in connections:
            connection.request("POST", "/refresh", body, {"Content-Type": "application/json"})
        answers = [harness.Answer(connection.getresponse()) for connection in connections]
        for connection in connections:
            connection.close()
        return answers

    def test_two_behind_is_theft_even_at_once(self):
        pair = self.server.login()
        second = self.server.refresh(pair["refresh_token"]).json
        third = self.server.refresh(second["refresh_token"]).json
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        self.assert_problem(self.server.refresh(third["refresh_token"]), 401, "invalid_grant")
        for stolen in (pair, second, third):
            self.assert_refused(stolen["access_token"])

    def test_what_was_never_issued_here_changes_nothing(self):
        pair = self.server.login()
        good = bytearray(harness.unb64(pair["refresh_token"]))
        other = harness.unb64(self.server.login("bob")["refresh_token"])
        ahead = bytearray(good)
        ahead[24] += 1
        mixed = good[:25] + other[25:]
        rows = ["", "x", pair["refresh_token"] + "A", pair["refresh_token"][:-1],
                pair["access_token"], harness.b64(bytes(ahead)), harness.b64(bytes(mixed))]
        for i in range(0, len(good), 7):
            altered = bytearray(good)
            altered[i] ^= 1
            rows.append(harness.b64(bytes(altered)))
        for token in rows[1:]:
            self.assert_problem(self.server.refresh(token), 401, "invalid_grant")
        self.assert_problem(self.server.refresh(""), 400, "invalid_request")
        self.assert_accepted(pair["access_token"])
        self.assertEqual(self.server.refresh(pair["refresh_token"]).status, 200)

    def test_sessions_are_apart(self):
        one, two = self.server.login(), self.server.login()
        newer = self.server.refresh(one["refresh_token"]).json
        self.server.refresh(newer["refresh_token"])
        self.assert_problem(self.server.refresh(one["refresh_token"]), 401, "invalid_grant")
        self.assert_accepted(two["access_token"])
        self.assertEqual(self.server.refresh(two["refresh_token"]).status, 200)

    def test_a_session_survives_a_kill(self):
        with harness.Server() as server:
            server.add_user()
            pair = server.login()
            second = server.refresh(pair["refresh_token"]).json
            server.restart()
            self.assertEqual(server.get("/whoami", second["access_token"]).status, 200)
            self.assertEqual(server.refresh(second["refresh_token"]).status, 200)


class NoGrace(harness.ServerCase):
    FLAGS = ("--refresh-grace", "0s")

    def test_a_replay_after_the_window_ends_the_session_for_good(self):
        pair = self.server.login()
        second = self.server.refresh(pair["refresh_token"]).json
        time.sleep(0.05)  # the window of nothing is over
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        self.assert_problem(self.server.refresh(second["refresh_token"]), 401, "invalid_grant")
        self.assert_refused(pair["access_token"])
        self.assert_refused(second["access_token"])
        harness.eventually(lambda: self.server.events("refresh_replayed"), "the theft is told")
        self.assertEqual(len(self.server.events("refresh_replayed")), 1)


class ShortLives(harness.ServerCase):
    FLAGS = ("--refresh-ttl", "1s")

    def test_a_refresh_token_that_was_not_used_in_time_is_over(self):
        pair = self.server.login()
        time.sleep(1.2)
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")


harness.main()
