#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_nodes.py - several nodes on one PostgreSQL are one installation: they begin together, a refresh token
has one successor however many ask for it, and what was acknowledged outlives kill -9 of the database
and of nodes."""
import concurrent.futures
import contextlib
import http.client
import json
import random
import threading
import time
import unittest

import cluster
import nodes
from daemons import harness

LOST = (OSError, http.client.HTTPException)


def at_once(works):
    """Runs them at the same time, and returns what they returned."""
    begin = threading.Barrier(len(works))

    def one(work):
        begin.wait(harness.PATIENCE)
        return work()
    with concurrent.futures.ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(one, work) for work in works]]


class FourNodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(cluster.Cluster(4, bus=False))
            cls.nodes = cls.cluster.servers
            cls.nodes[0].add_user("alice", "admin")
            cls.nodes[0].add_user("bob")
            cls.addClassCleanup(stack.pop_all().close)

    def test_they_have_the_same_keys_and_believe_each_other(self):
        published = [node.get("/.well-known/jwks.json").json for node in self.nodes]
        self.assertEqual(published, [published[0]] * 4)
        token = self.nodes[1].login("bob")["access_token"]
        for node in self.nodes:
            self.assertEqual(node.get("/whoami", token).status, 200)

    def test_a_refresh_token_that_a_hundred_ask_with_has_one_successor(self):
        for _ in range(3):
            token = self.nodes[0].login("bob")["refresh_token"]
            answers = at_once([lambda node=node: node.refresh(token)
                               for node in self.nodes * 25])
            self.assertEqual({answer.status for answer in answers}, {200})
            successors = {answer.json["refresh_token"] for answer in answers}
            self.assertEqual(len(successors), 1)
            self.assertNotEqual(successors, {token})
            # ... which is good everywhere, once.
            answer = self.nodes[3].refresh(successors.pop())
            self.assertEqual(answer.status, 200, answer)

    def test_a_stolen_refresh_token_ends_the_session_wherever_it_is_shown(self):
        first = self.nodes[0].login("bob")["refresh_token"]
        second = self.nodes[1].refresh(first).json["refresh_token"]
        third = self.nodes[2].refresh(second).json["refresh_token"]
        self.assertEqual(self.nodes[3].refresh(first).status, 401)
        for node in self.nodes:
            self.assertEqual(node.refresh(third).status, 401)

    def test_what_one_node_makes_the_others_know(self):
        self.nodes[1].add_user("carol")
        for node in self.nodes:
            self.assertEqual(node.ask("POST", "/login", {"username": "carol",
                                                         "password": harness.PASSWORD}).status, 200)

    def test_two_that_make_the_same_user_make_one(self):
        admin = {"Authorization": f"Bearer {self.nodes[0].login('alice')['access_token']}"}
        for turn in range(5):
            body = {"name": f"twin{turn}", "password": harness.PASSWORD}
            answers = at_once([lambda node=node: node.ask("POST", "/admin/users", body, admin)
                               for node in self.nodes])
            statuses = sorted(answer.status for answer in answers)
            self.assertEqual(statuses, [201, 409, 409, 409], [answer.body for answer in answers])


class Revoking(unittest.TestCase):
    """What `strict` and `wait=all` promise: once they have returned, nobody accepts."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(cluster.Cluster(3, bus=False))
            cls.nodes = cls.cluster.servers
            cls.nodes[0].add_user("alice", "admin")
            cls.nodes[0].add_user("bob")
            cls.addClassCleanup(stack.pop_all().close)

    def refused(self, node, token):
        """401: it has the revocation. 503: it has no lease, and says so."""
        self.assertIn(node.get("/whoami", token).status, (401, 503))

    def revoke(self, mode):
        status, out, err = self.nodes[0].cli("revoke", "user", "bob", "--mode", mode, "--json")
        told = json.loads(out) if status == 0 else self.fail(f"{status} {out} {err}")
        self.assertGreater(told["n"], 0)
        return told

    def test_after_its_return_nobody_accepts_by_the_command_line(self):
        for mode in "strict", "wait=all", "strict":
            token = self.nodes[1].login("bob")["access_token"]
            told = self.revoke(mode)
            for node in self.nodes:
                self.refused(node, token)
            self.assertIn(self.nodes[0].name, told["confirmed"])

    def test_after_its_return_nobody_accepts_over_http(self):
        admin = {"Authorization": f"Bearer {self.nodes[0].login('alice')['access_token']}"}
        for node in self.nodes:
            token = self.nodes[1].login("bob")["access_token"]
            harness.eventually(lambda node=node: node.ask(
                "POST", "/admin/revocations", {"what": "user", "name": "bob", "mode": "strict"},
                admin).status == 200, "it is revoked")
            for other in self.nodes:
                self.refused(other, token)

    def test_many_who_wait_at_once_hold_nobody_up(self):
        """More than there are threads: the last of them is answered all the same."""
        admin = {"Authorization": f"Bearer {self.nodes[0].login('alice')['access_token']}"}
        body = {"what": "user", "name": "bob", "mode": "strict"}
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            asked = [pool.submit(self.nodes[0].ask, "POST", "/admin/revocations", body, admin)
                     for _ in range(40)]
            told = {done.result().status for done in asked}
            self.assertIn(200, told)
            self.assertLessEqual(told, {200, 503})  # on a machine that has no time for leases

    def test_many_that_share_commits_are_refused_everywhere_when_they_are_answered(self):
        """Some wait and some do not, in the same batches; one among them is wrong."""
        admin = {"Authorization": f"Bearer {self.nodes[0].login('alice')['access_token']}"}
        texts = [self.nodes[1].login("bob")["access_token"] for _ in range(24)]
        modes = ["durable", "strict", "wait=all"] * 8

        def revoke(name, mode):
            body = {"what": "token", "name": name, "mode": mode}
            return self.nodes[0].ask("POST", "/admin/revocations", body, admin)

        def revoke_and_look(text, mode):
            answer = revoke(nodes.claims_of(text)["jti"], mode)
            if answer.status == 200:
                for node in self.nodes:
                    self.refused(node, text)
            return answer
        works = [lambda text=text, mode=mode: revoke_and_look(text, mode) for text, mode in zip(texts, modes)]
        *answers, wrong = at_once([*works, lambda: revoke("too short", "strict")])
        self.assertIn(wrong.status, (400, 503))
        self.assertIn(200, {answer.status for answer in answers})
        for text, mode, answer in zip(texts, modes, answers):
            # 503: on a machine that has no time for leases
            self.assertIn(answer.status, (204 if mode == "durable" else 200, 503), answer)
            if answer.status == 204:
                self.refused(self.nodes[0], text)  # which has answered
        numbers = [answer.json["n"] for answer in answers if answer.status == 200]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_a_node_that_stands_still_is_outlasted_and_named(self):
        token = self.nodes[2].login("bob")["access_token"]
        harness.eventually(lambda: self.nodes[2].get("/whoami", token).status == 200, "it is good")
        self.nodes[2].freeze()
        try:
            told = self.revoke("strict")
        finally:
            self.nodes[2].thaw()
        self.refused(self.nodes[2], token)
        self.refused(self.nodes[1], token)
        self.assertNotIn(self.nodes[2].name, told["confirmed"])
        self.cluster.all_ready()

    def test_nodes_are_listed_with_how_far_they_are(self):
        def all_fresh():
            found = json.loads(self.nodes[0].cli("nodes", "--json")[1])
            return len(found) == 3 and all(one["fresh"] for one in found) and found
        found = harness.eventually(all_fresh, "all are fresh at once")
        self.assertEqual({one["kind"] for one in found}, {"serve"})
        self.assertEqual({one["lease_ms"] for one in found}, {2000})

    def test_an_earlier_run_of_a_node_that_is_back_is_not_listed(self):
        ids, name = [], self.nodes[0].name
        rows = ((name, "serve", 120, False), (name, "agent", 120, True), ("gone", "serve", 120, True),
                (name, "serve", 5, True))  # seconds of silence, and whether it is shown
        for number, (called, kind, silent, _) in enumerate(rows):
            ids.append("%032x" % (number + 1))
            self.cluster.postgres.sql(
                "INSERT INTO nodes (id, name, kind, version, applied, lease, began, seen) SELECT "
                f"'\\x{ids[-1]}', '{called}', '{kind}', 'x', 0, 1, 1, ms - {silent * 1000} FROM (SELECT "
                "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) AS clock")
        try:
            found = json.loads(self.nodes[0].cli("nodes", "--json")[1])
        finally:
            for one in ids:
                self.cluster.postgres.sql(f"DELETE FROM nodes WHERE id = '\\x{one}'")
        made = [(one["name"], one["kind"], one["age_ms"] > 60000) for one in found if one["version"] == "x"]
        self.assertEqual(sorted(made), sorted((called, kind, silent > 60) for called, kind, silent, shown
                                              in rows if shown))
        self.assertEqual(len(found), 3 + len(made))


class Beginning(unittest.TestCase):
    def test_nodes_that_begin_together_on_an_empty_database_agree(self):
        with cluster.Cluster(0, bus=False) as empty:
            empty.in_parallel(empty.add_server, 4)
            empty.all_ready()
            published = harness.eventually(lambda: self.agreed(empty.servers), "they agree")
            self.assertEqual(len(published["keys"]), 2, "one that signs, and the next one")
            empty.servers[0].add_user("bob")
            token = empty.servers[1].login("bob")["access_token"]
            self.assertEqual(empty.servers[2].get("/whoami", token).status, 200)


    def agreed(self, servers):
        """The keys that all of them publish; None when they do not."""
        published = [node.get("/.well-known/jwks.json").json for node in servers]
        return published[0] if published == [published[0]] * len(published) else None


class Client(threading.Thread):
    """Works at random nodes until told to stop, and knows what was acknowledged."""

    def __init__(self, owner, number, admin):
        super().__init__()
        self.owner, self.number, self.admin = owner, number, admin
        self.over = threading.Event()
        self.users, self.ended, self.sessions = [], [], {}
        self.done = self.failed = 0
        self.strange = []

    def run(self):
        chance = random.Random(self.number)
        acts = (self.add_user, self.begin_session, self.refresh, self.refresh, self.end_session)
        turn = 0
        while not self.over.is_set():
            turn += 1
            try:
                good = chance.choice(acts)(f"c{self.number}-{turn}", chance)
            except LOST:
                good = False
            self.done += bool(good)
            if good is False:
                self.failed += 1
                time.sleep(0.01)  # as a client would, that has met a 503

    def ask(self, chance, path, body=None, token=None):
        """The answer of some node when it is a good one, else False."""
        node = chance.choice(self.owner.servers)
        if node.address is None:  # it is being started
            return False
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = node.ask("POST", path, body, headers)
        if answer.status in (200, 201, 204):
            return answer
        if answer.status != 503:
            self.strange.append(f"{path}: {answer}")
        return False

    def add_user(self, name, chance):
        good = self.ask(chance, "/admin/users", {"name": name, "password": harness.PASSWORD},
                        self.admin)
        if good:
            self.users.append(name)
        return bool(good)

    def begin_session(self, name, chance):
        good = self.ask(chance, "/login", {"username": "bob", "password": harness.PASSWORD})
        if good:
            self.sessions[name] = good.json
        return bool(good)

    def refresh(self, _, chance):
        if not self.sessions:
            return None
        name = chance.choice(list(self.sessions))
        good = self.ask(chance, "/refresh", {"refresh_token": self.sessions[name]["refresh_token"]})
        if good:
            self.sessions[name] = good.json
        return bool(good)

    def end_session(self, _, chance):
        if len(self.sessions) < 5:
            return None
        # Whether it is acknowledged or not: nothing good can be expected of it any more.
        pair = self.sessions.pop(chance.choice(list(self.sessions)))
        good = self.ask(chance, "/revoke", f"token={pair['refresh_token']}")
        if good:
            self.ended.append(pair)
        return bool(good)


class Killed(unittest.TestCase):
    """Work at two nodes while the database, or a node, is killed again and again."""

    ROUNDS = 3

    def test_nothing_acknowledged_is_lost(self):
        with cluster.Cluster(2, bus=False) as whole:
            whole.servers[0].add_user("alice", "admin")
            whole.servers[0].add_user("bob")
            admin = whole.servers[0].login("alice")["access_token"]
            clients = [Client(whole, number, admin) for number in range(4)]
            for client in clients:
                client.start()
            try:
                self.kill_again_and_again(whole, clients)
            finally:
                for client in clients:
                    client.over.set()
                for client in clients:
                    client.join()
            whole.all_ready()
            self.check(whole, clients)

    def kill_again_and_again(self, whole, clients):
        chance = random.Random()
        for _ in range(self.ROUNDS):
            self.some_more(clients)
            time.sleep(chance.uniform(0, 0.3))
            whole.postgres.kill()
            with contextlib.suppress(*LOST):
                self.assertNotIn(whole.servers[0].refresh("x.y").status, (200, 500))
            whole.postgres.start()
            whole.all_ready()
        self.some_more(clients)
        whole.servers[1].kill()
        whole.servers[1].start()
        self.some_more(clients)

    def some_more(self, clients):
        """Each of them has done something more since."""
        before = [client.done for client in clients]
        harness.eventually(lambda: all(client.done >= had + 3 or not client.is_alive()
                                       for client, had in zip(clients, before)), "work is done")

    def check(self, whole, clients):
        status, out, err = whole.servers[0].cli("user", "list", "--json")
        self.assertEqual(status, 0, err)
        names = {user["name"] for user in json.loads(out)}
        for client in clients:
            self.assertEqual(client.strange, [])
            self.assertGreater(client.done, 0)
            self.assertLessEqual(set(client.users), names)
            for pair in client.sessions.values():
                answer = whole.servers[0].refresh(pair["refresh_token"])
                self.assertEqual(answer.status, 200, answer)
            for pair in client.ended:
                for node in whole.servers:
                    self.assertEqual(node.refresh(pair["refresh_token"]).status, 401)
        done = sum(client.done for client in clients)
        print(f"  {done} operations acknowledged, {sum(c.failed for c in clients)} not", flush=True)


if __name__ == "__main__":
    harness.main()
