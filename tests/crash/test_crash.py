#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_crash.py - kill -9 at any moment: what was acknowledged is there afterwards.

Clients add, disable and enable users and begin, refresh and end sessions in random order, and note
what was acknowledged. The server is killed at a random moment and started again on the same folder.
Then every acknowledged user, session and revocation must be there; of what was under way, either all
or nothing. Each client works on users of its own, so it knows what has to be.

JETON_CRASH_ROUNDS  how often the server is killed [15]
JETON_CRASH_SEED    repeats the choices of an earlier run, which has printed it; what the kill meets
                    is the machine's choice
"""
import json
import os
import random
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
from harness import PASSWORD  # noqa: E402

ROUNDS = int(os.environ.get("JETON_CRASH_ROUNDS", "15"))
SEED = int(os.environ.get("JETON_CRASH_SEED") or random.SystemRandom().getrandbits(32))
CLIENTS = 3
LIFE = 0.5      # seconds until a kill, at most
SAMPLE = 60     # sessions of a client that are looked at after a kill; in the end all are
FLAGS = ["--refresh-grace", "10m", "--access-ttl", "12h", "--hash-queue", "1000"]
LOST = (OSError, harness.http.client.HTTPException)  # no answer, or half of one


class InDoubt(Exception):
    """The server died before it answered: done or not, nobody knows."""


class Session:
    def __init__(self, user, pair):
        self.user = user
        self.access = [pair["access_token"]]
        self.refresh = [pair["refresh_token"]]  # the last two
        self.ended = False
        self.end_in_doubt = self.refresh_in_doubt = False

    def keep(self, pair):
        self.refresh = [self.refresh[-1], pair["refresh_token"]]
        self.access = [self.access[0], pair["access_token"]]
        self.refresh_in_doubt = False


class User:
    def __init__(self, name):
        self.name = name
        self.there = None      # None: in doubt
        self.disabled = False  # None: in doubt
        self.sessions = []

    def live(self):
        return [session for session in self.sessions if not session.ended]


class Client:
    """One client: what it does, and what it knows."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.users = []
        self.counts = {}

    # --- what it does --------------------------------------------------------------------------

    def ask(self, method, path, body=None, token=None):
        """One request. InDoubt when no answer came; a failure of the server fails the test."""
        headers = {"Authorization": f"Bearer {token}"} if token else None
        try:
            answer = self.server.ask(method, path, body, headers)
        except LOST as why:
            raise InDoubt() from why
        if answer.status >= 500:
            raise AssertionError(f"{method} {path}: {answer}")
        return answer

    def cli(self, *words, stdin=""):
        status, out, err = self.server.cli(*words, stdin=stdin)
        if status == 3:
            raise InDoubt(err)
        if status != 0:
            raise AssertionError(f"{words}: {status} {out} {err}")

    def want(self, answer, status):
        if answer.status != status:
            raise AssertionError(f"{status} wanted: {answer}")
        return answer

    def add_user(self, _):
        user = User(f"user-{self.number}-{len(self.users)}")
        self.users.append(user)
        self.cli("user", "add", user.name, "--password-stdin", stdin=PASSWORD)
        user.there = True

    def pick(self, rng, good):
        users = [user for user in self.users if user.there and good(user)]
        return rng.choice(users) if users else None

    def pick_session(self, rng):
        user = self.pick(rng, lambda user: user.live())
        return rng.choice(user.live()) if user else None

    def login(self, rng):
        user = self.pick(rng, lambda user: not user.disabled)
        if user is None:
            return
        answer = self.ask("POST", "/login", {"username": user.name, "password": PASSWORD})
        session = Session(user, self.want(answer, 200).json)
        user.sessions.append(session)
        self.want(self.ask("GET", "/whoami", token=session.access[0]), 200)

    def refresh(self, rng):
        session = self.pick_session(rng)
        if session is None:
            return
        session.refresh_in_doubt = True
        answer = self.ask("POST", "/refresh", {"refresh_token": session.refresh[-1]})
        session.keep(self.want(answer, 200).json)

    def logout(self, rng):
        session = self.pick_session(rng)
        if session is None:
            return
        scope = rng.choice(["this", "this", "others", "all"])
        ending = [each for each in session.user.live()
                  if scope == "all" or (each is session) == (scope == "this")]
        for each in ending:
            each.end_in_doubt = True
        self.want(self.ask("POST", "/logout", {"scope": scope}, session.access[-1]), 204)
        for each in ending:
            each.ended, each.end_in_doubt = True, False
            self.want(self.ask("GET", "/verify", token=each.access[-1]), 401)

    def disable(self, rng):
        user = self.pick(rng, lambda user: not user.disabled)
        if user is None:
            return
        user.disabled = None
        self.cli("user", "disable", user.name)
        self.is_disabled(user)

    def is_disabled(self, user):
        user.disabled = True
        for session in user.sessions:
            session.ended = True

    def enable(self, rng):
        user = self.pick(rng, lambda user: user.disabled)
        if user is None:
            return
        user.disabled = None
        self.cli("user", "enable", user.name)
        user.disabled = False

    DEEDS = [(add_user, 2), (login, 6), (refresh, 8), (logout, 3), (disable, 1), (enable, 1)]

    def work(self, rng):
        """Goes on until the server is killed: returns what was under way then."""
        deeds, weights = zip(*self.DEEDS)
        while True:
            deed = rng.choices(deeds, weights)[0]
            try:
                deed(self, rng)
            except InDoubt:
                return deed.__name__
            self.counts[deed.__name__] = self.counts.get(deed.__name__, 0) + 1

    # --- what has to be ------------------------------------------------------------------------

    def check(self, listed, rng, all_of_it):
        self.check_users(listed)
        sessions = [session for user in self.users for session in user.sessions]
        doubtful = [each for each in sessions if each.end_in_doubt or each.refresh_in_doubt]
        if not all_of_it and len(sessions) > SAMPLE:
            sessions = rng.sample(sessions, SAMPLE) + doubtful
        for session in sessions:
            self.check_session(session)
        self.check_logins(rng)

    def check_users(self, listed):
        for user in self.users:
            row = listed.get(user.name)
            if user.there and row is None:
                raise AssertionError(f"{user.name} was added and is gone")
            user.there = row is not None
            if not user.there:
                continue
            if user.disabled is not None and row["disabled"] != user.disabled:
                raise AssertionError(f"{user.name}: disabled has become {row['disabled']}")
            if row["disabled"]:
                self.is_disabled(user)
            user.disabled = row["disabled"]

    def check_session(self, session):
        answers = {self.ask("GET", "/verify", token=token).status for token in session.access}
        if session.end_in_doubt and not session.ended:
            session.ended = answers == {401}
        session.end_in_doubt = False
        if answers != ({401} if session.ended else {200}):
            raise AssertionError(f"access tokens of {session.user.name}, session "
                                 f"{'ended' if session.ended else 'live'}: {answers}")
        if session.ended:
            self.want(self.ask("POST", "/refresh", {"refresh_token": session.refresh[-1]}), 401)
            session.refresh_in_doubt = False
            return
        if len(session.refresh) == 2 and not session.refresh_in_doubt:
            # the answer that got lost, once more
            again = self.ask("POST", "/refresh", {"refresh_token": session.refresh[0]})
            if self.want(again, 200).json["refresh_token"] != session.refresh[1]:
                raise AssertionError("another successor of the same refresh token")
        answer = self.ask("POST", "/refresh", {"refresh_token": session.refresh[-1]})
        session.keep(self.want(answer, 200).json)

    def check_logins(self, rng):
        users = [user for user in self.users if user.there]
        for user in rng.sample(users, min(5, len(users))):
            answer = self.ask("POST", "/login", {"username": user.name, "password": PASSWORD})
            self.want(answer, 401 if user.disabled else 200)
            if not user.disabled:
                session = Session(user, answer.json)
                user.sessions.append(session)
                self.want(self.ask("GET", "/whoami", token=session.access[0]), 200)


class Crash(unittest.TestCase):
    def threads(self, *functions):
        """Runs functions at once and fails if one of them does. Returns what they returned."""
        results, failures = [None] * len(functions), []

        def run(i):
            try:
                results[i] = functions[i]()
            except BaseException as why:  # pylint: disable=broad-except
                failures.append(why)

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(600)
        if failures:
            raise failures[0]
        return results

    def kill_after(self, server, seconds):
        time.sleep(seconds)
        server.kill()

    def kill_a_command(self, server, rng, client):
        """The command line working on the store by itself dies as well as a server does."""
        user = User(f"user-{client.number}-{len(client.users)}")
        client.users.append(user)
        with subprocess.Popen(
                [harness.JETON, "user", "add", user.name, "--password-stdin", "--data", server.data],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={**os.environ, "JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1"}) as command:
            command.stdin.write(PASSWORD.encode() + b"\n")
            command.stdin.close()
            time.sleep(rng.uniform(0, 0.03))
            command.kill()
            if b"is added" in command.stdout.read():
                user.there = True

    def look(self, server, clients, rng, all_of_it):
        """After a start: everything that was acknowledged is there."""
        status, out, err = server.cli("user", "list", "--json")
        self.assertEqual(status, 0, err)
        listed = {user["name"]: user for user in json.loads(out)}
        seeds = [rng.getrandbits(32) for _ in clients]
        self.threads(*(lambda c=client, s=seed: c.check(listed, random.Random(s), all_of_it)
                       for client, seed in zip(clients, seeds)))

    def test_what_was_acknowledged_is_there_after_a_kill(self):
        print(f"  seed {SEED}, {ROUNDS} rounds", flush=True)
        rng = random.Random(SEED)
        with harness.Server(*FLAGS) as server:
            clients = [Client(server, number) for number in range(CLIENTS)]
            for turn in range(ROUNDS):
                seeds = [rng.getrandbits(32) for _ in clients]
                kill = rng.uniform(0, LIFE)
                *under_way, _ = self.threads(
                    *(lambda c=client, s=seed: c.work(random.Random(s))
                      for client, seed in zip(clients, seeds)),
                    lambda k=kill: self.kill_after(server, k))
                if rng.random() < 0.3:
                    self.kill_a_command(server, rng, clients[0])
                server.start()
                self.look(server, clients, rng, turn == ROUNDS - 1)
                print(f"  round {turn + 1}: killed after {kill:.3f} s during "
                      f"{', '.join(under_way)}", flush=True)
        counts = {}
        for client in clients:
            for name, count in client.counts.items():
                counts[name] = counts.get(name, 0) + count
        print(f"  acknowledged: {counts}")
        for name in ("add_user", "login", "refresh", "logout"):
            self.assertGreater(counts.get(name, 0), 0, "a run in which nothing happens proves nothing")


harness.main()
