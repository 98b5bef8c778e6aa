#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_limits.py - who guesses passwords is told to wait, or nothing at all; nobody else notices."""
import harness

PROXY = ("--proxies", "127.0.0.1")
ON = {"JETON_RATE_LIMITS": "on"}
WRONG = "not the right one"


class LimitCase(harness.ServerCase):
    """Requests come from whatever address a test says."""

    LIMITS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(*PROXY, *cls.LIMITS, env=ON).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.add_user("alice", "admin")
        cls.server.add_user("bob")

    def send(self, path, body, source, **headers):
        return self.server.ask("POST", path, body, {"X-Forwarded-For": source, **headers})

    def attempt(self, source, name="alice", password=harness.PASSWORD):
        return self.send("/login", {"username": name, "password": password}, source)

    def grant(self, source, name="alice", password=harness.PASSWORD):
        return self.send("/token", f"grant_type=password&username={name}&password={password}",
                         source)

    def assert_told_to_wait(self, answer, least, most):
        self.assert_problem(answer, 429, "too_many_requests")
        self.assertTrue(least <= int(answer.headers["retry-after"]) <= most, answer)
        self.assertNotIn("www-authenticate", answer.headers)


class AddressRate(LimitCase):
    LIMITS = ("--login-rate", "5")

    def test_an_address_may_try_so_often_in_a_minute_wherever_it_tries(self):
        source = "192.0.2.1"
        self.assertEqual(self.attempt(source).status, 200)
        self.assertEqual(self.attempt(source, password=WRONG).status, 401)
        self.assertEqual(self.grant(source).status, 200)
        change = {"username": "alice", "old_password": WRONG, "new_password": "a new long one"}
        self.assertEqual(self.send("/password", change, source).status, 401)
        reset = {"code": "A" * 22, "new_password": "a new long one"}
        self.assertEqual(self.send("/password/reset", reset, source).status, 401)
        for answer in (self.attempt(source), self.attempt(source, name="nobody"),
                       self.grant(source), self.send("/password", change, source),
                       self.send("/password/reset", reset, source)):
            self.assert_told_to_wait(answer, 1, 12)
        harness.eventually(lambda: self.server.events("login_limited"), "it is logged")

    def test_others_are_not_held_up(self):
        for _ in range(7):
            last = self.attempt("192.0.2.2")
        self.assertEqual(last.status, 429)
        other = self.attempt("192.0.2.3")
        self.assertEqual(other.status, 200)
        headers = {"X-Forwarded-For": "192.0.2.2"}
        self.assertEqual(self.server.get("/whoami", other.json["access_token"],
                                         **headers).status, 200)
        self.assertEqual(self.send("/refresh", {"refresh_token": other.json["refresh_token"]},
                                   "192.0.2.2").status, 200)

    def test_an_ipv6_address_counts_as_its_network(self):
        for host in range(5):
            self.assertEqual(self.attempt(f"2001:db8::{host + 1}").status, 200)
        self.assertEqual(self.attempt("2001:db8::ffff:6").status, 429)
        self.assertEqual(self.attempt("2001:db8:0:1::1").status, 200)

    def test_what_is_no_login_counts_for_nothing(self):
        for _ in range(7):
            self.assertEqual(self.send("/login", {"username": "alice"}, "192.0.2.4").status, 400)
        self.assertEqual(self.attempt("192.0.2.4").status, 200)


class Lock(LimitCase):
    LIMITS = ("--lock-after", "3", "--login-rate", "1000")

    def lock(self, source, name="alice"):
        return [self.attempt(source, name, WRONG) for _ in range(3)]

    def test_an_address_is_locked_out_of_an_account_and_is_not_told(self):
        failed = self.lock("192.0.2.1")[-1]
        locked = self.attempt("192.0.2.1")
        self.assert_problem(locked, 401, "invalid_grant")
        self.assertEqual(locked.json["error_description"], failed.json["error_description"])
        self.assertEqual(locked.headers["www-authenticate"], failed.headers["www-authenticate"])
        self.assertEqual(set(locked.headers), set(failed.headers))
        harness.eventually(lambda: [entry for entry in self.server.events("login_failed")
                                    if entry["why"] == "locked"], "the lock is in the log")
        # the same account by another way in, and under another spelling
        self.assertEqual(self.grant("192.0.2.1").status, 400)
        self.assertEqual(self.attempt("192.0.2.1", "ALICE").status, 401)
        change = {"username": "alice", "old_password": harness.PASSWORD,
                  "new_password": "a new long one"}
        self.assertEqual(self.send("/password", change, "192.0.2.1").status, 401)
        # nobody else is concerned, nor another account
        self.assertEqual(self.attempt("192.0.2.9").status, 200)
        self.assertEqual(self.attempt("192.0.2.1", "bob").status, 200)

    def test_a_success_in_between_clears_nothing(self):
        for _ in range(3):
            self.assertEqual(self.attempt("192.0.2.2").status, 200)
            self.assertEqual(self.attempt("192.0.2.2", password=WRONG).status, 401)
        self.assertEqual(self.attempt("192.0.2.2").status, 401)

    def test_good_logins_never_lock(self):
        for _ in range(10):
            self.assertEqual(self.attempt("192.0.2.3").status, 200)


class LockThatEnds(LimitCase):
    LIMITS = ("--lock-after", "2", "--lock-time", "4s")

    def test_tries_are_given_back_one_after_the_other(self):
        for _ in range(2):
            self.assertEqual(self.attempt("192.0.2.1", password=WRONG).status, 401)
        self.assertEqual(self.attempt("192.0.2.1").status, 401)
        harness.eventually(lambda: self.attempt("192.0.2.1").status == 200, "the lock ends")


class AccountRate(LimitCase):
    LIMITS = ("--account-rate", "4", "--lock-after", "2")

    def test_many_addresses_share_what_may_fail_at_an_account(self):
        self.assertEqual(self.attempt("192.0.2.1").status, 200)
        for name in ("alice", "nobody"):
            for host in range(4):
                self.assertEqual(self.attempt(f"198.51.100.{host}", name, WRONG).status, 401)
            self.assert_told_to_wait(self.attempt("203.0.113.1", name), 600, 901)
        self.assertEqual(self.attempt("192.0.2.1").status, 200)  # who was there before gets in
        self.assertEqual(self.attempt("203.0.113.1", "bob").status, 200)


class Off(harness.ServerCase):
    FLAGS = ("--login-rate", "2", "--lock-after", "1", "--account-rate", "1")

    def test_limits_that_are_off_limit_nothing_and_are_warned_about(self):
        body = {"username": "alice", "password": WRONG}
        for _ in range(5):
            self.assertEqual(self.server.ask("POST", "/login", body).status, 401)
        self.server.login()
        self.assertEqual([entry["setting"] for entry in self.server.events("setting_warning")],
                         ["rate-limits"])


class Bans(LimitCase):
    def test_a_ban_holds_at_once_and_across_a_restart_until_it_is_lifted(self):
        pair = self.attempt("198.51.100.7").json
        status, out, err = self.server.cli("ban", "add", "198.51.100.0/24", "--minutes", "60",
                                           "--why", "spraying")
        self.assertEqual((status, out), (0, "banned\n"), err)
        for _ in range(2):
            for source in ("198.51.100.7", "::ffff:198.51.100.200"):
                self.assert_told_to_wait(self.attempt(source), 3500, 3600)
                self.assert_told_to_wait(self.grant(source), 3500, 3600)
            self.assertEqual(self.attempt("198.51.101.7").status, 200)
            self.assertEqual(self.server.get("/whoami", pair["access_token"],
                                             **{"X-Forwarded-For": "198.51.100.7"}).status, 200)
            self.server.restart(*PROXY)
        listed = harness.json.loads(self.server.cli("ban", "list", "--json")[1])
        self.assertEqual([(ban["network"], ban["why"]) for ban in listed],
                         [("198.51.100.0/24", "spraying")])
        self.assertIn("198.51.100.0/24", self.server.cli("ban", "list")[1])
        self.assertEqual(self.server.cli("ban", "lift", "198.51.100.7")[0], 1)
        self.assertEqual(self.server.cli("ban", "lift", "198.51.100.0/24")[0], 0)
        self.assertEqual(self.attempt("198.51.100.7").status, 200)
        self.assertEqual(self.server.cli("ban", "list")[1], "")

    def test_what_is_no_network_is_not_banned(self):
        for text in ("x", "10.0.0.1/8", ""):
            self.assertNotEqual(self.server.cli("ban", "add", text)[0], 0)
        self.assertEqual(self.server.cli("ban", "add", "192.0.2.1", "--minutes", "0")[0], 2)


harness.main()
