#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_checker.py - four nodes, eight agents with a service beside each, PostgreSQL and Redis under a client
load, while random faults happen; behind each schedule the judge reads every decision.

JETON_SCHEDULES says how many; without it none is played, for each takes five seconds. The seed is printed; JETON_CHECKER_SEED gives it again: the same
schedules, though not to the microsecond the same moments. Seeds that once failed are kept below.
"""
import contextlib
import os
import random
import types
import unittest

import checker
import cluster
from daemons import harness
import faults

SCHEDULES = int(os.environ.get("JETON_SCHEDULES", "0"))
SEED = os.environ.get("JETON_CHECKER_SEED") or str(random.SystemRandom().randrange(10**9))
KEPT = ()
SECONDS = 2.5  # of one schedule; its end comes when everybody is fresh again
LEASE = 1.0    # shorter than the default, so that it runs out within a schedule


@unittest.skipUnless(SCHEDULES, "JETON_SCHEDULES says how many schedules are played")
class Checked(unittest.TestCase):
    def test_random_faults_break_no_promise(self):
        with contextlib.ExitStack() as stack:
            whole = stack.enter_context(cluster.Cluster(4, 8, flags=("--lease", f"{LEASE:.0f}s")))
            whole.servers[0].add_user("alice", "admin")
            whole.servers[0].add_user("bob")
            guards = [whole.guard(f"at-{one.name}", one.segment, 15) for one in whole.agents]
            player = checker.Checker(whole, guards, LEASE)
            for seed in [*KEPT, *(f"{SEED}/{turn}" for turn in range(SCHEDULES))]:
                broken = player.play(seed, SECONDS)
                self.assertEqual(broken, [], f"seed {seed}")


class Schedules(unittest.TestCase):
    """A seed says all of it."""

    def plan(self, seed):
        named = [types.SimpleNamespace(name=f"one{number}") for number in range(12)]
        whole = types.SimpleNamespace(everybody=named, servers=named[:4],
                                      redis=types.SimpleNamespace(name="redis"),
                                      postgres=types.SimpleNamespace(name="postgres"))
        return faults.Schedule(seed, whole, SECONDS)

    def test_the_same_seed_gives_the_same_schedule_and_another_one_another(self):
        plans = [str(self.plan(f"s/{seed}")) for seed in range(200)]
        self.assertEqual(plans, [str(self.plan(f"s/{seed}")) for seed in range(200)])
        self.assertGreater(len(set(plans)), 190)

    def test_each_fault_comes_up_and_two_never_meet(self):
        seen = set()
        for seed in range(200):
            rows = self.plan(f"s/{seed}").rows
            seen |= {fault.name for _, _, fault, _, _ in rows}
            whom = [one.name for _, _, _, one, _ in rows]
            self.assertEqual(len(whom), len(set(whom)))
            self.assertTrue(all(0 <= begin <= end <= SECONDS for begin, end, *_ in rows))
        self.assertEqual(seen, {fault.name for fault in faults.FAULTS})


if __name__ == "__main__":
    harness.main()
