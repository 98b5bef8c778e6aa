#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_postgres.py - a store in PostgreSQL: either side is killed or frozen and nothing that was
acknowledged is lost; two servers begin on one database at the same moment; an installation moves there.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cluster"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
import postgres  # noqa: E402
from warden import WARDEN  # noqa: E402

LOST = (OSError, harness.http.client.HTTPException)
ISSUER = ["--issuer", "https://id.example"]
WORKERS = 4


class Worker(threading.Thread):
    """One session after the other, each refreshed and every second one ended, until told to stop. What
    was answered 2xx is remembered; a success that was none would be found later."""

    def __init__(self, server, enough):
        super().__init__(daemon=True)
        self.server, self.enough = server, enough
        self.closing = threading.Event()
        self.alive, self.ended = [], []  # refresh tokens that must be good, or must not
        self.count = 0

    def run(self):
        while not self.closing.is_set():
            try:
                self.one()
            except (*LOST, AttributeError):  # it has no address while it is not there
                self.closing.wait(0.01)

    def one(self):
        pair = self.server.ask("POST", "/login", {"username": "alice", "password": harness.PASSWORD})
        if pair.status != 200:
            assert pair.status == 503, pair
            return
        token = pair.json["refresh_token"]
        self.alive.append(token)
        again = self.server.refresh(token)
        assert again.status in (200, 503), again
        if again.status == 200:
            self.alive[-1] = again.json["refresh_token"]
        if self.count % 2 == 0:
            # Its end may have happened from now on, whatever is answered.
            maybe = self.alive.pop()
            gone = self.server.logout(pair.json["access_token"])
            assert gone.status in (204, 503), gone
            if gone.status == 204:
                self.ended.append(maybe)
        self.count += 1
        if self.count == 3:
            self.enough.release()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = WARDEN.folder()
        self.addCleanup(WARDEN.remove, self.folder)
        self.database = postgres.Postgres(self.folder).start()
        self.addCleanup(self.database.kill)

    def serve(self, *flags, data=None, start=True):
        server = harness.Server(*ISSUER, "--refresh-grace", "600s", *flags, data=data,
                                env={"JETON_STORE": self.database.url()})
        server.settings = {"JETON_STORE": self.database.url()}
        self.addCleanup(server.__exit__)
        return self.ready(server.start()) if start else server

    def ready(self, server):
        """A node is, once the database has answered it."""
        harness.eventually(lambda: server.get("/readyz").status == 200, "the node is ready")
        return server

    def whoami(self, server, pair, status):
        """503 is no answer: on a busy machine a node may lose its lease for a moment."""
        harness.eventually(lambda: server.get("/whoami", pair["access_token"]).status != 503,
                           "the node is fresh")
        harness.eventually(lambda: server.get("/whoami", pair["access_token"]).status == status,
                           f"whoami is answered with {status}")

    def work(self, server):
        enough = threading.Semaphore(0)
        workers = [Worker(server, enough) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for _ in workers:
            self.assertTrue(enough.acquire(timeout=harness.PATIENCE))
        return workers

    def check(self, server, workers):
        """Behind the worst: all that was told is true."""
        for worker in workers:
            worker.closing.set()
            worker.join(harness.PATIENCE)
            self.assertFalse(worker.is_alive())
            for token in worker.alive:
                self.assertEqual(server.refresh(token).status, 200)
            for token in worker.ended:
                self.assertEqual(server.refresh(token).status, 401)
        self.assertTrue(any(worker.alive for worker in workers))
        self.assertTrue(any(worker.ended for worker in workers))


class Killed(Case):
    def test_what_was_acknowledged_is_there_after_the_server_was_killed(self):
        server = self.serve()
        server.add_user()
        workers = self.work(server)
        server.kill()
        server.start()
        self.check(server, workers)

    def test_what_was_acknowledged_is_there_after_the_database_was_killed(self):
        server = self.serve()
        server.add_user()
        workers = self.work(server)
        self.database.kill()
        refused = server.ask("POST", "/login",
                             {"username": "alice", "password": harness.PASSWORD})
        self.assertEqual(refused.status, 503)
        self.assertEqual(server.get("/healthz").status, 200)
        pid = server.process.pid
        self.database.start()
        harness.eventually(lambda: server.ask("POST", "/login", {
            "username": "alice", "password": harness.PASSWORD}).status == 200, "it is back")
        self.assertEqual(server.process.pid, pid)
        self.check(server, workers)

    def test_a_frozen_database_holds_up_what_needs_it_and_nothing_else(self):
        server = self.serve("--store-timeout", "1s")
        server.add_user()
        pair = server.login()
        self.database.freeze()
        self.addCleanup(self.database.thaw)
        answers = []
        asking = threading.Thread(daemon=True, target=lambda: answers.append(
            [server.refresh(pair["refresh_token"]).status,
             server.get("/whoami", pair["access_token"]).status]))
        asking.start()
        # Whatever the freshness of this node is by then: it is answered, with the database asleep.
        for _ in range(20):
            self.assertIn(server.get("/verify", pair["access_token"]).status, (200, 503))
        asking.join(harness.PATIENCE)
        self.assertEqual(answers, [[503, 503]])
        self.database.thaw()
        harness.eventually(lambda: server.refresh(pair["refresh_token"]).status == 200, "it is back")


class Two(Case):
    def test_two_servers_that_begin_at_once_are_one(self):
        key = os.path.join(self.folder, "master.key")
        with open(key, "w", encoding="ascii") as file:
            file.write(harness.b64(os.urandom(32)))
        os.chmod(key, 0o600)
        servers = [self.serve(start=False) for _ in range(2)]
        starting = []
        for server in servers:
            server.env["JETON_MASTER_KEY_FILE"] = key
            server.settings["JETON_MASTER_KEY_FILE"] = key
            starting.append(threading.Thread(target=server.start))
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join(harness.PATIENCE)
        one, other = servers
        one.add_user("alice", "admin")
        rows = self.database.sql("SELECT state, count(*) FROM keys GROUP BY state ORDER BY state")
        self.assertEqual(rows, ["active|1", "next|1"])
        pair = one.login()
        self.whoami(other, pair, 200)
        told = [server.refresh(pair["refresh_token"]).json["refresh_token"] for server in servers]
        self.assertEqual(told[0], told[1])

    def test_one_with_another_master_key_does_not_start(self):
        self.serve()
        with self.assertRaises(AssertionError) as failed:
            self.serve()
        self.assertIn("master.key", str(failed.exception))


class Moved(Case):
    def setUp(self):
        super().setUp()
        self.server = harness.Server(*ISSUER, "--refresh-grace", "600s")
        self.addCleanup(self.server.remove)
        self.server.start()
        self.addCleanup(self.server.end)
        self.server.add_user("alice", "admin")
        self.pair = self.server.login()
        self.ended = self.server.login()
        self.assertEqual(self.server.logout(self.ended["access_token"]).status, 204)

    def migrate(self, *words):
        return harness.jeton("store", "migrate", "--data", self.server.data, *words,
                             env={"JETON_STORE": self.database.url()})

    def make_tables(self):
        """By a move of a store that is not there: it opens both, and the other one is made first."""
        empty = os.path.join(self.folder, "empty")
        os.mkdir(empty, 0o700)
        status, _, err = harness.jeton("store", "restart", "--data", empty,
                                       env={"JETON_STORE": self.database.url()})
        self.assertEqual(status, 0, err)
        tables = self.database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = " ".join(f"DELETE FROM {name};" for name in sorted(
            tables, key=lambda name: ("role" not in name, name)) if name not in (
                "migrations", "log_head", "audit_head"))
        self.database.sql(rows + "UPDATE log_head SET n = 0, pruned = 0; UPDATE audit_head SET n = 0")

    def hold(self, table):
        """A transaction that nobody gets past until its standard input is closed."""
        holder = subprocess.Popen(
            [postgres.program("psql"), "-XAtq", "-h", self.database.folder, "-U", "postgres", "-d",
             postgres.DATABASE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(holder.kill)
        print(f"BEGIN; LOCK TABLE {table}; SELECT 'held';", file=holder.stdin, flush=True)
        self.assertEqual(holder.stdout.readline().strip(), "held")
        return holder

    def check_moved(self):
        server = self.serve(data=self.server.data)
        self.whoami(server, self.pair, 200)
        self.whoami(server, self.ended, 401)
        self.assertEqual(server.refresh(self.pair["refresh_token"]).status, 200)
        self.assertEqual(server.refresh(self.ended["refresh_token"]).status, 401)
        server.login()
        status, out, err = server.cli("audit", "verify")
        self.assertEqual(status, 0, out + err)
        server.stop()
        return server

    def test_an_installation_moves_with_its_sessions(self):
        status, _, err = self.migrate()
        self.assertEqual(status, 3, err)
        self.assertIn("stop it first", err)
        self.assertEqual(self.server.stop(), 0)
        status, out, err = self.migrate("--json")
        self.assertEqual(status, 0, err)
        told = json.loads(out)
        self.assertEqual((told["rows"]["users"], told["rows"]["sessions"]), (1, 2))
        self.assertTrue(os.path.exists(told["moved"]))
        self.assertFalse(os.path.exists(os.path.join(self.server.data, "jeton.db")))
        self.check_moved()
        shutil.copy(told["moved"], os.path.join(self.server.data, "jeton.db"))
        self.database.sql("DELETE FROM nodes")  # as if a minute had gone by since one was seen
        status, _, err = self.migrate()
        self.assertEqual(status, 1, err)
        self.assertIn("there is something in the other store already", err)

    def test_a_move_that_was_killed_is_done_again(self):
        self.assertEqual(self.server.stop(), 0)
        # The tables are made first; then it comes to one that somebody holds.
        self.make_tables()
        holder = self.hold("audit")
        moving = subprocess.Popen([harness.JETON, "store", "migrate", "--data", self.server.data],
                                  env={**os.environ, "JETON_STORE": self.database.url()},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(moving.kill)
        harness.eventually(lambda: self.database.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == ["1"],
            "it waits")
        moving.send_signal(signal.SIGKILL)
        moving.wait(harness.PATIENCE)
        holder.stdin.close()
        holder.wait(harness.PATIENCE)
        harness.eventually(lambda: self.database.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'jeton'") == ["0"], "all is over")
        self.assertEqual(self.database.sql("SELECT count(*) FROM users"), ["0"])
        status, _, err = self.migrate()
        self.assertEqual(status, 0, err)
        self.check_moved()

    def test_a_password_is_not_taken_from_the_command_line(self):
        self.assertEqual(self.server.stop(), 0)
        status, out, err = self.migrate("--to", self.database.url())
        self.assertNotEqual(status, 0)
        self.assertIn("JETON_STORE_PASSWORD_FILE", err)
        self.assertNotIn(postgres.PASSWORD, out + err)


harness.main()
