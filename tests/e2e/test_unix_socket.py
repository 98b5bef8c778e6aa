#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_unix_socket.py - jeton serve on a Unix socket, alone or beside TCP, and several addresses at
one time."""
import concurrent.futures
import http.client
import os
import shutil
import signal
import socket
import stat
import tempfile
import unittest

import harness
from harness import PATIENCE, UnixConnection, eventually, jeton


class UnixServer(harness.Server):
    """Asked through its first address, whatever that is."""

    def connect(self):
        first = self.address.split(", ")[0]
        if first.startswith("unix:"):
            return UnixConnection(first.removeprefix("unix:"))
        return http.client.HTTPConnection(first, timeout=PATIENCE)


ISSUER = ("--issuer", "https://login.example.com")


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")
        self.path = os.path.join(self.folder, "http.sock")
        self.listen = "unix:" + self.path

    def server(self, *flags, **more):
        return UnixServer(*flags, **{"listen": self.listen, "data": self.data, **more})

    def refuses(self, status, why, *flags, listen=None):
        got, _, err = jeton("serve", "--data", self.data, "--listen", listen or self.listen, *flags)
        self.assertEqual(got, status, err)
        self.assertRegex(err, why)


class Alone(Folder):
    def test_all_is_served_through_it_and_nothing_is_left_of_it(self):
        with self.server(*ISSUER) as server:
            self.assertEqual(server.address, self.listen)
            server.add_user()
            pair = server.login()
            self.assertEqual(server.get("/whoami", pair["access_token"]).status, 200)
            self.assertEqual(server.refresh(pair["refresh_token"]).status, 200)
            self.assertEqual(server.events("http_warning"), [])
            self.assertEqual(server.stop(), 0)
        self.assertFalse(os.path.exists(self.path))

    def test_its_mode_is_a_setting(self):
        before = os.umask(0)
        try:
            for flags, mode in (([], 0o660), (["--socket-mode", "600"], 0o600),
                                (["--socket-mode", "0666"], 0o666)):
                with self.server(*ISSUER, *flags) as server:
                    found = os.stat(self.path)
                    self.assertTrue(stat.S_ISSOCK(found.st_mode))
                    self.assertEqual(stat.S_IMODE(found.st_mode), mode)
                    server.stop()
        finally:
            os.umask(before)
        self.refuses(2, "socket-mode takes an octal mode", "--socket-mode", "rw")

    def test_an_issuer_must_be_known(self):
        self.refuses(2, "issuer must be set")
        with self.server(listen="127.0.0.1:0") as server:
            issuer = server.events("server_ready")[0]["issuer"]
            server.stop()
        with self.server() as server:  # it is remembered
            self.assertEqual(server.events("server_ready")[0]["issuer"], issuer)

    def test_what_a_killed_server_left_is_replaced(self):
        with self.server(*ISSUER) as server:
            server.kill()
            self.assertTrue(os.path.exists(self.path))
            server.start()
            self.assertEqual(server.get("/readyz").status, 200)

    def test_what_is_in_use_or_is_no_socket_is_left_alone(self):
        other = os.path.join(self.folder, "other")
        with self.server(*ISSUER) as server:
            got, _, err = jeton("serve", "--data", other, "--listen", self.listen, *ISSUER)
            self.assertEqual(got, 3, err)
            self.assertIn(f"cannot listen on {self.listen}: Address already in use", err)
            self.assertEqual(server.get("/readyz").status, 200)
            server.stop()
        with open(self.path, "w", encoding="ascii") as file:
            file.write("a letter")
        self.refuses(3, "File exists", *ISSUER)
        with open(self.path, encoding="ascii") as file:
            self.assertEqual(file.read(), "a letter")
        self.refuses(3, "No such file", *ISSUER, listen=f"unix:{self.folder}/nix/http.sock")
        self.refuses(2, "at most 103 bytes", *ISSUER, listen="unix:/" + "x" * 103)

    def test_a_server_that_goes_late_does_not_take_its_successors_socket_along(self):
        with self.server(*ISSUER) as server:
            os.unlink(self.path)
            with UnixServer(*ISSUER, listen=self.listen) as successor:
                server.stop()
                self.assertEqual(successor.get("/readyz").status, 200)

    def test_hundreds_at_one_time(self):
        with self.server(*ISSUER) as server, concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: server.get("/readyz").status, range(500)))
            self.assertEqual(answers, [200] * 500)


class Peers(Folder):
    def failed_login(self, server, client):
        server.ask("POST", "/login", {"username": "alice", "password": "x"},
                   {"X-Forwarded-For": client} if client else {})
        return eventually(lambda: server.events("login_failed"), "it is logged")[-1]["address"]

    def test_whose_word_counts(self):
        rows = [([], "192.0.2.7", "unix"), (["--proxies", "unix"], "192.0.2.7", "192.0.2.7"),
                (["--proxies", "unix"], None, "unix"),
                (["--proxies", "127.0.0.1"], "192.0.2.7", "unix")]
        for flags, client, want in rows:
            with self.subTest(flags=flags, client=client), self.server(*ISSUER, *flags) as server:
                self.assertEqual(self.failed_login(server, client), want)
                server.stop()

    def test_a_proxy_that_is_not_named_is_warned_about(self):
        for flags, count in (([], 1), (["--proxies", "unix"], 0)):
            with self.server(*ISSUER, *flags) as server:
                server.stop()
                warned = [line for line in server.events("setting_warning")
                          if line["setting"] == "proxies"]
                self.assertEqual(len(warned), count)


class Several(Folder):
    def test_all_of_a_list_are_served_and_the_first_tcp_one_names_the_issuer(self):
        with socket.socket(socket.AF_INET6) as probe:
            try:
                probe.bind(("::1", 0))
            except OSError:
                self.skipTest("there is no IPv6 here")
        with self.server(listen=f"{self.listen}, [::1]:0,127.0.0.1:0") as server:
            addresses = server.address.split(", ")
            self.assertEqual(len(addresses), 3)
            self.assertEqual(addresses[0], self.listen)
            for address in addresses[1:]:
                host, port = address.rsplit(":", 1)
                connection = http.client.HTTPConnection(host.strip("[]"), int(port),
                                                        timeout=PATIENCE)
                connection.request("GET", "/readyz")
                self.assertEqual(connection.getresponse().status, 200)
                connection.close()
            self.assertEqual(server.get("/readyz").status, 200)
            self.assertEqual(server.events("server_ready")[0]["issuer"], f"http://{addresses[1]}")
            self.assertEqual(server.stop(), 0)

    def test_one_that_cannot_be_had_leaves_none_behind(self):
        with harness.Server() as taken:
            self.refuses(3, "Address already in use", listen=f"{self.listen},{taken.address}")
        self.assertFalse(os.path.exists(self.path))
        self.refuses(2, "HOST:PORT", listen=f"{self.listen},")
        self.refuses(2, "more than 16", listen=",".join(["127.0.0.1:0"] * 17))

    def test_tls_is_for_tcp_only(self):
        cert, key = (os.path.join(self.folder, name) for name in ("crt", "key"))
        harness.subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                                "ec_paramgen_curve:P-256", "-keyout", key, "-out", cert, "-subj",
                                "/CN=x"], check=True, capture_output=True, timeout=PATIENCE)
        with self.server("--tls-cert", cert, "--tls-key", key,
                         listen=f"{self.listen},127.0.0.1:0") as server:
            self.assertEqual(server.get("/readyz").status, 200)
            host, port = server.address.split(", ")[1].rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=PATIENCE) as sock:
                sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertNotIn(b"200", sock.recv(100), "that one speaks TLS")
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: server.events("reloaded"), "it reloads")
            self.assertEqual(server.get("/readyz").status, 200)
            self.assertEqual(server.stop(), 0)


harness.main()
