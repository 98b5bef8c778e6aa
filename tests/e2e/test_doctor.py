#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_doctor.py - jeton doctor finds what is wrong, and nothing where nothing is."""
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import unittest

import harness
from harness import jeton

SOUND = {"settings": "ok", "data": "ok", "files": "ok", "master key": "ok", "store": "ok"}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")

    def path(self, name):
        return os.path.join(self.data, name)

    def fill(self):
        """A folder with a store in it, as a server leaves it behind."""
        server = harness.Server(data=self.data)
        self.addCleanup(server.__exit__)
        server.start()
        server.add_user("alice", "admin")
        server.stop()

    def change(self, statement):
        base = sqlite3.connect(self.path("jeton.db"))
        with base:
            self.assertEqual(base.execute(statement).rowcount, 1)
        base.close()

    def doctor(self, *flags, env=None):
        """{where: (severity, what, advice)}; what depends on this machine is left out."""
        status, out, err = jeton("doctor", "--json", "--data", self.data, *flags, env=env)
        self.assertEqual(err, "")
        told = json.loads(out)
        self.assertEqual(status, 0 if told["ok"] else 1, out)
        self.assertEqual(told["ok"], "error" not in [one["severity"] for one in told["findings"]])
        return {one["where"]: (one["severity"], one["what"], one.get("advice"))
                for one in told["findings"] if one["where"] not in ("clock", "disk")}

    def severities(self, *flags, env=None):
        return {where: found[0] for where, found in self.doctor(*flags, env=env).items()}


class Stopped(Folder):
    def test_a_folder_that_is_not_there_is_an_error_and_stays_so(self):
        found = self.doctor()
        self.assertEqual(found["data"][0], "error")
        self.assertIn(self.data, found["data"][1])
        self.assertFalse(os.path.exists(self.data))
        with open(self.data, "w", encoding="ascii"):
            pass
        self.assertEqual(self.doctor()["data"][0], "error")

    def test_an_empty_folder_stays_empty(self):
        os.mkdir(self.data, 0o700)
        self.assertEqual(self.severities(), {"settings": "ok", "data": "ok", "files": "ok",
                                             "store": "note", "server": "note"})
        self.assertEqual(os.listdir(self.data), [])

    def test_a_sound_folder(self):
        self.fill()
        found = self.doctor()
        self.assertEqual({where: one[0] for where, one in found.items()},
                         {**SOUND, "server": "note", "keys ES256": "ok", "audit": "ok"})
        rows = json.loads(jeton("audit", "verify", "--json", "--data", self.data)[1])
        self.assertIn(rows["head"], found["audit"][1])
        lines = jeton("doctor", "--data", self.data)[1].splitlines()
        self.assertGreaterEqual(len(lines), len(found) + 2, "clock and disk")
        for line in lines:
            self.assertRegex(line, "^(ok|note|warning|error) +[a-zA-Z]")

    def test_files_that_others_can_get_at(self):
        self.fill()
        for name, mode in ("jeton.db", 0o640), ("master.key", 0o604), ("master.key", 0o620):
            with self.subTest(name=name, mode=oct(mode)):
                os.chmod(self.path(name), mode)
                found = self.doctor()
                self.assertEqual(found[name][0], "error")
                self.assertEqual(found[name][2], f"chmod 600 {self.path(name)}")
                self.assertEqual(os.stat(self.path(name)).st_mode & 0o777, mode, "is left as it is")
                os.chmod(self.path(name), 0o600)
                self.assertNotIn(name, self.doctor())
        for mode, severity in (0o700, "ok"), (0o750, "warning"), (0o770, "error"), (0o702, "error"):
            os.chmod(self.data, mode)
            self.assertEqual(self.doctor()["data"][0], severity, oct(mode))

    def test_a_master_key_that_is_missing_or_none(self):
        self.fill()
        os.rename(self.path("master.key"), self.path("kept"))
        found = self.doctor()
        self.assertEqual(found["master key"][0], "error")
        self.assertNotIn("audit", found, "nothing can be opened")
        named = {"JETON_MASTER_KEY_FILE": self.path("kept")}
        self.assertEqual(self.severities(env=named)["master key"], "ok")
        self.assertEqual(self.severities(env=named)["audit"], "ok")
        with open(self.path("kept"), encoding="ascii") as file:
            text = file.read().strip()
        self.assertEqual(self.severities(env={"JETON_MASTER_KEY": text})["master key"], "note")
        wrong = {"JETON_MASTER_KEY": "nonsense"}
        self.assertEqual(self.severities(env=wrong)["master key"], "error")

    def test_a_store_that_is_damaged_or_none(self):
        self.fill()
        with open(self.path("jeton.db"), "r+b") as file:
            file.seek(4096 * 2)
            file.write(b"\x5a" * 4096 * 20)
        found = self.doctor()
        self.assertEqual(found["store"][0], "error")
        self.assertIn("restore", found["store"][2])
        with open(self.path("jeton.db"), "wb") as file:
            file.write(b"not a database at all" * 100)
        self.assertEqual(self.doctor()["store"][0], "error")

    def test_damage_that_nobody_has_met_so_far(self):
        self.fill()
        base = sqlite3.connect(self.path("jeton.db"))
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,), = base.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'bans'")
        (size,), = base.execute("PRAGMA page_size")
        base.close()
        with open(self.path("jeton.db"), "r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\x5a")
        found = self.doctor()
        self.assertEqual(found["store"][0], "error")
        self.assertRegex(found["store"][1], "damaged|malformed")
        self.assertNotIn("audit", found)

    def test_an_audit_log_that_was_changed(self):
        self.fill()
        self.change("UPDATE audit SET action = 'x' WHERE n = 1")
        found = self.severities()
        self.assertEqual((found["audit"], found["store"]), ("error", "ok"))

    def test_a_clock_that_was_set_back(self):
        self.fill()
        ahead = os.stat(self.path("jeton.db")).st_mtime + 3600
        os.utime(self.path("jeton.db"), (ahead, ahead))
        out = jeton("doctor", "--json", "--data", self.data)[1]
        clock = [one for one in json.loads(out)["findings"] if one["where"] == "clock"]
        self.assertEqual(clock[0]["severity"], "error")
        self.assertIn("set back", clock[0]["what"])

    def test_keys_that_are_overdue(self):
        self.fill()
        self.change("UPDATE keys SET since = since - 10 * 86400000 WHERE state = 'active'")
        # the flag is the doctor's; what asks the store for the keys takes the environment's
        self.assertEqual(self.doctor("--key-active", "11d")["keys ES256"][0], "ok")
        found = self.doctor("--key-active", "8d")
        self.assertEqual(found["keys ES256"][0], "warning")
        self.assertEqual(found["keys ES256"][2], "jeton key rotate")

    def test_a_bus_that_answers_and_one_that_is_not_there(self):
        path = os.path.join(self.folder, "s")
        self.assertNotIn("bus", self.doctor())
        found = self.doctor("--bus", "unix:" + path)["bus"]
        self.assertEqual(found[0], "warning")
        self.assertIn("JETON_BUS_PASSWORD_FILE", found[2])
        server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", ""],
                                  cwd=self.folder, stdout=subprocess.DEVNULL)
        try:
            harness.eventually(lambda: self.doctor("--bus", "unix:" + path)["bus"] ==
                               ("ok", "answers", None), "it answers")
        finally:
            server.kill()
            server.wait()

    def test_settings_are_judged_as_by_check_and_worse(self):
        os.mkdir(self.data, 0o700)
        file = os.path.join(self.folder, "jeton.json")
        with open(file, "w", encoding="ascii") as text:
            text.write('{"acess-ttl": 1, "rate-limits": false}')
        os.chmod(file, 0o666)
        found = self.severities("--config", file)
        self.assertEqual((found[file + ":1:2"], found["rate-limits"], found[file]),
                         ("error", "error", "error"))
        self.assertNotIn("settings", found)


class Running(Folder):
    def setUp(self):
        super().setUp()
        self.server = harness.Server(data=self.data)
        self.addCleanup(self.server.__exit__)
        self.server.start()
        self.server.add_user("alice", "admin")

    def test_a_server_that_is_ready(self):
        found = self.severities("--listen", self.server.address)
        self.assertEqual(found, {**SOUND, "server": "ok", "keys ES256": "ok", "audit": "ok",
                                 self.server.address: "ok"})

    def test_addresses_where_it_is_not(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            silent = f"127.0.0.1:{other.getsockname()[1]}"
            found = self.doctor("--listen", f"{self.server.address}, {silent}")
            self.assertEqual(found[self.server.address][0], "ok")
            self.assertEqual(found[silent][0], "error", "bound, and nobody listens")
            other.listen()

            def answer():
                with other.accept()[0] as client:
                    client.recv(1000)
                    client.sendall(b"SSH-2.0-other_thing and more\r\n")

            thread = threading.Thread(target=answer)
            thread.start()
            found = self.doctor("--listen", silent)
            thread.join(harness.PATIENCE)
            self.assertEqual(found[silent][0], "error")
            self.assertIn("does not speak HTTP", found[silent][1])
        gone = os.path.join(self.folder, "gone.sock")
        self.assertEqual(self.severities("--listen", f"unix:{gone}")[f"unix:{gone}"], "error")

    def test_what_it_says_of_the_store_is_what_the_server_says(self):
        os.rename(self.path("master.key"), self.path("kept"))
        found = self.severities("--listen", self.server.address)
        self.assertEqual((found["master key"], found["audit"]), ("error", "ok"))


if __name__ == "__main__":
    harness.main()
