# SPDX-License-Identifier: Apache-2.0
"""cluster.py - one cluster for tests: PostgreSQL, Redis, nodes and agents in a folder of its own. Each node
and agent gets to the store and to the bus through proxies that nobody else uses, and has a wall clock
of its own. Nothing of it outlives the test."""
import concurrent.futures
import contextlib
import os

from daemons import harness
import netns
import nodes
import postgres
import proxy
import redis_server
from warden import WARDEN

LEASE = 2.0  # Δ, in seconds: the default


class Cluster:
    """As a context manager. `servers` are its nodes, `agents` its agents; all of them run."""

    def __init__(self, servers=2, agents=0, bus=True, flags=(), cable=None, standby=False):
        self.counts, self.cable, self.standby = (servers, agents), cable, standby or None
        self.has_bus, self.more_flags = bus, flags
        self.servers, self.agents = [], []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = WARDEN.folder()
            stack.callback(WARDEN.remove, self.folder)
            self.stack = stack
            self.begin()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def begin(self):
        self.postgres, self.redis = self.new_postgres(), None
        self.stack.enter_context(self.postgres)
        if self.standby:
            self.replication = self.stack.enter_context(proxy.Proxy(self.postgres.socket))
            host, port = self.replication.address.split(":")
            self.standby = self.postgres.standby(
                self.folder, primary_conninfo=f"host={host} port={port} user=postgres")
            self.stack.enter_context(self.standby)
        if self.has_bus:
            self.redis = self.new_redis()
            self.stack.enter_context(self.redis)
        # One installation has one master key, whichever node it is.
        self.env = {"JETON_MASTER_KEY": harness.b64(os.urandom(32))}
        if self.counts[0]:
            self.add_server()  # the first makes the tables and the keys
            self.in_parallel(self.add_server, self.counts[0] - 1)
        self.servers.sort(key=lambda one: one.name)
        self.all_ready()
        if self.counts[1]:
            self.write_cluster_key()
        self.in_parallel(self.add_agent, self.counts[1])

    def new_postgres(self):
        if self.cable is None:
            return postgres.Postgres(self.folder)
        made = postgres.Postgres(self.folder, listen_addresses=netns.ADDRESS["a"])
        self.cable.put("a", made)
        return made

    def new_redis(self):
        if self.cable is None:
            return redis_server.Redis(self.folder)
        made = redis_server.Redis(self.folder, "redis", "--port", "6379", "--bind",
                                  netns.ADDRESS["a"], "--protected-mode", "no")
        self.cable.put("a", made)
        return made

    @staticmethod
    def in_parallel(work, count):
        with concurrent.futures.ThreadPoolExecutor(max(count, 1)) as pool:
            for done in [pool.submit(work) for _ in range(count)]:
                done.result()

    def add_server(self, *flags, **more):
        node = self.new(nodes.Node, "node", *flags, **more)
        self.stack.enter_context(node)
        self.servers.append(node)
        return node

    def add_agent(self, *flags):
        agent = self.new(nodes.Agent, "agent", *flags)
        self.stack.enter_context(agent)
        self.agents.append(agent)
        return agent

    def add_agent_behind_the_cable(self):
        """It reaches store and bus through the cable, which has nothing else on it."""
        agent = self.new(nodes.Agent, "far")
        self.cable.put("b", agent)
        agent.places = (self.postgres.url(via=netns.ADDRESS["a"] + ":5432"),
                        self.redis.url(via=netns.ADDRESS["a"] + ":6379"))
        self.stack.enter_context(agent)
        self.agents.append(agent)
        return agent

    def new(self, kind, word, *flags, **more):
        """A node or agent that has not been started. Its name is not used twice."""
        self.count = getattr(self, "count", 0) + 1
        return kind(self, f"{word}{self.count}", *flags, **more)

    def guard(self, name, segment, pause=3):
        return self.stack.enter_context(nodes.Guard(self, name, segment, pause))

    # --- what nodes need to know ---------------------------------------------------------------

    def new_links(self):
        return nodes.Links(self.postgres.socket, self.redis.socket if self.redis else None,
                           self.standby.socket if self.standby else None)

    def places(self, links):
        """The URLs of store and bus through these links; no bus, no URL."""
        hosts = ",".join(link.address for link in (links.store, links.standby) if link)
        return (self.postgres.url(via=hosts),
                self.redis.url(via=links.bus.address) if links.bus else None)

    def settings(self, places):
        """For the environment: there is a password in it, which command lines must not have."""
        store, bus = places
        return {**self.env, "JETON_STORE": store, **({"JETON_BUS": bus} if bus else {})}

    def write_cluster_key(self):
        self.key_file = os.path.join(self.folder, "cluster.key")
        status, out, err = self.servers[0].cli("cluster", "key")
        if status != 0:
            raise AssertionError(f"cluster key: {out} {err}")
        with open(os.open(self.key_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(out)

    # --- what tests do with it -----------------------------------------------------------------

    @property
    def everybody(self):
        return [*self.servers, *self.agents]

    def mend(self):
        """The network is well again."""
        for one in self.everybody:
            one.links.mend()

    def all_ready(self):
        harness.eventually(lambda: all(one.is_ready() for one in self.servers),
                           "all nodes are ready")
