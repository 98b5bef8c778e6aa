#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_tls.py - TLS of jeton serve: what it speaks and what it does not, what it starts with, and
another certificate while it works."""
import concurrent.futures
import datetime
import http.client
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

import harness
from harness import PATIENCE, eventually, jeton


def openssl(*words):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=PATIENCE,
                          text=True).stdout


class Pair:
    """A self-signed certificate and its key."""

    def __init__(self, folder, name, *key, days=30):
        self.cert = os.path.join(folder, name + ".crt")
        self.key = os.path.join(folder, name + ".key")
        openssl("req", "-x509", "-nodes", "-keyout", self.key, "-out", self.cert, "-days",
                str(days), "-subj", f"/CN={name}", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-newkey",
                *(key or ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")))
        os.chmod(self.key, 0o600)
        with open(self.cert, encoding="ascii") as file:
            self.der = ssl.PEM_cert_to_DER_cert(file.read())

    @property
    def flags(self):
        return ["--tls-cert", self.cert, "--tls-key", self.key]

    def put(self, cert, key):
        """In the place of the files that a server reads."""
        for source, target in ((self.cert, cert), (self.key, key)):
            shutil.copy(source, target + ".new")
            os.replace(target + ".new", target)


class TlsServer(harness.Server):
    """Whose clients trust `pairs`."""

    def __init__(self, *flags, pairs, **more):
        super().__init__(*flags, **more)
        self.context = ssl.create_default_context()
        for pair in pairs:
            self.context.load_verify_locations(pair.cert)

    def connect(self):
        return http.client.HTTPSConnection(self.address.split(", ")[0], timeout=PATIENCE,
                                           context=self.context)

    def dial(self, context=None):
        host, port = self.address.split(", ")[0].rsplit(":", 1)
        sock = socket.create_connection((host, int(port)), timeout=PATIENCE)
        return (context or self.context).wrap_socket(sock, server_hostname="localhost")

    def certificate(self):
        with self.dial() as sock:
            return sock.getpeercert(binary_form=True)


class Folder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.one, cls.two = Pair(cls.folder, "one"), Pair(cls.folder, "two")


class Speaking(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = TlsServer(*cls.one.flags, pairs=[cls.one]).start()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.add_user()
        cls.port = cls.server.address.rsplit(":", 1)[1]

    def context(self, **values):
        context = ssl.create_default_context(cafile=self.one.cert)
        for name, value in values.items():
            setattr(context, name, value)
        return context

    def test_curl_that_knows_the_certificate_is_served_and_one_that_does_not_is_none(self):
        url = f"https://localhost:{self.port}/readyz"
        for words, status in ((["--cacert", self.one.cert], 0), (["--cacert", self.two.cert], 60)):
            done = subprocess.run(["curl", "-s", *words, url], capture_output=True, check=False,
                                  timeout=PATIENCE)
            self.assertEqual(done.returncode, status)
            self.assertEqual(done.stdout, b'{"status":"ready"}' if status == 0 else b"")

    def test_it_speaks_tls_1_3_and_1_2_with_forward_secrecy_and_http_1_1(self):
        for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
            context = self.context(minimum_version=version, maximum_version=version)
            context.set_alpn_protocols(["h2", "http/1.1"])
            with self.subTest(version), self.server.dial(context) as sock:
                self.assertEqual(sock.version(), version.name.replace("_", "."))
                self.assertEqual(sock.selected_alpn_protocol(), "http/1.1")
                self.assertRegex(sock.cipher()[0], "^(ECDHE-ECDSA-|TLS_).*(GCM|POLY1305)")
                sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertTrue(sock.recv(100).startswith(b"HTTP/1.1 200 "))

    def shakes(self, *words):
        """Whether s_client comes to an agreement."""
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False, timeout=PATIENCE)
        return "Cipher is (NONE)" not in done.stdout and "Cipher is" in done.stdout

    def test_what_is_old_is_refused(self):
        weak = "@SECLEVEL=0"  # or s_client would not even ask
        rows = [("-tls1_3",), ("-tls1_2",), ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256")]
        for words in rows:
            with self.subTest(words):
                self.assertTrue(self.shakes(*words))
        rows = [("-tls1_1", "-cipher", "ALL" + weak), ("-tls1", "-cipher", "ALL" + weak),
                ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA" + weak),
                ("-tls1_2", "-cipher", "AES128-GCM-SHA256" + weak),
                ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256" + weak),
                ("-tls1_3", "-groups", "ffdhe2048"),
                ("-tls1_2", "-sigalgs", "ECDSA+SHA1", "-cipher", "ALL" + weak)]
        for words in rows:
            with self.subTest(words):
                self.assertFalse(self.shakes(*words))

    def test_an_rsa_certificate_will_do(self):
        pair = Pair(self.folder, "rsa", "rsa:2048")
        with TlsServer(*pair.flags, pairs=[pair]) as server:
            self.assertEqual(server.get("/readyz").status, 200)
            self.assertEqual(server.certificate(), pair.der)

    def test_requests_bodies_and_cookies_work_as_ever(self):
        connection = self.server.connect()
        for _ in range(3):
            connection.request("POST", "/login", harness.json.dumps(
                {"username": "alice", "password": harness.PASSWORD, "cookies": True}),
                {"Content-Type": "application/json"})
            answer = harness.Answer(connection.getresponse())
            self.assertEqual(answer.status, 200, answer)
            self.assertTrue(any(text.startswith("__Host-") for text in answer.set_cookies))
        connection.close()
        token = self.server.login()["access_token"]
        self.assertEqual(self.server.get("/whoami", token).status, 200)
        answer = self.server.get("/readyz", Host="login.example.com")
        self.assertIn("max-age=", answer.headers["strict-transport-security"])
        metadata = self.server.get("/.well-known/oauth-authorization-server").json
        self.assertTrue(metadata["issuer"].startswith("https://127.0.0.1:"), metadata)

    def test_a_body_that_is_too_large_is_answered_while_it_comes(self):
        with self.server.dial() as sock:
            sock.sendall(b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            sock.sendall(b"20000\r\n" + b"x" * 0x20000)
            self.assertTrue(sock.recv(1000).startswith(b"HTTP/1.1 413 "))

    def test_pipelined_requests_are_answered_in_order(self):
        with self.server.dial() as sock:
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 50 +
                         b"GET /nix HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            text = b""
            while part := sock.recv(65536):
                text += part
        statuses = [line.split()[1] for line in text.split(b"\r\n") if b"HTTP/1.1 " in line]
        self.assertEqual(statuses, [b"200"] * 50 + [b"404"])

    def test_a_half_closed_stream_is_an_end_and_not_an_error(self):
        """close_notify without a request: others are served, nothing is logged."""
        with self.server.dial() as sock:
            sock.unwrap().close()
        self.assertEqual(self.server.get("/readyz").status, 200)
        self.assertEqual(self.server.events("http_warning"), [])


class Strangers(Folder):
    def counted(self, server, outcome):
        text = server.get("/metrics").body.decode()
        name = f'jeton_tls_handshakes_total{{outcome="{outcome}"}} '
        return int(text.split(name)[1].split("\n")[0])

    def test_who_does_not_speak_tls_is_cut_off_and_counted(self):
        with TlsServer(*self.one.flags, "--metrics-local", "on", pairs=[self.one]) as server:
            host, port = server.address.rsplit(":", 1)
            for text in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x00\x05hello",
                         b"\0" * 100, b"\x16\x03\x01\x40\x00" + b"\xff" * 0x4000,
                         b"\x15\x03\x03\x00\x02\x02\x28"):
                with socket.create_connection((host, int(port)), timeout=PATIENCE) as sock:
                    try:
                        sock.sendall(text)
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(4096):
                            pass
                    except OSError:  # the server has had enough
                        pass
            eventually(lambda: self.counted(server, "failed") == 5, "five handshakes have failed")
            self.assertGreaterEqual(self.counted(server, "done"), 2)
            self.assertEqual(server.events("http_warning"), [], "strangers do not fill the log")

    def test_handshakes_that_dawdle_end_and_hold_nobody_up(self):
        """Ten seconds are what a request has, and a byte now and then does not give more."""
        with TlsServer(*self.one.flags, pairs=[self.one]) as server:
            host, port = server.address.rsplit(":", 1)
            began = time.monotonic()
            slow = [socket.create_connection((host, int(port)), timeout=PATIENCE)
                    for _ in range(50)]
            hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500

            def drip(number, sock):
                if number == 0:
                    return  # says nothing at all
                try:
                    for byte in hello:
                        sock.send(bytes([byte]))
                        time.sleep(1)
                except OSError:
                    pass
            for number, sock in enumerate(slow):
                threading.Thread(target=drip, args=(number, sock), daemon=True).start()
            self.assertEqual(server.get("/readyz").status, 200)
            for sock in slow:
                try:
                    self.assertEqual(sock.recv(1), b"")
                except ConnectionResetError:
                    pass
            self.assertGreater(time.monotonic() - began, 8)
            self.assertEqual(server.get("/readyz").status, 200)
            for sock in slow:
                sock.close()


class Starting(Folder):
    def setUp(self):
        self.own = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.own)
        self.data = os.path.join(self.own, "data")

    def refuses(self, status, why, *flags):
        got, out, err = jeton("serve", "--data", self.data, "--listen", "127.0.0.1:0", *flags)
        self.assertEqual((got, out), (status, ""), err)
        self.assertRegex(err, rf"(?m)^jeton serve: .*({why})")
        self.assertNotIn("server_ready", err)

    def test_pairs_that_are_none_are_named(self):
        letter = os.path.join(self.own, "letter")
        with open(letter, "w", encoding="ascii") as file:
            file.write("dear Bob")
        os.chmod(letter, 0o600)
        one, two = self.one, self.two
        self.refuses(2, "go together", "--tls-cert", one.cert)
        self.refuses(2, "go together", "--tls-key", one.key)
        self.refuses(3, "not the one of", "--tls-cert", one.cert, "--tls-key", two.key)
        self.refuses(3, "no certificate in PEM", "--tls-cert", letter, "--tls-key", one.key)
        self.refuses(3, "no private key in PEM", "--tls-cert", one.cert, "--tls-key", letter)
        self.refuses(3, "there is no /nix", "--tls-cert", "/nix", "--tls-key", one.key)
        self.refuses(3, "there is no /nix", "--tls-cert", one.cert, "--tls-key", "/nix")
        self.assertEqual(os.path.exists(os.path.join(self.data, "jeton.db")), False)

    def test_a_key_that_others_may_read_is_refused(self):
        open_key = os.path.join(self.own, "open.key")
        shutil.copy(self.one.key, open_key)
        os.chmod(open_key, 0o644)
        self.refuses(3, "chmod 600", "--tls-cert", self.one.cert, "--tls-key", open_key)
        os.chmod(open_key, stat.S_IRUSR)
        with TlsServer("--tls-cert", self.one.cert, "--tls-key", open_key, pairs=[self.one],
                       data=self.data) as server:
            self.assertEqual(server.get("/readyz").status, 200)

    def test_an_encrypted_key_is_told_apart(self):
        locked = os.path.join(self.own, "locked.key")
        openssl("pkcs8", "-topk8", "-in", self.one.key, "-out", locked, "-passout", "pass:x")
        os.chmod(locked, 0o600)
        self.refuses(3, "is encrypted", "--tls-cert", self.one.cert, "--tls-key", locked)

    def test_a_certificate_that_has_expired_or_will_soon_is_warned_about(self):
        for days, why in ((3, "expires within a week"), (-1, "has expired"), (30, None)):
            with self.subTest(days):
                pair = Pair(self.own, "timed", days=max(days, 1))
                if days < 0:  # openssl makes none of the past
                    expired(pair)
                with harness.Server(*pair.flags) as server:
                    told = eventually(lambda: server.events("tls_certificate"), "it is told")[0]
                    self.assertEqual(told["level"], "warn" if why else "info")
                    self.assertIn(why or "", told.get("why", ""))
                    self.assertRegex(told["expires"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_an_issuer_of_a_time_without_tls_is_warned_about(self):
        with harness.Server(data=self.data) as server:
            issuer = server.events("server_ready")[0]["issuer"]
            self.assertEqual(server.events("setting_warning")[1:], [])
            server.stop()
        with harness.Server(*self.one.flags, data=self.data) as server:
            self.assertEqual(server.events("server_ready")[0]["issuer"], issuer)
            eventually(lambda: any(line["setting"] == "issuer"
                                   for line in server.events("setting_warning")), "it is told")


def expired(pair):
    """A certificate of yesterday in the place of the pair's."""
    with open(pair.key, "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    now = datetime.datetime.utcnow()
    made = x509.CertificateBuilder(name, name, key.public_key(), 1,
                                   now - datetime.timedelta(2), now - datetime.timedelta(1))
    with open(pair.cert, "wb") as file:
        file.write(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


class Exchanging(Folder):
    def setUp(self):
        self.own = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, self.own)
        self.cert, self.key = (os.path.join(self.own, name) for name in ("crt", "key"))
        self.one.put(self.cert, self.key)
        self.server = TlsServer("--tls-cert", self.cert, "--tls-key", self.key,
                                pairs=[self.one, self.two]).start()
        self.addCleanup(self.server.__exit__)

    def hup(self):
        self.server.process.send_signal(signal.SIGHUP)

    def test_the_next_handshake_gets_the_new_one_and_connections_go_on(self):
        kept = self.server.dial()
        self.two.put(self.cert, self.key)
        self.assertEqual(self.server.certificate(), self.one.der, "nothing happens by itself")
        self.hup()
        eventually(lambda: self.server.certificate() == self.two.der, "the new one is there")
        kept.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(kept.recv(1000).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(kept.getpeercert(binary_form=True), self.one.der)
        kept.close()
        eventually(lambda: self.server.events("tls_certificate")[1:], "it is told")
        self.assertEqual(len(self.server.events("tls_certificate")), 2)

    def test_a_bad_pair_keeps_the_old_one_and_is_told(self):
        def nothing(path):
            with open(path, "w", encoding="ascii"):
                pass

        rows = [("not the one of", lambda: shutil.copy(self.two.cert, self.cert)),
                ("no private key", lambda: nothing(self.key)),
                ("there is no", lambda: os.unlink(self.key)),
                ("chmod 600", lambda: os.chmod(self.key, 0o644))]
        for count, (why, harm) in enumerate(rows, 1):
            with self.subTest(why):
                self.one.put(self.cert, self.key)
                harm()
                self.hup()
                told = eventually(lambda: self.server.events("reload_refused")[count - 1:], why)
                self.assertIn(why, told[0]["why"])
                self.assertEqual(self.server.certificate(), self.one.der)
        self.two.put(self.cert, self.key)
        self.hup()
        eventually(lambda: self.server.certificate() == self.two.der, "a good one is taken")

    def test_under_load_no_request_is_lost(self):
        """Clients with new connections for each request, and some that keep theirs, while the
        certificate goes back and forth."""
        over = threading.Event()

        def new_connections():
            seen = set()
            while not over.is_set():
                connection = self.server.connect()
                connection.request("GET", "/readyz")
                seen.add(connection.sock.getpeercert(binary_form=True))
                self.assertEqual(connection.getresponse().read(), b'{"status":"ready"}')
                connection.close()
            return seen

        def one_connection():
            connection = self.server.connect()
            count = 0
            while not over.is_set():
                connection.request("GET", "/readyz")
                self.assertEqual(connection.getresponse().read(), b'{"status":"ready"}')
                count += 1
            connection.close()
            return count
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            fresh = [pool.submit(new_connections) for _ in range(3)]
            kept = [pool.submit(one_connection) for _ in range(3)]
            try:
                for turn in range(1, 11):
                    (self.two if turn % 2 else self.one).put(self.cert, self.key)
                    self.hup()
                    eventually(lambda: len(self.server.events("reloaded")) == turn, "reloaded")
                    time.sleep(0.05)
            finally:
                over.set()
            seen = set().union(*(each.result() for each in fresh))
            self.assertGreater(min(each.result() for each in kept), 0)
        self.assertEqual(seen, {self.one.der, self.two.der})
        self.assertEqual(self.server.events("reload_refused"), [])
        self.assertEqual(self.server.stop(), 0)


harness.main()
