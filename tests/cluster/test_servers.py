#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_servers.py - PostgreSQL and Redis of the failure tests do what the tests believe: what was committed
outlives kill -9, a standby lags and is promoted, a replica takes over, and nothing outlives the test."""
import os
import signal
import subprocess
import sys
import unittest

import daemons
from daemons import harness
import postgres
import proxy
import redis_server
from warden import WARDEN


class WithFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)


class OnePostgres(WithFolder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = postgres.Postgres(cls.folder).start()
        cls.addClassCleanup(cls.server.kill)
        cls.server.sql("CREATE TABLE t (n int)")

    def rows(self, server=None):
        return (server or self.server).sql("SELECT n FROM t ORDER BY n")

    def setUp(self):
        self.server.sql("TRUNCATE t")

    def test_it_is_as_careful_as_in_earnest(self):
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            self.assertEqual(self.server.sql(f"SHOW {name}"), ["on"], name)

    def test_what_was_committed_outlives_kill_9(self):
        for n in range(3):
            self.server.sql(f"INSERT INTO t VALUES ({n})")
            self.server.kill()
            self.assertNotEqual(self.server.ask("SELECT 1").returncode, 0)
            self.server.start()
        self.assertEqual(self.rows(), ["0", "1", "2"])

    def test_it_is_frozen_and_thawed(self):
        self.server.freeze()
        asked = subprocess.Popen([postgres.program("psql"), "-XAtq", "-h", self.server.folder, "-U",
                                  "postgres", "-c", "SELECT 1"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(asked.communicate)
        with self.assertRaises(subprocess.TimeoutExpired):
            asked.wait(0.3)
        self.server.thaw()
        self.assertEqual(asked.wait(harness.PATIENCE), 0)

    def test_who_is_not_the_superuser_shows_the_password(self):
        for url, status in ((self.server.url(), 0),
                            (self.server.url().replace(":a%20", ":b%20"), 2)):
            done = subprocess.run([postgres.program("psql"), "-XAtq", "-c", "SELECT current_user",
                                   url], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)

    def test_it_is_reached_through_a_proxy(self):
        with proxy.Proxy(self.server.socket) as way:
            done = subprocess.run([postgres.program("psql"), "-XAtq", "-c", "SELECT current_user",
                                   self.server.url(via=way.address)], capture_output=True, text=True,
                                  check=False)
        self.assertEqual((done.stdout, done.stderr), ("jeton\n", ""))

    def test_databases_are_apart(self):
        self.server.sql("INSERT INTO t VALUES (1)")
        self.server.new_database("other")
        self.assertEqual(self.server.sql("SELECT count(*) FROM pg_tables WHERE tablename = 't'",
                                         database="other"), ["0"])


class Standby(WithFolder):
    def test_it_lags_and_is_promoted(self):
        primary = postgres.Postgres(self.folder, "a").start()
        self.addCleanup(primary.kill)
        primary.sql("CREATE TABLE t (n int)")
        with primary.standby(self.folder, "b") as standby:
            self.assertTrue(standby.is_standby())
            harness.eventually(lambda: standby.follows(primary), "the standby has it all")
            standby.pause()
            primary.sql("INSERT INTO t VALUES (1)")
            self.assertEqual(standby.sql("SELECT n FROM t"), [])
            self.assertFalse(standby.follows(primary))
            with self.assertRaises(AssertionError):
                standby.sql("INSERT INTO t VALUES (2)")
            standby.resume()
            harness.eventually(lambda: standby.follows(primary), "it has caught up")
            primary.kill()
            standby.promote()
            standby.sql("INSERT INTO t VALUES (2)")
            self.assertEqual(standby.sql("SELECT n FROM t ORDER BY n"), ["1", "2"])


class Redis(WithFolder):
    def setUp(self):
        self.server = redis_server.Redis(self.folder, self.id().rpartition(".")[2][:20]).start()
        self.addCleanup(self.server.kill)

    def add(self, *numbers):
        for number in numbers:
            self.server.ask("XADD", "s", f"{number}-0", "f", "v")

    def numbers(self, server):
        return [int(entry[0].split(b"-")[0]) for entry in server.ask("XRANGE", "s", "-", "+")]

    def test_its_log_is_trimmed_and_flushed(self):
        self.add(1, 2, 3)
        with self.assertRaises(redis_server.Refused):
            self.add(2)
        self.server.ask("XTRIM", "s", "MAXLEN", "1")
        self.assertEqual(self.numbers(self.server), [3])
        self.server.ask("FLUSHALL")
        self.assertEqual(self.numbers(self.server), [])

    def test_nothing_of_it_outlives_kill_9(self):
        self.add(1)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.numbers(self.server), [])

    def test_a_replica_takes_over_and_an_empty_one_does(self):
        self.add(1, 2)
        with (proxy.Proxy(self.server.socket) as way, redis_server.Redis(self.folder, "r") as other,
              redis_server.Redis(self.folder, "e") as empty):
            other.follow(way.address)
            harness.eventually(other.is_in_step, "the replica is in step")
            self.assertEqual(self.numbers(other), [1, 2])
            with self.assertRaises(redis_server.Refused):
                other.ask("XADD", "s", "3-0", "f", "v")
            self.server.kill()
            other.promote()
            other.ask("XADD", "s", "3-0", "f", "v")
            self.assertEqual(self.numbers(other), [1, 2, 3])
            self.assertEqual(self.numbers(empty), [])


class Nothing(unittest.TestCase):
    CHILD = """
import sys, time
import postgres, redis_server
from warden import WARDEN
folder = WARDEN.folder()
a = redis_server.Redis(folder).start()
b = postgres.Postgres(folder).start()
print(a.process.pid, b.process.pid, folder, flush=True)
time.sleep(1000)
"""

    def test_outlives_a_test_that_is_ended(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number.name):
                child = subprocess.Popen([sys.executable, "-c", self.CHILD], text=True,
                                         cwd=os.path.dirname(os.path.abspath(__file__)),
                                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                *pids, folder = child.stdout.readline().split()
                self.assertTrue(all(daemons.is_running(int(pid)) for pid in pids))
                child.send_signal(number)
                child.communicate()
                harness.eventually(lambda: not any(daemons.is_running(int(pid)) for pid in pids),
                                   "the servers are gone")
                harness.eventually(lambda: not os.path.exists(folder), "the folder is gone")


if __name__ == "__main__":
    harness.main()
