#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""measure_reach.py - how long after a revocation was answered the last of several agents refuses. One node,
PostgreSQL with fsync, Redis; the agents reach both directly. Prints milliseconds.

usage: measure_reach.py [AGENTS [REVOCATIONS]]     with JETON and CLUSTER_GUARD in the environment
"""
import contextlib
import statistics
import sys
import time

import cluster
from daemons import harness
import nodes


class Direct:
    """A way without anything on it."""
    standby = None

    def __init__(self, store, bus):
        self.store, self.bus = store, bus

    def close(self):
        pass

    def mend(self):
        pass


class Straight(cluster.Cluster):
    def new_links(self):
        return Direct(self.postgres.socket, self.redis.socket)

    def places(self, links):
        return self.postgres.url(), "unix:" + links.bus


def first_refusal(guard, name):
    """When the first decision that refused it had been taken; None so far."""
    return next((one.after for one in guard.decisions()
                 if one.token == name and one.status == "E_REVOKED"), None)


def main():
    agents = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with contextlib.ExitStack() as stack:
        many = stack.enter_context(Straight(1, agents=agents))
        node = many.servers[0]
        node.add_user("bob")
        guards = [many.guard(f"g{number}", agent.segment, pause=1)
                  for number, agent in enumerate(many.agents)]
        last, each = [], []
        for turn in range(count):
            token, name = node.login("bob")["access_token"], f"t{turn}"
            for guard in guards:
                guard.watch(name, token)
            for guard in guards:
                guard.says(name, "OK")
            status = node.logout(token).status
            after = time.monotonic_ns()
            if status != 204:
                raise AssertionError(status)
            for guard in guards:
                guard.says(name, "E_REVOKED")
                guard.forget(name)
            reach = [(first_refusal(guard, name) - after) / 1e6 for guard in guards]
            each += reach
            last.append(max(reach))
        for what, values in (("each agent", each), ("the last of them", last)):
            cuts = statistics.quantiles(values, n=100, method="inclusive")
            print(f"{what}: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, max {max(values):.1f} ms "
                  f"({len(values)} of {agents} agents; guards look every millisecond)")


if __name__ == "__main__":
    harness.PATIENCE = max(harness.PATIENCE, 60)
    main()
