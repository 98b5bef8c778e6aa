#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_crash.py - jeton serve is killed with -9 at a random moment, again and again on one folder, and
what it has acknowledged is there each time.

JETON_CRASH_ROUNDS says how often (15); see killing.py.
"""
import dataclasses
import json
import os
import random
import tempfile
import unittest

import killing
from killing import SEED, Worker, bearer, harness
from harness import PASSWORD, Server

ROUNDS = killing.ROUNDS or 15
CLIENTS = 3
USERS = 5  # of each client, at most
SESSIONS = 4  # of each user, alive at one time
FLAGS = ["--refresh-grace", "600s", "--access-ttl", "1d", "--hash-threads", "2"]


# ---- what has been acknowledged --------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class State:
    """What a user is to the outside: one of these before an operation, another after it."""

    exists: bool = False
    enabled: bool = True
    alive: frozenset = frozenset()  # numbers of sessions

    def but(self, **changes):
        return dataclasses.replace(self, **changes)


class User:
    """One user. Only one client works on it, an operation at a time, so that of all that was not
    acknowledged only the last operation is in doubt: the user is in `state` or, when that one has
    happened all the same, in `perhaps`, and never in between."""

    def __init__(self, name, roles):
        self.name, self.roles = name, roles
        self.state, self.perhaps = State(), None
        self.sessions = []  # each {"access": [tokens], "refresh": [tokens]}, the last one the newest

    def begin(self, **changes):
        self.perhaps = self.state.but(**changes)

    def acknowledged(self):
        self.state, self.perhaps = self.perhaps, None

    def alive(self):
        return sorted(self.state.alive)


def keep(session, pair):
    session["access"].append(pair["access_token"])
    session["refresh"].append(pair["refresh_token"])


# ---- a client --------------------------------------------------------------------------------------


class Client(Worker):
    """Works on users of its own until the server is killed under it."""

    def __init__(self, number, server, killed):
        super().__init__(server, killed)
        self.number, self.users = number, []

    def act(self, chance):
        user = self.choose(chance)
        moves = [self.enable]
        if user.state.enabled:
            moves = [self.login] if len(user.state.alive) < SESSIONS else []
            moves += [self.refresh] * 3 + [self.replay] if user.state.alive else []
            moves += [self.logout] if user.state.alive else []
            moves += [self.disable] if chance.random() < 0.3 else []
        if not user.state.exists:
            moves = [self.add]
        if moves:
            chance.choice(moves)(user, chance)

    def choose(self, chance):
        if len(self.users) < USERS and (not self.users or chance.random() < 0.2):
            name = f"user {self.number}.{len(self.users)}"
            self.users.append(User(name, chance.sample(["admin", "editor", "x:y"], 2)))
        return chance.choice(self.users)

    # Each operation says first what it will have changed, and is acknowledged at its end.

    def add(self, user, _):
        user.begin(exists=True)
        roles = [word for role in user.roles for word in ("--role", role)]
        self.command("user", "add", user.name, "--password-stdin", *roles, stdin=PASSWORD + "\n")
        user.acknowledged()

    def disable(self, user, _):
        user.begin(enabled=False, alive=frozenset())
        self.command("user", "disable", user.name)
        user.acknowledged()

    def enable(self, user, _):
        user.begin(enabled=True)
        self.command("user", "enable", user.name)
        user.acknowledged()

    def login(self, user, _):
        # A session that was begun without an answer is nobody's: it is in neither state.
        pair = self.ask(200, "/login", {"username": user.name, "password": PASSWORD})
        user.sessions.append({"access": [], "refresh": []})
        keep(user.sessions[-1], pair)
        user.state = user.state.but(alive=user.state.alive | {len(user.sessions) - 1})

    def refresh(self, user, chance):
        # Without an answer the token stays good for the same successor: no doubt about the state.
        session = user.sessions[chance.choice(user.alive())]
        keep(session, self.ask(200, "/refresh", {"refresh_token": session["refresh"][-1]}))

    def replay(self, user, chance):
        """A token older than the one before the last ends the session."""
        number = chance.choice(user.alive())
        tokens = user.sessions[number]["refresh"]
        if len(tokens) < 3:
            return
        user.begin(alive=user.state.alive - {number})
        self.ask(401, "/refresh", {"refresh_token": chance.choice(tokens[:-2])})
        user.acknowledged()

    def logout(self, user, chance):
        number = chance.choice(user.alive())
        scope = chance.choice(["this", "others", "all"])
        ended = {"this": {number}, "others": user.state.alive - {number}, "all": user.state.alive}
        user.begin(alive=user.state.alive - ended[scope])
        token = chance.choice(user.sessions[number]["access"])
        self.ask(204, "/logout", {"scope": scope}, bearer(token))
        user.acknowledged()


# ---- the checker -----------------------------------------------------------------------------------


class Checker:
    """Looks at a user through every door, and finds it in one of the states it may be in."""

    def __init__(self, server):
        self.server = server
        status, out, err = server.cli("user", "list", "--json")
        if status != 0:
            raise AssertionError(f"user list: {status} {err}")
        self.listed = {entry["name"]: entry for entry in json.loads(out)}

    def check(self, user):
        seen = self.look(user)
        if seen not in (user.state, user.perhaps):
            raise AssertionError(f"{user.name} is {seen}\nbut was acknowledged to be {user.state}\n"
                                 f"or perhaps {user.perhaps}")
        user.state, user.perhaps = seen, None

    def look(self, user):
        entry = self.listed.get(user.name)
        alive = {i for i, session in enumerate(user.sessions) if self.is_alive(user, session)}
        enabled = self.may_log_in(user)
        if entry is None:
            assert not enabled and not alive, f"{user.name} is not listed, but served"
            return State()
        assert enabled == (not entry["disabled"]), f"{user.name}: {entry}, login says {enabled}"
        assert sorted(entry["roles"]) == sorted(user.roles), f"{user.name}: {entry}"
        return State(True, enabled, frozenset(alive))

    def may_log_in(self, user):
        answer = self.server.ask("POST", "/login", {"username": user.name, "password": PASSWORD})
        assert answer.status in (200, 401), answer
        if answer.status == 200:  # leave no session behind that nobody watches
            assert self.server.logout(answer.json["access_token"]).status == 204
        return answer.status == 200

    def is_alive(self, user, session):
        """Its first access token, the last ones and its refresh token have to agree."""
        tokens = session["access"]
        answers = [self.server.get("/whoami", token) for token in {*tokens[:1], *tokens[-2:]}]
        for answer in answers:
            assert answer.status in (200, 401), answer
            assert answer.status == 401 or answer.json["username"] == user.name, answer
        answers.append(self.server.refresh(session["refresh"][-1]))
        statuses = {answer.status for answer in answers}
        assert len(statuses) == 1, f"{user.name}: the tokens of one session disagree: {answers}"
        if statuses == {200}:
            keep(session, answers[-1].json)
        return statuses == {200}


# ---- the rounds ------------------------------------------------------------------------------------


class Killed(unittest.TestCase):
    def setUp(self):
        print(f"JETON_CRASH_SEED={SEED} JETON_CRASH_ROUNDS={ROUNDS}", flush=True)

    def test_what_was_acknowledged_is_there_after_every_kill(self):
        killed = killing.new_killed()
        with Server(*FLAGS) as server:
            server.add_user("root", "admin")  # the last one cannot be disabled
            clients = [Client(number, server, killed) for number in range(CLIENTS)]
            killing.play(server, clients, killed, ROUNDS, lambda _: self.check(server, clients))
            killing.assert_sound(server)
            self.assertEqual(server.stop(), 0)
            self.assertGreater(min(client.done for client in clients), ROUNDS)
            print(f"{sum(client.done for client in clients)} operations were acknowledged, "
                  f"{sum(len(client.users) for client in clients)} users", flush=True)

    def check(self, server, clients):
        checker = Checker(server)
        for client in clients:
            for user in client.users:
                checker.check(user)

    def test_a_first_start_that_was_killed_is_no_obstacle(self):
        """Nothing half-made is left that stops the next start: a folder, a key, a migration."""
        chance = random.Random(f"{SEED} first")
        for turn in range(ROUNDS):
            with tempfile.TemporaryDirectory(prefix="jeton-crash-") as folder, \
                    self.subTest(seed=SEED, turn=turn):
                server = Server(data=os.path.join(folder, "data"))
                killing.kill_at_once(server, chance.uniform(0, 0.06))
                with server:
                    server.add_user()
                    server.login()


harness.main()
