# SPDX-License-Identifier: Apache-2.0
"""harness.py - the real program for tests: a server on a free port in a folder of its own, clients
for it, and the command line.

The environment names the program: JETON=/path/to/jeton. Nothing here is fixed: ports are the
system's choice, folders are new, and waiting ends when what is waited for happens.
"""
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

JETON = os.environ.get("JETON", "build/jeton")
PATIENCE = 60  # seconds for anything; only a failure takes that long on a loaded machine
PASSWORD = "correct horse battery"
# Tests are about one thing each: limits are off, and a failed login takes no longer than it has to,
# unless a test says otherwise by a flag.
UNLIMITED = {"JETON_RATE_LIMITS": "off", "JETON_LOGIN_SLOT": "20"}
# Hashing at full cost would be most of the tests' time.
CHEAP = ["--hash-memory", "8M", "--hash-passes", "1"]


# ./dev san: servers are stopped and not killed, or nobody would look for what they have leaked.
SANITIZED = "JETON_SANITIZED" in os.environ
# How a process ends that broke, or of which a sanitizer has something to tell. No test wants that.
BROKEN = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE, 23}


def assert_unbroken(status, told):
    if status in BROKEN:
        raise AssertionError(f"jeton broke with status {status}: {told[-8000:]}")


def eventually(condition, what):
    """Waits until condition() is true, and returns what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.01)
    raise AssertionError(f"never happened: {what}")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jeton(*words, stdin="", env=None, patience=PATIENCE):
    """Runs a command and returns (exit status, stdout, stderr)."""
    done = subprocess.run([JETON, *words], input=stdin, capture_output=True, text=True,
                          timeout=patience, check=False, env={**os.environ, **(env or {})})
    assert_unbroken(done.returncode, done.stderr)
    return done.returncode, done.stdout, done.stderr


class Stores:
    """With JETON_TEST_STORE=postgres the servers of a test keep what they know in PostgreSQL, which is
    started for the test: one database for each data folder. Otherwise that is their own affair."""

    def __init__(self):
        self.server = None
        self.urls = {}  # by data folder

    def settings_for(self, data):
        """For the environment of whatever works with that folder."""
        if os.environ.get("JETON_TEST_STORE", "") != "postgres":
            return {}
        if data not in self.urls:
            self.urls[data] = self._start().new_database(f"of_folder_{len(self.urls) + 1}")
        return {"JETON_STORE": self.urls[data]}

    def assert_used(self, data):
        """It is really there that a server of that folder keeps what it knows."""
        if data in self.urls:
            name = self.urls[data].split("?")[0].rpartition("/")[2]
            if self.server.sql("SELECT count(*) FROM log_head", name) != ["1"]:
                raise AssertionError(f"nothing is in {self.urls[data]}")
            if os.path.exists(os.path.join(data, "jeton.db")):
                raise AssertionError("there is a store in the folder, too")

    def _start(self):
        if self.server is None:
            sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                            "../cluster"))
            import postgres  # only here: the tests of one node do without all that is there
            self.server = postgres.of_this_process()
        return self.server


STORES = Stores()


class UnixConnection(http.client.HTTPConnection):
    """Through the file of a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


class Answer:
    """One HTTP answer: status, headers by lower-case name, body."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.set_cookies = response.headers.get_all("Set-Cookie") or []
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body!r}"


class Server:
    """jeton serve in a folder; use as a context manager, or start() and stop()."""

    def __init__(self, *flags, data=None, env=None, cheap=True, listen="127.0.0.1:0"):
        self.listen = listen
        self.flags = [*(CHEAP if cheap else []), *flags]
        self.own = data is None
        self.data = data or os.path.join(tempfile.mkdtemp(prefix="jeton-e2e-"), "data")
        self.settings = STORES.settings_for(self.data)
        self.env = {**os.environ, **UNLIMITED, **self.settings, **(env or {})}
        self.process = None
        self.lines = []  # of the log, whole lifetime
        self.address = None
        self.ready = None  # the moment it was

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        try:
            self.end()
        finally:
            self.remove()

    def end(self):
        if SANITIZED and self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            status = self.stop()
            assert_unbroken(23 if status > 0 else status, "".join(self.lines))
        self.kill()

    def remove(self):
        if self.own:
            shutil.rmtree(os.path.dirname(self.data), ignore_errors=True)

    # --- its life ------------------------------------------------------------------------------

    def start(self):
        self.address = None
        self.process = self.launch([JETON, "serve", "--data", self.data, "--listen", self.listen,
                                    *self.flags])
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()
        eventually(lambda: self.address or self.process.poll() is not None, "the server is ready")
        if not self.address:
            self.reader.join(PATIENCE)
            raise AssertionError("the server did not start: " + "".join(self.lines[-5:]))
        STORES.assert_used(self.data)
        return self

    def launch(self, command):
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=self.env)

    def _read(self, process):
        for line in process.stderr:
            self.lines.append(line)
            if '"server_ready"' in line:
                self.ready = time.monotonic()
                self.address = json.loads(line)["listen"]

    def stop(self):
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return status

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            status = self.process.wait(PATIENCE)
            self.reader.join(PATIENCE)
            assert_unbroken(status, "".join(self.lines))

    def restart(self, *flags):
        self.kill()
        self.flags = [*CHEAP, *flags]
        return self.start()

    def events(self, name):
        """The log lines of an event, as objects."""
        return [entry for entry in map(json.loads, self.lines) if entry["event"] == name]

    # --- asking it -----------------------------------------------------------------------------

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=PATIENCE)

    def ask(self, method, path, body=None, headers=None):
        """One request. A dict as body is sent as JSON, a text as a form."""
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        elif body is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = self.connect()
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, token=None, **headers):
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.ask("GET", path, headers=headers)

    def login(self, name="alice", password=PASSWORD):
        """A good login's JSON; anything else fails the test."""
        answer = self.ask("POST", "/login", {"username": name, "password": password})
        if answer.status != 200:
            raise AssertionError(f"login of {name}: {answer}")
        return answer.json

    def refresh(self, token):
        return self.ask("POST", "/refresh", {"refresh_token": token})

    def logout(self, token, scope=None):
        body = {"scope": scope} if scope else None
        return self.ask("POST", "/logout", body, {"Authorization": f"Bearer {token}"})

    def raw(self, data):
        """Sends bytes as they are and returns everything that comes back."""
        host, port = self.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as sock:
            sock.sendall(data)
            parts = []
            while part := sock.recv(65536):
                parts.append(part)
        return b"".join(parts)

    # --- its command line ----------------------------------------------------------------------

    def cli(self, *words, stdin=""):
        return jeton(*words, "--data", self.data, stdin=stdin,
                     env={"JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1", **self.settings})

    def add_user(self, name="alice", *roles, password=PASSWORD):
        flags = [word for role in roles for word in ("--role", role)]
        status, out, err = self.cli("user", "add", name, "--password-stdin", *flags,
                                    stdin=password + "\n")
        if status != 0:
            raise AssertionError(f"user add {name}: {status} {out} {err}")


class ServerCase(unittest.TestCase):
    """Tests that share one server with the users alice (admin) and bob."""

    FLAGS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.FLAGS).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.add_user("alice", "admin")
        cls.server.add_user("bob")

    def assert_problem(self, answer, status, error):
        """The one error shape (docs/http.md)."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(set(answer.json), {"error", "error_description", "request_id"}, answer)
        self.assertEqual(answer.json["error"], error, answer)
        self.assertEqual(answer.json["request_id"], answer.headers["x-request-id"])
        if status == 401:
            self.assertTrue(answer.headers["www-authenticate"].startswith("Bearer realm="), answer)

    def assert_accepted(self, token):
        self.assertEqual(self.server.get("/whoami", token).status, 200)

    def assert_refused(self, token):
        self.assert_problem(self.server.get("/whoami", token), 401, "invalid_token")


class Marks(unittest.TextTestResult):
    """Reports each test the way cmocka does, which tools/test-summary.py counts."""

    def startTest(self, test):
        super().startTest(test)
        print(f"[ RUN      ] {test.id()}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        print(f"[       OK ] {test.id()}", flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"[  SKIPPED ] {test.id()}: {reason}", flush=True)


def main(*names):
    """Runs the tests of the calling file, or those of it that are named."""
    unittest.main(argv=[*sys.argv[:1], *names],
                  testRunner=unittest.TextTestRunner(resultclass=Marks, verbosity=0))
