#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_limits.py - two servers of one store count logins together by the bus: who is over at one is over at
the other; without the bus each counts for itself, and nobody waits."""
import os
import unittest

from daemons import harness
import postgres
import redis_server
from warden import WARDEN

ISSUER = "https://login.example"
WRONG = "not the right one"
FLAGS = ("--issuer", ISSUER, "--proxies", "127.0.0.1", "--login-rate", "100", "--lock-after", "4",
         "--lock-time", "1h", "--account-rate", "6",
         "--limits-wait", "4000")  # the machine may be busy


class Together(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.store = postgres.Postgres(cls.folder).start()
        cls.addClassCleanup(cls.store.kill)
        cls.bus = redis_server.Redis(cls.folder).start()
        cls.addClassCleanup(cls.bus.kill)
        cls.servers = []
        for name in ("one", "two"):
            server = harness.Server(*FLAGS, "--bus", cls.bus.url(),
                                    data=os.path.join(cls.folder, name),
                                    env={"JETON_RATE_LIMITS": "on", "JETON_STORE": cls.store.url(),
                                         **cls.secrets()}).start()
            cls.addClassCleanup(server.__exit__)
            cls.servers.append(server)
        for name in ("alice", "bob", "carol", "dave", "erin"):
            cls.servers[0].add_user(name)

    @classmethod
    def secrets(cls):
        """One master key for both: it seals what is in the store."""
        path = os.path.join(cls.folder, "master.key")
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w",
                      encoding="ascii") as file:
                file.write(harness.b64(os.urandom(32)))
        return {"JETON_MASTER_KEY_FILE": path}

    def attempt(self, which, name, source, password=WRONG):
        return self.servers[which].ask("POST", "/login", {"username": name, "password": password},
                                       {"X-Forwarded-For": source})

    def wait_for(self, event, count=1):
        for server in self.servers:
            harness.eventually(lambda server=server: len(server.events(event)) >= count, event)

    def setUp(self):
        self.bus.ask("PING")
        self.wait_for("limits_shared")

    def test_a_lock_is_everywhere(self):
        for i in range(4):
            self.assertEqual(self.attempt(i % 2, "alice", "192.0.2.1").status, 401)
        for which in (0, 1):
            answer = self.attempt(which, "alice", "192.0.2.1", harness.PASSWORD)
            self.assertEqual(answer.status, 401, answer)
            self.assertEqual(self.attempt(which, "alice", "192.0.2.2", harness.PASSWORD).status, 200)
        for server in self.servers:
            harness.eventually(lambda server=server: [
                line for line in server.events("login_failed") if line["why"] == "locked"], "why")

    def test_an_account_is_over_everywhere_but_for_its_owner(self):
        self.assertEqual(self.attempt(0, "bob", "192.0.2.10", harness.PASSWORD).status, 200)
        for i in range(6):
            self.assertEqual(self.attempt(i % 2, "bob", f"192.0.2.{20 + i}").status, 401)
        for which in (0, 1):
            self.assertEqual(self.attempt(which, "bob", f"192.0.2.{40 + which}").status, 429)
            owner = self.attempt(which, "bob", "192.0.2.10", harness.PASSWORD)
            self.assertEqual(owner.status, 200, owner)

    def test_successes_use_nothing_up(self):
        for i in range(12):
            answer = self.attempt(i % 2, "carol", f"192.0.2.{60 + i}", harness.PASSWORD)
            self.assertEqual(answer.status, 200, answer)

    def test_without_the_bus_each_counts_for_itself(self):
        self.bus.freeze()
        try:
            for i in range(8):
                self.assertEqual(self.attempt(i % 2, "dave", "192.0.2.80").status, 401)
            self.wait_for("limits_alone")
            for which in (0, 1):  # locked by what it has counted itself
                self.assertEqual(
                    self.attempt(which, "dave", "192.0.2.80", harness.PASSWORD).status, 401)
                self.assertEqual(
                    self.attempt(which, "dave", "192.0.2.81", harness.PASSWORD).status, 200)
        finally:
            self.bus.thaw()
        self.wait_for("limits_shared", 2)
        for i in range(4):
            self.assertEqual(self.attempt(0, "erin", "192.0.2.90").status, 401)
        self.assertEqual(self.attempt(1, "erin", "192.0.2.90", harness.PASSWORD).status, 401)

    def told(self, event):
        return [len(server.events(event)) for server in self.servers]

    def test_a_bus_whose_memory_is_full_is_no_bus_and_is_told_once(self):
        alone, shared = self.told("limits_alone"), self.told("limits_shared")
        self.bus.ask("CONFIG", "SET", "maxmemory", "1")
        try:
            for i in range(12):
                answer = self.attempt(i % 2, "carol", f"192.0.2.{110 + i}", harness.PASSWORD)
                self.assertEqual(answer.status, 200, answer)
            self.assertEqual(self.told("limits_alone"), [count + 1 for count in alone])
            self.assertEqual(self.told("limits_shared"), shared)
            for server in self.servers:
                self.assertIn("OOM", server.events("limits_alone")[-1]["why"])
        finally:
            self.bus.ask("CONFIG", "SET", "maxmemory", "0")
        self.wait_for("limits_shared", max(shared) + 1)


if __name__ == "__main__":
    harness.main()
