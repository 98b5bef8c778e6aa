# SPDX-License-Identifier: Apache-2.0
"""checker.py - a cluster under a client load, faults from a seed, and the judge behind it.

What the clients believe is written down as they learn it: a token is revoked when the answer said so,
a session is theirs as long as nobody ended it, a user exists when the answer said so.
"""
import http.client
import random
import threading
import time

from daemons import harness
import faults
import judge
import nodes

# How an attempt may end while parts of the cluster fail: an error of the network, or these.
LOST = (OSError, http.client.HTTPException)
UNAVAILABLE = {503}


def now():
    return time.monotonic_ns()


class Load:
    """What the clients do, and what they know. Each client is a thread."""

    def __init__(self, cluster, guards, seed):
        self.cluster, self.guards, self.seed = cluster, guards, seed
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.tokens = {}    # judge.Token by name
        self.texts = {}     # the tokens themselves
        self.keepers = {}   # sessions nobody ends: name -> the last refresh token
        self.users = []     # acknowledged
        self.decisions = [] # of the nodes themselves
        self.strange = []   # answers that nobody should ever get
        self.counts = {}

    def run(self, clients):
        self.threads = [threading.Thread(target=self.work, args=(number,))
                        for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def work(self, number):
        chance = random.Random(f"{self.seed} client {number}")
        acts = (self.revoke_one, self.revoke_one, self.revoke_one, self.keep_one, self.keep_one,
                self.verify_one, self.verify_one, self.verify_one, self.verify_one, self.add_user)
        turn = 0
        while not self.over.is_set():
            turn += 1
            try:
                chance.choice(acts)(f"{self.seed}.{number}.{turn}", chance)
            except LOST:
                self.count("lost")
            except Exception as failure:  # told by the one who waits
                self.strange.append(repr(failure))
                return

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def ask(self, chance, method, path, body=None, token=None, wanted=(200, 204)):
        """A good answer of some node, or None when it could not be had."""
        node = chance.choice(self.cluster.servers)
        if not node.address or not node.lives():
            time.sleep(0.01)
            return None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = node.ask(method, path, body, headers)
        if answer.status in wanted:
            self.count(f"{path.split('/')[1]} done")
            return answer
        if answer.status not in UNAVAILABLE:
            self.strange.append(f"{node.name}: {method} {path}: {answer}")
        self.count(f"{path.split('/')[1]} unavailable")
        return None

    def login(self, name, chance):
        answer = self.ask(chance, "POST", "/login",
                          {"username": "bob", "password": harness.PASSWORD})
        if answer is None:
            return None
        pair = answer.json
        with self.lock:
            self.tokens[name] = judge.Token(name, now())
            self.texts[name] = pair["access_token"]
        for guard in self.guards:
            guard.watch(name, pair["access_token"])
        return pair

    # --- what a client does --------------------------------------------------------------------

    def revoke_one(self, name, chance):
        """Logs in, looks around for a while, and ends it, perhaps strictly."""
        pair = self.login(name, chance)
        if pair is None:
            return
        time.sleep(chance.uniform(0, 0.1))
        token = self.tokens[name]
        token.revoking = now()
        strict = chance.random() < 0.3
        if self.revoke(pair["access_token"], strict, chance):
            token.revoked = now()
            if strict:
                token.strict = token.revoked

    def revoke(self, text, strict, chance):
        if strict:
            name = nodes.claims_of(text)["jti"]
            return self.ask(chance, "POST", "/admin/revocations",
                            {"what": "token", "name": name, "mode": "strict"},
                            token=self.cluster.admin_token) is not None
        if chance.random() < 0.5:
            return self.ask(chance, "POST", "/logout", {"scope": "this"}, token=text) is not None
        return self.ask(chance, "POST", "/revoke", f"token={text}") is not None

    def keep_one(self, name, chance):
        """A session that nobody ends, and that is used at whatever node."""
        mine = [key for key in self.keepers if key.split(".")[1] == name.split(".")[1]]
        if len(mine) < 3:
            pair = self.login(name, chance)
            if pair is not None:
                self.keepers[name] = pair["refresh_token"]
            return
        key = chance.choice(mine)
        answer = self.ask(chance, "POST", "/refresh", {"refresh_token": self.keepers[key]})
        if answer is not None:
            self.keepers[key] = answer.json["refresh_token"]

    def verify_one(self, _, chance):
        """Asks a node about any token, as a proxy does. The moment before the question is earlier than
        the one at which the node begins to look."""
        node = chance.choice(self.cluster.servers)
        with self.lock:
            names = list(self.tokens)
        if not names or not node.lives() or not node.address:
            time.sleep(0.01)
            return
        name = chance.choice(names[-20:])
        before = now()
        answer = node.get("/verify", self.texts[name])
        status = {200: "OK", 401: "E_REVOKED", 503: "E_STALE"}.get(answer.status)
        if status is None:
            self.strange.append(f"{node.name}: verify: {answer}")
            return
        self.decisions.append(judge.Decision(node.name, name, before, now(), status))

    def add_user(self, name, chance):
        user = "u-" + name.replace(".", "-")
        answer = self.ask(chance, "POST", "/admin/users",
                          {"name": user, "password": harness.PASSWORD}, wanted=(200, 201),
                          token=self.cluster.admin_token)
        if answer is not None:
            self.users.append(user)
        time.sleep(0.05)


class Checker:
    """Plays schedules, one after the other, on one cluster."""

    CLIENTS = 4
    WATCHED = 24  # tokens that guards look at in the end, at most, of each kind

    def __init__(self, cluster, guards, lease):
        self.cluster, self.guards, self.lease = cluster, guards, lease

    def play(self, seed, seconds):
        """What was broken, as sentences."""
        cluster = self.cluster
        cluster.admin_token = cluster.servers[0].login("alice")["access_token"]
        schedule = faults.Schedule(seed, cluster, seconds)
        print(f"  {seed}: {schedule}", flush=True)
        marks = [guard.mark() for guard in self.guards]
        load = Load(cluster, self.guards, seed)
        began = time.monotonic()

        def wait(until):
            time.sleep(max(0.0, began + until - time.monotonic()))
        load.run(self.CLIENTS)
        try:
            schedule.play(cluster, wait)
            wait(seconds)
        finally:
            load.stop()
        cluster.mend()
        cluster.all_ready()
        ends = self.last_words(load)
        decisions = [one for guard, mark in zip(self.guards, marks)
                     for one in guard.decisions(mark) if one.token in load.tokens]
        decisions += load.decisions
        for guard in self.guards:
            for name in load.tokens:
                guard.forget(name)
        broken = judge.judge(load.tokens, decisions, self.lease, ends)
        broken += self.what_is_lost(load)
        broken += [f"strange: {what}" for what in load.strange]
        self.tell(load, decisions)
        return broken

    def last_words(self, load):
        """What each guard says from now on: a decision that was begun after everybody was fresh."""
        # What was answered in the last moment is in force everywhere when the lease has passed.
        last = max((token.revoked or 0 for token in load.tokens.values()), default=0)
        time.sleep(max(0.0, (last - now()) / 1e9 + self.lease * (1 + judge.RATE)))
        ends = []
        for guard, mark in [(guard, guard.mark()) for guard in self.guards]:
            def all_said():
                said = {one.token: one for one in guard.decisions(mark) if one.status != "E_STALE"}
                return said if set(load.tokens) <= set(said) else None
            if load.tokens:
                said = harness.eventually(all_said, f"{guard.name} has judged all tokens again")
                ends += [said[name] for name in load.tokens]
        return ends

    def what_is_lost(self, load):
        """Sessions and users that were acknowledged and are not there."""
        chance = random.Random(0)
        for name, refresh in load.keepers.items():
            node = chance.choice(self.cluster.servers)
            answer = node.refresh(refresh)
            if answer.status != 200:
                yield f"the session of {name} is lost: {answer}"
        names = set()
        for node in self.cluster.servers[:1]:
            status, out, err = node.cli("user", "list", "--json")
            assert status == 0, err
            names = out
        for user in load.users:
            if f'"{user}"' not in names:
                yield f"the user {user} is lost"

    def tell(self, load, decisions):
        reached = judge.reach(load.tokens, decisions)
        at = (lambda part: reached[min(len(reached) - 1, int(part * len(reached)))]) if reached else (
            lambda _: 0.0)
        counts = ", ".join(f"{name} {count}" for name, count in sorted(load.counts.items()))
        print(f"    {len(decisions)} decisions about {len(load.tokens)} tokens; {counts}; accepted "
              f"behind the answer for {at(0.5):.1f} ms (half), {at(0.99):.1f} ms (99 %), "
              f"{at(1):.1f} ms (most)", flush=True)
