#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_front.py - what stands in front of `jeton serve` and beside it: nginx and Caddy with the files
of examples/front, but for names, ports and certificates, and the rules for Prometheus."""
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402

EXAMPLES = os.path.join(HERE, "../../examples/front")
PUBLIC = "https://login.example.com"
CLIENT = "127.0.0.2"  # not the address that the proxy has

# A socket of a folder that is closed to others: root's nginx goes on as root here.
NGINX = ("user root; " if os.getuid() == 0 else "") + """daemon off; pid {0}/pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy;
    fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
    include {0}/site.conf;
}}
"""


def example(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


class Proxies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jeton-front-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = harness.Server("--proxies", "unix", "--issuer", PUBLIC,
                                     listen="127.0.0.1:0, unix:" + self.path("http.sock")).start()
        self.server.address = self.server.address.split(",")[0]
        self.addCleanup(self.server.__exit__)
        self.server.add_user("alice", "admin")
        with socket.create_server(("127.0.0.1", 0)) as sock:
            self.port = sock.getsockname()[1]

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def adapted(self, name, **changes):
        """The example with this machine's names in it; each change has to find its place."""
        text = example(name)
        for old, new in {"/run/jeton/http.sock": self.path("http.sock"), **changes}.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        return text

    def certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                        self.path("key.pem"), "-out", self.path("cert.pem"), "-subj",
                        "/CN=login.example.com", "-addext", "subjectAltName=DNS:login.example.com"],
                       check=True, capture_output=True, timeout=harness.PATIENCE)

    def start(self, *words):
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, text=True, cwd=self.folder,
                                   env={**os.environ, "HOME": self.folder})
        self.addCleanup(process.wait, harness.PATIENCE)
        self.addCleanup(process.terminate)

        def listens():
            self.assertIsNone(process.poll(), "the proxy did not start")
            with socket.socket() as sock:
                return sock.connect_ex(("127.0.0.1", self.port)) == 0
        harness.eventually(listens, "the proxy listens")
        threading.Thread(target=process.stderr.read, daemon=True).start()

    def ask(self, method, path, body=None, **headers):
        context = ssl.create_default_context(cafile=self.path("cert.pem"))
        connection = http.client.HTTPSConnection("login.example.com", self.port, context=context,
                                                 timeout=harness.PATIENCE)
        connection._create_connection = lambda _, *rest: socket.create_connection(
            ("127.0.0.1", self.port), harness.PATIENCE, (CLIENT, 0))
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = harness.Answer(connection.getresponse())
        connection.close()
        return answer

    def check(self):
        login = {"username": "alice", "password": harness.PASSWORD}
        # what a client says of its address does not count, what the proxy adds does
        answer = self.ask("POST", "/login", login, **{"X-Forwarded-For": "203.0.113.9"})
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("strict-transport-security", answer.headers)
        token = {"Authorization": "Bearer " + answer.json["access_token"]}
        sessions = self.ask("GET", "/sessions", **token).json["sessions"]
        self.assertEqual([session["address"] for session in sessions], [CLIENT])
        cookies = self.ask("POST", "/login", {**login, "cookies": True},
                           Origin=PUBLIC).set_cookies
        self.assertEqual(len([one for one in cookies if one.startswith("__Host-jeton-")]), 3)
        self.assertEqual(self.ask("POST", "/login", {**login, "cookies": True},
                                  Origin="https://evil.example").status, 403)
        wrong = self.ask("POST", "/login", {**login, "password": "wrong password"})
        self.assertEqual(wrong.status, 401)
        jwks = self.ask("GET", "/.well-known/openid-configuration").json["jwks_uri"]
        self.assertEqual(jwks, PUBLIC + "/.well-known/jwks.json")
        self.assertEqual(len(self.ask("GET", "/.well-known/jwks.json").json["keys"]), 2)
        return token

    def start_nginx(self, **changes):
        self.certificate()
        self.write("site.conf", self.adapted(
            "nginx.conf", **{"listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
                             "/etc/ssl/private/login.example.com.key": self.path("key.pem"),
                             "/etc/ssl/login.example.com.pem": self.path("cert.pem"), **changes}))
        self.start("/usr/sbin/nginx", "-p", self.folder, "-c",
                   self.write("nginx.conf", NGINX.format(self.folder)))

    def test_nginx(self):
        self.start_nginx(**{"allow 127.0.0.1;": f"allow {CLIENT};"})
        token = self.check()
        self.assertEqual(self.ask("GET", "/metrics", **token).status, 200)
        self.assertEqual(self.ask("GET", "/metrics").status, 401)

    def test_nginx_keeps_operators_routes_to_some_networks(self):
        self.start_nginx()
        token = self.check()
        for path in "/metrics", "/admin/revocations":
            self.assertEqual(self.server.ask("GET", path, headers=token).status, 200)
            answer = self.ask("GET", path, **token)
            self.assertEqual((answer.status, b"nginx" in answer.body), (403, True))

    @unittest.skipUnless(shutil.which("caddy"), "there is no caddy here")
    def test_caddy(self):
        self.certificate()
        site = self.adapted("Caddyfile", **{
            "login.example.com {": f"https://login.example.com:{self.port} {{\n\ttls "
                                  f"{self.path('cert.pem')} {self.path('key.pem')}"})
        text = ("{\n\tadmin off\n\tauto_https disable_redirects\n"
                f"\tstorage file_system {self.folder}\n}}\n{site}")
        self.start("caddy", "run", "--config", self.write("Caddyfile", text),
                   "--adapter", "caddyfile")
        self.check()


class Alerts(unittest.TestCase):
    def test_the_rules_ask_for_what_there_is(self):
        """A rule about a metric or a label that does not exist never fires."""
        with harness.Server("--metrics-local", "on") as server:
            server.get("/healthz")
            there = server.get("/metrics").body.decode()
        expressions = re.findall(r"^ +expr: (.*)$", example("alerts.yml"), re.M)
        self.assertGreaterEqual(len(expressions), 8)
        found = 0
        for name, labels in re.findall(r"\b(jeton_\w+)(?:\{([^}]*)\})?", "\n".join(expressions)):
            with self.subTest(name=name, labels=labels):
                self.assertRegex(there, rf"(?m)^{name}[{{ ]")
                for label, how, value in re.findall(r'(\w+)(=~?)"([^"]*)"', labels):
                    for one in value.split("|") if how == "=~" else [value]:
                        pattern = one if label != "status" else "..."
                        self.assertRegex(there, rf'(?m)^{name}\{{.*\b{label}="{pattern}"')
                    found += 1
        self.assertGreaterEqual(found, 6)


harness.main()
