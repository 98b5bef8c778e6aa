#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_stalls.py - a connection to the database that dies without a word costs nobody the lease, as long as
another one is answered: a firewall that has forgotten it, a host of several that swallows what it is sent,
a middlebox that accepts for a dead server and closes again."""
import json
import os
import socket
import threading
import time
import unittest

import cluster
from daemons import harness
import nodes
import postgres
from warden import WARDEN

LEASE = 4.0
TRIES = 3  # a machine that stands still for as long as the lease is not what is tested


class TwoWays(cluster.Cluster):
    """Nodes have two addresses of the one database, and no bus."""

    def new_links(self):
        return nodes.Links(self.postgres.socket, None, self.postgres.socket)

    def places(self, links):
        hosts = ",".join(link.address for link in (links.store, links.standby))
        return self.postgres.url(via=hosts), None


class Stalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = TwoWays(1, bus=False, flags=("--lease", str(int(LEASE))))
        cls.whole.__enter__()
        cls.addClassCleanup(cls.whole.__exit__)
        cls.node = cls.whole.servers[0]

    def stale(self):
        """How often it has said that it is not fresh."""
        return len(self.node.events("node_stale"))

    def stays_fresh(self, disturb):
        """Not one request is answered for longer than a lease by what was there before. A node that had
        to wait for the connection would always be stale by then."""
        for _ in range(TRIES):
            harness.eventually(self.node.is_ready, "it is fresh")
            before = self.stale()
            disturb()
            time.sleep(LEASE + 0.5)
            ready, stale = self.node.is_ready(), self.stale() - before
            self.node.links.mend()
            if ready and stale == 0:
                return
        self.fail("the lease was lost")

    def test_connections_that_a_firewall_has_forgotten(self):
        def forget():
            for link in self.node.links.all:
                link.silence()
        self.stays_fresh(forget)

    def test_a_host_that_swallows_what_is_sent(self):
        """The one that is in use: the other one first, so that it is not always the same."""
        for at in (1, 0):
            dead, other = self.node.links.all[at], self.node.links.all[1 - at]

            def swallow():
                other.cut()  # so that all connections are over `dead`, which goes dead then
                harness.eventually(lambda: dead.connections and self.node.is_ready(), "it goes there")
                other.mend()
                dead.drop()
            self.stays_fresh(swallow)

    def test_it_is_stale_when_nothing_is_answered(self):
        """What the others would also see if readiness told nothing."""
        for link in self.node.links.all:
            link.drop()
        harness.eventually(lambda: not self.node.is_ready(), "it is stale")
        self.node.links.mend()
        harness.eventually(self.node.is_ready, "it is fresh")


class Listener:
    """Somebody on a port who is no PostgreSQL: closes what he has accepted, or never says a word."""

    def __init__(self, closes):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.closes, self.kept = closes, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            if self.closes:
                connection.close()
            else:
                self.kept.append(connection)

    def close(self):
        self.socket.close()
        for one in self.kept:
            one.close()


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.postgres = postgres.Postgres(cls.folder)
        cls.postgres.__enter__()
        cls.addClassCleanup(cls.postgres.__exit__)
        cls.live = nodes.proxy.Proxy(cls.postgres.socket)
        cls.addClassCleanup(cls.live.close)
        cls.env = {"JETON_MASTER_KEY": harness.b64(os.urandom(32))}
        status, out, err = cls.list_users(cls.live.address, "user", "add", "alice", "--password-stdin",
                                          stdin="correct horse battery")
        if status != 0:
            raise AssertionError(out + err)

    @classmethod
    def list_users(cls, hosts, *command, **more):
        url = cls.postgres.url(via=hosts)
        url += ("&" if "?" in url else "?") + "connect_timeout=2"
        return harness.jeton(*(command or ("user", "list", "--json")),
                             env={**os.environ, **cls.env, "JETON_STORE": url,
                                  "JETON_DATA": os.path.join(cls.folder, "data")}, **more)

    def listeners(self):
        made = {"closes": Listener(True), "is silent": Listener(False)}
        for one in made.values():
            self.addCleanup(one.close)
        refuses = Listener(True)
        refuses.close()
        return {**{why: one.place for why, one in made.items()}, "refuses": refuses.place}

    def test_the_next_host_is_tried_whatever_is_wrong_with_the_first(self):
        for why, place in self.listeners().items():
            for hosts in (f"{place},{self.live.address}", f"{self.live.address},{place}"):
                with self.subTest(why=why, first=hosts.startswith(place)):
                    status, out, err = self.list_users(hosts)
                    self.assertEqual(status, 0, err)
                    self.assertIn("alice", json.dumps(json.loads(out)))

    def test_none_that_lives_is_a_failure(self):
        places = self.listeners()
        status, _, err = self.list_users(",".join(places.values()))
        self.assertNotEqual(status, 0)
        self.assertIn("PostgreSQL", err)


harness.main()
