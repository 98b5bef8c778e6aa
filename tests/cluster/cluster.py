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

    def __init__(self, servers=2, agents=0, bus=True, flags=(), cable=None, standby=False,
                 server_flags=()):
        self.counts, self.cable, self.standby = (servers, agents), cable, standby or None
        self.has_bus, self.more_flags, self.server_flags = bus, flags, server_flags
        self.spare = None  # a second, empty bus
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
            self.standby = self.add_standby("standby")
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

    def add_standby(self, name):
        host, port = self.replication.address.split(":")
        return self.stack.enter_context(self.postgres.standby(
            self.folder, name, primary_conninfo=f"host={host} port={port} user=postgres",
            wal_retrieve_retry_interval="100ms"))

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
        node = self.new(nodes.Node, "node", *self.server_flags, *flags, **more)
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

    def guard(self, name, segment, pause=3, *flags):
        return self.stack.enter_context(nodes.Guard(self, name, segment, pause, *flags))

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

    # --- databases and buses that take over ----------------------------------------------------

    def keep_in_step(self):
        """From now on nothing is committed that the standby has not on its disk."""
        self.postgres.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", "postgres")
        self.postgres.sql("SELECT pg_reload_conf()", "postgres")
        harness.eventually(lambda: self.postgres.sql(
            "SELECT sync_state FROM pg_stat_replication", "postgres") == ["sync"],
            "the standby is kept in step")

    def fail_over(self):
        """The machine of the primary is gone, and the standby is the primary. Whoever connects to the old
        one is refused; call mend() of their links to have the name of the old one lead to the new."""
        self.postgres.kill()
        self.standby.promote()
        self.postgres, self.standby = self.standby, None
        for one in self.everybody:
            one.links.store.cut()
            one.links.store.target = self.postgres.socket

    def replace_standby(self):
        """A new one in the place of the one that was promoted, kept in step."""
        self.count += 1
        self.replication.target = self.postgres.socket
        self.standby = self.add_standby(f"standby{self.count}")
        self.keep_in_step()
        for one in self.everybody:
            one.links.standby.target = self.standby.socket
            one.links.standby.reset()

    def add_spare_bus(self):
        self.spare = redis_server.Redis(self.folder, "spare")
        self.stack.enter_context(self.spare)

    def fail_over_bus(self):
        """To one that is empty."""
        self.spare.ask("FLUSHALL")
        self.redis, self.spare = self.spare, self.redis
        for one in self.everybody:
            one.links.bus.target = self.redis.socket
            one.links.bus.reset()

    # --- what tests do with it -----------------------------------------------------------------

    @property
    def everybody(self):
        return [*self.servers, *self.agents]

    def mend(self):
        """The network is well again."""
        for one in self.everybody:
            one.links.mend()

    def recover(self):
        """All is well again, once this returns: with as many databases as before."""
        self.mend()
        if hasattr(self, "replication") and self.standby is None:
            self.replace_standby()
        self.all_ready()

    def all_ready(self):
        """Each of them, one after the other: on a machine that is too busy for short leases there may
        hardly be a moment at which all hold one."""
        for one in self.servers:
            harness.eventually(one.is_ready, f"{one.name} is ready")
