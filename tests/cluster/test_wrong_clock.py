#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_wrong_clock.py - what a node does whose wall clock is wrong, before anybody has noticed and after: it may
say that it does not know (503), but it takes nothing good for bad, nothing back, and says of nothing that it
is done which is not.

A node notices with its next request to the store, within an eighth of the lease: what is asked right behind a
step mostly meets a node that has not noticed. Whether it has makes no difference to what is right.
"""
import base64
import contextlib
import json
import time
import unittest

import cluster
from daemons import harness
import nodes

STEPS = (-2, 2, 90, -90, 3600, -3600)


class WrongClock(unittest.TestCase):
    """Two nodes; it is the first one's clock that goes wrong."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.whole = stack.enter_context(cluster.Cluster(2))
            cls.wrong, cls.right = cls.whole.servers
            cls.right.add_user("alice", "admin")
            cls.right.add_user("bob")
            cls.addClassCleanup(stack.pop_all().close)

    def tearDown(self):
        self.wrong.clock.step(0)
        self.whole.all_ready()

    def at_each_step(self, prepare):
        """Sets the clock wrong, with everything well before; prepare() runs while it still is, and what it
        gave is handed out once the clock is wrong."""
        for step in STEPS:
            self.whole.all_ready()
            prepared = prepare()
            self.wrong.clock.step(step)
            print(f"  {step} s", flush=True)
            yield prepared
            self.wrong.clock.step(0)

    def pair(self):
        return self.right.login("bob")

    def known(self, token):
        """The right one accepts it, and is fresh while it says so."""
        return harness.eventually(lambda: {200: "good", 401: "gone"}.get(
            self.right.get("/whoami", token).status), "the right node knows")

    def test_a_good_token_is_not_refused_as_a_bad_one(self):
        for pair in self.at_each_step(self.pair):
            for _ in range(3):
                answer = self.wrong.get("/whoami", pair["access_token"])
                self.assertIn(answer.status, (200, 503), answer)

    def test_a_token_that_has_expired_is_not_accepted_again(self):
        # One that has expired by the store's clock, and would be good by a clock that is behind.
        self.addCleanup(self.wrong.restart, "--issuer", nodes.ISSUER)
        self.wrong.restart("--issuer", nodes.ISSUER, "--access-ttl", "1s")
        old = self.wrong.login("bob")["access_token"]
        gone = harness.eventually(lambda: self.right.get("/whoami", old).status == 401, "expired")
        self.assertTrue(gone)
        for _ in self.at_each_step(lambda: None):
            for _ in range(3):
                answer = self.wrong.get("/whoami", old)
                self.assertIn(answer.status, (401, 503), answer)

    def test_what_is_answered_to_be_revoked_is(self):
        done = 0
        for pair in self.at_each_step(self.pair):
            token = pair["access_token"]
            answer = self.wrong.ask("POST", "/revoke", f"token={token}")
            self.assertIn(answer.status, (200, 503), answer)
            if answer.status == 200:
                done += 1
                harness.eventually(lambda: self.known(token) == "gone", "it is revoked everywhere")
        self.assertGreater(done, 0)

    def test_who_logs_out_is_out(self):
        for pair in self.at_each_step(self.pair):
            answer = self.wrong.logout(pair["access_token"])
            self.assertIn(answer.status, (204, 503), answer)
            if answer.status == 204:
                harness.eventually(lambda: self.known(pair["access_token"]) == "gone", "it is out")

    def test_a_lost_answer_is_no_theft(self):
        """The same refresh token twice: the second time at the other node."""
        def rotated():
            pair = self.pair()
            return pair["refresh_token"], self.right.refresh(pair["refresh_token"])
        for old, first in self.at_each_step(rotated):
            self.assertEqual(first.status, 200, first)
            again = self.wrong.refresh(old)
            self.assertIn(again.status, (200, 503), again)
            answer = self.right.refresh(first.json["refresh_token"])
            self.assertEqual(answer.status, 200, answer)

    def test_what_it_rotated_is_not_taken_for_old_by_others(self):
        for pair in self.at_each_step(self.pair):
            first = self.wrong.refresh(pair["refresh_token"])
            self.assertIn(first.status, (200, 503), first)
            answer = self.right.refresh(pair["refresh_token"])
            self.assertEqual(answer.status, 200, answer)

    def test_introspection_tells_nothing_wrong(self):
        status, out, err = self.right.cli("client", "add", f"api-{time.monotonic_ns()}", "--json")
        self.assertEqual(status, 0, err)
        made = json.loads(out)
        basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()

        def ask(pair):
            return self.wrong.ask("POST", "/introspect", f"token={pair['access_token']}",
                                  {"Authorization": f"Basic {basic}"})
        first = self.pair()  # until the notice has arrived, the other node does not know the client
        harness.eventually(lambda: ask(first).status == 200, "the client is known")
        for pair in self.at_each_step(self.pair):
            answer = ask(pair)
            self.assertIn(answer.status, (200, 503), answer)
            if answer.status == 200:
                self.assertIs(answer.json["active"], True)

    def test_what_it_issues_is_dated_right(self):
        for _ in self.at_each_step(lambda: None):
            before = int(time.time())
            answer = self.wrong.ask("POST", "/login",
                                    {"username": "bob", "password": harness.PASSWORD})
            if answer.status == 200:
                iat = nodes.claims_of(answer.json["access_token"])["iat"]
                self.assertGreaterEqual(iat, before - 1)
                self.assertLessEqual(iat, time.time() + 1)


class BegunWrong(unittest.TestCase):
    """A node whose clock is wrong from the start: it is never in service, and does no harm."""

    def test_it_is_not_ready_and_takes_nothing_for_due(self):
        with cluster.Cluster(1, flags=("--jwks-max-age", "1s")) as whole:
            first = whole.servers[0]
            first.add_user("bob")
            for step in (3600, -3600, 90 * 86400 + 3600):
                with self.subTest(step=step):
                    pair = first.login("bob")
                    keys = first.cli("key", "list", "--json")[1]
                    other = whole.new(nodes.Node, "node")
                    other.clock.step(step)
                    with other:
                        # It has asked the store several times before this is over.
                        harness.eventually(lambda: "clock" in other.get("/readyz").body.decode(),
                                           "it says why it is not ready")
                        self.assertEqual(other.get("/readyz").status, 503)
                        self.assertEqual(other.get("/whoami", pair["access_token"]).status, 503)
                        answer = other.refresh(pair["refresh_token"])
                        self.assertEqual(answer.status, 200, answer)
                        pair = answer.json
                        answer = other.ask("POST", "/revoke", f"token={pair['access_token']}")
                        self.assertEqual(answer.status, 200, answer)
                        harness.eventually(
                            lambda: first.get("/whoami", pair["access_token"]).status == 401,
                            "it is revoked")
                    self.assertEqual(states(first.cli("key", "list", "--json")[1]), states(keys))
            self.assertEqual(first.refresh(pair["refresh_token"]).status, 200)


def states(listing):
    return [(key["kid"], key["state"]) for key in json.loads(listing)]


if __name__ == "__main__":
    harness.main()
