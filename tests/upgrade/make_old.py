#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_old.py - writes what test_upgrade.py begins with: the store of an older jeton as SQL text, and
what its clients were given, as JSON.

usage: JETON=/path/to/the/older/jeton make_old.py FOLDER

To be run once with the last program that has a schema, when the next schema is added; what it has
written is committed and never changes. The program itself does all the work, over HTTP and by its
command line, so that nothing is in the files that it would not have written. A command that the
program has not got yet is left out, and the JSON says nothing about it.
"""
import json
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)

ISSUER = "https://id.example"
FLAGS = ["--issuer", ISSUER, "--refresh-grace", "30s"]


def old_login(server, name, password=harness.PASSWORD):
    """A login and a refresh: the first refresh token is one that was used."""
    first = server.login(name, password)
    second = server.refresh(first["refresh_token"]).json
    return {"access": second["access_token"], "used": first["refresh_token"],
            "refresh": second["refresh_token"]}


def has(*command):
    return harness.jeton(*command, "--help")[0] == 0


class Maker:
    def __init__(self, server):
        self.server = server
        self.made = {"issuer": ISSUER, "password": harness.PASSWORD}

    def cli(self, *words, stdin=""):
        status, out, err = self.server.cli(*words, stdin=stdin)
        assert status == 0, (words, status, out, err)
        return out

    def users(self):
        self.server.add_user("alice", "admin", "editor")
        for name in ("bob", "carol", "dave"):
            self.server.add_user(name)
        self.made["dave"] = old_login(self.server, "dave")
        self.cli("user", "disable", "dave")

    def sessions(self):
        made = self.made
        made["alice"] = old_login(self.server, "alice")
        made["bob"] = old_login(self.server, "bob")
        made["ended"] = old_login(self.server, "bob")
        assert self.server.logout(made["ended"]["access"]).status == 204
        made["stolen"] = old_login(self.server, "bob")
        self.server.refresh(made["stolen"]["refresh"])
        assert self.server.refresh(made["stolen"]["used"]).status == 401
        made["carol"] = old_login(self.server, "carol")
        self.cli("session", "end", "--user", "carol")

    def accounts(self):
        if has("role", "add"):
            self.cli("role", "grant", "editor", "--permission", "pages:write")
            self.made["scope"] = "pages:write"
        if has("user", "set"):
            self.cli("user", "set", "bob", "--email", "bob@example.com")
            self.made["email"] = "bob@example.com"
        if has("user", "reset"):
            self.made["code"] = self.cli("user", "reset", "carol").split()[0]

    def clients(self):
        if not has("client", "add"):
            return
        told = self.cli("client", "add", "service", "--grant", "client_credentials", "--scope",
                        "read", "--json")
        self.made["secret"] = json.loads(told)["client_secret"]
        answers = [self.client_token() for _ in range(2)]
        self.made["client"], self.made["revoked"] = answers
        claims = json.loads(harness.unb64(answers[1].split(".")[1]))
        self.cli("revoke", "token", claims["jti"])

    def client_token(self):
        answer = self.server.ask("POST", "/token", "grant_type=client_credentials", {
            "Authorization": "Basic " + harness.base64.b64encode(
                f"service:{self.made['secret']}".encode()).decode()})
        assert answer.status == 200, answer
        return answer.json["access_token"]

    def bans(self):
        if has("ban", "add"):
            self.cli("ban", "add", "192.0.2.0/24", "--why", "guesses")
            self.made["ban"] = "192.0.2.0/24"

    def keys(self):
        """A key of before, where there are such: its tokens stay good."""
        if has("key", "rotate"):
            self.made["before"] = old_login(self.server, "alice")
            self.cli("key", "rotate")
            time.sleep(1.5)
            harness.eventually(lambda: self.kid() != self.made["before"]["access"].split(".")[0],
                               "another key signs")
            self.made["after"] = old_login(self.server, "alice")

    def kid(self):
        return self.server.login("bob")["access_token"].split(".")[0]

    def make(self):
        for part in (self.users, self.accounts, self.clients, self.sessions, self.bans, self.keys):
            part()
        self.made["jwks"] = self.server.get("/.well-known/jwks.json").json
        assert self.server.stop() == 0
        with open(os.path.join(self.server.data, "master.key"), "rb") as file:
            self.made["master"] = file.read().hex()
        self.made["time"] = int(time.time())
        return self.made


def dump(path):
    """The store as SQL text; what the header of the file says is not in what Python makes of it."""
    with sqlite3.connect(path) as store:
        number, = store.execute("SELECT max(number) FROM migrations").fetchone()
        ours, = store.execute("PRAGMA application_id").fetchone()
        return number, ["-- SPDX-License-Identifier: Apache-2.0", f"PRAGMA application_id = {ours};", *store.iterdump()]


def main():
    soon = ["--jwks-max-age", "1s"] if has("key", "rotate") else []
    with harness.Server(*FLAGS, *soon) as server:
        made = Maker(server).make()
        number, lines = dump(os.path.join(server.data, "jeton.db"))
    place = os.path.join(sys.argv[1], f"schema-{number}")
    with open(place + ".sql", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    with open(place + ".json", "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
        file.write("\n")
    print(f"{place}.sql, {place}.json")


main()
