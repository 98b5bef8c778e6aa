#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_full_disk.py - a server that cannot write any more says so to whoever needs a write, goes on
verifying, and takes up its work again when there is room. The limit on the size of files stands for
the disk."""
import resource
import unittest

import harness
from harness import PASSWORD, Server


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.server = Server("--refresh-grace", "0s").start()
        self.addCleanup(self.server.__exit__)
        self.server.add_user("alice", "admin")
        self.pair = self.server.login()

    def fill(self, bytes_left):
        _, hard = resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.server.process.pid, resource.RLIMIT_FSIZE, (bytes_left, hard))

    def ask_all_that_write(self):
        """name → status of everything that needs the disk."""
        token = {"Authorization": f"Bearer {self.pair['access_token']}"}
        login = {"username": "alice", "password": PASSWORD}
        jti = {"what": "token", "name": "A" * 16}
        asked = {"/login": (login, {}), "/refresh": ({"refresh_token": self.pair["refresh_token"]}, {}),
                 "/logout": ({"scope": "others"}, token), "/admin/revocations": (jti, token),
                 "/password": ({**login, "old_password": PASSWORD,
                                "new_password": "another long password"}, {})}
        return {path: self.server.ask("POST", path, *what) for path, what in asked.items()}

    def test_nothing_is_told_that_is_not_kept(self):
        self.fill(0)
        for path, answer in self.ask_all_that_write().items():
            self.assertIn(answer.status, (500, 503), (path, answer))
            self.assertNotIn(b"_token", answer.body)
        status, out, _ = self.server.cli("user", "add", "bob", "--password-stdin",
                                         stdin=PASSWORD + "\n")
        self.assertNotEqual(status, 0, out)
        self.assertNotEqual(self.server.cli("backup", self.server.data + ".copy")[0], 0)
        self.assertEqual(self.server.get("/verify", self.pair["access_token"]).status, 200)
        self.assertEqual(self.server.get("/healthz").status, 200)

        self.fill(resource.RLIM_INFINITY)
        self.assertNotIn("bob", self.server.cli("user", "list")[1])
        self.assertEqual(self.server.refresh(self.pair["refresh_token"]).status, 200)
        # The number of a mark that was not kept is given out again: it must not have been taken.
        again = self.server.login()["access_token"]
        for token in (again, self.pair["access_token"]):
            self.assertEqual(self.server.get("/verify", token).status, 200)
        self.server.add_user("bob")
        self.assertEqual(self.server.cli("audit", "verify")[0], 0)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.server.login("bob")

    def test_a_disk_that_gets_full_in_the_middle_of_a_write(self):
        for kib in range(8, 120, 16):
            with self.subTest(kib=kib):
                self.fill(kib * 1024)
                name = f"user {kib}"
                status, _, _ = self.server.cli("user", "add", name, "--password-stdin",
                                               stdin=PASSWORD + "\n")
                self.fill(resource.RLIM_INFINITY)
                listed = name in self.server.cli("user", "list")[1]
                self.assertEqual(listed, status == 0)
        self.assertEqual(self.server.cli("audit", "verify")[0], 0)


harness.main()
