#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_move.py - jeton store migrate, broken deliberately: it says what to do, the store that was there is
as it was, and the same command works once the cause is gone. And servers whose store is not there."""
import contextlib
import os
import resource
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cluster"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
import postgres  # noqa: E402
from warden import WARDEN  # noqa: E402

ISSUER = ["--issuer", "https://id.example"]

# What stands where the next move gets to: the table of users is made, and takes nobody.
FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '53100'; END $$;
CREATE FUNCTION arm() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  IF to_regclass('public.sessions') IS NOT NULL AND NOT EXISTS
     (SELECT 1 FROM pg_trigger WHERE tgname = 'full_disk') THEN
    EXECUTE 'CREATE TRIGGER full_disk BEFORE INSERT ON public.sessions
             FOR EACH ROW EXECUTE FUNCTION public.full_disk()';
  END IF; END $$;
CREATE EVENT TRIGGER arm ON ddl_command_end EXECUTE FUNCTION arm();
"""


class Move(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.database = postgres.Postgres(cls.folder).start()
        cls.addClassCleanup(cls.database.kill)
        cls.count = 0

    def setUp(self):
        """An installation with one session, which is stopped, and an empty database."""
        self.server = harness.Server(*ISSUER)
        self.addCleanup(self.server.__exit__)
        with contextlib.ExitStack() as stack:
            stack.callback(self.server.stop)
            self.server.start()
            self.server.add_user()
            self.pair = self.server.login()
        type(self).count += 1
        self.name = f"target{self.count}"
        self.url = self.database.new_database(self.name)
        self.file = os.path.join(self.server.data, "jeton.db")

    def migrate(self, *words, store=None, **more):
        env = {"JETON_STORE": self.url if store is None else store}
        if more:
            done = subprocess.run([harness.JETON, "store", "migrate", "--data", self.server.data, *words],
                                  env={**os.environ, **env}, capture_output=True, text=True,
                                  check=False, timeout=harness.PATIENCE, **more)
            return done.returncode, done.stdout, done.stderr
        return harness.jeton("store", "migrate", "--data", self.server.data, *words, env=env)

    def refused(self, says, *words, status=3, **more):
        """The old store is there as it was, and nothing is where it was to go."""
        before = self.users()
        got, out, err = self.migrate(*words, **more)
        self.assertEqual(got, status, out + err)
        self.assertIn(says, err)
        self.assertNotIn(postgres.PASSWORD, out + err)
        self.assertEqual(self.users(), before)
        self.assertFalse(os.path.exists(self.file + ".moved"))

    def users(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as found:
            return found.execute("SELECT * FROM users").fetchall()

    def moves(self, *words, **more):
        status, out, err = self.migrate(*words, **more)
        self.assertEqual(status, 0, out + err)
        return out

    def goes_on(self, store, data=None):
        server = harness.Server(*ISSUER, data=data or self.server.data, env={"JETON_STORE": store})
        try:
            server.start()
            harness.eventually(lambda: server.get("/readyz").status == 200, "the node is ready")
            harness.eventually(lambda: server.get("/whoami", self.pair["access_token"]).status == 200,
                               "the session is good")
            answer = server.refresh(self.pair["refresh_token"])
            self.assertEqual(answer.status, 200, answer)
            self.pair = answer.json
        finally:
            server.end()

    def test_where_to_is_said(self):
        self.refused("--to is missing", store="", status=2)
        for place in "mysql://jeton@localhost/jeton", "/somewhere/jeton.db", "sqlite:", "postgres://":
            self.refused("--to is sqlite:FILE or postgres://USER@HOST/DATABASE", "--to", place,
                         status=2)
        self.refused("that is where the store is already", "--to", "sqlite:" + self.file, status=2)
        self.refused("the address of the store is none of PostgreSQL", "--to", "postgres://[x/y",
                     status=2)
        self.refused("cannot", "--to", f"sqlite:{self.folder}/nowhere/jeton.db")
        self.moves()
        self.goes_on(self.url)

    def test_where_to_is_not_there(self):
        self.refused("Connection refused", "--to", "postgres://jeton@127.0.0.1:1/jeton")
        self.refused("does not exist", store=self.url.replace(self.name, "nowhere"))
        self.refused("password authentication failed", store=self.url.replace("password", "word"))
        self.database.sql("ALTER ROLE jeton SET default_transaction_read_only = on")
        try:
            self.refused("read-only")
        finally:
            self.database.sql("ALTER ROLE jeton RESET default_transaction_read_only")
        self.moves()
        self.goes_on(self.url)

    def test_something_is_there_already(self):
        self.database.sql("CREATE TABLE theirs (number int)", self.name)
        self.refused("database of another program")
        self.database.sql("DROP TABLE theirs", self.name)
        self.moves()
        os.rename(self.file + ".moved", self.file)
        self.refused("Name an empty one, or start with it", status=1)
        self.goes_on(self.url)

    def test_the_old_store_is_a_newer_programs(self):
        with contextlib.closing(sqlite3.connect(self.file)) as store:
            store.execute("INSERT INTO migrations SELECT max(number) + 1, 'later', 'x', 0 "
                          "FROM migrations")
            store.commit()
        self.refused("it was used by a newer one")
        self.assertEqual(self.database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = "
                                           "'public'", self.name), ["0"])

    def test_there_is_no_store(self):
        os.rename(self.file, self.file + ".elsewhere")
        status, _, err = self.migrate()
        self.assertEqual(status, 1, err)
        self.assertIn("there is no store", err)
        os.rename(self.file + ".elsewhere", self.file)
        self.moves()

    def test_the_database_is_full(self):
        self.database.sql(FULL, self.name)
        self.refused("PostgreSQL's disk is full")
        self.database.sql("DROP EVENT TRIGGER arm", self.name)
        for table in "users", "sessions", "log":
            self.assertEqual(self.database.sql(f"SELECT count(*) FROM {table}", self.name), ["0"])
        self.refused("PostgreSQL's disk is full")  # its tables are there now
        self.database.sql("DROP FUNCTION full_disk() CASCADE", self.name)
        self.moves()
        self.goes_on(self.url)

    def test_back_into_a_file(self):
        self.moves()
        self.goes_on(self.url)  # and writes there that it has
        back = os.path.join(self.server.data, "jeton.db")
        words = ("--from", self.url.replace(":" + self.url.split(":")[2].split("@")[0], ""), "--to",
                 "sqlite:" + back)
        password = os.path.join(self.folder, f"password{self.count}")
        with open(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(postgres.PASSWORD)
        env = {"JETON_STORE_PASSWORD_FILE": password, "JETON_STORE": ""}

        def move(**more):
            done = subprocess.run([harness.JETON, "store", "migrate", "--data", self.server.data, *words],
                                  env={**os.environ, **env}, capture_output=True, text=True,
                                  check=False, timeout=harness.PATIENCE, **more)
            return done.returncode, done.stdout, done.stderr

        status, _, err = move()
        self.assertEqual(status, 3, err)
        self.assertIn("works with this store, or did a minute ago", err)
        self.database.sql("DELETE FROM nodes", self.name)  # as if the minute had gone by
        limit = 64 << 10
        status, _, err = move(restore_signals=False, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (limit, limit)))
        self.assertEqual(status, 3, err)
        self.assertEqual(self.database.sql("SELECT count(*) FROM users", self.name), ["1"])
        status, out, err = move()
        self.assertEqual(status, 0, err)
        self.assertIn("no server may be started with it any more", out)
        self.goes_on("")


class Serve(unittest.TestCase):
    """jeton serve with a store that is not there says so and ends; nothing is made meanwhile."""

    def test_a_store_that_is_not_there(self):
        folder = WARDEN.folder()
        self.addCleanup(WARDEN.remove, folder)
        with postgres.Postgres(folder) as database:
            for address, says in (
                    (database.url(database="nowhere"), 'database "nowhere" does not exist'),
                    (database.url().replace("password", "word"), "password authentication failed"),
                    ("postgres://jeton@127.0.0.1:1/jeton", "Connection refused"),
                    ("postgres://jeton@host.invalid/jeton", "host.invalid"),
                    ("postgres://[x/jeton", "is none of PostgreSQL"),
                    ("mysql://jeton@localhost/jeton", "store is postgres://USER@HOST/DATABASE")):
                with self.subTest(says):
                    data = os.path.join(folder, "data")
                    status, _, err = harness.jeton("serve", *ISSUER, "--listen", "127.0.0.1:0",
                                                   "--data", data, env={"JETON_STORE": address})
                    self.assertIn(status, (2, 3), err)
                    self.assertIn(says, err)
                    self.assertNotIn(postgres.PASSWORD, err)
                    self.assertFalse(os.path.exists(os.path.join(data, "jeton.db")))
                    self.assertFalse(os.path.exists(os.path.join(data, "master.key")))


if __name__ == "__main__":
    harness.main()
