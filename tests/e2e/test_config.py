#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_config.py - settings from a file: jeton serve --config, and jeton config check, show and
reference."""
import json
import os
import re
import shutil
import tempfile
import unittest

import harness
from harness import jeton


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = os.path.join(self.folder, "jeton.json")

    def write(self, text, mode=0o644):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.file, mode)
        return self.file


class Serve(Folder):
    def test_a_file_wins_over_defaults_and_nothing_else(self):
        self.write("""// of this test
            {
                "access-ttl": "2m", /* like this */
                "issuer": "https://file.example",
                "token-roles": ["editor"],
            }""")
        rows = [([], {}, 120), ([], {"JETON_ACCESS_TTL": "4m"}, 240),
                (["--access-ttl", "5m"], {"JETON_ACCESS_TTL": "4m"}, 300)]
        for flags, env, seconds in rows:
            with self.subTest(flags=flags, env=env), \
                    harness.Server("--config", self.file, *flags, env=env) as server:
                server.add_user("alice", "admin", "editor")
                pair = server.login()
                said = json.loads(harness.unb64(pair["access_token"].split(".")[1]))
                self.assertEqual(pair["expires_in"], seconds)
                self.assertEqual((said["iss"], said["roles"]),
                                 ("https://file.example", ["editor"]))

    def test_the_environment_names_the_file_unless_a_flag_does(self):
        self.write('{"access-ttl": 60}')
        other = self.file + ".other"
        with open(other, "w", encoding="utf-8") as file:
            file.write('{"access-ttl": 61}')
        for flags, seconds in ([], 60), (["--config", other], 61):
            with harness.Server(*flags, env={"JETON_CONFIG": self.file}) as server:
                server.add_user()
                self.assertEqual(server.login()["expires_in"], seconds)

    def test_every_mistake_is_told_with_its_place_and_nothing_is_begun(self):
        self.write('{\n  "acess-ttl": "5m",\n  "leeway": "1h", "leeway": 5,\n'
                   '  "proxies": ["10.0.0.1/8"]\n}')
        data = os.path.join(self.folder, "data")
        status, out, err = jeton("serve", "--config", self.file, "--data", data, "--threads", "x",
                                 env={"JETON_FRESH_TTL": "soon"})
        self.assertEqual((status, out), (2, ""))
        told = [line.removeprefix("jeton serve: ") for line in err.splitlines()]
        self.assertEqual(told[:-1], [
            f"{self.file}:2:3: there is no such setting; did you mean access-ttl?",
            f"{self.file}:3:13: leeway takes 0 to 10m (example: 0s)",
            f"{self.file}:3:19: leeway is given twice: it stands in line 3 already",
            "JETON_FRESH_TTL: fresh-ttl takes 1s to 1d (example: 5m)",
            "threads takes 0 to 64 (example: 0)"])
        self.assertTrue(told[-1].startswith(f"{self.file}:4:14: proxies: "), told[-1])
        self.assertFalse(os.path.exists(data))

    def test_a_file_that_cannot_be_read_is_not_passed_over(self):
        for path in self.file, self.folder:
            status, _, err = jeton("serve", "--config", path)
            self.assertEqual(status, 3)
            self.assertIn(path, err)

    def test_other_commands_find_the_data_folder_by_it(self):
        data = os.path.join(self.folder, "data")
        self.write(json.dumps({"data": data, "hash-memory": "8M", "hash-passes": 1}))
        add = ["user", "add", "alice", "--password-stdin"]
        status, _, err = jeton(*add, "--config", self.file, stdin=harness.PASSWORD)
        self.assertEqual(status, 0, err)
        status, out, _ = jeton("user", "list", env={"JETON_CONFIG": self.file})
        self.assertEqual((status, "alice" in out), (0, True))
        status, out, _ = jeton("user", "list", "--data", data + "2",
                               env={"JETON_CONFIG": self.file})
        self.assertEqual(status, 1, "a flag wins")
        self.write('{"data": "", }')
        status, _, err = jeton("user", "list", env={"JETON_CONFIG": self.file})
        self.assertEqual(status, 2)
        self.assertIn(f"{self.file}:1:10: data takes", err)


class Check(Folder):
    def check(self, text, *flags, env=None):
        status, out, err = jeton("config", "check", "--json", "--config", self.write(text), *flags,
                                 env=env)
        self.assertEqual(err, "")
        told = json.loads(out)
        self.assertEqual(status, 0 if told["ok"] else 1)
        return told["ok"], [(one["severity"], one["where"]) for one in told["findings"]]

    def test_what_is_good_has_no_findings(self):
        self.assertEqual(self.check('{"access-ttl": "5m"}'), (True, []))
        status, out, _ = jeton("config", "check", "--config", self.file)
        self.assertEqual((status, out), (0, "no mistakes\n"))
        self.assertEqual(jeton("config", "check")[:2], (0, "no mistakes\n"))

    def test_all_errors_are_told_and_what_a_server_would_refuse_is_one(self):
        self.assertEqual(
            self.check('{"x": 1,\n"threads": 99,\n"allowed-origins": ["*"]}', "--listen", "here",
                       env={"JETON_TOKEN_ALG": "HS256"}),
            (False, [("error", self.file + ":1:2"), ("error", self.file + ":2:12"),
                     ("error", "--listen"), ("error", "JETON_TOKEN_ALG"),
                     ("error", self.file + ":3:20"), ("warning", "listen")]))
        os.remove(self.file)
        status, out, _ = jeton("config", "check", "--config", self.file)
        self.assertEqual(status, 1)
        self.assertIn(self.file, out)

    def test_what_is_weak_is_warned_about(self):
        rows = [("rate-limits", False, True), ("insecure-cookies", True, False),
                ("access-ttl", "2h", "1h"), ("leeway", 61, 60),
                ("listen", "0.0.0.0:80", "127.0.0.1:80"), ("listen", "[::]:80", "[::1]:80"),
                ("listen", "auth.example.com:80", "localhost:80"),
                ("issuer", "http://auth.example.com", "https://auth.example.com"),
                ("issuer", "http://auth.example.com", "http://localhost:8080"),
                *(("store", f"postgres://jeton@{weak}", f"postgres://jeton@{good}") for weak, good in (
                    ("db.example/jeton", "db.example/jeton?sslmode=verify-full"),
                    ("192.0.2.1/jeton?sslmode=require", "192.0.2.1/jeton?sslmode=verify-ca"),
                    ("/jeton?host=/run,db.example", "/jeton?host=/run,localhost"),
                    ("[2001:db8::1]/jeton", "[::1]/jeton"),
                    ("127.0.0.1,10.0.0.1/jeton", "127.0.0.1,127.0.0.2/jeton"),
                    ("localhost/jeton?hostaddr=10.0.0.1", "db.example/jeton?hostaddr=127.0.0.1"))),
                ("proxies", ["0.0.0.0/0"], ["10.0.0.0/8"]), ("proxies", "::/0", "::1"),
                ("hash-passes", 1, 2), ("refresh-ttl", "91d", "90d")]
        for name, weak, good in rows:
            with self.subTest(name=name, weak=weak):
                ok, found = self.check(json.dumps({name: weak}))
                self.assertTrue(ok, "a server would start")
                self.assertEqual([where for _, where in found], [name])
                self.assertEqual(self.check(json.dumps({name: good})), (True, []))
        local = {"metrics-local": True, "proxies": ["127.0.0.1"]}
        self.assertEqual(self.check(json.dumps(local)), (True, [("warning", "metrics-local")]))
        self.assertEqual(self.check('{"metrics-local": true}'), (True, []))

    def test_a_file_that_others_may_write_is_warned_about(self):
        for mode, count in (0o644, 0), (0o600, 0), (0o664, 1), (0o666, 1), (0o646, 1):
            self.write("{}", mode)
            out = jeton("config", "check", "--json", "--config", self.file)[1]
            self.assertEqual(len(json.loads(out)["findings"]), count, oct(mode))

    def test_a_slip_in_the_environment_is_warned_about(self):
        slips = {"JETON_ACESS_TTL": "5m", "JETON_access_ttl": "5m", "JETON_ACCESSTTL": "5m"}
        _, found = self.check("{}", env={**slips, "JETON_ACCESS_TTL": "5m", "JETON_X": "1",
                                         "JETONACCESS_TTL": "1"})
        self.assertEqual(sorted(found), sorted(("warning", name) for name in slips))


class Show(Folder):
    def test_each_value_is_shown_with_where_it_came_from(self):
        self.write('{\n  "leeway": "30s", "proxies": ["::1", "::2"], "data": "x"\n}')
        words = ["config", "show", "--config", self.file, "--threads", "2"]
        env = {"JETON_DATA": "y"}
        status, out, err = jeton(*words, "--json", env=env)
        self.assertEqual((status, err), (0, ""))
        shown = {one.pop("name"): one for one in json.loads(out)["settings"]}
        self.assertEqual(shown["leeway"], {"value": "30s", "from": "file", "needs_restart": True,
                                           "where": self.file + ":2:13"})
        self.assertEqual(shown["proxies"]["value"], ["::1", "::2"])
        self.assertEqual(shown["proxies"]["needs_restart"], False)
        self.assertEqual((shown["data"]["value"], shown["data"]["where"]), ("y", "JETON_DATA"))
        self.assertEqual((shown["threads"]["value"], shown["threads"]["from"]), (2, "flag"))
        self.assertEqual(shown["rate-limits"],
                         {"value": True, "from": "default", "needs_restart": False})
        lines = {line.split()[0]: line.split()[1:] for line in jeton(*words, env=env)[1]
                 .splitlines()}
        self.assertEqual(set(lines), set(shown))
        self.assertEqual(lines["leeway"], ["30s", self.file + ":2:13"])
        self.assertEqual(lines["issuer"], ["-", "default"])

    def test_mistakes_are_told_instead(self):
        status, out, err = jeton("config", "show", "--config", self.write("{"))
        self.assertEqual((status, out), (2, ""))
        self.assertIn(self.file + ":1:2: ", err)


class Reference(Folder):
    def test_it_is_a_file_of_settings_and_so_it_is_with_every_setting_taken(self):
        status, text, _ = jeton("config", "reference")
        self.assertEqual(status, 0)
        self.write(text)
        self.assertEqual(jeton("config", "check", "--config", self.file)[:2], (0, "no mistakes\n"))
        show = json.loads(jeton("config", "show", "--json")[1])["settings"]
        taken = re.sub(r'(?m)^    // (?="[a-z-]+": )', "    ", text)
        self.write(taken)
        again = json.loads(jeton("config", "show", "--json", "--config", self.file)[1])["settings"]
        self.assertGreater(len(again), 30)
        self.assertEqual([one["from"] for one in again], ["file"] * len(show))
        self.assertEqual([one["value"] for one in again], [one["value"] for one in show])
        self.assertEqual([one["name"] for one in again], [one["name"] for one in show])


if __name__ == "__main__":
    harness.main()
