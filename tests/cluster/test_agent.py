#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_agent.py - jeton agent beside the nodes: what is revoked anywhere is refused by the guards on its
host, keys come by themselves, a snapshot is a head start and nothing else, and who has another cluster key
is never believed to know anything."""
import base64
import contextlib
import json
import os
import re
import signal
import time
import unittest

import cluster
from daemons import harness
import nodes


class Agents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(cluster.Cluster(2, agents=2))
            cls.one, cls.two = cls.cluster.servers
            cls.one.add_user("alice", "admin")
            cls.one.add_user("bob")
            cls.addClassCleanup(stack.pop_all().close)

    def guard_of(self, agent, name):
        return self.cluster.guard(name, agent.segment)

    @staticmethod
    def events(agent, name):
        with open(agent.log, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.startswith("{")]
        return [line for line in lines if line["event"] == name]

    def refused(self, node, token):
        """A node may be busy for longer than its lease; but it never accepts what it once refused."""
        return harness.eventually(lambda: node.get("/whoami", token).status in (401, 503), "it is refused")

    def accepted(self, node, token):
        return harness.eventually(lambda: node.get("/whoami", token).status == 200, "it is accepted")

    def test_a_logout_at_one_node_is_refused_everywhere(self):
        guards = [self.guard_of(agent, f"out-{agent.name}") for agent in self.cluster.agents]
        token = self.one.login("bob")["access_token"]
        for guard in guards:
            guard.watch("t", token)
            guard.says("t", "OK")
        self.accepted(self.two, token)
        self.assertEqual(self.one.logout(token).status, 204)
        for guard in guards:
            guard.says("t", "E_REVOKED")
        self.refused(self.two, token)
        self.refused(self.one, token)

    def test_new_keys_come_by_themselves(self):
        agent = self.cluster.agents[0]
        guard = self.guard_of(agent, "keys")
        status, out, err = self.one.cli("key", "rotate")
        self.assertEqual(status, 0, out + err)
        token = self.two.login("bob")["access_token"]
        guard.watch("new", token)
        guard.says("new", "OK")

    def kinds_on_the_bus(self, after):
        """Of the entries in items of the stream behind that id: bus/item.h says how they are packed."""
        items = self.cluster.redis.ask("XRANGE", "jeton:log", f"({after}", "+")
        packed = [fields[1] for _, fields in items]
        return {item[at + 8] for item in packed for at in range(2, len(item), 49)}

    def test_changes_that_all_have_to_read_are_told_on_the_bus(self):
        """Or they would be found by asking the store, a quarter of a second later."""
        for kind, command in ((9, ("key", "rotate")), (10, ("client", "add", "some-api")),
                              (10, ("client", "disable", "some-api")), (11, ("ban", "add", "192.0.2.0/24")),
                              (11, ("ban", "lift", "192.0.2.0/24"))):
            last = self.cluster.redis.ask("XREVRANGE", "jeton:log", "+", "-", "COUNT", "1")
            after = last[0][0].decode() if last else "0-0"
            status, out, err = self.one.cli(*command)
            self.assertEqual(status, 0, out + err)
            harness.eventually(lambda: kind in self.kinds_on_the_bus(after), f"{command} is told")

    def test_a_snapshot_is_a_head_start(self):
        agent = self.cluster.add_agent()
        guard = self.guard_of(agent, "snap")
        tokens = [self.one.login("bob")["access_token"] for _ in range(3)]
        for number, token in enumerate(tokens):
            guard.watch(f"s{number}", token)
            guard.says(f"s{number}", "OK")
        self.assertEqual(self.one.logout(tokens[0]).status, 204)
        guard.says("s0", "E_REVOKED")
        agent.process.send_signal(signal.SIGTERM)
        self.assertEqual(agent.reap(), 0)
        snapshot = os.path.join(agent.folder, "data", "snapshot")
        self.assertEqual(os.stat(snapshot).st_mode & 0o777, 0o600)
        self.assertEqual(self.two.logout(tokens[1]).status, 204)  # while it is away
        agent.launch()
        for name, says in (("s0", "E_REVOKED"), ("s1", "E_REVOKED"), ("s2", "OK")):
            guard.says(name, says)
        loaded = self.events(agent, "snapshot_loaded")
        self.assertEqual(len(loaded), 1)
        self.assertGreaterEqual(loaded[0]["entries"], 1)
        # A snapshot that somebody has changed is none.
        agent.kill()
        with open(snapshot, "r+b") as file:
            file.seek(60)
            byte = file.read(1)[0]
            file.seek(60)
            file.write(bytes([byte ^ 1]))
        agent.launch()
        harness.eventually(lambda: self.events(agent, "snapshot_failed"), "it says so")
        token = self.one.login("bob")["access_token"]
        guard.watch("s3", token)
        guard.says("s3", "OK")
        guard.says("s1", "E_REVOKED")

    def test_an_agent_with_another_cluster_key_is_never_fresh(self):
        other = os.path.join(self.cluster.folder, "other.key")
        with open(os.open(other, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("="))
        token = self.one.login("bob")["access_token"]
        self.assertEqual(self.one.logout(token).status, 204)  # there is an entry in the log
        agent = self.cluster.new(nodes.Agent, "agent")
        self.addCleanup(agent.__exit__)
        kept, self.cluster.key_file = self.cluster.key_file, other
        try:
            agent.launch()
        finally:
            self.cluster.key_file = kept
        guard = self.guard_of(agent, "other")
        guard.watch("t", self.one.login("bob")["access_token"])
        guard.says("t", "E_STALE")
        told = harness.eventually(lambda: self.events(agent, "store_failed"), "it says why")
        self.assertIn("cluster key", told[0]["next"])
        self.assertNotIn("OK", {one.status for one in guard.decisions()})

    def test_what_fails_again_and_again_is_told_now_and_then(self):
        """It asks several times a second. Nothing else is written meanwhile."""
        agent = self.cluster.new(nodes.Agent, "agent", "--listen", "unix:" + os.path.join(
            self.cluster.folder, "away.sock"))
        self.addCleanup(agent.__exit__)
        agent.start()
        agent.links.store.cut()
        agent.links.bus.cut()
        began = time.monotonic()
        harness.eventually(lambda: self.failures(agent) >= 8, "it has failed eight times")
        took = time.monotonic() - began
        for event in ("store_failed", "bus_down"):
            told = self.events(agent, event)
            self.assertGreaterEqual(len(told), 1, event)
            # One each ten seconds, or each second when there is another reason: connections that
            # break, and then none.
            self.assertLessEqual(len(told), 2 + took, told)
            self.assertEqual(told[0]["times"], 1)

    @staticmethod
    def failures(agent):
        connection = harness.UnixConnection(agent.flags[1].removeprefix("unix:"))
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return int(re.search(r"^jeton_log_requests_failed_total (\d+)$", text, re.M)[1])

    def test_a_bus_that_never_was_there_is_told(self):
        agent = self.cluster.new(nodes.Agent, "agent")
        self.addCleanup(agent.__exit__)
        agent.links.bus.cut()
        agent.start()
        told = harness.eventually(lambda: self.events(agent, "bus_down"), "it says so")
        self.assertEqual(told[0]["next"], "the store is asked")
        agent.links.bus.mend()
        harness.eventually(lambda: self.events(agent, "bus_up"), "it says so")

    def test_a_store_that_is_away_ends_in_refusing_and_its_return_in_accepting(self):
        token = self.one.login("bob")
        agent = self.cluster.agents[1]
        guard = self.guard_of(agent, "away")
        guard.watch("t", token["access_token"])
        guard.says("t", "OK")
        for one in (agent, self.two):
            one.links.store.cut()
        try:
            guard.says("t", "E_STALE")
            answer = harness.eventually(
                lambda: (lambda got: got if got.status == 503 else None)(self.two.get("/readyz")),
                "it is not ready")
            self.assertIn(answer.json["error_description"], {"over", "behind", "cold"})
            answer = self.two.get("/whoami", token["access_token"])
            self.assertEqual((answer.status, "retry-after" in answer.headers), (503, True))
            answer = self.two.refresh(token["refresh_token"])
            self.assertEqual((answer.status, "retry-after" in answer.headers), (503, True))
        finally:
            for one in (agent, self.two):
                one.links.store.mend()
        guard.says("t", "OK")
        self.accepted(self.two, token["access_token"])


harness.main()
