#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_upgrade.py - a store that an older jeton wrote is taken over: who could log in still can, what
was issued is still good, and what was revoked is not. And what is not such a store is left as it was.

schema-N.sql and schema-N.json are what a program of schema N wrote and gave out (make_old.py). at_time.c
sets the server's clock to a minute after that.
"""
import functools
import glob
import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)
from harness import PASSWORD, Server  # noqa: E402

AT_TIME, AT_SYNC = os.environ["AT_TIME_LIBRARY"], os.environ["AT_SYNC_LIBRARY"]
SOURCES = os.path.join(HERE, "../../src/store/sql")
KNOWN = len([name for name in os.listdir(SOURCES) if name.endswith(".sql")])
OLD = sorted(int(path.rsplit("-", 1)[1][:-4]) for path in glob.glob(f"{HERE}/schema-*.sql"))


def make_store(number, folder, *extra):
    """The store of a schema, in a data folder; what its clients have."""
    with open(f"{HERE}/schema-{number}.json", encoding="utf-8") as file:
        had = json.load(file)
    os.mkdir(folder, 0o700)
    with sqlite3.connect(os.path.join(folder, "jeton.db")) as store:
        with open(f"{HERE}/schema-{number}.sql", encoding="utf-8") as file:
            store.executescript(file.read())
        for sql in extra:
            store.executescript(sql)
    store.close()
    with open(os.open(os.path.join(folder, "master.key"), os.O_CREAT | os.O_WRONLY, 0o600),
              "wb") as file:
        file.write(bytes.fromhex(had["master"]))
    return had


def query(folder, sql, name="jeton.db"):
    store = sqlite3.connect(os.path.join(folder, name))
    try:
        return store.execute(sql).fetchall()
    finally:
        store.close()


def columns(folder):
    return set(query(folder, "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, "
                             "pragma_table_info(t.name) c WHERE t.type = 'table'"))


@functools.lru_cache
def columns_of_a_new_store():
    with Server() as fresh:
        return columns(fresh.data)


class Case(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="jeton-upgrade-")
        self.addCleanup(place.cleanup)
        self.place = place.name
        self.data = os.path.join(self.place, "data")

    def serve(self, had, later, preload=AT_TIME, **env):
        """A server at `later` seconds after the store was written."""
        server = Server("--issuer", had["issuer"], data=self.data, env={
            "LD_PRELOAD": preload, "AT_TIME": str(int(had["time"] + later - time.time())),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0", **env})
        self.addCleanup(server.kill)
        return server.start()


class Upgraded(Case):
    def test_every_schema_there_was_has_a_store_here(self):
        self.assertGreaterEqual(KNOWN, 6)
        self.assertEqual(OLD[:KNOWN - 1], list(range(1, KNOWN)),
                         "make_old.py with the last program of the schema before the newest")

    def test_a_store_of_each_schema_is_taken_over(self):
        for number in OLD:
            with self.subTest(schema=number):
                self.setUp()
                had = make_store(number, self.data)
                server = self.serve(had, 60)
                self.check_migration(server, number)
                self.check_accounts(server, had)
                self.check_tokens(server, had)
                self.check_refreshing(server, had)
                self.check_clients(server, had)
                self.check_store(server, had)
                self.assertEqual(server.stop(), 0)
                self.check_later(had)

    def check_migration(self, server, number):
        kept = os.path.join(self.data, f"jeton.db.schema-{number}")
        told = server.events("store_migrated")
        if number == KNOWN:
            self.assertEqual(told, [])
            self.assertFalse(os.path.exists(kept))
            return
        self.assertEqual([(event["applied"], event["kept"]) for event in told],
                         [(KNOWN - number, kept)])
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        self.assertEqual(query(self.data, "SELECT max(number) FROM migrations", kept), [(number,)])
        # Entries of before there was a cluster key have got their MAC, and the same entries are there.
        self.assertEqual(query(self.data, "SELECT count(*) FROM log WHERE length(mac) <> 16"), [(0,)])
        before = query(self.data, "SELECT n, kind, subject, expires FROM log ORDER BY n", kept)
        self.assertGreater(len(before), 0)
        self.assertEqual(query(self.data, f"SELECT n, kind, subject, expires FROM log "
                                          f"WHERE n <= {before[-1][0]} ORDER BY n"), before)

    def check_accounts(self, server, had):
        for name in ("alice", "bob", "carol"):
            server.login(name)
            self.assertEqual(self.log_in(server, name, "another"), 401)
        self.assertEqual(self.log_in(server, "dave", PASSWORD), 401)
        who = server.get("/whoami", had["alice"]["access"]).json
        self.assertEqual((who["username"], sorted(who["roles"])), ("alice", ["admin", "editor"]))
        if "scope" in had:
            self.assertEqual(who["scope"], had["scope"])
        if "email" in had:
            _, out, _ = server.cli("user", "show", "bob")
            self.assertIn(had["email"], out)

    def log_in(self, server, name, password):
        return server.ask("POST", "/login", {"username": name, "password": password}).status

    def check_tokens(self, server, had):
        good = [had[name] for name in ("alice", "bob", "before", "after") if name in had]
        for one in good:
            self.assertEqual(server.get("/verify", one["access"]).status, 200)
        for name in ("ended", "stolen", "carol", "dave"):
            self.assertEqual(server.get("/verify", had[name]["access"]).status, 401, name)
            self.assertEqual(server.refresh(had[name]["refresh"]).status, 401, name)
        now = {key["kid"] for key in server.get("/.well-known/jwks.json").json["keys"]}
        self.assertLessEqual({key["kid"] for key in had["jwks"]["keys"]}, now)

    def check_refreshing(self, server, had):
        answers = [server.refresh(had["alice"]["refresh"]) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [200, 200])
        first, again = (answer.json["refresh_token"] for answer in answers)
        self.assertEqual(first, again)
        self.assertEqual(server.refresh(first).status, 200)
        # One that was used before the old program stopped, and past the grace: theft.
        self.assertEqual(server.refresh(had["bob"]["used"]).status, 401)
        self.assertEqual(server.refresh(had["bob"]["refresh"]).status, 401)
        self.assertEqual(server.get("/verify", had["bob"]["access"]).status, 401)

    def check_clients(self, server, had):
        if "secret" not in had:
            return
        self.assertEqual(server.get("/verify", had["client"]).status, 200)
        self.assertEqual(server.get("/verify", had["revoked"]).status, 401)
        for secret, status in ((had["secret"], 200), (had["secret"][::-1], 401)):
            basic = harness.base64.b64encode(f"service:{secret}".encode()).decode()
            answer = server.ask("POST", "/token", "grant_type=client_credentials",
                                {"Authorization": f"Basic {basic}"})
            self.assertEqual(answer.status, status)
        reset = {"code": had["code"], "new_password": "another long password"}
        self.assertEqual(server.ask("POST", "/password/reset", reset).status, 204)
        self.assertEqual(self.log_in(server, "carol", PASSWORD), 401)
        server.login("carol", "another long password")

    def check_store(self, server, had):
        status, out, err = server.cli("audit", "verify")
        self.assertEqual(status, 0, out + err)
        if "ban" in had:
            self.assertIn(had["ban"], server.cli("ban", "list")[1])
        self.assertEqual(query(self.data, "PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(query(self.data, "PRAGMA foreign_key_check"), [])
        self.assertEqual(columns(self.data), columns_of_a_new_store())

    def check_later(self, had):
        """Old tokens end when they should have, and nothing is migrated twice."""
        server = self.serve(had, 16 * 60)
        self.assertEqual(server.events("store_migrated"), [])
        self.assertEqual(server.get("/verify", had["alice"]["access"]).status, 401)
        server.login("alice")

    def test_a_migration_that_is_killed_is_done_at_the_next_start(self):
        for what in ("kill-before-write", "kill-before-sync", "kill-after-sync"):
            with self.subTest(what):
                self.setUp()
                had = make_store(1, self.data)
                orders = os.path.join(self.place, "orders")
                with open(orders, "w", encoding="ascii") as file:
                    file.write(what)
                with self.assertRaises(AssertionError):
                    self.serve(had, 60, f"{AT_TIME} {AT_SYNC}", AT_SYNC=orders)
                os.remove(orders)
                server = self.serve(had, 60)
                server.login("alice")
                self.assertEqual(server.get("/verify", had["alice"]["access"]).status, 200)
                self.assertEqual(server.get("/verify", had["ended"]["access"]).status, 401)


class Refused(Case):
    """Each says why on one line, and leaves what is there byte for byte."""

    def refuse(self, why, ours=True):
        path = os.path.join(self.data, "jeton.db")
        before = self.state(path, ours)
        done = subprocess.run([harness.JETON, "serve", "--data", self.data, "--listen",
                               "127.0.0.1:0"], capture_output=True, text=True, check=False,
                              timeout=harness.PATIENCE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(why, done.stderr)
        self.assertEqual(self.state(path, ours), before)

    def state(self, path, ours):
        """Of what is not ours, the bytes and the mode; of a store, all that is in it."""
        if ours:
            store = sqlite3.connect(path)
            try:
                return list(store.iterdump())
            finally:
                store.close()
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest(), os.stat(path).st_mode

    def foreign(self, *sql):
        os.mkdir(self.data, 0o700)
        store = sqlite3.connect(os.path.join(self.data, "jeton.db"))
        store.executescript(";".join(sql))
        store.close()

    def test_a_store_of_a_newer_program(self):
        make_store(OLD[-1], self.data,
                   "INSERT INTO migrations VALUES (900, '0900_later', 'ff', 1)")
        self.refuse("it was used by a newer one")

    def test_databases_of_other_programs(self):
        for sql in ("CREATE TABLE letters (text TEXT)",
                    "CREATE TABLE migrations (number INTEGER, sha256 TEXT)",
                    "PRAGMA journal_mode = WAL; CREATE TABLE letters (text TEXT)"):
            with self.subTest(sql):
                self.setUp()
                self.foreign(sql, "PRAGMA user_version = 7")
                self.refuse("a database of another program", ours=False)

    def test_what_is_no_database(self):
        os.mkdir(self.data, 0o700)
        with open(os.path.join(self.data, "jeton.db"), "w", encoding="ascii") as file:
            file.write("This is a letter to my aunt.\n" * 100)
        self.refuse("is not a store of jeton", ours=False)

    def test_a_damaged_store_is_not_migrated(self):
        for sql in ("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage "
                    "FROM sqlite_schema WHERE name = 'log_by_expires') "
                    "WHERE name = 'sessions_by_expires'",
                    "INSERT INTO user_roles VALUES (zeroblob(16), 'admin')"):
            with self.subTest(sql):
                self.setUp()
                make_store(3, self.data, sql)
                self.refuse("the store is damaged")

    def test_a_migration_that_fails_half_way(self):
        make_store(3, self.data, "CREATE TABLE bans (network TEXT)")  # 0004 is fine, 0005 is not
        self.refuse("the schema cannot be made")

    def test_a_copy_that_cannot_be_kept(self):
        make_store(3, self.data)
        os.mkdir(os.path.join(self.data, "jeton.db.schema-3"))
        self.refuse("jeton.db.schema-3")


harness.main()
