#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_proxy.py - the proxy of the failure tests does to a connection what it says, and nothing else."""
import os
import select
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
import proxy  # noqa: E402


class Echo:
    """Sends back whatever it gets, on TCP or a Unix socket; knows what it has got."""

    def __init__(self, path=None):
        self.got = b""
        self.ended = threading.Event()
        self.listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self.listening.bind(path or ("127.0.0.1", 0))
        self.listening.listen(8)
        self.target = path or "127.0.0.1:%d" % self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            while piece := connection.recv(65536):
                self.got += piece
                connection.sendall(piece)
        except OSError:
            pass
        self.ended.set()
        connection.close()

    def close(self):
        self.listening.close()


def is_silent(connection, seconds=0.15):
    """Nothing comes, not even the end."""
    return not select.select([connection], [], [], seconds)[0]


class Proxied(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.close)
        self.proxy = proxy.Proxy(self.echo.target)
        self.addCleanup(self.proxy.close)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.proxy.port),
                                              timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def say(self, connection, text):
        """Sends it and returns what comes back."""
        connection.sendall(text)
        return self.hear(connection, len(text))

    def hear(self, connection, length):
        got = b""
        while len(got) < length:
            piece = connection.recv(length - len(got))
            self.assertTrue(piece, "the connection has ended")
            got += piece
        return got

    def assert_reset(self, connection=None):
        """None: a new one, which may be reset while it is being made."""
        with self.assertRaises(ConnectionError):
            connection = connection or self.connect()
            while connection.recv(100):
                pass
            raise AssertionError("ended in peace")

    def test_bytes_pass_in_order_and_ends_do(self):
        connection = self.connect()
        data = os.urandom(3_000_000)
        threading.Thread(target=connection.sendall, args=(data,), daemon=True).start()
        self.assertEqual(self.hear(connection, len(data)), data)
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(connection.recv(1), b"")
        self.assertTrue(self.echo.ended.wait(harness.PATIENCE))

    def test_a_unix_socket_may_be_behind_it_and_the_target_may_change(self):
        first = self.connect()
        self.assertEqual(self.say(first, b"one"), b"one")
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"jeton-echo-{os.getpid()}")
        other = Echo(path)
        self.addCleanup(os.unlink, path)
        self.addCleanup(other.close)
        self.proxy.target = path
        self.assertEqual(self.say(self.connect(), b"two"), b"two")
        self.assertEqual(self.say(first, b"three"), b"three")
        self.assertEqual((self.echo.got, other.got), (b"onethree", b"two"))

    def test_a_delay_is_added_in_each_direction(self):
        connection = self.connect()
        self.assertEqual(self.say(connection, b"quick"), b"quick")
        for way, least in (("up", 0.1), ("down", 0.1), ("both", 0.2)):
            self.proxy.delay(0.1, way)
            began = time.monotonic()
            self.assertEqual(self.say(connection, b"slow"), b"slow")
            self.assertGreaterEqual(time.monotonic() - began, least, way)
            self.proxy.pass_on()

    def test_a_delay_is_of_each_piece_and_not_of_one_behind_another(self):
        connection = self.connect()
        self.proxy.delay(0.3, "up")
        began = time.monotonic()
        for _ in range(20):
            connection.sendall(b"x")
            time.sleep(0.002)
        self.hear(connection, 20)
        self.assertLess(time.monotonic() - began, 20 * 0.3)

    def test_what_was_stalled_arrives_when_the_stall_is_over(self):
        connection = self.connect()
        self.proxy.stall()
        connection.sendall(b"held")
        self.assertTrue(is_silent(connection))
        self.assertEqual(self.echo.got, b"")
        self.proxy.pass_on()
        self.assertEqual(self.hear(connection, 4), b"held")

    def test_one_way_may_be_stalled_alone(self):
        connection = self.connect()
        self.assertEqual(self.say(connection, b"1"), b"1")
        self.proxy.stall("down")
        connection.sendall(b"there")
        harness.eventually(lambda: self.echo.got == b"1there", "it arrives")
        self.assertTrue(is_silent(connection))
        self.proxy.pass_on()
        self.assertEqual(self.hear(connection, 5), b"there")
        self.proxy.stall("up")
        connection.sendall(b"not")
        self.assertTrue(is_silent(connection))
        self.assertEqual(self.echo.got, b"1there")

    def test_what_was_dropped_never_arrives(self):
        for way, arrives in (("up", b""), ("down", b"lost"), ("both", b"")):
            with self.subTest(way):
                self.echo.got = b""
                connection = self.connect()
                self.proxy.drop(way)
                connection.sendall(b"lost")
                connection.shutdown(socket.SHUT_WR)
                self.assertTrue(is_silent(connection))
                self.assertEqual(self.echo.got, arrives)
                deaf = self.connect()
                deaf.sendall(b"?")
                self.assertTrue(is_silent(deaf))
                self.proxy.pass_on()
                self.assert_reset(connection)
                self.assertEqual(self.say(self.connect(), b"again"), b"again")

    def test_a_cut_resets_what_is_there_and_refuses_what_comes(self):
        connection = self.connect()
        self.assertEqual(self.say(connection, b"1"), b"1")
        self.proxy.cut()
        self.assert_reset(connection)
        for _ in range(3):
            with self.assertRaises(ConnectionRefusedError):
                self.connect()
        self.assertTrue(self.echo.ended.wait(harness.PATIENCE))
        self.proxy.mend()
        self.assertEqual(self.say(self.connect(), b"2"), b"2")

    def test_a_reset_is_of_what_is_there(self):
        connection = self.connect()
        self.assertEqual(self.say(connection, b"1"), b"1")
        self.proxy.reset()
        self.assert_reset(connection)
        self.assertEqual(self.say(self.connect(), b"2"), b"2")

    def test_without_a_target_a_connection_is_reset(self):
        self.proxy.target = "/nowhere/at/all"
        self.assert_reset()


if __name__ == "__main__":
    harness.main()
