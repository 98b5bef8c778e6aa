#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cli_user.py - jeton user add|list|disable|enable: beside a running server and without
one."""
import concurrent.futures
import json
import os
import pty
import select
import shutil
import subprocess
import tempfile
import termios
import unittest

import harness
from harness import PASSWORD, jeton

QUICK = {"JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1"}


class Commands:
    """What holds with a server and without: `cli` runs a command on the data folder."""

    def refused(self, words, status, why, stdin=PASSWORD + "\n"):
        got, out, err = self.cli(*words, stdin=stdin)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, rf"^jeton user {words[1]}: .*({why})")

    def add(self, name, *words, stdin=PASSWORD + "\n"):
        got, out, err = self.cli("user", "add", name, "--password-stdin", *words, stdin=stdin)
        self.assertEqual((got, err), (0, ""))
        return out

    def users(self):
        got, out, err = self.cli("user", "list", "--json")
        self.assertEqual((got, err), (0, ""))
        self.assertEqual(out.count("\n"), 1)
        return {user["name"]: user for user in json.loads(out)}

    def test_a_user_is_added_once(self):
        self.assertEqual(self.add("once"), "once is added\n")
        self.refused(("user", "add", "once", "--password-stdin"), 1, "already")
        self.refused(("user", "add", "ONCE", "--password-stdin"), 1, "already")

    def test_json_tells_the_user_but_never_the_password(self):
        out = self.add("json", "--role", "a", "--role", "b:c", "--json")
        user = json.loads(out)
        self.assertEqual((user["name"], user["roles"], user["disabled"]),
                         ("json", ["a", "b:c"], False))
        self.assertEqual(set(user), {"id", "name", "roles", "disabled", "created"})
        self.assertEqual(self.users()["json"], user)

    def test_the_list_for_people(self):
        self.add("listed", "--role", "admin", "--role", "ops")
        self.add("gone")
        self.assertEqual(self.cli("user", "disable", "gone")[0], 0)
        _, out, _ = self.cli("user", "list")
        self.assertRegex(out, r"(?m)^listed +admin ops$")
        self.assertRegex(out, r"(?m)^gone +\(disabled\)$")

    def test_a_disk_that_is_full_is_told(self):
        for words in (("user", "list"), ("user", "list", "--json")):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run([harness.JETON, *words, "--data", self.data], stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False,
                                      timeout=harness.PATIENCE)
            self.assertEqual(done.returncode, 3)
            self.assertIn("cannot write", done.stderr)

    def test_names_that_may_be(self):
        for name in ("a", "x" * 128, "Ünïcode 名前", "a b", "o'brien; DROP TABLE users", "%",
                     "--"):
            with self.subTest(name):
                got, _, err = self.cli("user", "add", "--password-stdin", "--json", "--data",
                                       self.data, "--", name, stdin=PASSWORD, data=False)
                self.assertEqual((got, err), (0, ""))
                self.assertIn(name, self.users())

    def test_names_that_may_not_be(self):
        for name in ("", " a", "a ", "a\nb", "a\x7f", "a\x9b1m", "x" * 129, b"\xff\xfe"):
            with self.subTest(name):
                self.refused(("user", "add", name, "--password-stdin"), 1, "name|UTF-8")
        self.assertNotIn("", self.users())

    def test_roles_that_may_not_be(self):
        for role in ("", "a,b", "a b", "ä", "x" * 65, "a\n"):
            with self.subTest(role):
                self.refused(("user", "add", "roles", "--password-stdin", "--role", role), 1,
                             "role")
        many = [word for i in range(33) for word in ("--role", f"r{i}")]
        self.refused(("user", "add", "roles", "--password-stdin", *many), 1, "at most 32 roles")
        self.assertNotIn("roles", self.users())

    def test_passwords_that_may_not_be(self):
        for text, why in (("", "no password"), ("\n", "8 bytes"), ("1234567\n", "8 bytes"),
                          ("x" * 257 + "\n", "256 bytes"), ("x" * 5000 + "\n", "too long"),
                          ("12345678\0rest\n", "NUL")):
            with self.subTest(text[:10]):
                self.refused(("user", "add", "weak", "--password-stdin"), 1, why, stdin=text)
        self.assertNotIn("weak", self.users())

    def test_disabling_and_enabling(self):
        self.add("onoff")
        self.assertEqual(self.cli("user", "disable", "onoff")[1],
                         "onoff is disabled; the sessions are ended\n")
        self.assertTrue(self.users()["onoff"]["disabled"])
        answer = json.loads(self.cli("user", "disable", "onoff", "--json")[1])
        self.assertEqual((answer["disabled"], answer["changed"]), (True, False))
        self.assertEqual(self.cli("user", "enable", "onoff")[1], "onoff may log in\n")
        self.assertFalse(self.users()["onoff"]["disabled"])
        answer = json.loads(self.cli("user", "disable", "onoff", "--json")[1])
        self.assertEqual((answer["name"], answer["changed"]), ("onoff", True))

    def test_a_user_that_is_not_there_is_not_found(self):
        self.refused(("user", "disable", "nobody"), 1, "no such user")
        self.refused(("user", "enable", "nobody"), 1, "no such user")

    def test_usage(self):
        for words in (("user", "add"), ("user", "add", "a", "b"), ("user", "disable"),
                      ("user", "list", "x"), ("user", "add", "x", "--password", PASSWORD),
                      ("user", "add", "x", "--password-stdin=" + PASSWORD),
                      ("user", "add", "x", "--role")):
            with self.subTest(words):
                got, out, err = self.cli(*words)
                self.assertEqual((got, out), (2, ""), err)
                self.assertTrue(err)
                self.assertNotIn(PASSWORD, err)

    def test_many_commands_at_once(self):
        """Each waits for its turn; none is lost."""
        names = [f"many{i}" for i in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.add, names))
        self.assertLessEqual(set(names), set(self.users()))


class WithServer(Commands, harness.ServerCase):
    @property
    def data(self):
        return self.server.data

    def cli(self, *words, stdin="", data=True):
        if data:
            words = (*words, "--data", self.data)
        return jeton(*words, stdin=stdin)

    def test_what_is_answered_has_taken_effect(self):
        for turn in range(5):
            name = f"effect{turn}"
            self.add(name, "--role", "r")
            pair = self.server.login(name)
            self.assertEqual(self.server.get("/verify?role=r", pair["access_token"]).status, 200)
            self.assertEqual(self.cli("user", "disable", name)[0], 0)
            self.assert_refused(pair["access_token"])
            self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
            self.assert_problem(
                self.server.ask("POST", "/login", {"username": name, "password": PASSWORD}), 401,
                "invalid_grant")
            self.assertEqual(self.cli("user", "enable", name)[0], 0)
            self.assert_refused(pair["access_token"])
            self.assert_accepted(self.server.login(name)["access_token"])

    def test_the_password_is_the_first_line(self):
        for i, text in enumerate((PASSWORD, PASSWORD + "\n", PASSWORD + "\r\n",
                                  PASSWORD + "\nanother line\n")):
            self.add(f"line{i}", stdin=text)
            self.server.login(f"line{i}")
        self.add("spaces", stdin="  two spaces  \n")
        self.server.login("spaces", "  two spaces  ")

    def test_a_long_list_comes_whole(self):
        names = {f"page{i:03}" for i in range(205)}
        for name in sorted(names, reverse=True):
            self.server.add_user(name)
        listed = [name for name in self.users() if name.startswith("page")]
        self.assertEqual(listed, sorted(names))
        _, out, _ = self.cli("user", "list")
        self.assertLessEqual(names, {line.split(" ")[0] for line in out.splitlines()})


class WithoutServer(Commands, unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")
        # the folder of a first start
        self.assertEqual(self.cli("user", "add", "first", "--password-stdin", stdin=PASSWORD)[0], 0)

    def cli(self, *words, stdin="", data=True):
        if data:
            words = (*words, "--data", self.data)
        return jeton(*words, stdin=stdin, env=QUICK)

    def test_a_server_started_afterwards_knows_it_all(self):
        self.add("early", "--role", "admin")
        self.add("locked")
        self.assertEqual(self.cli("user", "disable", "locked")[0], 0)
        with harness.Server(data=self.data) as server:
            token = server.login("early")["access_token"]
            self.assertEqual(server.get("/verify?role=admin", token).status, 200)
            answer = server.ask("POST", "/login", {"username": "locked", "password": PASSWORD})
            self.assertEqual(answer.status, 401)

    def test_after_a_kill_the_socket_that_is_left_does_not_stop_it(self):
        with harness.Server(data=self.data) as server:
            server.add_user("before")
            server.kill()
            self.assertTrue(os.path.exists(os.path.join(self.data, "control.sock")))
            self.add("after")
            self.assertLessEqual({"before", "after"}, set(self.users()))
            server.start()
            server.login("after")

    def test_a_folder_that_is_not_there_is_not_found_and_not_made(self):
        self.data = os.path.join(self.folder, "other")
        self.refused(("user", "list"), 1, "no data folder")
        self.refused(("user", "disable", "x"), 1, "no data folder")
        self.assertFalse(os.path.exists(self.data))

    def test_a_folder_that_is_new_is_told(self):
        self.data = os.path.join(self.folder, "new")
        words = ("user", "add", "x", "--password-stdin", "--data", self.data)
        cheap = {"JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1"}
        status, _, err = harness.jeton(*words, stdin="correct horse battery\n", env=cheap)
        self.assertEqual(status, 0)
        self.assertIn(f"the data folder {self.data[:90]} is new", err)
        words = ("user", "add", "y", *words[3:])
        status, _, err = harness.jeton(*words, stdin="correct horse battery\n", env=cheap)
        self.assertEqual((status, err), (0, ""))

    def test_a_verb_that_is_none_is_named(self):
        for words, want in (("user", "rmove", "x"), "there is no command user rmove"), \
                (("user",), "say what to do"), (("usr", "list"), "there is no command usr"):
            status, _, err = harness.jeton(*words)
            self.assertEqual(status, 2)
            self.assertIn(want, err)

    def test_a_folder_that_cannot_be_is_the_environments_fault(self):
        self.data = os.path.join(self.folder, "file")
        with open(self.data, "w", encoding="ascii") as file:
            file.write("x")
        self.refused(("user", "add", "x", "--password-stdin"), 3, "not a folder|Not a directory")

    def test_the_environment_names_the_folder_as_well(self):
        got, out, err = jeton("user", "list", env={"JETON_DATA": self.data})
        self.assertEqual((got, err), (0, ""))
        self.assertIn("first", out)


class Terminal(unittest.TestCase):
    """Without --password-stdin the password is asked for, twice, and not shown."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)

    def talk(self, *answers):
        """Runs user add at a terminal and types these lines: exit status and the screen."""
        words = [harness.JETON, "user", "add", "typed", "--data", os.path.join(self.folder, "data")]
        try:
            child, terminal = pty.fork()
        except OSError as failure:  # a container without /dev/pts has no terminals
            self.skipTest(str(failure))
        if child == 0:
            os.execve(words[0], words, {**os.environ, **QUICK})
        screen = b""
        prompts = [b"Password: ", b"Once more: "]
        try:
            while select.select([terminal], [], [], harness.PATIENCE)[0]:
                try:
                    piece = os.read(terminal, 4096)
                except OSError:
                    piece = b""
                if not piece:
                    break
                screen += piece
                if prompts and screen.endswith(prompts[0]):
                    harness.eventually(lambda: not echoes(terminal), "the echo is off")
                    os.write(terminal, answers[2 - len(prompts)].encode() + b"\n")
                    prompts.pop(0)
        finally:
            os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), screen.decode()

    def test_it_is_asked_for_twice_and_not_shown(self):
        status, screen = self.talk(PASSWORD, PASSWORD)
        self.assertEqual(status, 0, screen)
        self.assertIn("typed is added", screen)
        self.assertNotIn(PASSWORD, screen)
        with harness.Server(data=os.path.join(self.folder, "data")) as server:
            server.login("typed")

    def test_two_that_differ_are_refused(self):
        status, screen = self.talk(PASSWORD, PASSWORD + "x")
        self.assertEqual(status, 1, screen)
        self.assertIn("differ", screen)


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


class NoTerminal(unittest.TestCase):
    def test_nowhere_to_ask_is_wrong_usage(self):
        with tempfile.TemporaryDirectory(prefix="jeton-e2e-") as folder:
            done = subprocess.run([harness.JETON, "user", "add", "x", "--data", folder + "/data"],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  start_new_session=True, timeout=harness.PATIENCE, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--password-stdin", done.stderr)


harness.main()
