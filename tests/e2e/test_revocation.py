#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Revoking, as operators see it: the cluster key, nodes, and what is told of a revocation."""
import base64
import contextlib
import json
import os
import re
import signal
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


class Together(unittest.TestCase):
    """Revocations that come at the same time reach the disk together, and each is what it is alone."""

    MANY = 64

    def setUp(self):
        self.server = harness.Server().__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.add_user("root", "admin")
        self.server.add_user("bob")
        self.admin = self.server.login("root")["access_token"]
        out = self.server.cli("client", "add", "service", "--grant", "client_credentials", "--json")[1]
        self.secret = json.loads(out)["client_secret"]

    def new_token(self):
        pair = base64.b64encode(f"service:{self.secret}".encode()).decode()
        answer = self.server.ask("POST", "/token", "grant_type=client_credentials", {"Authorization": "Basic " + pair})
        return answer.json["access_token"]

    def claims(self, token):
        return json.loads(harness.unb64(token.split(".")[1]))

    def at_once(self, asked):
        """What is answered to requests that are all there before the server looks at one."""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(contextlib.closing(self.server.connect())) for _ in asked]
            for connection in connections:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            self.server.process.send_signal(signal.SIGSTOP)
            try:
                for connection, (method, path, body) in zip(connections, asked):
                    connection.request(method, path, json.dumps(body) if body else None, {
                        "Authorization": "Bearer " + self.admin, "Content-Type": "application/json"})
            finally:
                self.server.process.send_signal(signal.SIGCONT)
            return [harness.Answer(connection.getresponse()) for connection in connections]

    def revoke_at_once(self, bodies):
        return self.at_once([("POST", "/admin/revocations", body) for body in bodies])

    def commits(self):
        text = self.server.get("/metrics", self.admin).body.decode()
        return int(re.search(r'^jeton_store_commits_total\{outcome="ok"\} (\d+)', text, re.M)[1])

    def verified(self, token):
        return self.server.get("/verify", token).status

    def test_they_share_commits_and_all_that_was_acknowledged_stays(self):
        tokens = [self.new_token() for _ in range(3 * self.MANY)]
        self.assertEqual({self.verified(token) for token in tokens}, {200})
        kept = self.new_token()
        before, numbers = self.commits(), []
        for at in range(0, len(tokens), self.MANY):
            answers = self.revoke_at_once(
                [{"what": "token", "name": self.claims(token)["jti"], "mode": mode}
                 for token, mode in zip(tokens[at:at + self.MANY], ["durable", "strict", "wait=all", "durable"] * 16)])
            self.assertEqual([answer.status for answer in answers], [204, 200, 200, 204] * (self.MANY // 4))
            numbers += [answer.json["n"] for answer in answers if answer.status == 200]
            self.assertEqual({self.verified(token) for token in tokens[:at + self.MANY]}, {401})
        self.assertLess(self.commits() - before, len(tokens))
        self.assertEqual(len(set(numbers)), len(numbers))
        self.server.kill()
        self.assert_no_gaps(numbers)
        self.server.start()
        self.assertEqual({self.verified(token) for token in tokens}, {401})
        self.assertEqual(self.verified(kept), 200)
        told = self.server.cli("audit", "verify")
        self.assertEqual(told[0], 0, told)

    def assert_no_gaps(self, told):
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.data, "jeton.db"))) as store:
            kept = [n for n, in store.execute("SELECT n FROM log ORDER BY n")]
            self.assertEqual(store.execute("SELECT count(*) FROM audit WHERE action = 'revoke'").fetchone(),
                             (3 * self.MANY,))
        self.assertLessEqual(set(told), set(kept))
        self.assertEqual(kept, list(range(kept[0], kept[0] + len(kept))))

    def test_one_that_is_wrong_is_nothing_to_the_others(self):
        wrong = [({"what": "token", "name": "too short"}, 400), ({"what": "user", "name": "nobody"}, 404),
                 ({"what": "user", "name": "nobody", "mode": "strict"}, 404),
                 ({"what": "everything"}, 400), ({"what": "index", "name": "9007199254740991"}, 404)]
        tokens = [self.new_token() for _ in range(30)]
        asked = []
        for at, token in enumerate(tokens):
            asked += [({"what": "token", "name": self.claims(token)["jti"]}, 204), wrong[at % len(wrong)]]
        answers = self.revoke_at_once([body for body, _ in asked])
        self.assertEqual([answer.status for answer in answers], [status for _, status in asked])
        self.assertEqual({self.verified(token) for token in tokens}, {401})

    def test_all_that_can_be_revoked_in_one_batch(self):
        first, second, third = [self.server.login("bob") for _ in range(3)]
        single, kept = self.new_token(), self.new_token()
        session = self.claims(first["access_token"])["sid"]
        answers = self.at_once([("DELETE", "/admin/sessions/" + session, None),
                                ("POST", "/admin/revocations",
                                 {"what": "token", "name": self.claims(single)["jti"]})])
        self.assertEqual([answer.status for answer in answers], [204, 204])
        self.assertEqual([self.verified(each["access_token"]) for each in (first, second)] + [self.verified(single)],
                         [401, 200, 401])
        answers = self.at_once([("POST", "/admin/revocations", {"what": "user", "name": "bob", "mode": "strict"}),
                                ("DELETE", f"/admin/users/{self.claims(second['access_token'])['sub']}/sessions", None),
                                ("POST", "/admin/revocations", {"what": "client", "name": "service"})])
        self.assertEqual([answer.status for answer in answers], [200, 204, 204])
        for token in second["access_token"], third["access_token"], kept:
            self.assertEqual(self.verified(token), 401)
        self.assertEqual(self.server.refresh(third["refresh_token"]).status, 401)

    def test_the_command_line_goes_with_them(self):
        bob = self.server.login("bob")["access_token"]
        works = self.batched()
        self.assertEqual(self.server.cli("revoke", "user", "bob")[:2], (0, "revoked\n"))
        self.assertGreater(self.batched(), works)
        self.assertEqual(self.verified(bob), 401)

    def batched(self):
        text = self.server.get("/metrics", self.admin).body.decode()
        return int(re.search(r'^jeton_lane_works_total\{lane="commit"\} (\d+)', text, re.M)[1])

    def test_each_has_to_be_an_administrator_still(self):
        self.server.add_user("eve", "admin")
        eve, bob = self.server.login("eve")["access_token"], self.server.login("bob")["access_token"]
        eves = {"Authorization": "Bearer " + eve}
        body = {"what": "token", "name": "0123456789abcdef"}
        self.assertEqual(self.server.ask("POST", "/admin/revocations", body, eves).status, 204)
        self.assertEqual(self.server.cli("user", "role", "eve", "--remove", "admin")[0], 0)
        for mode in "durable", "strict":
            answer = self.server.ask("POST", "/admin/revocations", {"what": "user", "name": "bob", "mode": mode}, eves)
            self.assertEqual((answer.status, answer.json["error"]), (403, "insufficient_scope"))
        self.assertEqual(self.verified(bob), 200)


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
