# SPDX-License-Identifier: Apache-2.0
"""reach.py - how long after a revocation was answered the last of several agents refuses. One node, PostgreSQL
with fsync, Redis; the agents reach both directly."""
import contextlib
import time

import cluster


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
    """When the first decision that refused it had been taken."""
    return next(one.after for one in guard.decisions()
                if one.token == name and one.status == "E_REVOKED")


def revoke_one(node, guards, name):
    """Milliseconds from the answer to the first refusal, of each guard; guards look every millisecond."""
    token = node.login("bob")["access_token"]
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
    return [max(0.0, (first_refusal(guard, name) - after) / 1e6) for guard in guards]


def measure(agents, revocations):
    """The milliseconds of all agents, and of the last one of each revocation."""
    with contextlib.ExitStack() as stack:
        many = stack.enter_context(Straight(1, agents=agents))
        node = many.servers[0]
        node.add_user("bob")
        guards = [many.guard(f"g{number}", agent.segment, pause=1)
                  for number, agent in enumerate(many.agents)]
        each = [revoke_one(node, guards, f"t{turn}") for turn in range(revocations)]
    return [one for turn in each for one in turn], [max(turn) for turn in each]
