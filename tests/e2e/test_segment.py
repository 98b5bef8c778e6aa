#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_segment.py - what the server has answered, another process on the host goes by: at once,
without asking, and whatever happens to the server."""
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
import unittest

import harness


class Reader:
    """A guard: jeton token verify --segment --batch, a process of its own that stays."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [harness.JETON, "token", "verify", "--segment", path, "--batch"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def ask(self, token):
        """"ok", or the name of the refusal. A loaded machine may keep the server from saying that it
        lives: then it is asked again."""
        while (said := self.once(token)) == "E_STALE":
            time.sleep(0.01)
        return said

    def once(self, token):
        self.process.stdin.write(token + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return "ok" if answer["ok"] else answer["error"]


class Follows(harness.ServerCase):
    def setUp(self):
        self.reader = Reader(os.path.join(self.server.data, "segment"))
        self.addCleanup(self.reader.__exit__)
        self.admin = self.server.login("alice")["access_token"]

    def assert_said(self, what, token):
        self.assertEqual(self.reader.ask(token), what)

    def revoke(self, what, name=None):
        body = {"what": what, **({"name": name} if name else {})}
        answer = self.server.ask("POST", "/admin/revocations", body,
                                 {"Authorization": f"Bearer {self.admin}"})
        self.assertEqual(answer.status, 204, answer)

    def test_a_session_that_is_ended_is_refused_from_the_answer_on(self):
        took = []
        for _ in range(50):
            gone = self.server.login("bob")["access_token"]
            kept = self.server.login("bob")["access_token"]
            self.assert_said("ok", gone)
            self.assertEqual(self.server.logout(gone).status, 204)
            began = time.monotonic()
            self.assert_said("E_REVOKED", gone)
            took.append(time.monotonic() - began)
            self.assert_said("ok", kept)
        print(f"  asked {min(took) * 1e6:.0f} us behind the answer at best", flush=True)

    def test_what_an_operator_revokes_is_refused(self):
        token = self.server.login("bob")["access_token"]
        other = self.server.login("alice")["access_token"]
        self.assert_said("ok", token)
        status, _, err = self.server.cli("revoke", "user", "bob")
        self.assertEqual(status, 0, err)
        self.assert_said("E_REVOKED", token)
        self.assert_said("ok", other)
        self.assert_said("ok", self.server.login("bob")["access_token"])

    def test_one_token_is_refused(self):
        pair = self.server.login("bob")
        again = self.server.refresh(pair["refresh_token"]).json["access_token"]
        answer = self.server.ask("POST", "/logout", {"scope": "this"},
                                 {"Authorization": f"Bearer {again}"})
        self.assertEqual(answer.status, 204)
        self.assert_said("E_REVOKED", again)
        self.assert_said("E_REVOKED", pair["access_token"])

    def test_keys_come_and_go(self):
        token = self.server.login("bob")["access_token"]
        status, out, err = self.server.cli("key", "list", "--json")
        self.assertEqual(status, 0, err)
        self.assert_said("ok", token)
        kid = next(key["kid"] for key in json.loads(out) if key["state"] == "active")
        status, _, err = self.server.cli("key", "withdraw", kid)
        self.assertEqual(status, 0, err)
        self.assertIn(self.reader.ask(token), ("E_KEY_UNKNOWN", "E_REVOKED"))
        self.assert_said("ok", self.server.login("bob")["access_token"])

    def test_no_secret_is_ever_in_it(self):
        status, out, err = self.server.cli("client", "add", "api", "--alg", "HS256", "--grant",
                                           "password", "--audience", "https://api.example")
        self.assertEqual(status, 0, err)
        with open(os.path.join(self.server.data, "segment"), "rb") as file:
            segment = file.read()
        self.assertIn(b'"kty":"EC"', segment)
        for word in (b'"d"', b'"k"', b'"oct"', b'"p"', b'"q"', b"PRIVATE"):
            self.assertNotIn(word, segment)
        for word in out.split():
            if len(word) > 20 and word != "https://api.example":
                self.assertNotIn(word.encode(), segment)

    def test_show_tells_what_is_there(self):
        self.revoke("user", "bob")
        status, out, err = self.server.cli("segment", "show", "--json")
        self.assertEqual(status, 0, err)
        seen = json.loads(out)
        self.assertEqual((seen["state"], seen["lost"]), ("fresh", 0))
        self.assertLess(seen["age_ms"], 2000)
        self.assertGreater(seen["users"], 0)
        self.assertEqual(seen["writer"], self.server.process.pid)
        self.assertEqual(seen["bytes"], os.path.getsize(os.path.join(self.server.data, "segment")))
        published = [key["kid"] for key in self.server.get("/.well-known/jwks.json").json["keys"]]
        self.assertEqual(seen["keys"], published)
        metrics = self.server.get("/metrics", self.admin).body.decode()
        self.assertIn(f"jeton_segment_entries {seen['entries']}\n", metrics)
        self.assertIn(f"jeton_segment_bytes {seen['bytes']}\n", metrics)
        status, out, err = harness.jeton("segment", "show",
                                         os.path.join(self.server.data, "segment"))
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"(?m)^state    fresh, \d+ ms old$")


class Survives(unittest.TestCase):
    """The server is stopped, killed, started again; the reader is always the same process."""

    def setUp(self):
        self.server = harness.Server()
        self.addCleanup(self.server.__exit__)
        self.server.start()
        self.server.add_user("bob")
        self.reader = Reader(os.path.join(self.server.data, "segment"))
        self.addCleanup(self.reader.__exit__)

    def eventually_says(self, what, token):
        harness.eventually(lambda: self.reader.once(token) == what, f"the reader says {what}")

    def test_a_server_that_stands_still_makes_it_stale(self):
        token = self.server.login("bob")["access_token"]
        self.assertEqual(self.reader.ask(token), "ok")
        self.server.process.send_signal(signal.SIGSTOP)
        try:
            self.eventually_says("E_STALE", token)
            status, out, _ = self.server.cli("segment", "show", "--json")
            self.assertEqual((status, json.loads(out)["state"]), (1, "stale"))
        finally:
            self.server.process.send_signal(signal.SIGCONT)
        self.eventually_says("ok", token)

    def test_a_restart_refuses_nobody_and_forgets_nothing(self):
        kept = self.server.login("bob")["access_token"]
        gone = self.server.login("bob")["access_token"]
        self.assertEqual(self.server.logout(gone).status, 204)
        self.assertEqual(self.server.stop(), 0)
        self.assertEqual(self.reader.ask(gone), "E_REVOKED")
        status, out, _ = self.server.cli("segment", "show", "--json")
        self.assertEqual(json.loads(out)["state"], "stopped")
        self.eventually_says("E_STALE", kept)
        later = self.server.start().login("bob")["access_token"]
        self.eventually_says("ok", kept)
        self.assertEqual(self.reader.ask(later), "ok")
        self.assertEqual(self.reader.ask(gone), "E_REVOKED")

    def revoke_until_killed(self, tokens, told):
        """Logs out with one token after the other; `told` are those that were answered."""
        for token in tokens:
            try:
                if self.server.logout(token).status == 204:
                    told.append(token)
            except OSError:
                return
            except Exception:  # half an answer
                return

    def test_a_server_that_is_killed_at_any_moment_leaves_what_it_answered(self):
        chance = random.Random(20261121)
        gone, kept = [], self.server.login("bob")["access_token"]
        for _ in range(int(os.environ.get("JETON_KILLS", "6"))):
            tokens = [self.server.login("bob")["access_token"] for _ in range(12)]
            told = []
            thread = threading.Thread(target=self.revoke_until_killed, args=(tokens, told))
            thread.start()
            time.sleep(chance.random() * 0.05)
            self.server.kill()
            thread.join()
            gone += told
            for token in told:
                self.assertEqual(self.reader.ask(token), "E_REVOKED")
            self.server.start()
            for token in gone:
                self.assertEqual(self.reader.ask(token), "E_REVOKED")
            self.eventually_says("ok", kept)
        self.assertGreater(len(gone), 0)


class Settings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-segment-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "segment")

    def test_it_may_be_elsewhere_and_a_group_may_read_it(self):
        with harness.Server("--segment", self.path, "--segment-group", str(os.getgid())) as server:
            found = os.stat(self.path)
            self.assertEqual(stat.S_IMODE(found.st_mode), 0o640)
            self.assertFalse(os.path.exists(os.path.join(server.data, "segment")))
            self.assertEqual(harness.jeton("segment", "show", self.path)[0], 0)
            with self.assertRaisesRegex(AssertionError, "another jeton writes the segment"):
                harness.Server("--segment", self.path).start()

    def test_it_may_be_off(self):
        with harness.Server("--segment", "off") as server:
            self.assertFalse(os.path.exists(os.path.join(server.data, "segment")))
            status, _, err = server.cli("segment", "show")
            self.assertEqual(status, 1)
            self.assertIn("there is no such segment", err)

    def test_what_is_no_segment_is_left_alone(self):
        with open(self.path, "w", encoding="ascii") as file:
            file.write("something else\n")
        with self.assertRaisesRegex(AssertionError, "is no segment"):
            harness.Server("--segment", self.path).start()
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "something else\n")
        self.assertEqual(harness.jeton("segment", "show", self.path)[0], 1)

    def test_no_such_group(self):
        with self.assertRaisesRegex(AssertionError, "there is no group"):
            harness.Server("--segment-group", "no-such-group").start()

    def test_verify_takes_keys_from_one_place(self):
        for words in ((), ("--key", "x", "--segment", "y")):
            status, _, err = harness.jeton("token", "verify", *words, "a.b.c")
            self.assertEqual(status, 2)
            self.assertIn("either --key or --segment", err)


if __name__ == "__main__":
    harness.main()
