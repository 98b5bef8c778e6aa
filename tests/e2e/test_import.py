#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_import.py - jeton user import: what is added, what is refused and why, dry runs, and an
import that is begun again."""
import json
import os
import tempfile
import time

import bcrypt
import harness
import werkzeug.security

PASSWORD = "grüner Tee um fünf"
BCRYPT = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


class Import(harness.ServerCase):
    def run_import(self, text, *words, want=0):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            status, out, err = self.server.cli("user", "import", file.name, *words)
        self.assertEqual(status, want, (out, err))
        return out.splitlines() if want < 2 else err

    def show(self, name):
        status, out, _ = self.server.cli("user", "show", name, "--json")
        return json.loads(out) if status == 0 else None

    def test_users_log_in_with_the_passwords_they_had(self):
        flask = werkzeug.security.generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
        out = self.run_import("name,email,password_hash,roles\n"
                              f"csv1,csv1@example.com,{BCRYPT},editor reader\n"
                              f"csv2,,{flask},\n")
        self.assertEqual(out, ["2 added, 0 already there, 0 refused"])
        self.assertEqual(self.show("csv1")["roles"], ["editor", "reader"])
        self.assertEqual(self.show("csv1")["email"], "csv1@example.com")
        for name in ("csv1", "csv2"):
            self.server.login(name, PASSWORD)
        self.run_import(json.dumps({"name": "json1", "password": PASSWORD}) + "\n"
                        + json.dumps({"name": "json2", "password_hash": BCRYPT, "disabled": True})
                        + "\n"
                        + json.dumps({"name": "json3", "password_hash": BCRYPT,
                                      "must_change": True}) + "\n")
        self.server.login("json1", PASSWORD)
        for name, status in (("json2", 401), ("json3", 403)):
            answer = self.server.ask("POST", "/login", {"username": name, "password": PASSWORD})
            self.assertEqual(answer.status, status)

    def test_bad_lines_are_told_and_the_others_added(self):
        rows = {
            "no hash": ("bad1,,,,", "password_hash or password"),
            "both": (f"bad2,,{BCRYPT},{PASSWORD},", "password_hash or password"),
            "an unknown hash": ("bad3,,hunter2,,", "format of the password hash"),
            "a hash that is too costly": ("bad4,," + BCRYPT.replace("$04$", "$20$") + ",,",
                                          "too little or too much"),
            "a common password": ("bad5,,,password1,", "many people use"),
            "a name that is taken": (f"ALICE,,{BCRYPT},,", "another user of that name"),
            "a bad role": (f"bad6,,{BCRYPT},,\"a,b\"", "a role has"),
            "a bad e-mail": (f"bad7,nowhere,{BCRYPT},,", "e-mail address"),
            "no name": (f",,{BCRYPT},,", "a user's name"),
            "too few fields": ("bad8", "fewer fields"),
        }
        text = "name,email,password_hash,password,roles\n"
        text += "".join(row + "\n" for row, _ in rows.values()) + f"good1,,{BCRYPT},,\n"
        out = self.run_import(text, want=1)
        self.assertEqual(out[-1], f"1 added, 0 already there, {len(rows)} refused")
        for number, ((_, why), line) in enumerate(zip(rows.values(), out)):
            self.assertTrue(line.startswith(f"line {number + 2}: refused: "), line)
            self.assertIn(why, line)
        self.server.login("good1", PASSWORD)
        for name in ("bad1", "bad3", "bad6"):
            self.assertIsNone(self.show(name))

    def test_a_dry_run_tells_of_each_line_and_adds_nobody(self):
        text = f"name,password_hash\ndry1,{BCRYPT}\nalice,{BCRYPT}\ndry2,x\n"
        out = self.run_import(text, "--dry-run", want=1)
        self.assertEqual(out[0], "line 2: would be added: bcrypt")
        self.assertIn("line 3: would be refused: there is another user", out[1])
        self.assertIn("line 4: would be refused: the format", out[2])
        self.assertEqual(out[3], "dry run: 1 added, 0 already there, 2 refused")
        self.assertIsNone(self.show("dry1"))
        lines = [json.loads(line) for line in self.run_import(text, "--dry-run", "--json", want=1)]
        self.assertEqual(lines[0], {"line": 2, "outcome": "added", "format": "bcrypt"})
        self.assertEqual(lines[-1], {"added": 1, "already": 0, "refused": 2})

    def test_an_import_that_is_begun_again_adds_the_rest(self):
        def text(count):
            return "name,password_hash\n" + "".join(f"again{i},{BCRYPT}\n" for i in range(count))
        self.assertEqual(self.run_import(text(3)), ["3 added, 0 already there, 0 refused"])
        self.server.login("again0", PASSWORD)  # which replaces the hash
        self.assertEqual(self.run_import(text(5)), ["2 added, 3 already there, 0 refused"])
        other = bcrypt.hashpw(b"another", bcrypt.gensalt(4)).decode()
        out = self.run_import(f"name,password_hash\nagain1,{other}\n", want=1)
        self.assertIn("another user of that name", out[0])

    def test_what_is_no_such_file_is_refused_as_a_whole(self):
        self.assertIn("column 2", "".join(self.cli_error("name,pasword\nann,x\n", 1)))
        status, _, err = self.server.cli("user", "import", "/no/such/file")
        self.assertEqual((status, "cannot open" in err), (3, True))
        status, _, err = self.server.cli("user", "import", self.server.data)
        self.assertEqual((status, "is not a file" in err), (3, True))
        self.assertEqual(self.run_import(""), ["0 added, 0 already there, 0 refused"])

    def cli_error(self, text, want):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            status, _, err = self.server.cli("user", "import", file.name)
        self.assertEqual(status, want, err)
        return err

    def test_many_users_take_no_time(self):
        count = 20000
        text = "name,email,password_hash,roles\n" + "".join(
            f"many{i:05},many{i:05}@example.com,{BCRYPT},reader\n" for i in range(count))
        start = time.monotonic()
        self.assertEqual(self.run_import(text), [f"{count} added, 0 already there, 0 refused"])
        rate = count / (time.monotonic() - start)
        print(f"imported {rate:.0f} users/s")
        # 10,000 on a machine that does nothing else
        self.assertGreater(rate, 100 if harness.SANITIZED else 1000)
        self.server.login(f"many{count - 1:05}", PASSWORD)

    def test_names_that_JSON_escapes_fit_as_well(self):
        name = '"' * 100
        rows = "".join(json.dumps({"name": f"{name}{i}", "password_hash": BCRYPT}) + "\n"
                       for i in range(1500))
        self.assertEqual(self.run_import(rows), ["1500 added, 0 already there, 0 refused"])


class WithoutServer(harness.unittest.TestCase):
    def test_a_folder_that_is_not_there_yet_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "users.csv")
            with open(file, "w", encoding="utf-8") as out:
                out.write("name,password_hash\n" + "".join(f"u{i},{BCRYPT}\n" for i in range(2500)))
            data = os.path.join(folder, "data")
            status, out, err = harness.jeton("user", "import", file, "--data", data)
            self.assertEqual((status, out), (0, "2500 added, 0 already there, 0 refused\n"), err)
            with harness.Server(data=data) as server:
                server.login("u2499", PASSWORD)


harness.main()
