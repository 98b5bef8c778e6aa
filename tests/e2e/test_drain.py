#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_drain.py - SIGTERM under load: whoever was let in is answered, and learns that it was the
last answer; nobody is cut off after he has sent a request."""
import concurrent.futures
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

import harness
from harness import PATIENCE, eventually

ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SLOW = ["--hash-memory", "64M", "--hash-passes", "8", "--threads", "2"]  # some 0.15 s a login


class Client:
    """A connection, read answer by answer."""

    def __init__(self, address, context=None):
        host, port = address.rsplit(":", 1)
        self.sock = socket.create_connection((host, int(port)), timeout=PATIENCE)
        if context is not None:
            self.sock = context.wrap_socket(self.sock, server_hostname="localhost")
        self.left = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def answer(self):
        """(status, whether it is the last), or None at the end of the connection."""
        while b"\r\n\r\n" not in self.left:
            part = self.sock.recv(65536)
            if part == b"":
                if self.left:
                    raise AssertionError(f"half an answer: {self.left!r}")
                return None
            self.left += part
        head, rest = self.left.split(b"\r\n\r\n", 1)
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        length = int(fields.get(b"content-length", 0))
        while len(rest) < length:
            part = self.sock.recv(65536)
            if part == b"":
                raise AssertionError("half a body")
            rest += part
        self.left = rest[length:]
        return int(head.split()[1]), fields.get(b"connection") == b"close"


class Clients:
    """`count` threads that run a function until it returns."""

    def __init__(self, count, work):
        self.pool = concurrent.futures.ThreadPoolExecutor(count)
        self.all = [self.pool.submit(work) for _ in range(count)]

    def results(self):
        try:
            return [each.result(PATIENCE) for each in self.all]
        finally:
            self.pool.shutdown()


class UnderLoad(unittest.TestCase):
    FLAGS = ()
    context = None

    def serve(self, *flags, **more):
        server = harness.Server(*self.FLAGS, *flags, **more).start()
        self.addCleanup(server.__exit__)
        return server

    def ends_well(self, server):
        self.assertEqual(server.stop(), 0)
        self.assertTrue(server.events("server_stopped")[0]["drained"])

    def test_clients_that_keep_their_connection_are_answered_and_told(self):
        for _ in range(3):
            server = self.serve()
            address = server.address
            warm = threading.Barrier(21)

            def ask_on(address=address, warm=warm):
                with Client(address, self.context) as client:
                    count = 0
                    while True:
                        client.send(ASK)
                        answer = client.answer()
                        self.assertIsNotNone(answer, f"cut off after {count} answers")
                        self.assertEqual(answer[0], 200)
                        count += 1
                        if count == 10:
                            warm.wait(PATIENCE)
                        if answer[1]:
                            self.assertIsNone(client.answer())
                            return count
                        if count % 7 == 0:
                            time.sleep(0.01)  # not always at work
            clients = Clients(20, ask_on)
            warm.wait(PATIENCE)
            time.sleep(0.05)
            self.ends_well(server)
            self.assertGreaterEqual(min(clients.results()), 10)

    def test_pipelined_requests_that_are_taken_are_answered(self):
        """Those behind the answer that says "close" were not: who sent them may send them again
        (RFC 9112 §9.6). Each line of the log is one that was taken."""
        server = self.serve("--log-level", "debug")
        address = server.address

        def ask_on():
            with Client(address, self.context) as client:
                count = 0
                while True:
                    try:
                        client.send(ASK * 10)
                    except OSError:  # told already: the rest of the answers is still there
                        pass
                    for _ in range(10):
                        answer = client.answer()
                        self.assertIsNotNone(answer, "an end without being told")
                        self.assertEqual(answer[0], 200)
                        count += 1
                        if answer[1]:
                            self.assertIsNone(client.answer())
                            return count
        clients = Clients(10, ask_on)
        time.sleep(0.3)
        self.ends_well(server)
        answered = sum(clients.results())
        self.assertGreater(answered, 100)
        taken = [line for line in server.events("request") if line["route"] == "/healthz"]
        self.assertEqual(len(taken), answered)

    def test_who_comes_meanwhile_is_answered_or_refused_and_never_cut_off(self):
        for _ in range(3):
            server = self.serve()
            address = server.address
            warm = threading.Barrier(17)

            def come(address=address, warm=warm):
                count = 0
                while True:
                    try:
                        client = Client(address)
                    except ConnectionRefusedError:
                        return count
                    with client:
                        client.send(ASK)
                        self.assertEqual(client.answer()[0], 200)
                    count += 1
                    if count == 3:
                        warm.wait(PATIENCE)
            clients = Clients(16, come)
            warm.wait(PATIENCE)
            time.sleep(0.05)
            self.ends_well(server)
            self.assertGreaterEqual(min(clients.results()), 3)

    def test_logins_that_wait_for_their_hash_are_answered(self):
        server = self.serve(*SLOW, "--drain-time", "2m", cheap=False)
        server.add_user()
        body = harness.json.dumps({"username": "alice", "password": harness.PASSWORD}).encode()
        login = (b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                 b"Content-Length: %d\r\n\r\n" % len(body)) + body
        clients = [Client(server.address, self.context) for _ in range(6)]
        watcher = Client(server.address, self.context)
        for client in clients:
            client.send(login)
        eventually(lambda: len(server.events("login_ok")) >= 1, "the first is through")
        watcher.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(watcher.answer(), (200, False))
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.events("server_draining"), "it drains")
        watcher.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(watcher.answer(), (503, True), "no new work is to be sent here")
        answers = [client.answer() for client in clients]
        self.assertEqual([status for status, _ in answers], [200] * 6)
        self.assertTrue(any(closed for _, closed in answers))  # whichever was hashed last
        self.assertEqual(server.process.wait(PATIENCE), 0)
        server.reader.join(PATIENCE)
        self.assertTrue(server.events("server_stopped")[0]["drained"])
        self.assertEqual(len(server.events("login_ok")), 6)
        for client in [*clients, watcher]:
            client.sock.close()

    def test_an_idle_connection_is_closed_at_once_and_a_silent_one_soon(self):
        server = self.serve()
        with Client(server.address, self.context) as idle, \
                Client(server.address, self.context) as silent:
            idle.send(ASK)
            self.assertEqual(idle.answer(), (200, False))
            time.sleep(1.2)  # longer than a client at work is waited for
            began = time.monotonic()
            self.ends_well(server)
            self.assertLess(time.monotonic() - began, 9, "the time of draining is 10 s")
            self.assertIsNone(idle.answer())
            self.assertIsNone(silent.answer())


class UnderLoadWithTls(UnderLoad):
    # Who shakes hands has sent no request.
    test_who_comes_meanwhile_is_answered_or_refused_and_never_cut_off = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        cls.addClassCleanup(shutil.rmtree, folder)
        cert, key = (os.path.join(folder, name) for name in ("crt", "key"))
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-keyout", key, "-out", cert, "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                       check=True, capture_output=True, timeout=PATIENCE)
        cls.FLAGS = ("--tls-cert", cert, "--tls-key", key)
        cls.context = ssl.create_default_context(cafile=cert)


harness.main()
