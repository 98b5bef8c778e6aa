#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_reload.py - SIGHUP: the file of settings is read again, and taken whole or not at all."""
import json
import os
import shutil
import signal
import tempfile
import threading
import unittest

import harness
from harness import PASSWORD, eventually

PAGE = "https://app.example.com"


def claims(token):
    return json.loads(harness.unb64(token.split(".")[1]))


class Reload(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = os.path.join(self.folder, "jeton.json")
        self.seen = 0

    def write(self, settings):
        """As an editor would: a new file in the place of the old one."""
        text = settings if isinstance(settings, str) else json.dumps(settings)
        with open(self.file + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.file + ".new", self.file)

    def start(self, settings, *flags, env=None):
        self.write(settings)
        server = harness.Server("--config", self.file, *flags, env=env)
        self.addCleanup(server.__exit__)
        server.start()
        server.add_user("alice", "admin", "editor")
        return server

    def hang_up(self, server, event="reloaded"):
        """SIGHUP, and the event that it ends with."""
        before = len(server.events(event))
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(server.events(event)) > before, event)
        return server.events(event)[-1]

    def reload(self, server, settings):
        self.write(settings)
        return self.hang_up(server)

    # --- what is taken ---------------------------------------------------------------------------

    def test_lives_of_tokens_are_taken(self):
        server = self.start({"access-ttl": "5m", "fresh-ttl": "1h"})
        self.assertEqual(server.login()["expires_in"], 300)
        told = self.reload(server, {"access-ttl": 120, "fresh-ttl": "1s", "session-ttl": "90s"})
        self.assertEqual(told["changed"], "access-ttl, session-ttl, fresh-ttl")
        self.assertNotIn("needs_restart", told)
        self.assertEqual(told["level"], "info")
        pair = server.login()
        self.assertTrue(60 < pair["expires_in"] <= 90, "no longer than the session")
        eventually(lambda: server.get("/verify?fresh=1", pair["access_token"]).status == 401,
                   "a login of a second ago is not fresh")
        told = self.reload(server, {})
        self.assertEqual(server.login()["expires_in"], 900, "the default again")
        self.assertEqual(server.get("/verify?fresh=1", pair["access_token"]).status, 200)

    def test_roles_in_tokens_are_taken(self):
        server = self.start({})
        self.assertEqual(claims(server.login()["access_token"])["roles"], ["admin", "editor"])
        self.reload(server, {"token-roles": ["editor", "author"]})
        self.assertEqual(claims(server.login()["access_token"])["roles"], ["editor"])

    def test_limits_are_taken(self):
        server = self.start({"login-rate": 100}, env={"JETON_RATE_LIMITS": ""})
        wrong = {"username": "alice", "password": "wrong wrong wrong"}
        tries = lambda count: [server.ask("POST", "/login", wrong).status for _ in range(count)]
        self.assertEqual(tries(4), [401] * 4)
        self.assertEqual(server.events("setting_warning"), [])
        self.reload(server, {"login-rate": 2})
        self.assertIn(429, tries(3))
        told = self.reload(server, {"login-rate": 2, "rate-limits": False})
        self.assertEqual(told["changed"], "rate-limits")
        self.assertEqual(tries(4), [401] * 4)
        self.assertEqual(server.events("setting_warning")[-1]["setting"], "rate-limits")
        self.reload(server, {"login-rate": 2})
        self.assertIn(429, tries(3))

    def test_origins_are_taken(self):
        server = self.start({})
        ask = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        allowed = "access-control-allow-origin"
        self.assertNotIn(allowed, server.ask("OPTIONS", "/login", headers=ask).headers)
        self.reload(server, {"allowed-origins": ["https://a.example", PAGE]})
        self.assertEqual(server.ask("OPTIONS", "/login", headers=ask).headers[allowed], PAGE)
        self.reload(server, {"allowed-origins": ["https://a.example"]})
        self.assertNotIn(allowed, server.ask("OPTIONS", "/login", headers=ask).headers)

    def addresses(self, server, **headers):
        pair = server.ask("POST", "/login", {"username": "alice", "password": PASSWORD},
                          headers).json
        sessions = server.get("/sessions", pair["access_token"]).json["sessions"]
        return next(one["address"] for one in sessions if one["current"])

    def test_proxies_are_taken(self):
        server = self.start({})
        spoken = {"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.8"}
        self.assertEqual(self.addresses(server, **spoken), "127.0.0.1")
        self.reload(server, {"proxies": "127.0.0.0/8"})
        self.assertEqual(self.addresses(server, **spoken), "192.0.2.7")
        self.reload(server, {"proxies": ["10.0.0.0/8", "127.0.0.1"], "forwarded": True})
        self.assertEqual(self.addresses(server, **spoken), "192.0.2.8")
        self.reload(server, {"proxies": []})
        self.assertEqual(self.addresses(server, **spoken), "127.0.0.1")

    def test_hsts_and_metrics_are_taken(self):
        server = self.start({"issuer": "https://login.example.com", "hsts-ttl": "1d"})
        name = "strict-transport-security"
        login = {"username": "alice", "password": PASSWORD}
        ask = lambda: server.ask("POST", "/login", login, {"Host": "login.example.com"})
        self.assertEqual(ask().headers[name], "max-age=86400")
        self.assertEqual(server.get("/metrics").status, 401)
        self.reload(server, {"issuer": "https://login.example.com", "hsts-ttl": 0,
                             "metrics-local": True})
        self.assertNotIn(name, ask().headers)
        self.assertEqual(server.get("/metrics").status, 200)

    def test_the_level_of_the_log_is_taken(self):
        server = self.start({})
        server.login()
        eventually(lambda: server.events("login_ok"), "logins are logged")
        self.write({"log-level": "warn", "issuer": "https://a.example"})
        self.hang_up(server) # a warning, because of the issuer
        server.login()
        self.write({"issuer": "https://a.example"})
        self.hang_up(server)
        self.assertEqual(len(server.events("login_ok")), 1)
        server.login()
        eventually(lambda: len(server.events("login_ok")) == 2, "logins are logged again")

    def test_the_time_to_drain_is_taken(self):
        server = self.start({"drain-time": "1h"})
        self.reload(server, {"drain-time": 0})
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.events("server_draining")[-1]["seconds"], 0)

    # --- what is not -----------------------------------------------------------------------------

    def test_what_needs_a_restart_is_named_each_time_and_stays(self):
        server = self.start({"issuer": "https://a.example", "threads": 1})
        told = self.reload(server, {"issuer": "https://b.example", "threads": 1,
                                    "access-ttl": "1m"})
        self.assertEqual((told["changed"], told["needs_restart"]), ("access-ttl", "issuer"))
        self.assertEqual(told["level"], "warn")
        pair = server.login()
        self.assertEqual((claims(pair["access_token"])["iss"], pair["expires_in"]),
                         ("https://a.example", 60))
        told = self.hang_up(server)
        self.assertEqual(told["needs_restart"], "issuer")
        self.assertNotIn("changed", told)
        told = self.reload(server, {"issuer": "https://a.example", "access-ttl": "1m"})
        self.assertEqual(told.get("needs_restart"), "threads")

    def test_flags_and_the_environment_win_over_a_new_file_too(self):
        server = self.start({}, "--access-ttl", "3m", env={"JETON_FRESH_TTL": "7m"})
        told = self.reload(server, {"access-ttl": "1m", "fresh-ttl": "1m", "hsts-ttl": 0})
        self.assertEqual(told["changed"], "hsts-ttl")
        self.assertEqual(server.login()["expires_in"], 180)

    def test_a_file_with_mistakes_changes_nothing_and_each_is_logged_with_its_place(self):
        server = self.start({"access-ttl": "2m"})
        rows = [('{\n  "access-ttl": "1m",\n  "acess-ttl": "1m"\n}', [":3:3"]),
                ('{"access-ttl": "1m",\n "proxies": ["10.0.0.1/8"]}', [":2:13"]),
                ('{"access-ttl": "1m", "allowed-origins": "*"}', [":1:41"]),
                ('{"access-ttl": "1m", "token-alg": "HS256"}', [":1:35"]),
                ('{"access-ttl": "1m"', [":1:20"]),
                ('{"access-ttl": "1m", "leeway": -1, "threads": "x"}', [":1:32", ":1:47"])]
        for text, places in rows:
            with self.subTest(text):
                before = len(server.events("reload_refused"))
                self.write(text)
                self.hang_up(server, "reload_refused")
                eventually(lambda: len(server.events("reload_refused")) == before + len(places),
                           "all mistakes")
                for event, place in zip(server.events("reload_refused")[before:], places):
                    self.assertEqual(event["where"], self.file + place)
                    self.assertEqual(event["next"], "nothing has changed")
                self.assertEqual(server.login()["expires_in"], 120)
        os.remove(self.file)
        self.assertIn(self.file, self.hang_up(server, "reload_refused")["why"])
        self.assertEqual(server.login()["expires_in"], 120)
        self.assertEqual(server.events("reloaded"), [])

    def test_without_a_file_it_is_as_it_was(self):
        with harness.Server("--access-ttl", "3m") as server:
            server.add_user()
            told = self.hang_up(server)
            self.assertEqual((told.get("changed"), told.get("needs_restart")), (None, None))
            self.assertEqual(server.login()["expires_in"], 180)

    # --- meanwhile -------------------------------------------------------------------------------

    def test_requests_meanwhile_are_answered_by_one_or_the_other(self):
        files = [{"access-ttl": "1m", "proxies": ["127.0.0.1"], "allowed-origins": [PAGE]},
                 {"access-ttl": "2m"}]
        server = self.start(files[0], "--threads", "2")
        token = server.login()["access_token"]
        ends = threading.Event()
        wrong = []

        def verify():
            connection = server.connect()
            while not ends.is_set():
                connection.request("GET", "/verify", headers={
                    "Authorization": f"Bearer {token}", "Origin": PAGE,
                    "X-Forwarded-For": "192.0.2.7"})
                answer = harness.Answer(connection.getresponse())
                if answer.status != 200:
                    wrong.append(answer)
            connection.close()

        def login():
            while not ends.is_set():
                seconds = server.login()["expires_in"]
                if seconds not in (60, 120):
                    wrong.append(seconds)

        threads = [threading.Thread(target=verify), threading.Thread(target=verify),
                   threading.Thread(target=login)]
        for thread in threads:
            thread.start()
        for i in range(20):
            self.reload(server, files[(i + 1) % 2])
        ends.set()
        for thread in threads:
            thread.join(harness.PATIENCE)
        self.assertEqual(wrong, [])
        self.assertEqual(len(server.events("reloaded")), 20)


if __name__ == "__main__":
    harness.main()
