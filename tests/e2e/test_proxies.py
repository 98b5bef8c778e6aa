#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_proxies.py - whose address a request has: logs and sessions say the client's when a trusted
proxy names it, and the other end of the connection otherwise."""
import harness

CLAIM = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}


class Proxies(harness.ServerCase):
    WANT = "127.0.0.1"

    def test_sessions_and_logs_have_that_address(self):
        body = {"username": "alice", "password": harness.PASSWORD}
        answer = self.server.ask("POST", "/login", body, CLAIM)
        self.assertEqual(answer.status, 200)
        sessions = self.server.get("/sessions", answer.json["access_token"]).json["sessions"]
        self.assertEqual([session["address"] for session in sessions if session["current"]],
                         [self.WANT])
        self.assertEqual(self.server.ask("POST", "/login", {**body, "password": "wrong"},
                                         CLAIM).status, 401)
        harness.eventually(lambda: self.server.events("login_failed"), "the failure is logged")
        for event in ("login_ok", "login_failed"):
            self.assertEqual({entry["address"] for entry in self.server.events(event)}, {self.WANT})


class OtherProxies(Proxies):
    FLAGS = ("--proxies", "10.0.0.0/8, 2001:db8::/32")


class TrustedProxies(Proxies):
    FLAGS = ("--proxies", "10.0.0.0/8, 127.0.0.0/8")
    WANT = "192.0.2.7"


class ProxiesWithTheOtherHeader(Proxies):
    FLAGS = ("--proxies", "127.0.0.1", "--forwarded", "on")


class BadList(harness.unittest.TestCase):
    def test_a_list_that_is_none_is_refused_at_the_start(self):
        for text in ("10.0.0.0/33", "10.0.0.1/8", "a", "127.0.0.1,"):
            with self.assertRaisesRegex(AssertionError, "(?s)did not start.*proxies"):
                harness.Server("--proxies", text).start()


harness.main()
