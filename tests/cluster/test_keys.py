#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_keys.py - signing keys of several nodes: a new one signs when every node has it, so a token that one
node has just issued is good at every other, whatever is rotated and withdrawn meanwhile; a node that slept
signs with nothing that was withdrawn; and no node's clock lets a key sign or go too early."""
import concurrent.futures
import contextlib
import http.client
import json
import socket
import sys
import threading
import time
import unittest

import cluster
from daemons import harness

SOON = "1s"  # for so long the published keys may be kept
AWAY = (OSError, http.client.HTTPException)


def kid_of(token):
    return json.loads(harness.unb64(token.split(".")[0]))["kid"]


def told(node, *words):
    """What a command says, as JSON."""
    status, out, err = node.cli(*words, "--json")
    if status != 0:
        raise AssertionError(f"{words}: {status} {out} {err}")
    return json.loads(out)


def withdraw(node, kid):
    status, out, err = node.cli("key", "withdraw", kid)
    if status != 0:
        raise AssertionError(f"withdraw: {status} {out} {err}")


def keys_of(node, state, alg="ES256"):
    return [key for key in told(node, "key", "list")
            if key["state"] == state and key["alg"] == alg]


def row_of(node, other):
    """What `node` knows of another."""
    return next(one for one in told(node, "nodes") if one["name"] == other.name)


class Traveller(threading.Thread):
    """Gets tokens at one node and takes each to another at once, until told to stop."""

    def __init__(self, at, to, name):
        super().__init__()
        self.at, self.to = at, to
        self.over = threading.Event()
        self.pair = at.login(name)
        self.clients = []   # (id, secret) of those that get tokens of their own
        self.withdrawn = {} # kid: the moment at which its withdrawal was answered
        self.strange, self.kids = [], set()
        self.turns = self.busy = 0

    def add_client(self, *words):
        """A client with tokens of its own; from now on it gets some."""
        made = told(self.at, "client", "add", "--grant", "client_credentials", *words)
        basic = self.basic(made["client_id"], made["client_secret"])
        harness.eventually(lambda: self.to.ask("POST", "/introspect", "token=x", basic).status == 200,
                           "the other node has heard of the client")
        self.clients.append((made["client_id"], made["client_secret"]))

    @staticmethod
    def basic(client, secret):
        return {"Authorization": "Basic " + harness.base64.b64encode(
            f"{client}:{secret}".encode()).decode()}

    def run(self):
        while not self.over.is_set():
            with contextlib.suppress(*AWAY):
                self.carry()
                for client, secret in list(self.clients):
                    self.carry_of(client, secret)
            self.turns += 1

    def judge(self, asked, token, answer, good):
        """503 says that a node knows too little at the moment; anything else but `good` is wrong, unless
        the key was withdrawn after the token was asked for."""
        self.kids.add(kid_of(token))
        if answer.status == 503:
            self.busy += 1
        elif not good and asked > self.withdrawn.get(kid_of(token), time.monotonic()):
            self.strange.append(f"issued at {self.at.name}, refused at {self.to.name}: {answer}")
        elif not good and kid_of(token) not in self.withdrawn:
            self.strange.append(f"issued at {self.at.name}, refused at {self.to.name}: {answer}")

    def carry(self):
        asked = time.monotonic()
        answer = self.at.refresh(self.pair["refresh_token"])
        if answer.status == 503:
            self.busy += 1
        elif answer.status != 200:
            self.strange.append(f"refresh: {answer}")
        if answer.status == 200:
            self.pair = answer.json
            token = self.pair["access_token"]
            answer = self.to.get("/verify", token)
            self.judge(asked, token, answer, answer.status == 200)

    def carry_of(self, client, secret):
        """A token of the client's own, whose audience may be another than the server's."""
        basic = self.basic(client, secret)
        asked = time.monotonic()
        answer = self.at.ask("POST", "/token", "grant_type=client_credentials", basic)
        if answer.status == 503:
            self.busy += 1
        elif answer.status != 200:
            self.strange.append(f"token of {client}: {answer}")
        if answer.status == 200:
            token = answer.json["access_token"]
            answer = self.to.ask("POST", "/introspect", f"token={token}", basic)
            self.judge(asked, token, answer, answer.status == 200 and answer.json["active"])


class Travels:
    """The same with and without a bus."""

    BUS = True

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.cluster = stack.enter_context(
            cluster.Cluster(2, bus=self.BUS, flags=("--jwks-max-age", SOON)))
        self.nodes = self.cluster.servers
        self.nodes[0].add_user("alice")
        self.nodes[0].add_user("bob")

    def travel(self):
        there = Traveller(self.nodes[0], self.nodes[1], "alice")
        back = Traveller(self.nodes[1], self.nodes[0], "bob")
        for one in (there, back):
            one.start()
            self.addCleanup(one.join)
            self.addCleanup(one.over.set)
        return [there, back]

    def some_more(self, travellers):
        before = [one.turns for one in travellers]
        harness.eventually(lambda: all(one.turns >= had + 3 or not one.is_alive()
                                       for one, had in zip(travellers, before)), "they travel")

    def rotate(self, node, travellers):
        kid = told(node, "key", "rotate")["kid"]
        harness.eventually(lambda: all(kid in one.kids for one in travellers), "the next key signs")
        return kid

    def withdraw(self, node, kid, travellers):
        withdraw(node, kid)
        for one in travellers:
            one.withdrawn[kid] = time.monotonic()
        harness.eventually(lambda: all(one.kids - set(one.withdrawn) for one in travellers),
                           "another key signs")

    def test_what_one_node_issues_the_other_takes_at_once(self):
        travellers = self.travel()
        self.some_more(travellers)
        # The first keys of other algorithms, and a secret.
        travellers[0].add_client("--alg", "Ed25519", "first")
        travellers[1].add_client("--alg", "HS256", "--audience", "https://shop.example", "shop")
        self.some_more(travellers)
        self.rotate(self.nodes[1], travellers)
        # The one that signs is withdrawn, twice in a row, at either node: the second time there is
        # no successor that everybody has had for long.
        for node in self.nodes:
            kid = keys_of(node, "active")[0]["kid"]
            for one in travellers:
                one.kids.clear()
            self.withdraw(node, kid, travellers)
        travellers[1].add_client("--alg", "EdDSA", "second")
        self.some_more(travellers)
        for one in travellers:
            one.over.set()
            one.join()
            self.assertEqual(one.strange, [])
            self.assertGreater(one.turns, one.busy, "they have got somewhere")
        print(f"  {sum(one.turns for one in travellers)} turns, "
              f"{sum(one.busy for one in travellers)} times busy", flush=True)


class TravelsByBus(Travels, unittest.TestCase):
    pass


class TravelsByStore(Travels, unittest.TestCase):
    BUS = False


class Sleepers(unittest.TestCase):
    """One node stands still while keys change."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(
                cluster.Cluster(3, bus=True, flags=("--jwks-max-age", SOON)))
            cls.nodes = cls.cluster.servers
            cls.nodes[0].add_user("alice")
            cls.addClassCleanup(stack.pop_all().close)

    def setUp(self):
        self.awake, self.other, self.sleeper = self.nodes
        self.cluster.all_ready()
        harness.eventually(lambda: row_of(self.awake, self.sleeper)["keys_current"], "it has the keys")

    @contextlib.contextmanager
    def asleep(self):
        self.sleeper.freeze()
        try:
            yield
        finally:
            self.sleeper.thaw()

    def post(self, path, body):
        """A request that waits at the sleeper's door; what it says once it is awake."""
        host, port = self.sleeper.address.rsplit(":", 1)
        sock = socket.create_connection((host, int(port)), timeout=harness.PATIENCE)
        self.addCleanup(sock.close)
        text = json.dumps(body)
        sock.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
                     f"application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
        response = http.client.HTTPResponse(sock)
        return lambda: (response.begin(), harness.Answer(response))[1]

    def test_a_new_key_signs_when_its_lease_is_over_and_it_takes_no_harm(self):
        with self.asleep():
            made = told(self.awake, "client", "add", "--alg", "Ed25519", "--grant", "password",
                        "--public", "app")
            self.assertFalse(row_of(self.awake, self.sleeper)["keys_current"])
            self.assertFalse(any(key.get("awaits_nodes") for key in keys_of(self.awake, "active",
                                                                            "Ed25519")))
            body = (f"grant_type=password&username=alice&password={harness.PASSWORD}&client_id="
                    + made["client_id"]).replace(" ", "+")
            answer = self.awake.ask("POST", "/token", body)
            self.assertEqual(answer.status, 200, answer)
            token = answer.json["access_token"]
            answer = self.other.get("/verify", token)
            self.assertIn(answer.status, (200, 503), answer)
        # It either knows the key or says that it knows too little; it never refuses.
        def taken():
            answer = self.sleeper.get("/verify", token)
            self.assertIn(answer.status, (200, 503), answer)
            return answer.status == 200
        harness.eventually(taken, "it takes the token")
        harness.eventually(lambda: row_of(self.awake, self.sleeper)["keys_current"], "it says so")

    def test_it_signs_with_nothing_that_was_withdrawn_meanwhile(self):
        kid = keys_of(self.awake, "active")[0]["kid"]
        pairs = [self.sleeper.login("alice") for _ in range(4)]
        self.assertEqual({kid_of(pair["access_token"]) for pair in pairs}, {kid})
        with self.asleep():
            waiting = [self.post("/refresh", {"refresh_token": pair["refresh_token"]})
                       for pair in pairs]
            withdraw(self.awake, kid)
            time.sleep(cluster.LEASE * 1.1)  # it knows nothing any more, and does not know that
        for answer in [one() for one in waiting]:
            self.assertIn(answer.status, (200, 503), answer)
            if answer.status == 200:
                self.assertNotEqual(kid_of(answer.json["access_token"]), kid)
        harness.eventually(self.sleeper.is_ready, "it is ready")
        self.assertNotEqual(kid_of(self.sleeper.login("alice")["access_token"]), kid)

    def test_it_signs_with_nothing_that_was_withdrawn_while_it_was_down(self):
        kid = keys_of(self.awake, "active")[0]["kid"]
        self.sleeper.kill()
        withdraw(self.awake, kid)
        self.sleeper.start()
        harness.eventually(self.sleeper.is_ready, "it is ready")
        token = self.sleeper.login("alice")["access_token"]
        self.assertNotEqual(kid_of(token), kid)
        self.assertIn(self.awake.get("/verify", token).status, (200, 503))


class Clocks(unittest.TestCase):
    """A node whose wall clock is wrong."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.cluster = stack.enter_context(
                cluster.Cluster(2, bus=False, flags=("--jwks-max-age", "5m")))
            cls.right, cls.wrong = cls.cluster.servers
            cls.addClassCleanup(stack.pop_all().close)

    def setUp(self):
        self.addCleanup(self.wrong.clock.step, 0)

    def test_no_key_signs_before_its_time(self):
        before = [key["kid"] for key in keys_of(self.right, "active")]
        for step in (3600, -3600):
            with self.subTest(step=step):
                self.wrong.clock.step(step)
                news = told(self.wrong, "key", "rotate")
                self.assertFalse(news["signs"])
                self.assertLess(abs(news["signs_from"] - time.time()), 900)
                self.assertEqual([key["kid"] for key in keys_of(self.right, "active")], before)

    def test_no_key_goes_before_its_time(self):
        told(self.right, "client", "add", "--alg", "HS256", "--audience", "https://shop.example",
             "--grant", "client_credentials", "shop")
        old = keys_of(self.right, "active", "HS256")[0]["kid"]
        self.wrong.clock.step(40 * 86400)
        harness.eventually(lambda: self.wrong.cli("key", "secret", "shop")[0] == 0,
                           "the other node has heard of the client")
        # The last one retires, for as long as tokens of it may live; each change has the whole
        # schedule looked at.
        harness.eventually(lambda: keys_of(self.right, "retiring", "HS256"), "it retires")
        told(self.wrong, "key", "rotate")
        retiring, = keys_of(self.right, "retiring", "HS256")
        self.assertEqual(retiring["kid"], old)
        self.assertEqual(keys_of(self.right, "withdrawn", "HS256"), [])


class Races(unittest.TestCase):
    """Four nodes want the same at the same time."""

    def test_one_wins_and_the_others_go_by_it(self):
        with cluster.Cluster(4, bus=False, flags=("--jwks-max-age", SOON)) as whole:
            nodes = whole.servers
            nodes[0].add_user("alice")
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                done = [pool.submit(told, node, "key", "rotate") for node in nodes]
                done += [pool.submit(told, node, "client", "add", "--alg", "Ed25519", "--grant",
                                     "client_credentials", f"client-{node.name}") for node in nodes]
                for one in done:
                    one.result()
            kids = {one.result()["kid"] for one in done[:4]}

            def settled():
                keys = told(nodes[0], "key", "list")
                counts = {(alg, state): sum(key["alg"] == alg and key["state"] == state
                                            for key in keys)
                          for alg in ("ES256", "Ed25519") for state in ("active", "next")}
                self.assertLessEqual(max(counts.values()), 1, keys)
                return min(counts.values()) == 1 and not any(key.get("awaits_nodes") for key in keys) and keys
            keys = harness.eventually(settled, "one signs and one is next, of each")
            self.assertTrue(kids & {key["kid"] for key in keys})
            for node in nodes:
                token = node.login("alice")["access_token"]
                for other in nodes:
                    self.assertIn(other.get("/verify", token).status, (200, 503))


if __name__ == "__main__":
    harness.main(*sys.argv[1:])
