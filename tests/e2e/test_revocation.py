#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Revoking, as operators see it: the cluster key, nodes, and what is told of a revocation."""
import base64
import json
import os
import sqlite3
import unittest

import harness


class ClusterKey(unittest.TestCase):
    def test_it_is_printed_by_the_server_and_without_it_and_stays(self):
        with harness.Server() as server:
            status, first, _ = server.cli("cluster", "key")
            self.assertEqual(status, 0)
            self.assertRegex(first, r"^[A-Za-z0-9_-]{43}\n$")
            self.assertEqual(len(base64.urlsafe_b64decode(first.strip() + "=")), 32)
            server.stop()
            self.assertEqual(server.cli("cluster", "key")[1], first)

    def test_it_is_not_told_over_http_or_kept_in_the_clear(self):
        with harness.Server() as server:
            key = server.cli("cluster", "key")[1].strip()
            server.add_user("root", "admin")
            token = server.login("root")["access_token"]
            for path in "/admin/cluster", "/admin/cluster/key", "/admin/cluster.key":
                self.assertEqual(server.get(path, token).status, 404)
            server.stop()
            with open(os.path.join(server.data, "jeton.db"), "rb") as file:
                self.assertNotIn(key.encode(), file.read())

    def test_two_installations_have_two_keys(self):
        with harness.Server() as one, harness.Server() as other:
            self.assertNotEqual(one.cli("cluster", "key")[1], other.cli("cluster", "key")[1])


class Nodes(unittest.TestCase):
    def test_a_server_alone_has_no_rows_and_rows_are_listed(self):
        with harness.Server() as server:
            server.add_user("root", "admin")
            status, out, err = server.cli("nodes")
            self.assertEqual((status, out), (0, ""))
            self.assertIn("only a store that is shared", err)
            self.assertEqual(json.loads(server.cli("nodes", "--json")[1]), [])
            server.stop()
            with sqlite3.connect(os.path.join(server.data, "jeton.db")) as store:
                store.execute("INSERT INTO nodes VALUES (zeroblob(16), 'east', 'agent', '1.2.3', 0, 2000, 5000, 7000)")
            store.close()
            server.start()
            (node,) = json.loads(server.cli("nodes", "--json")[1])
            self.assertEqual((node["name"], node["kind"], node["version"], node["lease_ms"], node["fresh"]),
                             ("east", "agent", "1.2.3", 2000, False))
            self.assertEqual(node["lag"], self.head(server))
            self.assertRegex(server.cli("nodes")[1], 
                             r"^east +agent +applied 0 +lag \d+ +lease 2000 ms +seen \d+ ms ago +stale +keys (behind|current) +1\.2\.3\n$")

    def head(self, server):
        token = server.login("root")["access_token"]
        answer = server.get("/admin/nodes", token)
        self.assertEqual(answer.status, 200)
        self.assertEqual([node["name"] for node in answer.json["nodes"]], ["east"])
        return answer.json["head"]

    def test_only_administrators_see_them(self):
        with harness.Server() as server:
            server.add_user("alice")
            self.assertEqual(server.get("/admin/nodes").status, 401)
            self.assertEqual(server.get("/admin/nodes", server.login("alice")["access_token"]).status, 403)


class Modes(unittest.TestCase):
    """A server that has its store to itself is its only node: there is nothing to wait for."""

    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.server.add_user("root", "admin")
        for name in "alice", "bob", "carol":
            cls.server.add_user(name)

    def admin(self, body):
        return self.server.ask("POST", "/admin/revocations", json.dumps(body), {
            "Content-Type": "application/json",
            "Authorization": "Bearer " + self.server.login("root")["access_token"]})

    def test_durable_is_what_it_was(self):
        for body in {"what": "user", "name": "alice"}, {"what": "user", "name": "alice", "mode": "durable"}:
            token = self.server.login("alice")["access_token"]
            answer = self.admin(body)
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(self.server.get("/whoami", token).status, 401)

    def test_the_others_tell_of_nodes(self):
        for mode in "wait=all", "strict":
            token = self.server.login("bob")["access_token"]
            answer = self.admin({"what": "user", "name": "bob", "mode": mode})
            self.assertEqual(answer.status, 200)
            self.assertEqual((answer.json["confirmed"], answer.json["missing"]), ([], []))
            self.assertGreater(answer.json["n"], 0)
            self.assertEqual(self.server.get("/whoami", token).status, 401)

    def test_another_mode_revokes_nothing(self):
        token = self.server.login("carol")["access_token"]
        for mode in "", "all", "Strict", "wait":
            answer = self.admin({"what": "user", "name": "carol", "mode": mode})
            self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_request"))
        self.assertEqual(self.server.get("/whoami", token).status, 200)
        self.assertEqual(self.server.cli("revoke", "user", "carol", "--mode", "all")[0], 1)
        self.assertEqual(self.server.get("/whoami", token).status, 200)

    def test_what_is_not_there_leaves_no_ticket_behind(self):
        for _ in range(3):
            self.assertEqual(self.admin({"what": "user", "name": "nobody", "mode": "strict"}).status, 404)
        self.assertEqual(self.admin({"what": "user", "name": "bob", "mode": "strict"}).status, 200)

    def test_the_command_line_waits_as_well(self):
        for mode in "durable", "wait=all", "strict":
            token = self.server.login("carol")["access_token"]
            self.assertEqual(self.server.cli("revoke", "user", "carol", "--mode", mode)[:2], (0, "revoked\n"))
            self.assertEqual(self.server.get("/whoami", token).status, 401)
        told = json.loads(self.server.cli("revoke", "user", "carol", "--mode", "strict", "--json")[1])
        self.assertEqual((told["confirmed"], told["missing"]), ([], []))

    def test_without_a_server_it_works_on_the_store(self):
        with harness.Server() as server:
            server.add_user("dave")
            server.stop()
            self.assertEqual(server.cli("revoke", "user", "dave", "--mode", "strict")[:2], (0, "revoked\n"))


class Damage(unittest.TestCase):
    """A log that somebody has written to is not gone by: the server says which entry and does not start."""

    def start_with(self, statement):
        with harness.Server() as server:
            server.add_user("alice")
            server.cli("revoke", "user", "alice")
            server.stop()
            with sqlite3.connect(os.path.join(server.data, "jeton.db")) as store:
                self.assertEqual(store.execute(statement).rowcount, 1)
            store.close()
            return harness.jeton("user", "list", "--data", server.data)

    def test_an_entry_that_was_changed(self):
        for change in ("UPDATE log SET expires = expires - 1 WHERE kind = 2",
                       "UPDATE log SET subject = zeroblob(16) WHERE kind = 2",
                       "UPDATE log SET kind = 1 WHERE kind = 2",
                       "UPDATE log SET mac = x'' WHERE kind = 2",
                       "UPDATE log SET mac = zeroblob(16) WHERE kind = 2",
                       "INSERT INTO log (n, kind, subject, expires) SELECT n + 1, 3, zeroblob(16), 1 FROM log_head"):
            with self.subTest(change):
                status, _, err = self.start_with(change)
                self.assertEqual(status, 3)
                self.assertRegex(err, r"entry \d+ of the revocation log is not what was written|not what it must be")

    def test_an_entry_that_was_not(self):
        self.assertEqual(self.start_with("UPDATE log SET kind = 2 WHERE kind = 2")[0], 0)


harness.main()
