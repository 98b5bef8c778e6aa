#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_logs.py - after a full run, what the server has logged and what it has stored hold no
secret."""
import base64
import contextlib
import glob
import json
import os
import tempfile

import harness


class Logs(harness.ServerCase):
    FLAGS = ("--log-level", "debug", "--refresh-grace", "0s", "--allowed-origins",
             "http://localhost", "--jwks-max-age", "1s")

    def setUp(self):
        self.secrets = {harness.PASSWORD}

    # Each does what clients and operators do, good and bad, and keeps every secret that it met.

    def keep(self, *secrets):
        for secret in secrets:
            self.secrets.add(secret)
            if secret.count(".") == 2:  # a signature alone is one, too
                self.secrets.add(secret.split(".")[2])
        return secrets[0]

    def keep_pair(self, pair):
        self.keep(*(value for name, value in pair.items() if name.endswith("_token")))
        return pair

    def ask(self, path, body=None, token=None, method="POST", **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.server.ask(method, path, body, headers)

    def told(self, *words, stdin=""):
        status, out, err = self.server.cli(*words, stdin=stdin)
        self.assertEqual(status, 0, err)
        return out

    def log_in_and_refresh(self):
        # Typed into the wrong field, as happens: the name that nobody has is a password.
        self.server.ask("POST", "/login", {"username": harness.PASSWORD, "password": "alice"})
        wrong = self.keep("wrong horse battery")
        self.ask("/login", {"username": "alice", "password": wrong})
        self.ask("/login", f"username=alice&password={wrong}&x=%zz")
        self.ask("/login", f'{{"username":"alice","password":"{wrong}"')
        pair = self.keep_pair(self.server.login())
        second = self.keep_pair(self.server.refresh(pair["refresh_token"]).json)
        self.server.refresh(pair["refresh_token"])
        self.server.refresh(second["refresh_token"] + "x")
        self.server.get("/whoami", second["access_token"])
        self.server.get("/whoami", second["access_token"] + "x")
        self.server.get(f"/verify?access_token={second['access_token']}")
        last = self.keep_pair(self.server.login())
        self.server.get("/verify?role=nobody", last["access_token"])
        self.server.logout(last["access_token"])

    def use_cookies(self):
        answer = self.ask("/login", {"username": "alice", "password": harness.PASSWORD,
                                     "cookies": True}, **{"Origin": "http://localhost"})
        self.assertEqual(answer.status, 200, answer)
        jar = [line.split(";")[0] for line in answer.set_cookies]
        self.keep(*(cookie.split("=", 1)[1] for cookie in jar), answer.json["csrf_token"])
        for csrf in (answer.json["csrf_token"], "another"):
            again = self.ask("/refresh", **{"Cookie": "; ".join(jar), "X-CSRF-Token": csrf,
                                            "Origin": "http://localhost"})
            for line in again.set_cookies:
                self.keep(line.split(";")[0].split("=", 1)[1])

    def change_passwords(self):
        new, other = self.keep("a second long password"), self.keep("a third long password")
        change = {"username": "bob", "old_password": harness.PASSWORD, "new_password": new}
        self.assertEqual(self.ask("/password", change).status, 204)
        self.assertNotEqual(self.ask("/password", change).status, 204)
        code = self.keep(self.told("user", "reset", "bob").split()[0])
        reset = {"code": code, "new_password": other}
        self.assertEqual(self.ask("/password/reset", reset).status, 204)
        self.assertNotEqual(self.ask("/password/reset", reset).status, 204)
        self.keep_pair(self.server.login("bob", other))

    def use_clients(self):
        made = json.loads(self.told("client", "add", "service", "--grant", "client_credentials",
                                    "--grant", "password", "--json"))
        old = self.keep(made["client_secret"])
        secret = self.keep(json.loads(self.told("client", "secret", "service",
                                                "--json"))["client_secret"])
        for told in (old, secret):
            basic = self.keep(base64.b64encode(f"service:{told}".encode()).decode())
            answer = self.ask("/token", "grant_type=client_credentials",
                              Authorization=f"Basic {basic}")
            form = f"grant_type=client_credentials&client_id=service&client_secret={told}"
            self.assertEqual(answer.status, self.ask("/token", form).status)
        token = self.keep_pair(answer.json)["access_token"]
        for path in ("/introspect", "/revoke"):
            self.ask(path, f"token={token}", Authorization=f"Basic {basic}")
            self.ask(path, f"token={old}", Authorization=f"Basic {basic}")
        shared = json.loads(self.told("client", "add", "shared", "--alg", "HS256", "--audience",
                                      "https://shared.example", "--grant", "client_credentials",
                                      "--json"))
        self.keep(shared["signing_secret"], shared["client_secret"])

    def import_users(self):
        password = self.keep("a password in the clear")
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write(f"name,password\nimported,{password}\nanother,short\n")
            file.flush()
            self.server.cli("user", "import", file.name)
        self.keep_pair(self.server.login("imported", password))

    def administer(self):
        admin = self.keep_pair(self.server.login())["access_token"]
        jti = json.loads(harness.unb64(admin.split(".")[1]))["jti"]
        self.ask("/admin/revocations", {"what": "token", "name": jti}, admin)
        self.ask("/admin/revocations", {"what": "token", "name": admin}, admin)
        self.server.cli("revoke", "token", admin)
        self.told("key", "rotate")

    def all_of_it(self):
        for part in (self.log_in_and_refresh, self.use_cookies, self.change_passwords,
                     self.use_clients, self.import_users, self.administer):
            part()
        with open(os.path.join(self.server.data, "master.key"), encoding="ascii") as file:
            self.keep(file.read().strip())
        self.assertGreater(len(self.secrets), 35)
        self.assertNotIn("", self.secrets)

    def test_neither_log_nor_store_nor_metrics_hold_a_secret(self):
        self.all_of_it()
        admin = self.keep_pair(self.server.login())["access_token"]
        metrics = self.server.get("/metrics", admin).body.decode()
        marks = self.server.get("/admin/revocations", admin).body.decode()
        audit = self.told("audit", "list", "--json")
        copy = os.path.join(os.path.dirname(self.server.data), "copy.db")
        self.told("backup", copy)
        self.server.stop()
        for what, text in (("log", "".join(self.server.lines)), ("metrics", metrics),
                           ("revocations", marks), ("audit log", audit)):
            self.assertGreater(len(text), 100, what)
            for secret in self.secrets:
                self.assertFalse(secret in text, f"the {what} holds {secret}")
        self.check_store([copy, *glob.glob(os.path.join(self.server.data, "jeton.db*"))])

    def check_store(self, paths):
        """In no form: as it was told, nor the bytes that base64url made of it."""
        forms = {secret.encode() for secret in self.secrets}
        for secret in self.secrets:
            with contextlib.suppress(ValueError):
                raw = harness.unb64(secret)
                if len(raw) >= 16:
                    forms.add(raw)
        self.assertGreater(len(forms), len(self.secrets) + 20)
        for path in paths:
            with open(path, "rb") as file:
                stored = file.read()
            self.assertGreater(len(stored), 10000)
            for form in forms:
                self.assertFalse(form in stored, f"{path} holds {form}")
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
        self.server.add_user("ann\"")
        for name, why, user in (('ann"', "password", '^ann"$'),
                                ('nobody\n"', "name", r"^\(unknown [0-9a-f]{12}\)$")):
            self.server.ask("POST", "/login", {"username": name, "password": "whatever"})
            entry = harness.eventually(
                lambda w=why: [e for e in self.server.events("login_failed") if e["why"] == w],
                "its line")[-1]
            self.assertEqual(entry["address"], "127.0.0.1")
            self.assertRegex(entry["user"], user)


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
