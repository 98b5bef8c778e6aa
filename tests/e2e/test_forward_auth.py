#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_forward_auth.py - /verify asked by real proxies, with the configurations of the guide, and
by requests like those of the proxies that Debian does not have."""
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import harness

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/forward-auth"
LOGIN = "https://login.example/in?theme=dark"
RULES = {"rules": [{"path": "/public/", "open": True},
                   {"path": "/files/", "methods": ["GET", "HEAD"]},
                   {"path": "/admin/", "role": "admin"},
                   {"path": "/vault", "role": "admin", "fresh": True},
                   {"path": "/app/"}]}
PAGE = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}


class App(http.server.BaseHTTPRequestHandler):
    """What stands behind the proxy: it says what reached it."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, "headers": told}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *_):
        """Nothing."""


class AppServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A proxy may hang up when it likes."""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def is_open(port):
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


class Behind(unittest.TestCase):
    """Tests that share a server with rules, and an application."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        rules = pathlib.Path(cls.folder, "rules.json")
        rules.write_text(json.dumps(RULES))
        cls.server = harness.Server(
            "--verify-rules", str(rules), "--login-url", LOGIN, "--insecure-cookies", "on",
            "--identity-headers", "sub=X-User, roles=X-Roles").start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.add_user("alice", "admin", "staff")
        cls.server.add_user("bob")
        cls.alice, cls.bob = (cls.server.login(name)["access_token"] for name in ("alice", "bob"))
        cls.app = AppServer(("127.0.0.1", 0), App)
        threading.Thread(target=cls.app.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.app.server_close)
        cls.addClassCleanup(cls.app.shutdown)
        cls.sub = cls.server.get("/whoami", cls.alice).json["sub"]

    def cookies(self):
        """Cookies of a login, and the value for the CSRF header."""
        body = {"username": "bob", "password": harness.PASSWORD, "cookies": True}
        answer = self.server.ask("POST", "/login", body)
        self.assertEqual(answer.status, 200, answer)
        pairs = [line.split(";")[0] for line in answer.set_cookies]
        return "; ".join(pairs), dict(pair.split("=", 1) for pair in pairs)["jeton-csrf"]


class Proxy:
    """The same for every proxy; the classes below say how one is started."""

    NAME = BINARY = None
    REDIRECTS = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.port = free_port()
        cls.process = subprocess.Popen(cls.command(cls.configuration()), cwd=ROOT,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.stop)
        harness.eventually(lambda: is_open(cls.port) or cls.process.poll() is not None,
                           f"{cls.BINARY} listens")

    @classmethod
    def stop(cls):
        cls.process.terminate()
        cls.process.wait(harness.PATIENCE)

    @classmethod
    def configuration(cls):
        """The file of the guide, with this test's addresses."""
        text = (EXAMPLES / cls.NAME).read_text()
        for stands, ours in (("127.0.0.1:8080", cls.server.address),
                             ("127.0.0.1:3000", f"127.0.0.1:{cls.app.server_port}"),
                             ("127.0.0.1:8000", f"127.0.0.1:{cls.port}")):
            if stands not in text:
                raise AssertionError(f"{cls.NAME} does not say {stands}")
            text = text.replace(stands, ours)
        path = pathlib.Path(cls.folder, cls.NAME)
        path.write_text(text)
        return path

    def ask(self, path, token=None, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=harness.PATIENCE)
        try:
            connection.request(method, path, "x=1" if method == "POST" else None, headers)
            return harness.Answer(connection.getresponse())
        finally:
            connection.close()

    def test_the_application_is_told_who_it_is(self):
        answer = self.ask("/app/x?y=1", self.alice)
        self.assertEqual(answer.status, 200, answer)
        told = answer.json["headers"]
        self.assertEqual(answer.json["path"], "/app/x?y=1")
        self.assertEqual((told["x-user"], told["x-roles"]), (self.sub, "admin,staff"))

    def test_what_the_client_says_of_itself_is_replaced(self):
        told = self.ask("/app/", self.bob, X_User=self.sub, X_Roles="admin").json["headers"]
        self.assertNotEqual(told["x-user"], self.sub)
        self.assertEqual(told.get("x-roles", ""), "")
        told = self.ask("/public/", X_User=self.sub, X_Roles="admin").json["headers"]
        self.assertEqual((told.get("x-user", ""), told.get("x-roles", "")), ("", ""))

    def test_without_a_good_token_there_is_a_challenge(self):
        for token in (None, "x", self.alice[:-2]):
            answer = self.ask("/app/", token)
            self.assertEqual(answer.status, 401, answer)
            self.assertTrue(answer.headers["www-authenticate"].startswith("Bearer realm="))

    def test_rules_go_by_path_and_method(self):
        rows = [("/admin/x", self.alice, "GET", 200), ("/admin/x", self.bob, "GET", 403),
                ("/admin", self.bob, "GET", 403), ("/%61dmin/x", self.bob, "GET", 403),
                ("/files/a", self.bob, "GET", 200), ("/files/a", self.bob, "POST", 403),
                ("/vault", self.alice, "GET", 200), ("/vault", self.bob, "GET", 403),
                ("/public/a", None, "GET", 200), ("/public/a", None, "POST", 200),
                ("/elsewhere", self.alice, "GET", 403), ("/", self.alice, "GET", 403)]
        for path, token, method, status in rows:
            with self.subTest(path=path, method=method):
                self.assertEqual(self.ask(path, token, method).status, status)

    def test_a_path_that_could_be_misread_reaches_nobody(self):
        for path in ("/public/../admin/x", "/public/%2e%2e/admin/x", "/public//admin/x",
                     "/public/..%2fadmin/x", "/public/%5c../admin", "/app/a;b=/../../admin/x"):
            with self.subTest(path):
                self.assertIn(self.ask(path, self.bob).status, (400, 403))

    def test_headers_by_which_proxies_tell_are_not_the_clients(self):
        answer = self.ask("/admin/x", self.bob, X_Original_URI="/public/", X_Original_Method="GET",
                          X_Forwarded_Uri="/public/", X_Forwarded_Method="GET")
        self.assertIn(answer.status, (400, 403))

    def test_a_cookie_needs_the_csrf_value_for_what_is_unsafe(self):
        cookies, csrf = self.cookies()
        self.assertEqual(self.ask("/app/", Cookie=cookies).status, 200)
        self.assertEqual(self.ask("/app/", None, "POST", Cookie=cookies).status, 403)
        answer = self.ask("/app/", None, "POST", Cookie=cookies, X_CSRF_Token=csrf)
        self.assertEqual(answer.status, 200, answer)

    def test_a_browser_is_sent_to_the_login_page(self):
        answer = self.ask("/app/x?y=1", **PAGE)
        if not self.REDIRECTS:
            self.assertEqual(answer.status, 401)
            return
        self.assertEqual(answer.status, 302, answer)
        back = re.fullmatch(re.escape(LOGIN) + "&return_to=(.*)", answer.headers["location"])
        self.assertEqual(back[1], f"http%3A%2F%2F127.0.0.1%3A{self.port}%2Fapp%2Fx%3Fy%3D1")
        self.assertEqual(self.ask("/admin/", self.bob, **PAGE).status, 403)

    def test_without_an_answer_nothing_goes_on(self):
        pid = self.server.process.pid
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        harness.eventually(lambda: all(
            ") T " in (task / "stat").read_text()
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir()), "the server stands still")
        with socket.create_connection(("127.0.0.1", self.port)) as sock:
            sock.settimeout(1)
            sock.sendall(f"GET /public/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                         "Connection: close\r\n\r\n".encode())
            try:
                self.assertNotIn(b" 200 ", sock.recv(4096))
            except TimeoutError:
                pass


class Nginx(Proxy, Behind):
    NAME, BINARY, REDIRECTS = "nginx.conf", "nginx", False

    @classmethod
    def command(cls, file):
        # What its package would put into /var goes into the test's folder.
        for folder in ("client", "proxy", "fastcgi", "uwsgi", "scgi"):
            text = file.read_text().replace(
                "http {", f"http {{ {folder}_{'body_' if folder == 'client' else ''}temp_path "
                          f"{cls.folder}/{folder};", 1)
            file.write_text(text)
        return ["/usr/sbin/nginx", "-c", str(file), "-p", cls.folder, "-g",
                f"daemon off; pid {cls.folder}/nginx.pid; error_log {cls.folder}/error.log;"]


class Caddy(Proxy, Behind):
    NAME, BINARY = "Caddyfile", "caddy"

    @classmethod
    def command(cls, file):
        return ["env", f"HOME={cls.folder}", "caddy", "run", "--adapter", "caddyfile",
                "--config", str(file)]


class Haproxy(Proxy, Behind):
    NAME, BINARY = "haproxy.cfg", "haproxy"

    @classmethod
    def command(cls, file):
        return ["/usr/sbin/haproxy", "-db", "-f", str(file)]


class Questions(Behind):
    """Requests as proxies send them."""

    def ask(self, path, token=None, method="GET", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.server.ask(method, path, headers=headers)

    def test_traefik(self):
        def ask(token, method, uri, **more):
            return self.ask("/verify?proxy=traefik", token, X_Forwarded_Method=method,
                            X_Forwarded_Uri=uri, X_Forwarded_Proto="https",
                            X_Forwarded_Host="app.example", **more)
        self.assertEqual(ask(self.bob, "GET", "/files/x").status, 200)
        self.assertEqual(ask(self.bob, "POST", "/files/x").status, 403)
        self.assertEqual(ask(self.bob, "GET", "/admin/x?y").status, 403)
        self.assertEqual(ask(self.alice, "GET", "/admin/x?y").headers["x-user"], self.sub)
        self.assertEqual(ask(None, "GET", "/app/").status, 401)
        self.assertEqual(ask(None, "GET", "/app/?a=b", **PAGE).headers["location"],
                         LOGIN + "&return_to=https%3A%2F%2Fapp.example%2Fapp%2F%3Fa%3Db")

    def test_envoy_asks_by_path_with_the_clients_method(self):
        self.assertEqual(self.ask("/verify/envoy/files/x", self.bob).status, 200)
        self.assertEqual(self.ask("/verify/envoy/files/x", self.bob, "POST").status, 403)
        self.assertEqual(self.ask("/verify/envoy/admin/x?role=none", self.bob).status, 403)
        self.assertEqual(self.ask("/verify/envoy/admin/x?role=none", self.alice).status, 200)
        self.assertEqual(self.ask("/verify/envoy/app/", self.alice, "DELETE").status, 200)
        self.assertEqual(self.ask("/verify/envoy/", self.alice).status, 403)
        self.assertEqual(self.ask("/verify/envoy", self.alice).status, 404)
        self.assertEqual(self.ask("/verify/envoyx/app/", self.alice).status, 404)

    def test_a_proxy_that_does_not_tell_is_told_so(self):
        for proxy, name in (("nginx", "X-Original-Method"), ("caddy", "X-Forwarded-Method")):
            answer = self.ask(f"/verify?proxy={proxy}", self.alice)
            self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_request"))
            self.assertIn(name, answer.json["error_description"])

    def test_an_unknown_proxy_is_refused(self):
        answer = self.ask("/verify?proxy=squid", self.alice)
        self.assertEqual(answer.status, 400, answer)

    def test_only_the_named_proxys_headers_count(self):
        answer = self.ask("/verify?proxy=traefik", self.bob, X_Forwarded_Method="GET",
                          X_Forwarded_Uri="/admin/", X_Original_URI="/app/",
                          X_Original_Method="GET")
        self.assertEqual(answer.status, 403, answer)

    def test_a_script_and_a_strange_host_are_not_sent_anywhere(self):
        def ask(**headers):
            return self.ask("/verify?proxy=caddy", X_Forwarded_Method="GET",
                            X_Forwarded_Uri="/app/", **headers)
        self.assertEqual(ask(Accept="application/json").status, 401)
        self.assertEqual(ask(Accept="text/html", Sec_Fetch_Mode="cors").status, 401)
        self.assertEqual(ask(Accept="text/html").headers["location"], LOGIN)
        self.assertEqual(ask(Accept="text/html", X_Forwarded_Host="a b",
                             X_Forwarded_Proto="javascript").headers["location"], LOGIN)

    def test_what_a_query_demands_is_demanded_of_open_paths_too(self):
        def ask(query, token):
            return self.ask(f"/verify?proxy=caddy{query}", token, X_Forwarded_Method="GET",
                            X_Forwarded_Uri="/public/")
        self.assertEqual(ask("", None).status, 200)
        self.assertEqual(ask("", None).headers["x-user"], "")
        self.assertEqual(ask("", self.alice).headers["x-user"], self.sub)
        self.assertEqual(ask("", "x").headers["x-user"], "")
        self.assertEqual(ask("&role=admin", None).status, 401)
        self.assertEqual(ask("&role=admin", self.bob).status, 403)


class Settings(unittest.TestCase):
    def refused(self, *flags):
        with tempfile.TemporaryDirectory(prefix="jeton-e2e-") as folder:
            status, _, err = harness.jeton("serve", "--data", folder + "/data", "--listen",
                                           "127.0.0.1:0", *flags)
        self.assertNotEqual(status, 0)
        return err

    def test_identity_headers_that_cannot_be_are_refused(self):
        for value in ("sub", "sub=", "=X-User", "sub=X User", "sub=Set-Cookie", "sub=Content-Type",
                      "sub=X-A,roles=x-a", "sub=X-A,,roles=X-B", "/~2=X-A"):
            with self.subTest(value):
                self.assertIn("identity-headers", self.refused("--identity-headers", value))

    def test_rules_that_cannot_be_are_refused(self):
        rows = [("[]", "rules"), ('{"rules": []}', "rules"), ('{"rules": [{}]}', "rule 1"),
                ('{"rules": [{"path": "/a"}, {"path": "b"}]}', "rule 2: path"),
                ('{"rules": [{"path": "/a/../b"}]}', "rule 1: path"),
                ('{"rules": [{"path": "/a", "roles": "x"}]}', "rule 1: a member"),
                ('{"rules": [{"path": "/a", "open": true, "role": "x"}]}', "rule 1 is open"),
                ('{"rules": [{"path": "/a", "methods": ["get"]}]}', "rule 1: methods"),
                ('{"rules": [{"path": "/a"}], "more": 1}', "rules"), ("{", "byte")]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            for text, why in rows:
                with self.subTest(text):
                    file.seek(0)
                    file.truncate()
                    file.write(text)
                    file.flush()
                    self.assertIn(why, self.refused("--verify-rules", file.name))

    def test_rules_that_are_not_there_are_refused(self):
        self.assertIn("nowhere.json", self.refused("--verify-rules", "/nowhere.json"))


if __name__ == "__main__":
    harness.main()
