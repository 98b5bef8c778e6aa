#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_serve.py - the life of jeton serve: settings, the data folder, starting, stopping, and what
it refuses to start with."""
import concurrent.futures
import glob
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

import harness
from harness import jeton

HERE = os.path.dirname(os.path.abspath(__file__))
SLOW = ["--hash-memory", "64M", "--hash-passes", "16", "--threads", "1"]  # some 0.3 s a login


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")

    def refuses_to_start(self, status, why, *flags, data=None, env=None):
        """It ends by itself with this status and a sentence, before it serves."""
        got, out, err = jeton("serve", "--data", data or self.data, "--listen", "127.0.0.1:0",
                              *flags, env=env)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, rf"(?m)^jeton serve: .*({why})")
        self.assertNotIn("server_ready", err)


class Settings(Folder):
    def test_a_flag_wins_over_the_environment_and_that_over_the_default(self):
        rows = [([], {}, 900), ([], {"JETON_ACCESS_TTL": "2m"}, 120),
                (["--access-ttl", "3m"], {"JETON_ACCESS_TTL": "2m"}, 180),
                (["--access-ttl=240"], {"JETON_ACCESS_TTL": ""}, 240)]
        for flags, env, seconds in rows:
            with self.subTest(flags=flags, env=env), harness.Server(*flags, env=env) as server:
                server.add_user()
                self.assertEqual(server.login()["expires_in"], seconds)

    def test_values_that_may_not_be_are_wrong_usage_and_named(self):
        rows = [("access-ttl", "0"), ("access-ttl", "2d"), ("access-ttl", "soon"),
                ("access-ttl", ""),
                ("access-ttl", "-5"), ("access-ttl", "1e3"), ("access-ttl", "5 m"),
                ("access-ttl", "99999999999999999999"), ("refresh-grace", "601"),
                ("leeway", "11m"), ("threads", "65"), ("threads", "x"), ("connections", "0"),
                ("body-limit", "1"), ("hash-memory", "1M"), ("hash-passes", "0"),
                ("hash-queue", "0"),
                ("log-level", "loud"), ("drain-time", "2h"), ("issuer", "x" * 513)]
        for name, value in rows:
            with self.subTest(name=name, value=value[:20]):
                self.refuses_to_start(2, name, f"--{name}", value)
        self.refuses_to_start(2, "access-ttl", env={"JETON_ACCESS_TTL": "soon"})
        self.assertFalse(os.path.exists(self.data), "nothing was made")

    def test_flags_that_are_none_are_wrong_usage(self):
        self.refuses_to_start(2, "no option --nix", "--nix", "1")
        self.refuses_to_start(2, "needs a value", "--access-ttl")
        self.refuses_to_start(2, "given twice", "--access-ttl", "1m", "--access-ttl", "2m")
        self.refuses_to_start(2, "no operand", "data")

    def test_addresses_that_are_none(self):
        for address in ("nonsense", "127.0.0.1", "127.0.0.1:", ":x", "127.0.0.1:70000", "::1:80"):
            with self.subTest(address):
                got, _, err = jeton("serve", "--data", self.data, "--listen", address)
                self.assertEqual(got, 2, err)
                self.assertIn("HOST:PORT", err)

    def test_help_names_every_setting(self):
        with open(os.path.join(HERE, "../../src/sys/config_keys.h"),
                  encoding="ascii") as file:
            text = file.read()
        names = [row.split('"')[1] for row in text.split("    X(")[1:]]
        self.assertGreater(len(names), 10)
        _, out, _ = jeton("serve", "--help")
        for name in names:
            self.assertIn(f"  --{name} ", out)

    def test_an_address_of_ipv6(self):
        with socket.socket(socket.AF_INET6) as probe:
            try:
                probe.bind(("::1", 0))
            except OSError:
                self.skipTest("there is no IPv6 here")
        process = subprocess.Popen([harness.JETON, "serve", "--data", self.data, "--listen",
                                    "[::1]:0", *harness.CHEAP], stderr=subprocess.PIPE, text=True)
        with process:
            line = next(line for line in process.stderr if "server_ready" in line)
            port = int(line.split('"listen":"[::1]:')[1].split('"')[0])
            with socket.create_connection(("::1", port), timeout=harness.PATIENCE) as sock:
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertTrue(sock.recv(100).startswith(b"HTTP/1.1 200 "))
            process.terminate()
            self.assertEqual(process.wait(harness.PATIENCE), 0)


class Data(Folder):
    def modes(self):
        return {os.path.basename(path): stat.S_IMODE(os.stat(path).st_mode)
                for path in [self.data, *glob.glob(os.path.join(self.data, "*"))]}

    def test_it_is_for_its_owner_alone_whatever_the_umask(self):
        before = os.umask(0)
        try:
            with harness.Server(data=self.data) as server:
                server.add_user()
                server.login()
                running = self.modes()
                server.kill()
                killed = self.modes()
        finally:
            os.umask(before)
        self.assertLessEqual({"data", "jeton.db", "jeton.db-wal", "master.key", "control.sock"},
                             set(running))
        for modes in (running, killed):
            self.assertEqual(modes.pop("data"), 0o700)
            self.assertEqual(set(modes.values()), {0o600}, modes)

    def test_a_folder_that_is_open_to_others_is_warned_about(self):
        os.mkdir(self.data)
        os.chmod(self.data, 0o755)
        with harness.Server(data=self.data) as server:
            warnings = {event["setting"]: event["level"]
                        for event in server.events("setting_warning")}
            self.assertEqual(warnings.get("data"), "warn")

    def test_folders_above_are_not_made(self):
        """A mistyped path must not start a second life somewhere else."""
        deep = os.path.join(self.folder, "a", "b", "data")
        got, _, err = jeton("serve", "--data", deep, "--listen", "127.0.0.1:0")
        self.assertEqual(got, 3, err)
        self.assertIn(deep, err)

    def test_a_path_longer_than_a_sockets_may_be(self):
        self.data = os.path.join(self.folder, "x" * 100, "y" * 100, "data")
        os.makedirs(os.path.dirname(self.data))
        with harness.Server(data=self.data) as server:
            server.add_user()
            pair = server.login()
            self.assertEqual(server.cli("user", "disable", "alice")[0], 0)
            self.assertEqual(server.get("/whoami", pair["access_token"]).status, 401)
            self.assertTrue(os.path.exists(os.path.join(self.data, "control.sock")))
            self.assertEqual(server.stop(), 0)
        self.assertFalse(os.path.exists(os.path.join(self.data, "control.sock")))

    def test_it_moves_to_another_place_and_port_and_stays_itself(self):
        with harness.Server(data=self.data) as server:
            server.add_user()
            pair, issuer = server.login(), server.events("server_ready")[0]["issuer"]
            server.stop()
        moved = os.path.join(self.folder, "moved")
        os.rename(self.data, moved)
        with harness.Server(data=moved) as server:
            self.assertEqual(server.events("server_ready")[0]["issuer"], issuer)
            self.assertEqual(server.get("/whoami", pair["access_token"]).status, 200)
            self.assertEqual(server.refresh(pair["refresh_token"]).status, 200)
            server.login()

    def test_a_second_server_is_refused(self):
        with harness.Server(data=self.data) as server:
            self.refuses_to_start(3, "another jeton")
            server.add_user()
            server.login()

    def test_a_port_that_is_taken_is_named(self):
        with harness.Server(data=self.data) as server:
            other = os.path.join(self.folder, "other")
            got, _, err = jeton("serve", "--data", other, "--listen", server.address)
            self.assertEqual(got, 3)
            self.assertRegex(err, rf"cannot listen on {server.address}: Address already in use")

    def test_what_cannot_be_a_store_is_refused_and_left_alone(self):
        os.mkdir(self.data, 0o700)
        path = os.path.join(self.data, "jeton.db")
        text = b"this is no database, but somebody's letter. " * 100
        with open(path, "wb") as file:
            file.write(text)
        self.refuses_to_start(3, r"\w")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), text)

    def test_a_folder_that_is_a_file_is_refused(self):
        with open(self.data, "w", encoding="ascii") as file:
            file.write("x")
        self.refuses_to_start(3, "not a folder|Not a directory")

    def test_without_its_master_key_or_with_another_it_does_not_start(self):
        with harness.Server(data=self.data) as server:
            server.add_user()
            pair = server.login()
            server.stop()
        key = os.path.join(self.data, "master.key")
        os.rename(key, key + ".kept")
        self.refuses_to_start(3, "master")
        self.assertEqual(jeton("user", "list", "--data", self.data)[0], 3)
        with harness.Server() as other:
            shutil.copy(os.path.join(other.data, "master.key"), key)
        self.refuses_to_start(3, "master")
        for text in ("", "not a key", "x" * 1000):
            with open(key, "w", encoding="ascii") as file:
                file.write(text)
            self.refuses_to_start(3, "master")
        os.rename(key + ".kept", key)
        with harness.Server(data=self.data) as server:
            self.assertEqual(server.refresh(pair["refresh_token"]).status, 200)


class Stopping(unittest.TestCase):
    def hashing(self, server):
        """Waits until a password is being hashed: processor time in that thread goes up."""
        def spent():
            for path in glob.glob(f"/proc/{server.process.pid}/task/*/comm"):
                with open(path, encoding="ascii") as file:
                    if file.read().strip() != "hash":
                        continue
                with open(path.replace("comm", "schedstat"), encoding="ascii") as file:
                    return int(file.read().split()[0])
            raise AssertionError("there is no thread that hashes")
        before = spent()
        return lambda: spent() > before

    def is_refused(self, server):
        host, port = server.address.rsplit(":", 1)
        try:
            socket.create_connection((host, int(port)), timeout=harness.PATIENCE).close()
        except (ConnectionRefusedError, ConnectionResetError):
            return True
        return False

    def begin_login(self, pool, server):
        """A login that is being hashed when this returns."""
        body = harness.json.dumps({"username": "alice", "password": harness.PASSWORD})
        began = self.hashing(server)
        login = pool.submit(server.ask, "POST", "/login", body.encode(),
                            {"Content-Type": "application/json"})
        harness.eventually(began, "the login is under way")
        return login

    def test_a_login_under_way_is_answered_and_nobody_new_is_let_in(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with harness.Server(*SLOW, cheap=False) as server, \
                    concurrent.futures.ThreadPoolExecutor(1) as pool:
                server.add_user()
                login = self.begin_login(pool, server)
                server.process.send_signal(number)
                harness.eventually(lambda: self.is_refused(server), "nobody new is let in")
                answer = login.result(harness.PATIENCE)
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["connection"].lower(), "close")
                self.assertEqual(server.process.wait(harness.PATIENCE), 0)
                server.reader.join(harness.PATIENCE)
                self.assertTrue(server.events("server_stopped")[0]["drained"])
                self.assertEqual(len(server.events("login_ok")), 1)
                server.start()  # the session that was acknowledged is there
                self.assertEqual(server.refresh(answer.json["refresh_token"]).status, 200)

    def test_idle_connections_do_not_hold_it_up(self):
        with harness.Server() as server:
            connections = [server.connect() for _ in range(5)]
            for connection in connections:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - began, 9, "the time of draining is 10 s")
            for connection in connections:
                connection.close()

    def test_a_second_signal_ends_it_at_once(self):
        with harness.Server(*SLOW, "--drain-time", "1h", cheap=False) as server, \
                concurrent.futures.ThreadPoolExecutor(20) as pool:
            server.add_user()
            first = self.begin_login(pool, server)
            rest = [pool.submit(server.ask, "POST", "/login", {"username": "alice",
                                                               "password": "x"})
                    for _ in range(19)]
            server.process.send_signal(signal.SIGTERM)
            harness.eventually(lambda: server.events("server_draining"), "it drains")
            server.process.send_signal(signal.SIGTERM)
            self.assertNotEqual(server.process.wait(harness.PATIENCE), 0)
            server.reader.join(harness.PATIENCE)
            self.assertEqual(server.events("server_stopped"), [])
            for each in [first, *rest]:
                self.assertIn(type(each.exception()), (type(None), ConnectionResetError,
                                                       ConnectionRefusedError,
                                                       harness.http.client.RemoteDisconnected))

    def test_draining_ends_when_its_time_is_over(self):
        with harness.Server(*SLOW, "--drain-time", "0", "--hash-queue", "5",
                            cheap=False) as server, \
                concurrent.futures.ThreadPoolExecutor(20) as pool:
            server.add_user()
            self.begin_login(pool, server)
            wrong = {"username": "alice", "password": "x"}
            logins = [pool.submit(server.ask, "POST", "/login", wrong) for _ in range(19)]
            harness.eventually(lambda: any(login.done() for login in logins), "the queue is full")
            waiting = [login for login in logins if not login.done()]
            self.assertEqual(server.stop(), 0)
            self.assertFalse(server.events("server_stopped")[0]["drained"])
            statuses = [login.result().status for login in waiting if not login.exception()]
            self.assertIn(503, statuses, "what still waited is answered without a hash")

    def test_sighup_while_it_drains_cuts_nobody_off(self):
        with harness.Server(*SLOW, cheap=False) as server, \
                concurrent.futures.ThreadPoolExecutor(1) as pool:
            server.add_user()
            login = self.begin_login(pool, server)
            server.process.send_signal(signal.SIGTERM)
            harness.eventually(lambda: self.is_refused(server), "nobody new is let in")
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(login.result(harness.PATIENCE).status, 200)
            self.assertEqual(server.process.wait(harness.PATIENCE), 0)

    def test_sighup_does_not_end_it(self):
        with harness.Server() as server:
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(server.get("/healthz").status, 200)
            self.assertEqual(server.stop(), 0)

    def test_it_is_ready_within_a_second(self):
        """The best of three: the machine may be busy."""
        with harness.Server() as server:
            seconds = []
            for _ in range(3):
                self.assertEqual(server.stop(), 0)
                began = time.monotonic()
                server.start()
                self.assertEqual(server.get("/readyz").status, 200)
                seconds.append(time.monotonic() - began)
            self.assertLess(min(seconds), 1, seconds)

    def test_nothing_of_it_is_left(self):
        with harness.Server() as server:
            server.add_user()
            server.login()
            self.assertEqual(server.stop(), 0)
            self.assertEqual({"jeton.db", "lock", "master.key", "segment"}, set(os.listdir(server.data)))

    def test_it_starts_again_and_again_on_the_same_folder(self):
        with harness.Server() as server:
            server.add_user()
            token = server.login()["access_token"]
            for turn in range(6):
                if turn % 2:
                    server.kill()
                else:
                    self.assertEqual(server.stop(), 0)
                server.start()
                self.assertEqual(server.get("/whoami", token).status, 200)
            self.assertEqual(len(server.events("key_made")), 2)  # one signs, one is next
            self.assertEqual(len(server.events("store_migrated")), 1)


class Secrets(Folder):
    def test_a_master_key_comes_from_a_file_or_the_environment(self):
        key = os.path.join(self.folder, "key")
        with harness.Server() as other:
            shutil.copy(os.path.join(other.data, "master.key"), key)
        with open(key, encoding="ascii") as file:
            text = file.read().strip()
        for env in ({"JETON_MASTER_KEY_FILE": key}, {"JETON_MASTER_KEY": text}):
            with harness.Server(data=self.data, env=env) as server:
                self.assertFalse(os.path.exists(os.path.join(self.data, "master.key")))
                self.assertNotIn(text, "".join(server.lines))
                server.stop()
        self.refuses_to_start(3, "master")

    def test_a_master_key_that_is_none_is_refused_and_not_told(self):
        for text in ("abc", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "B", "!" * 43):
            with self.subTest(text):
                self.refuses_to_start(3, "master key", env={"JETON_MASTER_KEY": text})
                _, _, err = jeton("serve", "--data", self.data, env={"JETON_MASTER_KEY": text})
                self.assertNotIn(text, err)
        self.refuses_to_start(3, "no /nix", env={"JETON_MASTER_KEY_FILE": "/nix"})
        with harness.Server(data=self.data) as server:  # and none of it is in the way
            server.add_user()
            server.login()

    def test_whoever_copies_the_store_can_do_nothing_with_it(self):
        with harness.Server(data=self.data) as server:
            server.add_user()
            pair = server.login()
            after = server.refresh(pair["refresh_token"]).json
            copies = []
            for path in glob.glob(os.path.join(self.data, "jeton.db*")):
                with open(path, "rb") as file:
                    copies.append(file.read())
            log = "".join(server.lines).encode()
        secrets = {"the password": harness.PASSWORD.encode(), "a private key": b'"d":"',
                   "a private key in PEM": b"PRIVATE KEY", "a private key in PKCS#8":
                   bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")}
        for tokens in (pair, after):
            refresh = tokens["refresh_token"]
            secrets |= {"a refresh token": refresh.encode(), "its bytes": harness.unb64(refresh),
                        "its MAC": harness.unb64(refresh)[-32:],
                        "an access token": tokens["access_token"].encode()}
            for name, secret in secrets.items():
                self.assertFalse(any(secret in copy for copy in [*copies, log]), name)
        self.assertTrue(any(b"alice" in copy for copy in copies), "these are the store's files")

    def test_no_flag_takes_a_secret(self):
        _, out, _ = jeton("serve", "--help")
        for word in ("password", "secret", "master", "private"):
            self.assertNotRegex(out, rf"(?m)^  --\S*{word}")


harness.main()
