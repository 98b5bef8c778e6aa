# SPDX-License-Identifier: Apache-2.0
"""cases.py - what the tests of the nginx module share: keys and tokens, an nginx for each class of
tests, somebody who publishes keys, and an application that says what has reached it."""
import http.server
import json
import os
import pathlib
import shutil
import tempfile
import threading
import time
import unittest

from nginx import Nginx, harness

FAR = 2 ** 31


class Keys:
    """Keys in a folder: NAME.jwk, and NAME.pub without its private part."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-nginx-")

    def path(self, name):
        return os.path.join(self.folder, name)

    def new(self, name, alg="ES256", kid=None):
        _, key, _ = harness.jeton("key", "new", "--alg", alg, "--kid", kid or name)
        pathlib.Path(self.path(name + ".jwk")).write_text(key)
        if not alg.startswith("HS"):
            _, public, _ = harness.jeton("key", "public", self.path(name + ".jwk"))
            pathlib.Path(self.path(name + ".pub")).write_text(public)
        return self

    def replace(self, name, text):
        """As careful programs do: the file is never half written."""
        pathlib.Path(self.path(name + ".new")).write_text(text)
        os.rename(self.path(name + ".new"), self.path(name))

    def text(self, name):
        return pathlib.Path(self.path(name)).read_text()

    def sign_many(self, name, count, **claims):
        """As many tokens as that, by PyJWT: a process for each would take a while."""
        import jwt  # the system's
        jwk = json.loads(self.text(name + ".jwk"))
        key = jwt.PyJWK(jwk).key
        return [jwt.encode({"jti": f"{name}-{i}", "sub": "alice", "exp": FAR, **claims}, key, jwk["alg"],
                           {"kid": jwk["kid"]}) for i in range(count)]

    def sign(self, name, typ=None, **claims):
        claims.setdefault("exp", FAR)
        claims.setdefault("sub", "alice")
        more = ["--typ", typ] if typ else []
        status, token, err = harness.jeton("token", "sign", "--key", self.path(name + ".jwk"),
                                           "--claims", "-", *more, stdin=json.dumps(claims))
        if status != 0:
            raise AssertionError(err)
        return token.strip()


def forged(header, payload, signature=""):
    parts = (json.dumps(part).encode() for part in (header, payload))
    return ".".join(map(harness.b64, parts)) + "." + signature


class Case(unittest.TestCase):
    SERVER, HTTP, WORKERS, LISTEN = "", "", 1, ""

    @classmethod
    def setUpClass(cls):
        cls.keys = Keys().new("a").new("b").new("secret", "HS256")
        cls.addClassCleanup(shutil.rmtree, cls.keys.folder, True)
        cls.nginx = Nginx(cls.SERVER.replace("KEYS", cls.keys.folder),
                          cls.HTTP.replace("KEYS", cls.keys.folder), cls.WORKERS,
                          listen=cls.LISTEN).start()
        cls.addClassCleanup(cls.nginx.__exit__)

    def status(self, *words, **more):
        return self.nginx.status(*words, **more)

    def assert_challenge(self, answer, status, error):
        self.assertEqual(answer.status, status, answer)
        want = 'Bearer realm="the realm"' + (f', error="{error}"' if error else "")
        self.assertEqual(answer.headers["www-authenticate"], want)


def at_end_of(case):
    """What adds a clean-up to a test, or to a class of them."""
    return case.addClassCleanup if isinstance(case, type) else case.addCleanup


class Publisher(http.server.BaseHTTPRequestHandler):
    """Publishes keys: server.keys, or what server.more has for the path, with server.code; counts in
    server.asked."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        self.server.headers.append(dict(self.headers.items()))
        time.sleep(self.server.delay)
        self.server.open.wait(harness.PATIENCE)
        body = self.server.more.get(self.path, self.server.keys).encode()
        self.send_response(self.server.code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


class PublisherServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, case):
        super().__init__(("127.0.0.1", 0), Publisher)
        self.asked, self.headers, self.code, self.delay, self.keys, self.more = 0, [], 200, 0, "", {}
        self.open = threading.Event()
        self.open.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()
        at_end_of(case)(self.server_close)
        at_end_of(case)(self.shutdown)

    def handle_error(self, *_):
        """A proxy may hang up when it likes."""


class Echo(http.server.BaseHTTPRequestHandler):
    """An application that says which headers reached it."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing."""


def start_echo(case):
    echo = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    echo.daemon_threads = True
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    at_end_of(case)(echo.server_close)
    at_end_of(case)(echo.shutdown)
    return echo.server_port
