#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_logs.py - after a full run, what the server has logged and what it has stored hold no
secret."""
import glob
import json
import os

import harness


class Logs(harness.ServerCase):
    FLAGS = ("--log-level", "debug", "--refresh-grace", "0s")

    def run_through(self):
        """Everything a client does, good and bad; returns every secret that was used."""
        secrets = [harness.PASSWORD, "wrong horse battery"]
        self.server.ask("POST", "/login", {"username": "alice", "password": secrets[1]})
        self.server.ask("POST", "/login", f"username=alice&password={secrets[1]}&x=%zz")
        pair = self.server.login()
        second = self.server.refresh(pair["refresh_token"]).json
        self.server.refresh(pair["refresh_token"])
        self.server.get("/whoami", second["access_token"])
        self.server.get("/whoami", second["access_token"] + "x")
        last = self.server.login()
        self.server.get("/verify?role=nobody", last["access_token"])
        self.server.logout(last["access_token"])
        for tokens in (pair, second, last):
            secrets += [tokens["access_token"], tokens["refresh_token"]]
            secrets += tokens["access_token"].split(".")[2:]  # a signature alone is one, too
        return secrets

    def test_neither_log_nor_store_holds_a_secret(self):
        secrets = self.run_through()
        with open(os.path.join(self.server.data, "master.key"), encoding="ascii") as file:
            secrets.append(file.read().strip())
        self.server.stop()
        log = "".join(self.server.lines)
        for secret in secrets:
            self.assertNotIn(secret, log)
        stored = b"".join(open(path, "rb").read()
                          for path in glob.glob(os.path.join(self.server.data, "jeton.db*")))
        self.assertGreater(len(stored), 10000)
        for secret in secrets:
            self.assertNotIn(secret.encode(), stored)
        for marker in (b'"d":"', b"PRIVATE KEY"):
            self.assertNotIn(marker, stored)

    def test_every_line_is_json_with_time_level_and_event(self):
        self.server.get("/whoami", "x")
        self.assertGreater(len(self.server.lines), 0)
        for line in self.server.lines:
            entry = json.loads(line)
            self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(entry["level"], ("debug", "info", "warn", "error"))
            self.assertTrue(entry["event"])


class Events(harness.ServerCase):
    def test_a_refusal_is_found_in_the_log_by_its_request_id(self):
        answer = self.server.get("/whoami", "x")
        entry = harness.eventually(
            lambda: next((e for e in self.server.events("token_refused")
                          if e["request"] == answer.json["request_id"]), None), "its log line")
        self.assertEqual(entry["outcome"], "E_SYNTAX")

    def test_a_failed_login_says_to_the_operator_what_it_hides_from_the_client(self):
        self.server.ask("POST", "/login", {"username": "nobody\n\"", "password": "whatever"})
        entry = harness.eventually(lambda: self.server.events("login_failed"), "its line")[-1]
        self.assertEqual((entry["user"], entry["why"], entry["address"]),
                         ('nobody\n"', "name", "127.0.0.1"))


class Reader(harness.unittest.TestCase):
    REQUESTS = 12000  # some 150 bytes of log each: a pipe, the ring, and more

    def setUp(self):
        self.server = harness.Server("--log-level", "debug", "--metrics-local", "on")
        self.go_on = harness.threading.Event()
        self.server._read = self.read  # which stands still once the server is ready
        self.addCleanup(self.server.__exit__)
        self.addCleanup(self.go_on.set)
        self.server.start()

    def read(self, process):
        for line in process.stderr:
            self.server.lines.append(line)
            if '"server_ready"' in line:
                self.server.address = json.loads(line)["listen"]
                self.go_on.wait(harness.PATIENCE)

    def flood(self):
        host, port = self.server.address.rsplit(":", 1)
        with harness.socket.create_connection((host, int(port)), timeout=harness.PATIENCE) as sock:
            for _ in range(self.REQUESTS // 100):
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
                text = b""
                while text.count(b"HTTP/1.1 200 ") < 100 or not text.endswith(b"}"):
                    text += sock.recv(65536)

    def dropped(self):
        text = self.server.get("/metrics").body.decode()
        return int(text.split("\njeton_log_dropped_lines_total ")[1].split("\n")[0])

    def test_one_that_stands_still_holds_nobody_up_and_is_told_what_he_missed(self):
        self.flood()
        missed = self.dropped()
        self.assertGreater(missed, 1000)
        self.go_on.set()
        told = harness.eventually(lambda: self.server.get("/healthz") and
                                  self.server.events("log_dropped"), "he is told")
        self.assertGreaterEqual(told[0]["lines"], missed)
        self.assertEqual(self.server.stop(), 0)
        for line in self.server.lines:
            json.loads(line)

    def test_one_that_never_goes_on_does_not_keep_the_server_from_ending(self):
        self.flood()
        self.server.process.send_signal(harness.signal.SIGTERM)
        self.assertEqual(self.server.process.wait(harness.PATIENCE), 0)


harness.main()
