#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_failures.py - what docs/operations.md says of each failure, made to happen to real processes: two
nodes, two agents, and a service beside each of them that goes by its segment and writes down what it
decides. Behind each test the judge reads all of it (judge.py).

Each test says which row of that page it is; a row without a test fails, and so does a test without a row.
"""
import concurrent.futures
import contextlib
import json
import os
import random
import re
import resource
import sys
import time
import unittest

import cluster
from daemons import harness
import judge
import netns
import nodes
import redis_server

PAGE = os.path.join(os.environ.get("SOURCE", os.path.join(os.path.dirname(__file__), "../..")),
                    "docs/operations.md")
NOTICE_JUMP = 12  # in the log: revoke/revocations.h
PAUSE = 20  # milliseconds between two looks of a guard at its tokens
now = time.monotonic_ns


def row(title):
    """Marks a test: the row of the page that it is about."""
    def mark(test):
        test.row = title
        return test
    return mark


class Failures(unittest.TestCase):
    """One cluster for all tests of a class; each leaves it well, and finds it so."""

    SERVERS, AGENTS = 2, 2

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.whole = stack.enter_context(cls.make())
            cls.nodes, cls.agents = cls.whole.servers, cls.whole.agents
            cls.nodes[0].add_user("alice", "admin")
            cls.nodes[0].add_user("bob")
            cls.guards = [cls.whole.guard(f"at-{one.name}", one.segment, PAUSE)
                          for one in cls.whole.everybody]
            cls.addClassCleanup(stack.pop_all().close)

    @classmethod
    def make(cls):
        return cluster.Cluster(cls.SERVERS, cls.AGENTS)

    def setUp(self):
        self.tokens, self.texts, self.refresh = {}, {}, {}
        self.marks = [guard.mark() for guard in self.guards]
        self.admin = self.nodes[0].login("alice")["access_token"]

    def tearDown(self):
        """All is well again, everybody is fresh, and the judge reads what was decided meanwhile."""
        for one in (self.whole.redis, self.whole.postgres, *self.agents, *self.nodes):
            if not one.lives():
                one.start()
            one.thaw()
        for one in self.whole.everybody:
            one.clock.step(0)
        self.whole.mend()
        marks = [guard.mark() for guard in self.guards]
        ends = []
        for guard, mark in zip(self.guards, marks):
            ends += self.last_words(guard, mark)
            for name in self.tokens:
                guard.forget(name)
        decisions = [one for guard, mark in zip(self.guards, self.marks)
                     for one in guard.decisions(mark) if one.token in self.tokens]
        self.assertEqual(judge.judge(self.tokens, decisions, cluster.LEASE, ends), [])

    def last_words(self, guard, mark):
        def all_said():
            said = {one.token: one for one in guard.decisions(mark) if one.status != "E_STALE"}
            return [said[name] for name in self.tokens] if set(self.tokens) <= set(said) else None
        return harness.eventually(all_said, f"{guard.name} is fresh again") if self.tokens else []

    # --- what tests do -------------------------------------------------------------------------

    def guard_of(self, one):
        return self.guards[self.whole.everybody.index(one)]

    def token(self, name, at=None):
        """A token of bob that everybody accepts."""
        pair = (at or self.nodes[0]).login("bob")
        name = f"{self.id().rpartition('.')[2][:12]}-{name}"
        self.tokens[name] = judge.Token(name, now())
        self.texts[name], self.refresh[name] = pair["access_token"], pair["refresh_token"]
        for guard in self.guards:
            guard.watch(name, pair["access_token"])
        return name

    def accepted(self, *names, by=None):
        for guard in by or self.guards:
            for name in names:
                guard.says(name, "OK")

    def refused(self, *names, by=None):
        for guard in by or self.guards:
            for name in names:
                guard.says(name, "E_REVOKED")

    def stale(self, *names, by=None):
        for guard in by or self.guards:
            for name in names:
                guard.says(name, "E_STALE")

    def revoke(self, name, at=None, mode=None):
        """Revokes the token; returns the answer, which is a good one."""
        body = {"what": "token", "name": nodes.claims_of(self.texts[name])["jti"]}
        if mode:
            body["mode"] = mode
        token = self.tokens[name]
        token.revoking = token.revoking or now()
        answer = (at or self.nodes[0]).ask("POST", "/admin/revocations", body,
                                           {"Authorization": f"Bearer {self.admin}"})
        self.assertIn(answer.status, (200, 204), answer)
        token.revoked = now()
        if mode == "strict":
            token.strict = token.revoked
        return answer

    def revoke_user(self, user, *names):
        """All that he has, which is these tokens."""
        for name in names:
            self.tokens[name].revoking = self.tokens[name].revoking or now()
        def revoked():
            answer = self.nodes[0].ask("POST", "/admin/revocations",
                                       {"what": "user", "name": user, "mode": "strict"},
                                       {"Authorization": f"Bearer {self.admin}"})
            self.assertIn(answer.status, (200, 503), answer)
            return answer.status == 200
        harness.eventually(revoked, f"the tokens of {user} are revoked")
        for name in names:
            self.tokens[name].revoked = self.tokens[name].strict = now()

    def try_to_revoke(self, name):
        """Whether it was: while the database is away, it must not be said that it was."""
        body = {"what": "token", "name": nodes.claims_of(self.texts[name])["jti"]}
        self.tokens[name].revoking = self.tokens[name].revoking or now()
        answer = self.nodes[0].ask("POST", "/admin/revocations", body,
                                   {"Authorization": f"Bearer {self.admin}"})
        self.assertIn(answer.status, (200, 204, 503), answer)
        if answer.status != 503:
            self.tokens[name].revoked = now()
        return answer.status != 503

    def assert_no_change_succeeds(self, node):
        """503, and never a false success."""
        name = next(iter(self.texts))
        bearer = {"Authorization": f"Bearer {self.texts[name]}"}
        for path, body, headers in (
                ("/refresh", {"refresh_token": self.refresh[name]}, {}),
                ("/login", {"username": "bob", "password": harness.PASSWORD}, {}),
                ("/revoke", f"token={self.refresh[name]}", {}),
                ("/logout", {"scope": "this"}, bearer)):
            self.assertEqual(node.ask("POST", path, body, headers).status, 503, path)


class OfTheBus(Failures):
    @row("bus killed")
    def test_killed(self):
        good, before, during = self.token("good"), self.token("before"), self.token("during")
        self.accepted(good, before, during)
        self.whole.redis.kill()
        self.revoke(during)
        self.refused(during)
        self.whole.redis.start()
        self.revoke(before, at=self.nodes[1])
        self.refused(before)
        self.accepted(good)

    @row("bus flushed")
    def test_flushed(self):
        good, first, second = self.token("good"), self.token("first"), self.token("second")
        self.revoke(first)
        self.whole.redis.ask("FLUSHALL")
        self.revoke(second, at=self.nodes[1])
        self.refused(first, second)
        self.accepted(good)

    @row("bus trimmed below a slow reader")
    def test_trimmed(self):
        good, *gone = [self.token(f"t{number}") for number in range(8)]
        self.accepted(good, *gone)
        slow = self.agents[0]
        slow.freeze()
        for name in gone:
            self.revoke(name)
        for key in self.whole.redis.ask("KEYS", "*"):
            self.whole.redis.ask("XTRIM", key, "MAXLEN", 1)
        slow.thaw()
        self.refused(*gone)
        self.accepted(good)

    @row("bus failed over to an empty replica")
    def test_failed_over(self):
        good, first, second = self.token("good"), self.token("first"), self.token("second")
        self.revoke(first)
        with redis_server.Redis(self.whole.folder, "empty") as empty:
            self.point(empty.socket)
            self.revoke(second, at=self.nodes[1])
            self.refused(first, second)
            self.accepted(good)
            # The other bus is really used: the next revocation is in it.
            third = self.token("third")
            self.revoke(third)
            harness.eventually(lambda: empty.ask("KEYS", "*"), "the new bus is used")
            self.refused(third)
            self.point(self.whole.redis.socket)

    def point(self, path):
        for one in self.whole.everybody:
            one.links.bus.target = path
            one.links.bus.reset()


class OfTheStore(Failures):
    @row("primary down")
    def test_down(self):
        good, gone = self.token("good"), self.token("gone")
        self.accepted(good, gone)
        self.revoke(gone)
        self.refused(gone)
        self.whole.postgres.kill()
        down = now()
        self.assert_no_change_succeeds(self.nodes[0])
        self.stale(good)
        self.refused(gone)
        self.assert_accepted_no_later_than_the_lease(good, down)
        for node in self.nodes:
            harness.eventually(lambda: node.get("/readyz").status == 503, "not ready")
            self.assertEqual(node.get("/verify", self.texts[good]).status, 503)
            self.assertEqual(node.get("/healthz").status, 200)

    def assert_accepted_no_later_than_the_lease(self, name, since):
        for guard in self.guards:
            for one in guard.decisions():
                if one.token == name and one.status == "OK":
                    self.assertLessEqual(one.before, since + cluster.LEASE * 1.01e9)

    @row("primary back")
    def test_back(self):
        good, other = self.token("good"), self.token("other")
        self.accepted(good, other)
        self.whole.postgres.kill()
        self.stale(good)
        self.whole.postgres.start()
        self.accepted(good, other)
        self.whole.all_ready()
        for node in self.nodes:
            answer = node.refresh(self.refresh[good])
            self.assertEqual(answer.status, 200, answer)
            self.refresh[good] = answer.json["refresh_token"]
        self.revoke(other)
        self.refused(other)


class OfStandbys(Failures):
    """A primary and a standby, both named in the URL of each node."""

    SERVERS, AGENTS = 1, 1

    @classmethod
    def make(cls):
        return cluster.Cluster(cls.SERVERS, cls.AGENTS, standby=True)

    @row("standby lagging")
    def test_lagging(self):
        standby = self.whole.standby
        good, gone = self.token("good"), self.token("gone")
        self.accepted(good, gone)
        harness.eventually(lambda: standby.follows(self.whole.postgres), "the standby has it all")
        standby.pause()
        self.revoke(gone)
        self.refused(gone)
        # Now the standby is all that can be reached. It would say that nothing was revoked.
        for one in self.whole.everybody:
            one.links.store.cut()
        self.stale(good)
        self.refused(gone)
        self.assert_no_change_succeeds(self.nodes[0])
        standby.resume()


class OfFailover(Failures):
    """One test for each cluster: what happens to the database cannot be undone."""

    SERVERS, AGENTS = 1, 1

    @classmethod
    def make(cls):
        return cluster.Cluster(cls.SERVERS, cls.AGENTS, standby=True)

    @row("failover to a standby that lacks commits")
    def test_a_log_that_lacks_its_end(self):
        whole, standby = self.whole, self.whole.standby
        good, gone, later = self.token("good"), self.token("gone"), self.token("later")
        self.accepted(good, gone, later)
        harness.eventually(lambda: standby.follows(whole.postgres), "the standby has it all")
        whole.replication.cut()
        self.revoke(gone)
        self.refused(gone)
        # Issued at a number that will be lost.
        tail = self.token("tail")
        self.accepted(tail)
        head, = standby.sql("SELECT n FROM log_head")
        self.assertGreater(nodes.claims_of(self.texts[tail])["rev"], int(head))
        whole.postgres.kill()
        standby.promote()
        whole.postgres = standby  # the one that is to run from here on
        for one in whole.everybody:
            # A machine that is gone refuses connections, and libpq goes on to the next; a proxy
            # that ends them would have it stay.
            one.links.store.cut()
            one.links.store.target = standby.socket
        # What they knew they still know.
        self.accepted(good, tail)
        self.refused(gone)
        # Until then it says that it cannot: a client tries again.
        harness.eventually(lambda: self.try_to_revoke(later), "the node has found the new primary")
        self.refused(later, gone)
        whole.all_ready()
        self.accepted(good)
        answer = self.nodes[0].refresh(self.refresh[good])
        self.assertEqual(answer.status, 200, answer)
        # No number is given out again: a mark is newer than what was issued in what was lost.
        jumps = standby.sql(f"SELECT n FROM log WHERE kind = {NOTICE_JUMP} AND n > {head}")
        self.assertGreater(int(jumps[0]), nodes.claims_of(self.texts[tail])["rev"])
        self.revoke_user("bob", good, tail)
        self.refused(good, tail, later, gone)
        self.accepted(self.token("anew"))


class OfAgents(Failures):
    @row("agent killed")
    def test_killed(self):
        good, gone = self.token("good"), self.token("gone")
        self.accepted(good, gone)
        agent, guard = self.agents[0], self.guard_of(self.agents[0])
        agent.kill()
        self.stale(good, by=[guard])
        self.revoke(gone, mode="strict")
        self.refused(gone, by=[one for one in self.guards if one is not guard])
        self.stale(gone, by=[guard])

    @row("agent frozen past Δ")
    def test_frozen(self):
        good, gone = self.token("good"), self.token("gone")
        self.accepted(good, gone)
        agent, guard = self.agents[0], self.guard_of(self.agents[0])
        agent.freeze()
        self.revoke(gone, mode="strict")  # the judge: nobody accepts it from the answer on
        self.stale(good, gone, by=[guard])
        agent.thaw()
        self.refused(gone)
        self.accepted(good)

    @row("agent restarted")
    def test_restarted(self):
        good, before, during = self.token("good"), self.token("before"), self.token("during")
        self.accepted(good, before, during)
        self.revoke(before)
        self.refused(before)
        agent, guard = self.agents[0], self.guard_of(self.agents[0])
        agent.kill()
        self.revoke(during)
        agent.start()
        self.refused(before, during, by=[guard])
        self.accepted(good, by=[guard])

    @row("memory for revocations full")
    def test_memory_full(self):
        agent, guard = self.agents[0], self.guard_of(self.agents[0])
        good, gone = self.token("good"), self.token("gone")
        for name in (good, gone):
            self.tokens[name].doomed = True  # by the very thing that is tested
        self.accepted(good, gone)
        _, hard = resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (0, hard))
        room = self.show(agent)["room"]
        self.revoke_tokens(3 * room)
        self.revoke(gone)
        self.refused(good, gone, by=[guard])
        self.accepted(good, by=[one for one in self.guards if one is not guard])
        self.assertGreater(self.show(agent)["lost"], 0)
        resource.prlimit(agent.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        self.accepted(good)
        self.refused(gone)
        self.assertEqual(self.show(agent)["lost"], 0)
        self.assertGreater(self.show(agent)["tokens"], 3 * room - 1)

    def show(self, agent):
        status, out, err = harness.jeton("segment", "show", "--json", agent.segment)
        self.assertEqual(status, 0, err)
        return json.loads(out)

    def revoke_tokens(self, count):
        """That nobody has: each takes a place of its own."""
        def some(numbers):
            connection = self.nodes[0].connect()
            for number in numbers:
                connection.request("POST", "/admin/revocations", json.dumps(
                    {"what": "token", "name": f"{number:016d}"}),
                    {"Authorization": f"Bearer {self.admin}", "Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                self.assertIn(answer.status, (200, 204))
            connection.close()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(some, range(begin, count, 8)) for begin in range(8)]:
                done.result()

    @row("two nodes revoke at the same time")
    def test_two_publishers(self):
        good = self.token("good")
        gone = [self.token(f"t{number}") for number in range(12)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(self.revoke, name, self.nodes[number % 2])
                         for number, name in enumerate(gone)]:
                done.result()
        self.refused(*gone)
        self.accepted(good)

    @row("cold start with nothing reachable")
    def test_cold_start(self):
        good = self.token("good")
        self.accepted(good)
        agent, guard = self.agents[0], self.guard_of(self.agents[0])
        agent.kill()
        for link in agent.links.all:
            link.cut()
        agent.launch()
        self.stale(good, by=[guard])
        agent.links.mend()
        self.accepted(good, by=[guard])


class OfTheNetwork(Failures):
    def disturb(self, one, what, way):
        """It is cut off; a revocation elsewhere; it is mended."""
        good, gone = self.token(f"{what}-{way}-good"), self.token(f"{what}-{way}-gone")
        self.accepted(good, gone)
        at = self.nodes[1] if one is self.nodes[0] else self.nodes[0]
        for link in one.links.all:
            getattr(link, what)(way)
        self.revoke(gone, at=at, mode="strict")
        guard = self.guard_of(one)
        self.stale(good, by=[guard])
        self.refused(gone, by=[each for each in self.guards if each is not guard])
        one.links.mend()
        self.refused(gone)
        self.accepted(good)

    @row("node cut off, both ways")
    def test_both_ways(self):
        self.disturb(self.agents[0], "stall", "both")
        self.disturb(self.nodes[0], "drop", "both")

    @row("node cut off, one way")
    def test_one_way(self):
        for one, what, way in ((self.agents[0], "stall", "down"), (self.agents[1], "drop", "up"),
                               (self.nodes[0], "stall", "up"), (self.nodes[1], "drop", "down")):
            self.disturb(one, what, way)


@unittest.skipIf(netns.why_not(), f"no network namespaces here: {netns.why_not()}")
class OfCables(Failures):
    """The same on a network that loses packets and says nothing, as the kernel has it."""

    SERVERS, AGENTS = 1, 1

    @classmethod
    def make(cls):
        cls.cable = netns.Cable()
        cls.cable.__enter__()
        cls.addClassCleanup(cls.cable.__exit__)
        return cluster.Cluster(cls.SERVERS, cls.AGENTS, cable=cls.cable)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.far = cls.whole.add_agent_behind_the_cable()
        cls.guards.append(cls.whole.guard("far-away", cls.far.segment, PAUSE))

    def test_an_agent_whose_cable_loses_packets(self):
        for losing in (("a",), ("b",), ("a", "b")):
            name = "".join(losing)
            good, gone = self.token(f"{name}-good"), self.token(f"{name}-gone")
            self.accepted(good, gone)
            for end in losing:
                self.cable.lose(end)
            self.revoke(gone, mode="strict")
            self.stale(good, by=self.guards[-1:])
            self.refused(gone, by=self.guards[:-1])
            self.cable.mend()
            self.refused(gone)
            self.accepted(good)


class OfClocks(Failures):
    @row("wall clock of a node wrong by more than the leeway")
    def test_stepped(self):
        agent, node = self.agents[0], self.nodes[0]
        for step in (90, -90, 3600, -3600):
            good, gone = self.token(f"{step}-good", self.nodes[1]), self.token(f"{step}-gone",
                                                                               self.nodes[1])
            self.accepted(good, gone)
            agent.clock.step(step)
            node.clock.step(step)
            self.stale(good, by=[self.guard_of(agent), self.guard_of(node)])
            harness.eventually(lambda: node.get("/readyz").status == 503, "not ready")
            self.revoke(gone, at=self.nodes[1], mode="strict")
            self.refused(gone, by=[self.guard_of(self.agents[1]), self.guard_of(self.nodes[1])])
            agent.clock.step(0)
            node.clock.step(0)
            self.accepted(good)
            self.refused(gone)


class OfKills(Failures):
    @row("any process killed with kill -9 at any point")
    def test_killed_at_any_point(self):
        """While revocations are being made, each process is killed once, at some moment."""
        good = self.token("good")
        for number, one in enumerate((self.nodes[1], self.agents[0], self.whole.redis, self.agents[1],
                                      self.whole.postgres, self.nodes[1])):
            gone = [self.token(f"{number}-{turn}") for turn in range(3)]
            with concurrent.futures.ThreadPoolExecutor(len(gone)) as pool:
                works = [pool.submit(self.try_to_revoke, name) for name in gone]
                time.sleep(random.uniform(0, 0.05))
                one.kill()
                for work in works:
                    work.result()
            one.start()
            self.whole.all_ready()
            for name in gone:  # a server may wait a little before it tries its database again
                if self.tokens[name].revoked is None:
                    harness.eventually(lambda name=name: self.try_to_revoke(name), "it is revoked")
            self.refused(*gone)
        self.accepted(good)


class Page(unittest.TestCase):
    """docs/operations.md and these tests tell of the same."""

    def test_each_row_has_its_test_and_each_test_its_row(self):
        with open(PAGE, encoding="utf-8") as file:
            text = file.read()
        table = text[text.index("| what fails |"):].split("\n\n")[0].splitlines()[2:]
        rows = [re.match(r"\| ([^|]+?) \|", line)[1] for line in table]
        tests = {test.row for kind in globals().values() if isinstance(kind, type)
                 for test in vars(kind).values() if hasattr(test, "row")}
        self.assertGreater(len(rows), 10)
        self.assertEqual(sorted(rows), sorted(tests))


if __name__ == "__main__":
    harness.main(*sys.argv[1:])
