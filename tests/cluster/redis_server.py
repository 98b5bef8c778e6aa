# SPDX-License-Identifier: Apache-2.0
"""redis_server.py - Redis or Valkey for tests, whichever is installed: on a Unix socket in a folder of its
own, without a disk, and gone with the test. Also replicas; and a client of a few lines."""
import contextlib
import os
import shutil
import socket

import daemons
import harness


def program():
    path = shutil.which("valkey-server") or shutil.which("redis-server")
    if not path:
        raise AssertionError("redis-server and valkey-server are missing: ./dev setup installs one")
    return path


class Refused(Exception):
    """The server answered with an error."""


class Client:
    """Asks and waits for the answer."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(harness.PATIENCE)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def close(self):
        self.file.close()
        self.socket.close()

    def ask(self, *words):
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) +
                            b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        return self.answer()

    def answer(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server is gone")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise Refused(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        if kind == b"$":
            return self.file.read(int(rest) + 2)[:-2] if rest != b"-1" else None
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))] if rest != b"-1" else None
        raise ConnectionError(f"not an answer of Redis: {line!r}")


class Redis(daemons.Daemon):
    def __init__(self, folder, name="redis", *flags):
        super().__init__(folder, name)
        self.flags = flags

    @property
    def socket(self):
        return os.path.join(self.folder, "socket")

    def url(self, via=None):
        return f"redis://{via}" if via else f"unix:{self.socket}"

    def command(self):
        return [program(), "--port", "0", "--unixsocket", self.socket, "--save", "", "--appendonly",
                "no", "--dir", self.folder, "--repl-diskless-sync", "yes",
                "--repl-diskless-sync-delay", "0", *self.flags]

    def is_ready(self):
        with contextlib.suppress(OSError, Refused):
            return self.ask("PING") == "PONG"
        return False

    def ask(self, *words):
        client = Client(self.socket)
        try:
            return client.ask(*words)
        finally:
            client.close()

    # --- replication ---------------------------------------------------------------------------

    def follow(self, address):
        """Is a replica of the server at host:port from now on. Redis replicates over TCP only, and
        ours has a socket: the address is that of a proxy."""
        self.ask("REPLICAOF", *address.rsplit(":", 1))

    def is_in_step(self):
        return "master_link_status:up" in self.ask("INFO", "replication").decode()

    def promote(self):
        self.ask("REPLICAOF", "NO", "ONE")
