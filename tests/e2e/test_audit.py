#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_audit.py - the audit log: what is in it, and that no edit of the database goes unseen."""
import json
import os
import shutil
import sqlite3
import tempfile
import unittest
import urllib.parse

import harness


def rows_of(server, *flags):
    status, out, err = server.cli("audit", "list", "--json", *flags)
    if status != 0:
        raise AssertionError(f"audit list: {status} {err}")
    return [json.loads(line) for line in out.splitlines()]


class Rows(harness.ServerCase):
    def new_rows(self, what):
        before = rows_of(self.server)[-1]["n"]
        what()
        return rows_of(self.server, "--after", str(before))

    def one(self, what, action):
        rows = [row for row in self.new_rows(what) if row["action"] == action]
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def test_a_login_says_who_and_from_where(self):
        pair = {}
        row = self.one(lambda: pair.update(self.server.login()), "session.add")
        me = self.server.get("/whoami", pair["access_token"]).json
        self.assertEqual((row["actor"], row["target"], row["address"], row["outcome"]),
                         (me["sub"], me["sid"], "127.0.0.1", "ok"))
        self.assertTrue(row["request"])

    def test_a_login_that_fails_says_for_whom(self):
        for path, body in (("/login", {"username": "alice", "password": "not this one"}),
                           ("/token", "grant_type=password&username=alice&password=not+this")):
            with self.subTest(path=path, body=body):
                before = rows_of(self.server)[-1]["n"]
                answer = self.server.ask("POST", path, body)
                self.assertIn(answer.status, (400, 401))
                row = harness.eventually(
                    lambda b=before: rows_of(self.server, "--after", str(b)), "the row")[0]
                name = body["username"] if isinstance(body, dict) else "alice"
                self.assertEqual((row["action"], row["target"], row["outcome"]),
                                 ("login", name, "E_CREDENTIALS"))
                self.assertEqual(row["request"], answer.headers["x-request-id"])
                self.assertNotIn("actor", row)

    def refused(self, path, body):
        """The audit row of a login that is refused."""
        before = rows_of(self.server)[-1]["n"]
        answer = self.server.ask("POST", path, body)
        self.assertIn(answer.status, (400, 401))
        return harness.eventually(lambda: rows_of(self.server, "--after", str(before)), "the row")[0]

    def test_a_name_that_nobody_has_is_not_written_down(self):
        """It may be a password, typed into the wrong field."""
        typed = "correct horse battery staple\n"
        other = {"username": "hunter2 hunter2", "password": "alice"}
        seen = [self.refused(*request)["target"] for request in (
            ("/login", {"username": typed, "password": "alice"}),
            ("/token", "grant_type=password&password=alice&username=" +
             urllib.parse.quote_plus(typed)),
            ("/password", {"username": typed, "old_password": "alice", "new_password": "x" * 20}),
            ("/login", other))]
        for target in seen:
            self.assertRegex(target, r"^\(unknown [0-9a-f]{12}\)$")
        self.assertEqual(len(set(seen[:3])), 1)  # repeated tries are known by it
        self.assertNotEqual(seen[0], seen[3])
        told = "".join(self.server.lines) + self.server.cli("audit", "list", "--json")[1]
        self.assertIn(seen[0], told)
        for text in (typed.strip(), "hunter2"):
            self.assertNotIn(text, told)

    def test_a_refresh_writes_nothing(self):
        token = self.server.login()["refresh_token"]
        self.assertEqual(self.new_rows(lambda: self.server.refresh(token)), [])

    def test_a_logout_names_who_did_it(self):
        token = self.server.login()["access_token"]
        me = self.server.get("/whoami", token).json
        row = self.one(lambda: self.server.logout(token), "session.end")
        self.assertEqual((row["actor"], row["target"]), (me["sub"], me["sid"]))

    def test_what_the_command_line_does_is_the_operators(self):
        for words, action, detail in (
                (("user", "role", "bob", "--add", "reader"), "user.roles", "+reader"),
                (("role", "grant", "reader", "--permission", "book:read"), "role.grant",
                 "book:read"),
                (("client", "add", "shop", "--scope", "book:read"), "client.add", "book:read"),
                (("client", "disable", "shop"), "client.disable", None),
                (("user", "reset", "bob"), "password.reset_code", None),
                (("revoke", "user", "bob"), "revoke", "user")):
            with self.subTest(words=words):
                def run(w=words):
                    status, _, err = self.server.cli(*w)
                    self.assertEqual(status, 0, err)
                row = self.one(run, action)
                self.assertEqual((row["actor"], row.get("detail")), ("operator", detail))

    def test_what_an_admin_does_over_http_is_his(self):
        token = self.server.login()["access_token"]
        me = self.server.get("/whoami", token).json["sub"]
        row = self.one(lambda: self.server.ask(
            "POST", "/admin/revocations", {"what": "user", "name": "bob"},
            {"Authorization": f"Bearer {token}"}), "revoke")
        self.assertEqual((row["actor"], row["detail"]), (me, "user"))

    def test_what_was_refused_is_not_there(self):
        def refused():
            self.assertEqual(self.server.cli("user", "disable", "alice")[0], 1)  # the last admin
            self.assertEqual(self.server.cli("user", "disable", "nobody")[0], 1)
        self.assertEqual(self.new_rows(refused), [])

    def test_the_log_holds_no_secret(self):
        self.server.login()
        self.assertNotIn(harness.PASSWORD, json.dumps(rows_of(self.server)))

    def test_the_numbers_have_no_gap_and_the_log_is_sound(self):
        rows = rows_of(self.server)
        self.assertEqual([row["n"] for row in rows], list(range(1, len(rows) + 1)))
        status, out, err = self.server.cli("audit", "verify")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^\d+ rows, all as they were written; head [0-9a-f]{64}\n$")

    def test_usage(self):
        for words in (("--after", "x"), ("--after", ""), ("--after", "-1"), ("extra",)):
            self.assertEqual(self.server.cli("audit", "list", *words)[0], 2, words)


class Tampering(unittest.TestCase):
    """Each edit is made to a fresh copy of one sound store."""

    EDITS = (
        ("nothing", "SELECT 1", None),
        ("an actor", "UPDATE audit SET actor = 'operator' WHERE n = 5", "row 5 is not"),
        ("an action", "UPDATE audit SET action = 'user.enable' WHERE n = 5", "row 5 is not"),
        ("a detail", "UPDATE audit SET detail = detail || ' ' WHERE n = 4", "row 4 is not"),
        ("a text moved to the next column",
         "UPDATE audit SET detail = target || detail, target = '' WHERE n = 4", "row 4 is not"),
        ("a time", "UPDATE audit SET time = time + 1 WHERE n = 1", "row 1 is not"),
        ("a mac", "UPDATE audit SET mac = zeroblob(32) WHERE n = 2", "row 2 is not"),
        ("two rows swapped", "UPDATE audit SET n = -n WHERE n IN (3, 4);"
         "UPDATE audit SET n = 7 + n WHERE n < 0", "row 3 is not"),
        ("a row taken out", "DELETE FROM audit WHERE n = 3", "row 3 is missing"),
        ("a row taken out and the rest moved up", "DELETE FROM audit WHERE n = 3;"
         "UPDATE audit SET n = n - 1 WHERE n > 3", "row 3 is not"),
        ("the end cut off", "DELETE FROM audit WHERE n > 4", "the rows from 5 on are missing"),
        ("the end cut off, the head too", "DELETE FROM audit WHERE n > 4; UPDATE audit_head SET "
         "n = 4, mac = (SELECT mac FROM audit WHERE n = 4)", "the head is not"),
        ("everything", "DELETE FROM audit", "the rows from 1 on are missing"),
        ("everything, the head too", "DELETE FROM audit; UPDATE audit_head SET n = 0, "
         "mac = zeroblob(32)", "the head is not"),
        ("a row put in", "INSERT INTO audit SELECT n + 1, time, actor, action, target, detail, "
         "address, request, outcome, mac FROM audit ORDER BY n DESC LIMIT 1", "is not what"),
    )

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jeton-audit-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.sound = os.path.join(cls.folder, "sound")
        with harness.Server(data=cls.sound) as server:
            server.add_user("alice", "admin")
            server.add_user("bob")
            server.login()
            server.login("bob")
            server.cli("user", "role", "bob", "--add", "reader")
            server.stop()

    def verify(self, name, edit):
        data = os.path.join(self.folder, name)
        shutil.copytree(self.sound, data)
        db = sqlite3.connect(os.path.join(data, "jeton.db"))
        db.executescript(edit)
        db.commit()
        db.close()
        return harness.jeton("audit", "verify", "--data", data)

    def test_each_edit_is_found(self):
        for number, (what, edit, want) in enumerate(self.EDITS):
            with self.subTest(what=what):
                status, out, err = self.verify(str(number), edit)
                if want is None:
                    self.assertEqual((status, err), (0, ""))
                else:
                    self.assertEqual(status, 1, out + err)
                    self.assertIn(want, err)

    def test_a_log_of_another_key_is_found(self):
        data = os.path.join(self.folder, "other")
        shutil.copytree(self.sound, data)
        db = sqlite3.connect(os.path.join(data, "jeton.db"))
        db.execute("DELETE FROM meta WHERE name = 'audit_key'")
        db.commit()
        db.close()
        status, _, err = harness.jeton("audit", "verify", "--data", data)
        self.assertEqual(status, 1)
        self.assertIn("row 1 is not", err)


harness.main()
