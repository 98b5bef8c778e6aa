#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_crash_admin.py - what test_crash.py does for users and sessions, for all the rest: clients and
their tokens, the grants of /token, revocations, passwords, imports, keys, bans, backups. Everybody
works at the same time, the server is killed with -9 under them, and what was acknowledged is there,
once, with its row in the audit log.

JETON_CRASH_ROUNDS says how often (5); see killing.py.
"""
import collections
import json
import os
import time
import unittest
import urllib.parse

import killing
from killing import Worker, bearer, harness, query
from harness import PASSWORD, Server

ROUNDS = killing.ROUNDS or 5
FLAGS = ["--access-ttl", "1d", "--refresh-grace", "600s", "--jwks-max-age", "1s",
         "--hash-threads", "2"]
BCRYPT = "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m"  # of an import, never tried
LINES = 1500  # of a file to import: more than one transaction takes


class Fact:
    """Something that is so; while an operation on it is under way it may be another way."""

    def __init__(self, value):
        self.value, self.perhaps = value, []

    def begin(self, value):
        self.perhaps = [value]

    def acknowledged(self):
        self.value, self.perhaps = self.perhaps[0], []

    def settle(self, seen, what):
        assert seen in [self.value, *self.perhaps], \
            f"{what} is {seen}, but was acknowledged to be {self.value}, perhaps {self.perhaps}"
        self.value, self.perhaps = seen, []


class Part(Worker):
    """A worker that changes facts, and counts the rows that has to make in the audit log."""

    def __init__(self, server, killed):
        super().__init__(server, killed)
        self.rows, self.doubted = collections.Counter(), collections.Counter()

    def change(self, fact, value, action, do):
        fact.begin(value)
        self.doubted[action] += 1
        got = do()
        self.doubted[action] -= 1
        self.rows[action] += 1
        fact.acknowledged()
        return got

    def form(self, status, path, secret=None, client=None, **fields):
        headers = {}
        if client:
            pair = harness.base64.b64encode(f"{client}:{secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        body = urllib.parse.urlencode(fields)
        return self.ask(status, path, body, headers)

    def verifies(self, token):
        answer = self.server.get("/verify", token)
        assert answer.status in (200, 401), answer
        return answer.status == 200


class Bans(Part):
    def __init__(self, server, killed):
        super().__init__(server, killed)
        self.bans = {f"198.51.100.{n}": Fact(False) for n in range(4)}

    def act(self, chance):
        network = chance.choice(list(self.bans))
        fact = self.bans[network]
        verb = "lift" if fact.value else "add"
        self.change(fact, not fact.value, f"ban.{verb}", lambda: self.command("ban", verb, network))

    def check(self, _):
        listed = self.command("ban", "list")
        for network, fact in self.bans.items():
            fact.settle(f"{network}/32" in listed or f"{network} " in listed, f"the ban of {network}")


class Clients(Part):
    """One client: its secret, whether it is enabled, and its tokens one by one."""

    NAME = "service"

    def __init__(self, server, killed, admin):
        super().__init__(server, killed)
        self.admin = admin
        out = self.command("client", "add", self.NAME, "--grant", "client_credentials", "--json")
        self.secret = json.loads(out)["client_secret"]
        self.enabled = Fact(True)
        self.tokens = []  # (text, Fact whether it is good)

    def act(self, chance):
        if not self.enabled.value:
            self.change(self.enabled, True, "client.enable",
                        lambda: self.command("client", "enable", self.NAME))
        elif chance.random() < 0.1:
            self.disable()
        elif self.secret is None or chance.random() < 0.1:
            self.renew()
        else:
            self.use(chance)

    def disable(self):
        for _, good in self.tokens:
            good.begin(False)
        self.change(self.enabled, False, "client.disable",
                    lambda: self.command("client", "disable", self.NAME))
        for _, good in self.tokens:
            good.acknowledged()

    def renew(self):
        self.secret = None  # if there is no answer nobody knows which one it is
        out = self.command("client", "secret", self.NAME, "--json")
        self.secret = json.loads(out)["client_secret"]

    def use(self, chance):
        good = [(text, fact) for text, fact in self.tokens if fact.value]
        if len(good) < 3:
            answer = self.form(200, "/token", self.secret, self.NAME,
                               grant_type="client_credentials")
            self.tokens.append((answer["access_token"], Fact(True)))
            return
        text, fact = chance.choice(good)
        jti = json.loads(harness.unb64(text.split(".")[1]))["jti"]
        ways = [lambda: self.form(200, "/revoke", self.secret, self.NAME, token=text),
                lambda: self.ask(204, "/admin/revocations", {"what": "token", "name": jti},
                                 bearer(self.admin)),
                lambda: self.command("revoke", "token", jti)]
        self.change(fact, False, "revoke", chance.choice(ways))

    def check(self, _):
        for text, fact in self.tokens:
            fact.settle(self.verifies(text), "a client's token")
        listed = {entry["client_id"]: entry for entry in json.loads(self.command("client", "list", "--json"))}
        self.enabled.settle(not listed[self.NAME]["disabled"], "the client's being enabled")
        if self.secret is not None:
            self.form(200 if self.enabled.value else 401, "/token", self.secret, self.NAME,
                      grant_type="client_credentials")
        self.form(401, "/token", "another", self.NAME, grant_type="client_credentials")
        self.tokens = self.tokens[-12:]


class Grants(Part):
    """A session by /token, rotated by /token, ended by /revoke."""

    def __init__(self, server, killed):
        super().__init__(server, killed)
        server.add_user("grants")
        self.command("client", "add", "app", "--public")
        self.sessions = []  # [[access, refresh], Fact whether it lives]

    def act(self, chance):
        living = [session for session in self.sessions if session[1].value]
        if len(living) < 2:
            answer = self.form(200, "/token", grant_type="password", username="grants",
                               password=PASSWORD, client_id="app")
            self.sessions.append([self.pair(answer), Fact(True)])
        elif chance.random() < 0.1:
            session = chance.choice(living)
            self.change(session[1], False, "session.end", lambda: self.form(
                200, "/revoke", token=session[0][1], client_id="app"))
        else:
            self.rotate(chance.choice(living))

    def pair(self, answer):
        return [answer["access_token"], answer["refresh_token"]]

    def rotate(self, session):
        answer = self.form(200, "/token", grant_type="refresh_token", refresh_token=session[0][1],
                           client_id="app")
        session[0] = self.pair(answer)

    def check(self, _):
        for session in self.sessions:
            (access, refresh), lives = session
            lives.settle(self.verifies(access), "a session begun by /token")
            again = [self.form(200 if lives.value else 400, "/token", grant_type="refresh_token",
                               refresh_token=refresh, client_id="app") for _ in range(2)]
            if lives.value:
                assert again[0]["refresh_token"] == again[1]["refresh_token"] != refresh
                session[0] = self.pair(again[1])
        self.sessions = self.sessions[-6:]


class Passwords(Part):
    """Changing a password ends what was begun with the old one, in one step."""

    def __init__(self, server, killed):
        super().__init__(server, killed)
        server.add_user("changer")
        self.password = Fact(PASSWORD)
        self.number, self.access = 0, None

    def act(self, _):
        if self.access is None:
            self.access = self.ask(200, "/login", self.told())["access_token"]
            return
        self.number += 1
        new = f"a new long password {self.number}"
        self.change(self.password, new, "password.change", lambda: self.ask(
            204, "/password", {"username": "changer", "old_password": self.password.value,
                               "new_password": new}))
        self.access = None

    def told(self):
        return {"username": "changer", "password": self.password.value}

    def check(self, _):
        before = self.password.value
        passwords = [before, *self.password.perhaps]
        good = [word for word in passwords if self.server.ask(
            "POST", "/login", {"username": "changer", "password": word}).status == 200]
        assert len(good) == 1, f"of {passwords}, these are good: {good}"
        self.password.settle(good[0], "the password")
        if self.access is not None:
            assert self.verifies(self.access) == (good[0] == before), "the session and the password"
        self.access = None


class Imports(Part):
    """Files of users; one that was interrupted is begun again from its start."""

    def __init__(self, server, killed, folder):
        super().__init__(server, killed)
        self.folder, self.complete, self.begun = folder, 0, False

    def file(self, number):
        path = os.path.join(self.folder, f"import-{number}.csv")
        if not os.path.exists(path):
            with open(path, "w", encoding="ascii") as file:
                file.write("name,password_hash,roles\n")
                file.writelines(f"i{number}.{n},{BCRYPT},r{n % 7}\n" for n in range(LINES))
        return path

    def act(self, _):
        if self.complete == 3:  # enough: the list is what takes the time
            time.sleep(0.05)
            return
        self.begun = True
        self.command("user", "import", self.file(self.complete))
        self.complete, self.begun = self.complete + 1, False

    def check(self, _):
        rows = query(os.path.join(self.server.data, "jeton.db"),
                     "SELECT substr(name, 1, 2), count(*), count(DISTINCT name) FROM users "
                     "WHERE name GLOB 'i[0-9].*' GROUP BY 1")
        counts = {int(name[1]): (count, names) for name, count, names in rows}
        for number in range(self.complete):
            assert counts.pop(number) == (LINES, LINES), f"import {number} is not complete"
        assert not counts or (self.begun and list(counts) == [self.complete]), counts
        roles = query(os.path.join(self.server.data, "jeton.db"),
                      "SELECT count(*) FROM users u WHERE name GLOB 'i[0-9].*' AND NOT EXISTS "
                      "(SELECT 1 FROM user_roles WHERE user = u.id)")
        assert roles == [(0,)], "a user was imported without his role"


class Keys(Part):
    """Keys of an algorithm that only this one's client uses: made, taken into use, withdrawn."""

    def __init__(self, server, killed):
        super().__init__(server, killed)
        out = self.command("client", "add", "signed", "--grant", "client_credentials", "--alg",
                           "Ed25519", "--json")
        self.secret = json.loads(out)["client_secret"]
        self.tokens = {}  # kid: token
        self.facts = {}  # kid: Fact whether it is good

    def act(self, chance):
        move = chance.random()
        good = [kid for kid, fact in self.facts.items() if fact.value]
        if move < 0.15:
            self.command("key", "rotate", "--alg", "Ed25519")
        elif move < 0.25 and good:
            kid = chance.choice(good)
            self.change(self.facts[kid], False, "key.withdraw",
                        lambda: self.command("key", "withdraw", kid))
        else:
            token = self.form(200, "/token", self.secret, "signed",
                              grant_type="client_credentials")["access_token"]
            kid = json.loads(harness.unb64(token.split(".")[0]))["kid"]
            assert kid not in self.facts or self.facts[kid].value, "a withdrawn key signs"
            self.tokens.setdefault(kid, token)
            self.facts.setdefault(kid, Fact(True))

    def check(self, _):
        published = {key["kid"] for key in self.ask(200, "/.well-known/jwks.json", None,
                                                    method="GET")["keys"]}
        for kid, fact in self.facts.items():
            fact.settle(self.verifies(self.tokens[kid]), f"the key {kid}")
            assert fact.value == (kid in published), "the key set and the verifier disagree"


class Backups(Part):
    """A copy that is there is whole, and not older than the one before."""

    def __init__(self, server, killed, folder):
        super().__init__(server, killed)
        self.path, self.newest = os.path.join(folder, "copy.db"), 0

    def act(self, _):
        before, = query(os.path.join(self.server.data, "jeton.db"), "SELECT n FROM audit_head")[0]
        self.command("backup", self.path)
        assert self.head() >= before, "the copy lacks what was there before it was begun"
        self.newest = self.head()

    def head(self):
        return query(self.path, "SELECT n FROM audit_head")[0][0]

    def check(self, chance):
        if os.path.exists(self.path):
            assert query(self.path, "PRAGMA integrity_check") == [("ok",)]
            assert self.head() >= self.newest
            if chance.random() < 0.2:
                os.remove(self.path)


class KilledAdmin(unittest.TestCase):
    def test_what_was_acknowledged_is_there_once_after_every_kill(self):
        print(f"JETON_CRASH_SEED={killing.SEED} JETON_CRASH_ROUNDS={ROUNDS}", flush=True)
        killed = killing.new_killed()
        with Server(*FLAGS) as server:
            server.add_user("admin", "admin")
            admin = server.login("admin")["access_token"]
            folder = os.path.dirname(server.data)
            parts = [Bans(server, killed), Clients(server, killed, admin), Grants(server, killed),
                     Passwords(server, killed), Imports(server, killed, folder),
                     Keys(server, killed), Backups(server, killed, folder)]
            killing.play(server, parts, killed, ROUNDS, lambda chance: self.check(parts, chance))
            self.assertEqual(server.stop(), 0)
            print(", ".join(f"{type(part).__name__} {part.done}" for part in parts), flush=True)
            self.assertGreater(sum(part.done for part in parts), ROUNDS)

    def check(self, parts, chance):
        for part in parts:
            part.killed.clear()
            part.check(chance)
        server = parts[0].server
        killing.assert_sound(server)
        told = dict(query(os.path.join(server.data, "jeton.db"),
                          "SELECT action, count(*) FROM audit WHERE outcome = 'ok' GROUP BY 1"))
        for action in ("ban.add", "ban.lift", "client.enable", "client.disable", "revoke"):
            sure = sum(part.rows[action] for part in parts)
            most = sure + sum(part.doubted[action] for part in parts)
            assert sure <= told.get(action, 0) <= most, (action, sure, told, most)


harness.main()
