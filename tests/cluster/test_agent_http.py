#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_agent_http.py - what jeton agent --listen answers to whoever watches over it, while all is well and
while it is not; and that two agents do not share a folder."""
import contextlib
import json
import os
import signal
import unittest

import cluster
from daemons import harness
import nodes

WORDS = {"cold", "over", "behind", "unread"}  # why it is not fresh when the store is away


class Watched(nodes.Agent):
    """An agent that listens on a socket in its folder, with a folder of its own for the segment."""

    def __init__(self, cluster_, name, *flags):
        super().__init__(cluster_, name, *flags)
        self.socket = os.path.join(self.folder, "http.sock")
        self.flags = ("--listen", "unix:" + self.socket, *self.flags)
        self.place = os.path.join(self.folder, "run")
        os.mkdir(self.place, 0o700)
        self.segment = os.path.join(self.place, "segment")

    def ask(self, method, path):
        connection = harness.UnixConnection(self.socket)
        try:
            connection.request(method, path)
            return harness.Answer(connection.getresponse())
        finally:
            connection.close()

    def ready(self):
        return self.ask("GET", "/readyz")

    def metrics(self):
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in lines
                                                     if not line.startswith("#") and "{" not in line)}

    def serves(self):
        with contextlib.suppress(OSError):
            return self.ask("GET", "/healthz").status == 200
        return False


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(cluster.Cluster(1))
            cls.node = cls.cluster.servers[0]
            cls.node.add_user("alice", "admin")
            cls.cluster.write_cluster_key()
            cls.agent = stack.enter_context(cls.cluster.new(Watched, "agent"))
            cls.addClassCleanup(stack.pop_all().close)

    def setUp(self):
        self.answers(200)

    def answers(self, status, words=None):
        """Waits until /readyz does."""
        answer = harness.eventually(
            lambda: (lambda got: got if got.status == status else None)(self.agent.ready()),
            f"/readyz is {status}")
        if words is not None:
            self.assertIn(answer.json["error_description"], words)
        return answer

    def test_it_is_alive_and_ready(self):
        for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
            answer = self.agent.ask("GET", path)
            self.assertEqual((answer.status, answer.json), (200, {"status": status}))
            self.assertEqual(self.agent.ask("HEAD", path).status, 200)

    def test_nothing_else_is_answered(self):
        for method, path in (("GET", "/"), ("GET", "/whoami"), ("POST", "/login"), ("GET", "/verify"),
                             ("GET", "/.well-known/jwks.json"), ("GET", "/admin/users"),
                             ("POST", "/admin/revocations"), ("GET", "/metrics/"),
                             ("GET", "/openapi.json"), ("GET", "/statuslists/1")):
            answer = self.agent.ask(method, path)
            self.assertEqual((answer.status, answer.json["error"]), (404, "not_found"), path)
        answer = self.agent.ask("POST", "/readyz")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"))

    def test_metrics_say_what_it_knows(self):
        metrics = self.agent.metrics()
        for name in ("jeton_lease_fresh", "jeton_segment_written"):
            self.assertEqual(metrics[name], 1, name)
        self.assertGreater(metrics["jeton_segment_bytes"], 4096)
        self.assertEqual(metrics["jeton_log_requests_failed_total"], 0)
        self.assertNotIn("logins", self.agent.ask("GET", "/metrics").body.decode())
        harness.eventually(lambda: self.agent.metrics()["jeton_lease_left_milliseconds"] > 0, "it lasts")
        harness.eventually(lambda: self.agent.metrics()["jeton_bus_up"] == 1, "the bus is up")
        self.assertEqual(self.node.logout(self.node.login()["access_token"]).status, 204)
        harness.eventually(
            lambda: self.agent.metrics()["jeton_segment_entries"] > metrics["jeton_segment_entries"],
            "the entry is in the segment")
        after = self.agent.metrics()
        self.assertGreater(after["jeton_log_applied"], metrics["jeton_log_applied"])
        self.assertGreater(after["jeton_revocation_log_head"], metrics["jeton_revocation_log_head"])

    def test_while_the_store_is_away_it_is_alive_and_not_ready(self):
        self.agent.links.store.cut()
        try:
            answer = self.answers(503, WORDS)
            self.assertIn("retry-after", answer.headers)
            self.assertEqual(self.agent.ask("GET", "/healthz").status, 200)
            metrics = self.agent.metrics()
            self.assertEqual((metrics["jeton_lease_fresh"], metrics["jeton_lease_left_milliseconds"]),
                             (0, 0))
            self.assertGreater(metrics["jeton_log_requests_failed_total"], 0)
        finally:
            self.agent.links.store.mend()
        self.answers(200)
        harness.eventually(lambda: self.agent.metrics()["jeton_lease_fresh"] == 1, "it is fresh")

    def withdraw_a_key(self):
        """One that signs nothing yet."""
        keys = json.loads(self.node.cli("key", "list", "--json")[1])
        kid = next(key["kid"] for key in keys if key["state"] == "next")
        status, out, err = self.node.cli("key", "withdraw", kid)
        self.assertEqual(status, 0, out + err)

    def test_a_segment_that_cannot_be_written_is_told(self):
        """The keys change, and there is no place for a new file."""
        os.rename(self.agent.place, self.agent.place + ".away")
        try:
            self.withdraw_a_key()
            self.answers(503, {"unwritten"})
            metrics = self.agent.metrics()
            self.assertEqual((metrics["jeton_lease_fresh"], metrics["jeton_segment_written"]), (1, 0))
        finally:
            os.rename(self.agent.place + ".away", self.agent.place)
        self.answers(200)
        self.assertEqual(self.agent.metrics()["jeton_segment_written"], 1)

    def test_before_the_store_was_ever_there_it_is_cold(self):
        agent = self.cluster.new(Watched, "cold")
        self.addCleanup(agent.__exit__)
        agent.links.store.cut()
        agent.launch()
        harness.eventually(agent.serves, "it is alive")
        answer = agent.ready()
        self.assertEqual((answer.status, answer.json["error_description"]), (503, "cold"))
        self.assertEqual(agent.metrics()["jeton_segment_written"], 0)
        agent.process.send_signal(signal.SIGTERM)
        self.assertEqual(agent.reap(), 0)

    def test_two_do_not_share_a_folder_or_an_address(self):
        second = self.cluster.new(Watched, "second")
        self.addCleanup(second.__exit__)
        data = os.path.join(self.agent.folder, "data")
        base = ["agent", "--cluster-key-file", self.cluster.key_file]
        own = os.path.join(second.folder, "data")
        for flags, says in (
                (["--data", data], "another jeton|in use|works on"),
                (["--data", own, "--segment", self.agent.segment], "another jeton writes the segment"),
                (["--data", own, "--listen", "unix:" + self.agent.socket], "in use")):
            status, _, err = harness.jeton(*base, *flags, env=second.environment())
            self.assertEqual(status, 3, err)
            self.assertRegex(err, says)
        self.answers(200)  # nobody has taken anything from the first


harness.main()
