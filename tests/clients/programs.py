# SPDX-License-Identifier: Apache-2.0
"""programs.py - the programs of examples/protect for tests: each in its framework, on a port of the
system's choice."""
import http.client
import os
import re
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402
from harness import PATIENCE, eventually  # noqa: E402

EXAMPLES = os.path.join(HERE, "../../examples/protect")
BUILD = os.environ.get("CLIENTS_BUILD", "build/tests/clients")
GO_PROGRAM = os.path.abspath(os.path.join(BUILD, "protect-go"))
PYTHON = [sys.executable, "-u"]
FLASK = [*PYTHON, "-m", "flask", "--app"]

# How each program is started: its folder, and the words.
PROGRAMS = {
    "Flask": ("python", [*FLASK, "with_flask", "run", "--port", "0"]),
    "FastAPI": ("python", [*PYTHON, "-m", "uvicorn", "with_fastapi:app", "--port", "0"]),
    "Express": ("express", ["node", "server.mjs"]),
    "Go": ("go", [GO_PROGRAM]),
    "introspection": ("python", [*FLASK, "with_introspection", "run", "--port", "0"]),
}


def build_go():
    done = subprocess.run([os.path.join(HERE, "../peers/build_go.sh"), "go", GO_PROGRAM,
                           os.path.join(EXAMPLES, "go/main.go"), os.path.join(BUILD, "gopath")],
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


class Program:
    """One of the programs on a port of the system's choice, unless one is given; it says which."""

    def __init__(self, name, issuer, port=0, **env):
        folder, words = PROGRAMS[name]
        words = [str(port) if word == "0" else word for word in words]
        if name == "Go":
            build_go()
        self.said, self.port = "", None
        self.process = subprocess.Popen(
            words, cwd=os.path.join(EXAMPLES, folder), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PORT": str(port),
                 "JETON_ISSUER": issuer, **env})
        threading.Thread(target=self._read, daemon=True).start()
        eventually(lambda: self.port or self.process.poll() is not None, f"{name} listens")
        assert self.port, f"{name} did not start: {self.said}"

    def _read(self):
        for line in self.process.stdout:
            self.said += line
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found and self.port is None:
                self.port = int(found[1])

    def stop(self):
        self.process.kill()
        self.process.wait(PATIENCE)

    def ask(self, method, path, authorization=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {} if authorization is None else {"Authorization": authorization}
            connection.request(method, path, headers=headers)
            return harness.Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, token=None):
        return self.ask("GET", path, None if token is None else f"Bearer {token}")
