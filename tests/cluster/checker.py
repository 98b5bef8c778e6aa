# SPDX-License-Identifier: Apache-2.0
"""checker.py - a cluster under a client load, faults from a seed, and the judge behind it.

What the clients believe is written down as they learn it: a token is revoked when the answer said so,
a session is theirs as long as nobody ended it, a user exists when the answer said so.

What has to be asked when all is over is asked until it can be answered: a database that has just come back
may refuse once more, and that is no broken promise.
"""
import concurrent.futures
import contextlib
import http.client
import json
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


def kid_of(token):
    return json.loads(harness.unb64(token.split(".")[0]))["kid"]


class Load:
    """What the clients do, and what they know. Each client is a thread."""

    RACERS = 12

    def __init__(self, cluster, guards, seed, play):
        self.cluster, self.guards, self.seed, self.play = cluster, guards, seed, play
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.tokens = {}    # judge.Token by name
        self.texts = {}     # the tokens themselves
        self.keepers = {}   # sessions nobody ends: name -> the last refresh token
        self.users = []     # acknowledged
        self.races = []     # judge.Race
        self.withdrawn = {} # keys: kid -> [when that was asked for, when the answer was there or None]
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
        for name, text in self.texts.items():
            self.tokens[name].falls_with(*self.withdrawn.get(kid_of(text), (None, None)))

    def work(self, number):
        chance = random.Random(f"{self.seed} client {number}")
        acts = (self.revoke_one, self.revoke_one, self.revoke_one, self.keep_one, self.keep_one,
                self.verify_one, self.verify_one, self.verify_one, self.verify_one, self.add_user,
                self.race_one)
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

    def some_node(self, chance):
        """None: the one that was drawn does not run."""
        node = chance.choice(self.cluster.servers)
        if node.address and node.lives():
            return node
        time.sleep(0.01)
        return None

    def ask(self, chance, method, path, body=None, token=None, wanted=(200, 204), basic=None):
        """A good answer of some node, or None when it could not be had."""
        node = self.some_node(chance)
        if node is None:
            return None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if basic:
            headers["Authorization"] = "Basic " + basic
        answer = node.ask(method, path, body, headers)
        what = path.split("/")[1]
        if answer.status in wanted:
            self.count(f"{what} done")
            return answer
        if answer.status == 401 and token and kid_of(token) in self.withdrawn:
            self.renew_admin(token)
        elif answer.status not in UNAVAILABLE:
            self.strange.append(f"{node.name}: {method} {path}: {answer}")
        self.count(f"{what} unavailable")
        return None

    def renew_admin(self, token):
        """The key of the administrator's token was withdrawn: whoever it may be logs in again."""
        if token == self.cluster.admin_token:
            node = self.some_node(random)
            answer = node and node.ask("POST", "/login",
                                       {"username": "alice", "password": harness.PASSWORD})
            if answer and answer.status == 200:
                self.cluster.admin_token = answer.json["access_token"]

    def login(self, name, chance):
        answer = self.ask(chance, "POST", "/login",
                          {"username": "bob", "password": harness.PASSWORD})
        return answer and self.watch(name, answer.json)

    def service(self, name, chance):
        """The token of a service, for which no password is hashed: on a loaded machine that takes long."""
        answer = self.ask(chance, "POST", "/token", "grant_type=client_credentials",
                          basic=self.cluster.service)
        return answer and self.watch(name, answer.json)

    def watch(self, name, pair):
        with self.lock:
            self.tokens[name] = judge.Token(name, now())
            self.texts[name] = pair["access_token"]
        for guard in self.guards:
            guard.watch(name, pair["access_token"])
        return pair

    # --- what a client does --------------------------------------------------------------------

    def revoke_one(self, name, chance):
        """Gets a token, looks around for a while, and ends it, perhaps strictly."""
        session = chance.random() < 0.25
        pair = self.login(name, chance) if session else self.service(name, chance)
        if pair is None:
            return
        time.sleep(chance.uniform(0, 0.1))
        token = self.tokens[name]
        token.revoking = now()
        strict = chance.random() < 0.3
        if self.revoke(pair["access_token"], session, strict, chance):
            token.revoked = now()
            if strict:
                token.strict = token.revoked

    def revoke(self, text, session, strict, chance):
        if strict:
            name = nodes.claims_of(text)["jti"]
            return self.ask(chance, "POST", "/admin/revocations",
                            {"what": "token", "name": name, "mode": "strict"},
                            token=self.cluster.admin_token) is not None
        if not session:
            return self.ask(chance, "POST", "/revoke", f"token={text}",
                            basic=self.cluster.service) is not None
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

    def race_one(self, name, chance):
        """Many refresh with the same token, at whatever nodes, at the same time. The session goes on with
        what the first one got; when nobody got anything, with what there was."""
        if any(race.name.split(".")[1] == name.split(".")[1] for race in self.races):
            return
        pair = self.login(name, chance)
        if pair is None:
            return
        got = self.race(pair["refresh_token"], self.RACERS, chance)
        self.races.append(judge.Race(name, got))
        self.keepers[f"{name}-race"] = got[0] if got else pair["refresh_token"]

    def race(self, token, many, chance):
        """The refresh tokens that they were answered."""
        drawn = [chance.choice(self.cluster.servers) for _ in range(many)]
        with concurrent.futures.ThreadPoolExecutor(many) as pool:
            answers = list(pool.map(lambda node: self.try_refresh(node, token), drawn))
        return [answer.json["refresh_token"] for answer in answers if answer]

    def try_refresh(self, node, token):
        with contextlib.suppress(*LOST):
            if node.address and node.lives():
                answer = node.refresh(token)
                if answer.status == 200:
                    return answer
                if answer.status not in UNAVAILABLE:
                    self.strange.append(f"{node.name}: a race: {answer}")
        return None

    def verify_one(self, _, chance):
        """Asks a node about any token, as a proxy does. The moment before the question is earlier than
        the one at which the node begins to look."""
        with self.lock:
            names = list(self.tokens)
        node = self.some_node(chance)
        if not names or node is None:
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
        user = f"u-{self.play}-" + name.replace(".", "-")
        answer = self.ask(chance, "POST", "/admin/users",
                          {"name": user, "password": harness.PASSWORD}, wanted=(200, 201),
                          token=self.cluster.admin_token)
        if answer is not None:
            self.users.append(user)
        time.sleep(0.05)

    # --- what an operator does -----------------------------------------------------------------

    def withdraw_a_key(self, node):
        """One that does not sign any more, if there is one: all of its tokens fall. What comes back when
        the store is away says nothing."""
        status, out, _ = node.cli("key", "list", "--json")
        old = [key["kid"] for key in json.loads(out) if key["state"] == "retiring"] if status == 0 else []
        if old:
            self.withdrawn[old[-1]] = [now(), None]
            status, _, _ = node.cli("key", "withdraw", old[-1])
            if status == 0:
                self.withdrawn[old[-1]][1] = now()
                self.count("keys withdrawn")


class Checker:
    """Plays schedules, one after the other, on one cluster. `record` is that of the last one."""

    CLIENTS = 4

    def __init__(self, cluster, guards, lease):
        self.cluster, self.guards, self.lease = cluster, guards, lease
        self.plays, self.record = 0, None

    def play(self, seed, seconds, make=faults.Schedule):
        """What was broken, as sentences."""
        cluster = self.cluster
        self.plays += 1
        cluster.admin_token = self.told(lambda: self.login("alice"), "alice is logged in")
        schedule = make(seed, cluster, seconds)
        print(f"  {seed}: {schedule}", flush=True)
        marks = [guard.mark() for guard in self.guards]
        load = cluster.load = Load(cluster, self.guards, seed, self.plays)
        began = time.monotonic()

        def wait(until):
            time.sleep(max(0.0, began + until - time.monotonic()))
        load.run(self.CLIENTS)
        try:
            schedule.play(cluster, wait)
            wait(seconds)
            over = time.monotonic()
        finally:
            load.stop()
        stopped = time.monotonic()
        cluster.recover()
        well = time.monotonic()
        self.record = self.ask_all(load, marks)
        self.tell(load, self.record, (over - began, stopped - over, well - stopped,
                                      time.monotonic() - well))
        return judge.judge_record(self.record, self.lease)

    def ask_all(self, load, marks):
        """What there is to be known, now that all is well."""
        ends = self.last_words(load)
        decisions = [one for guard, mark in zip(self.guards, marks)
                     for one in guard.decisions(mark) if one.token in load.tokens]
        for guard in self.guards:
            for name in load.tokens:
                guard.forget(name)
        chance = random.Random(load.seed)
        sessions = {name: self.told(lambda: self.refreshed(chance, token), f"{name} is refreshed")
                    for name, token in load.keepers.items()}
        found = self.told(self.names_of_users, "users are listed") if load.users else set()
        return judge.Record(load.tokens, decisions + load.decisions, ends, sessions, set(load.users),
                            found, load.races, load.strange)

    def last_words(self, load):
        """What each guard says from now on: a decision that was begun after everybody was fresh."""
        # What was answered in the last moment is in force everywhere when the lease has passed.
        last = max((token.revoked or 0 for token in load.tokens.values()), default=0)
        time.sleep(max(0.0, (last - now()) / 1e9 + self.lease * (1 + judge.RATE)))
        ends = []
        for guard, mark in [(guard, guard.mark()) for guard in self.guards]:
            said = {}

            def all_said():
                # It looks at all of them again and again: the end of what it has written will do.
                tail = guard.decisions(max(mark, guard.mark() - 65536))
                said.update((one.token, one) for one in tail if one.status != "E_STALE")
                return set(load.tokens) <= set(said)
            self.told(all_said, f"{guard.name} has judged all tokens again")
            ends += [said[name] for name in load.tokens]
        return ends

    # --- asked until there is an answer --------------------------------------------------------

    @staticmethod
    def told(ask, what):
        """What ask() gives when it gives something."""
        def once():
            with contextlib.suppress(*LOST):
                return ask()
        return harness.eventually(once, what)

    def login(self, name):
        answer = self.cluster.servers[0].ask("POST", "/login",
                                             {"username": name, "password": harness.PASSWORD})
        return answer.json["access_token"] if answer.status == 200 else None

    def refreshed(self, chance, token):
        """The status of an answer that says something."""
        status = chance.choice(self.cluster.servers).refresh(token).status
        return None if status in UNAVAILABLE else status

    def names_of_users(self):
        status, out, _ = self.cluster.servers[0].cli("user", "list", "--json")
        return {user["name"] for user in json.loads(out)} if status == 0 else None

    @staticmethod
    def tell(load, record, seconds):
        """seconds: of the faults, until the last client was done, until all was well, and of asking."""
        reached = judge.reach(record.tokens, record.decisions)
        at = (lambda part: reached[min(len(reached) - 1, int(part * len(reached)))]) if reached else (
            lambda _: 0.0)
        counts = ", ".join(f"{name} {count}" for name, count in sorted(load.counts.items()))
        took = " + ".join(f"{part:.1f}" for part in seconds)
        print(f"    {took} s; {len(record.decisions)} decisions about {len(record.tokens)} tokens; "
              f"{counts}; accepted behind the answer for {at(0.5):.1f} ms (half), {at(0.99):.1f} ms "
              f"(99 %), {at(1):.1f} ms (most)", flush=True)
