# SPDX-License-Identifier: Apache-2.0
"""big.py - whether what takes one row takes longer when there are a million of them."""
import contextlib
import hashlib
import json
import os
import socket
import statistics
import tempfile

import machine
import parts
from parts import harness
from rows import Row

FEW, MANY = 10000, 1000000
PEOPLE = 64  # who are asked about, evenly spread over all users


def password_hash():
    """Cheap to check, as Werkzeug writes it: hashing is not what is measured."""
    digest = hashlib.pbkdf2_hmac("sha256", harness.PASSWORD.encode(), b"salt", 1000)
    return "pbkdf2:sha256:1000$salt$" + digest.hex()


class Crowd:
    """A server with so many users, of whom PEOPLE log in."""

    def __init__(self, count):
        self.names = [f"user{i * (count // PEOPLE)}" for i in range(PEOPLE)]

    def begin(self, bench, server, folder):
        self.bench, self.server, self.pid = bench, server, server.process.pid
        self.url = f"http://{server.address}"
        self.tokens = os.path.join(folder, f"tokens-{server.process.pid}")
        self.logins(self.tokens, "access_token")
        self.logins(self.tokens + "r", "refresh_token")
        with open(self.tokens + "r", encoding="ascii") as lines:
            self.refresh_tokens = lines.read().split()

    def logins(self, path, member):
        bodies = [json.dumps({"username": name, "password": harness.PASSWORD})
                  for name in self.names]
        machine.load(self.bench.load, "each", self.server.address, "/login", "-c", 1, "-m", member,
                     "-o", path, lines=bodies)

    def login(self):
        before = machine.spent([self.pid], skip=["hash"])
        self.logins(os.devnull, "access_token")
        return (machine.spent([self.pid], skip=["hash"]) - before) / PEOPLE

    def refresh(self):
        before = machine.spent([self.pid])
        path = self.tokens + "n"
        bodies = [json.dumps({"refresh_token": token}) for token in self.refresh_tokens]
        machine.load(self.bench.load, "each", self.server.address, "/refresh", "-c", 1, "-m",
                     "refresh_token", "-o", path, lines=bodies)
        took = (machine.spent([self.pid]) - before) / PEOPLE
        with open(path, encoding="ascii") as lines:
            self.refresh_tokens = lines.read().split()
        return took

    def get(self, path):
        return machine.cost([self.pid], self.url + path, arguments=[self.tokens],
                            script=os.path.join(parts.HERE, "tokens.lua"))

    def verify(self):
        return self.get("/verify")

    def whoami(self):
        return self.get("/whoami")

    def sessions(self):
        return self.get("/sessions")

    def show(self):
        before = machine.spent([self.pid])
        for name in self.names:
            self.control("user.show", user=name)
        return (machine.spent([self.pid]) - before) / PEOPLE

    def control(self, operation, **arguments):
        """What the command line would ask of the server."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(os.path.join(self.server.data, "control.sock"))
            sock.sendall(json.dumps({"operation": operation, "arguments": arguments}).encode() +
                         b"\n")
            with sock.makefile() as lines:
                answer = json.loads(lines.readline())
        if answer["status"] != 0:
            raise SystemExit(f"bench server: {operation}: {answer}")


PATHS = {
    "login": "POST /login without hashing",
    "refresh": "POST /refresh",
    "verify": "GET /verify",
    "whoami": "GET /whoami",
    "sessions": "GET /sessions",
    "show": "jeton user show",
}


def big(bench):
    """CPU per request with ten thousand users and with a million, side by side."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        crowds = []
        for count in (FEW, MANY):
            data = os.path.join(folder, f"users{count}")
            rate = parts.fill(data, count, password_hash())
            crowd = Crowd(count)
            crowd.begin(bench, stack.enter_context(harness.Server(data=data)), folder)
            crowds.append(crowd)
        yield Row("import_million_per_second", "jeton user import, 1,000,000 users", "/s", rate)
        for name, what in PATHS.items():
            few, many = machine.rounds(bench.rounds, *(getattr(crowd, name) for crowd in crowds))
            yield Row(f"big_{name}_us", f"{what}, CPU with 1,000,000 users", "µs",
                      statistics.median(many))
            yield Row(f"big_{name}_ratio", "the same ÷ with 10,000", "×",
                      machine.median_of(lambda a, b: b / a, few, many), must=3)
