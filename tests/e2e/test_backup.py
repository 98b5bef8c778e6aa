#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_backup.py - copies of a store in use, and what is good after one is restored: nothing that
was issued before."""
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import tempfile
import threading
import time
import unittest

import harness


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-backup-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")
        self.file = os.path.join(self.folder, "copy.db")
        self.server = harness.Server(data=self.data)
        self.addCleanup(self.server.kill)

    def good(self, *words):
        status, out, err = self.server.cli(*words)
        self.assertEqual((status, err), (0, ""), words)
        return out

    def restore(self, file=None):
        return harness.jeton("restore", file or self.file, "--data", self.data)

    def assert_dead(self, pair):
        answer = self.server.get("/whoami", pair["access_token"])
        self.assertEqual((answer.status, answer.json["error"]), (401, "invalid_token"))
        self.assertEqual(self.server.refresh(pair["refresh_token"]).status, 401)

    def assert_alive(self, pair):
        self.assertEqual(self.server.get("/whoami", pair["access_token"]).status, 200)


class Restore(Case):
    def test_everything_issued_before_is_refused_and_logging_in_works(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        before = self.server.login()
        self.good("backup", self.file)
        self.assert_alive(before)
        self.server.add_user("bob")
        for _ in range(3):  # the log's numbers go on beyond those of the copy
            self.good("revoke", "user", "bob")
        after = self.server.login()
        self.assert_alive(after)
        self.server.kill()
        self.assertEqual(self.restore()[0], 0)
        self.server.start()
        self.assert_dead(before)
        self.assert_dead(after)
        now = self.server.login()
        self.assert_alive(now)
        self.assertEqual(self.server.refresh(now["refresh_token"]).status, 200)
        self.assertNotIn("bob", self.good("user", "list"))
        self.assertIn("all as they were written", self.good("audit", "verify"))
        self.assertIn("store.restore", self.good("audit", "list"))
        self.good("revoke", "user", "alice")  # marks work behind the jump, too
        self.assert_dead(now)

    def test_without_the_store_that_was_tokens_of_after_the_copy_are_refused_as_well(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.good("backup", self.file)
        for _ in range(5):
            self.good("revoke", "user", "alice")
        after = self.server.login()
        self.server.kill()
        for name in os.listdir(self.data):
            if name.startswith("jeton.db"):
                os.remove(os.path.join(self.data, name))
        self.assertEqual(self.restore()[0], 0)
        self.server.start()
        self.assert_dead(after)
        self.assert_alive(self.server.login())

    def test_a_one_time_code_of_the_copy_is_gone(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        code = self.good("user", "reset", "alice").split()[-1]
        self.good("backup", self.file)
        self.server.stop()
        self.assertEqual(self.restore()[0], 0)
        self.server.start()
        answer = self.server.ask("POST", "/password/reset",
                                 {"code": code, "new_password": "an entirely new one"})
        self.assertEqual(answer.status, 401)

    def test_a_store_that_is_damaged_is_kept_aside_with_its_wal(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.good("backup", self.file)
        self.server.add_user("bob")
        self.server.kill()
        self.assertTrue(os.path.exists(os.path.join(self.data, "jeton.db-wal")))
        with open(os.path.join(self.data, "jeton.db"), "r+b") as file:
            file.write(b"x" * 100)
        self.assertEqual(self.restore()[0], 0)
        self.assertFalse(os.path.exists(os.path.join(self.data, "jeton.db-wal")))
        self.server.start()
        self.assertNotIn("bob", self.good("user", "list"))
        self.server.login()

    def test_what_cannot_be_restored_leaves_the_store_as_it_is(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.good("backup", self.file)
        pair = self.server.login()
        status, _, err = self.restore()
        self.assertEqual(status, 3, "while a server works on the folder")
        self.assertIn("another jeton works on", err)
        self.server.kill()
        bad = os.path.join(self.folder, "bad.db")
        self.assertEqual(self.restore(bad)[0], 1)
        for what in ("text", "cut", "newer", "other key", "not jeton's"):
            with self.subTest(what=what):
                shutil.copy(self.file, bad)
                if what == "text":
                    with open(bad, "w", encoding="ascii") as file:
                        file.write("not a store " * 1000)
                elif what == "cut":
                    os.truncate(bad, os.path.getsize(bad) // 2)
                elif what == "not jeton's":
                    os.remove(bad)
                    self.edit(bad, "CREATE TABLE t (x)")
                elif what == "newer":
                    self.edit(bad, "INSERT INTO migrations VALUES (900, '0900_x', 'ff', 1)")
                else:
                    self.another_key(bad)
                status, _, err = self.restore(bad)
                self.assertIn(status, (1, 3), err)
                self.assertTrue(err)
        self.assertEqual([name for name in os.listdir(self.data) if "restore" in name], [])
        self.server.start()
        self.assert_alive(pair)

    def edit(self, file, sql):
        db = sqlite3.connect(file)
        db.executescript(sql)
        db.close()

    def another_key(self, bad):
        os.remove(bad)
        with harness.Server() as other:
            self.assertEqual(other.cli("backup", bad)[0], 0)


class Backup(Case):
    def test_the_copy_is_private_whole_and_relative_paths_are_the_commands_own(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        here = os.path.join(self.folder, "here")
        os.mkdir(here)
        done = subprocess.run([os.path.abspath(harness.JETON), "backup", "a.db", "--data",
                               self.data], cwd=here, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.listdir(here), ["a.db"])
        path = os.path.join(here, "a.db")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        db = sqlite3.connect(path)
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        self.assertEqual(db.execute("SELECT name FROM users").fetchall(), [("alice",)])
        db.close()

    def test_without_a_server_it_works_on_the_store(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.server.stop()
        self.good("backup", self.file)
        self.assertGreater(os.path.getsize(self.file), 10000)

    def test_a_place_where_nothing_can_be_written_is_told(self):
        self.server.start()
        status, _, err = self.server.cli("backup", os.path.join(self.folder, "no", "a.db"))
        self.assertEqual(status, 3)
        self.assertIn("No such file", err)
        self.assertEqual(self.server.get("/readyz").status, 200)

    def test_a_server_killed_while_it_copies_leaves_the_last_copy_whole(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.good("backup", self.file)
        chance = random.Random(7)
        for _ in range(5):
            stop = threading.Event()

            def log_in(until=stop):
                while not until.is_set():
                    try:
                        self.server.login()
                    except (OSError, AssertionError, ValueError):
                        return
            writer = threading.Thread(target=log_in)
            writer.start()
            copier = subprocess.Popen([harness.JETON, "backup", self.file, "--data", self.data],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.05))
            self.server.kill()
            stop.set()
            writer.join()
            copier.wait(harness.PATIENCE)
            db = sqlite3.connect(self.file)
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            db.close()
            self.server.start()
            self.server.login()

    def test_a_restore_that_is_killed_leaves_a_store_that_works(self):
        self.server.start()
        self.server.add_user("alice", "admin")
        self.good("backup", self.file)
        self.server.add_user("bob")
        self.server.stop()
        chance = random.Random(8)
        for _ in range(10):
            restore = subprocess.Popen([harness.JETON, "restore", self.file, "--data", self.data],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 0.06))
            restore.kill()
            restore.wait(harness.PATIENCE)
            self.server.start()
            self.assert_alive(self.server.login())
            self.server.stop()
        self.assertEqual(self.restore()[0], 0)
        self.server.start()
        self.assertNotIn("bob", self.good("user", "list"))


harness.main()
