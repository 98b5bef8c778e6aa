# SPDX-License-Identifier: Apache-2.0
"""faults.py - what may happen to a cluster, as a table: how each fault begins and how it is over. A fault is
given a source of chance, so that a seed says all of it."""
import concurrent.futures
import contextlib
import dataclasses
import itertools
import random
import threading
import typing

from daemons import harness


@dataclasses.dataclass(frozen=True)
class Fault:
    """begin() gets the cluster, the one it happens to, and chance."""
    name: str
    whom: typing.Callable   # of a cluster: those it may happen to
    begin: typing.Callable  # (cluster, one, chance)
    end: typing.Callable    # (cluster, one)


def nothing(*_):
    pass


def everybody(cluster):
    return cluster.everybody


def servers(cluster):
    return cluster.servers


def only(name):
    return lambda cluster: [getattr(cluster, name)]


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two that something happens to at the same time."""
    members: tuple

    @property
    def name(self):
        return " and ".join(one.name for one in self.members)


def pairs_of_servers(cluster):
    return [Pair(pair) for pair in itertools.combinations(cluster.servers, 2)]


def both(what):
    """The same to both of a pair, side by side: one may need the other to be away for as long."""
    def do(cluster, pair, *chance):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: what(cluster, one, *chance), pair.members))
    return do


def start(_, one):
    """As systemd does it: again and again, for what it needs may be away as well."""
    def has_begun():
        with contextlib.suppress(AssertionError):
            return one.lives() or one.start()
    harness.eventually(has_begun, f"{one.name} has begun")


def kill(_, one, __):
    one.kill()


def stop(_, one, __):
    one.stop()


def freeze(_, one, __):
    one.freeze()


def thaw(_, one):
    one.thaw()


def trim(cluster, redis, chance):
    for key in redis.ask("KEYS", "*"):
        redis.ask("XTRIM", key, "MAXLEN", chance.choice((0, 1, 5)))


def on_link(which, what):
    """A fault of one of a node's two ways: in a random direction, or both."""
    def begin(_, one, chance):
        way = chance.choice(("up", "down", "both"))
        link = getattr(one.links, which)
        if what == "delay":
            link.delay(chance.choice((0.005, 0.05, 0.3, 1.5)), way)
        else:
            getattr(link, what)(way)
    return begin


def cut(which):
    return lambda _, one, __: getattr(one.links, which).cut()


def mend(which):
    return lambda _, one: getattr(one.links, which).mend()


def cut_off(_, one, chance):
    """From everything, in the same way."""
    what, way = chance.choice(("stall", "drop")), chance.choice(("up", "down", "both"))
    for link in one.links.all:
        getattr(link, what)(way)


def mend_all(_, one):
    one.links.mend()


def step_clock(_, one, chance):
    one.clock.step(chance.choice((90, -90, 3600, -3600, 2, -2)))


def right_clock(_, one):
    one.clock.step(0)


def fail_over(cluster, *_):
    cluster.fail_over()


def follow_over(cluster, _):
    """The name of the old primary leads to the new one."""
    for one in cluster.everybody:
        one.links.store.mend()


def fail_over_bus(cluster, *_):
    cluster.fail_over_bus()


def rotate_keys(cluster, node, _):
    """Nothing happens, for now, when the next key has not been known for long enough, or the store is away."""
    status, _, _ = node.cli("key", "rotate")
    if status == 0:
        cluster.load.count("keys rotated")


def withdraw_key(cluster, node, _):
    cluster.load.withdraw_a_key(node)


FAULTS = (
    Fault("bus killed", only("redis"), kill, start),
    Fault("bus frozen", only("redis"), freeze, thaw),
    Fault("bus flushed", only("redis"), lambda _, one, __: one.ask("FLUSHALL"), nothing),
    Fault("bus trimmed", only("redis"), trim, nothing),
    Fault("primary killed", only("postgres"), kill, start),
    Fault("primary frozen", only("postgres"), freeze, thaw),
    *(Fault(f"{which}: {what}", everybody, on_link(which, what), mend(which))
      for which in ("store", "bus") for what in ("delay", "stall", "drop")),
    *(Fault(f"{which}: cut", everybody, cut(which), mend(which)) for which in ("store", "bus")),
    Fault("cut off", everybody, cut_off, mend_all),
    Fault("bus failed over", only("redis"), fail_over_bus, nothing),
    Fault("primary failed over", only("postgres"), fail_over, follow_over),
    Fault("killed", everybody, kill, start),
    Fault("stopped", everybody, stop, start),
    Fault("both killed", pairs_of_servers, both(kill), both(start)),
    Fault("both restarted", pairs_of_servers, both(stop), both(start)),
    Fault("keys rotated", servers, rotate_keys, nothing),
    Fault("key withdrawn", servers, withdraw_key, nothing),
    Fault("frozen", everybody, freeze, thaw),
    Fault("clock stepped", everybody, step_clock, right_clock),
)


class Schedule:
    """Which faults happen to whom and when, all of it from a seed. Two of one schedule do not meet at the
    same process or proxy, so that each is over when it says so."""

    def __init__(self, seed, cluster, seconds):
        chance = random.Random(seed)
        self.rows, taken = [], set()
        for number in range(chance.randint(2, 5)):
            fault = chance.choice(FAULTS)
            one = chance.choice(fault.whom(cluster))
            begin = chance.uniform(0, seconds * 0.7)
            end = chance.uniform(begin, seconds)
            inner = chance.randrange(2**32)
            names = {each.name for each in getattr(one, "members", (one,))}
            if not names & taken:
                taken |= names
                self.rows.append((begin, end, fault, one, random.Random(inner)))

    def __str__(self):
        return "; ".join(f"{begin:.2f}-{end:.2f} s {fault.name} ({one.name})"
                         for begin, end, fault, one, _ in sorted(self.rows, key=lambda row: row[0]))

    def play(self, cluster, clock):
        """Returns when all of it is over. clock is a started wait: wait(until) in seconds."""
        threads = [threading.Thread(target=self._play_one, args=(cluster, clock, row))
                   for row in self.rows]
        self.failures = []
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _play_one(self, cluster, clock, row):
        begin, end, fault, one, chance = row
        try:
            clock(begin)
            fault.begin(cluster, one, chance)
            clock(end)
            fault.end(cluster, one)
        except Exception as failure:  # handed to the one who waits
            self.failures.append(failure)
