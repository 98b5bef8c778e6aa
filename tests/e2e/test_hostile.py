#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_hostile.py - clients that dawdle, drown or mislead: each loses its connection, and nobody else
notices. JETON_IDLE=10000 says how many idle connections there are at a time; as a test, fewer."""
import os
import re
import resource
import socket
import threading
import time

import harness

IDLE = int(os.environ.get("JETON_IDLE", "500"))
HOST = b"Host: x\r\n"


class Dawdler(threading.Thread):
    """Sends a beginning, then a byte every 200 ms, until the server hangs up."""

    def __init__(self, server, beginning, drip):
        super().__init__(daemon=True)
        host, port = server.address.rsplit(":", 1)
        self.sock = socket.create_connection((host, int(port)), timeout=harness.PATIENCE)
        self.sock.sendall(beginning)
        self.drip = drip
        self.start_time = time.monotonic()
        self.lasted = None

    def run(self):
        try:
            while not self.is_cut():
                self.sock.sendall(self.drip)
        except OSError:
            pass
        self.lasted = time.monotonic() - self.start_time
        self.sock.close()

    def is_cut(self):
        self.sock.settimeout(0.2)
        try:
            return self.sock.recv(4096) == b""
        except TimeoutError:
            return False


class SlowClients(harness.ServerCase):
    def test_no_drip_of_bytes_keeps_a_connection(self):
        clients = {
            "a head without end": Dawdler(self.server, b"GET /healthz HTTP/1.1\r\n" + HOST +
                                          b"X-Slow: ", b"a"),
            "headers without end": Dawdler(self.server, b"GET /healthz HTTP/1.1\r\n" + HOST,
                                           b"X: y\r\n"),
            "a body without end": Dawdler(self.server, b"POST /login HTTP/1.1\r\n" + HOST +
                                          b"Content-Length: 60000\r\n\r\n", b"a"),
            "chunks without end": Dawdler(self.server, b"POST /login HTTP/1.1\r\n" + HOST +
                                          b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
            "a request line without end": Dawdler(self.server, b"GET /", b"a"),
        }
        for client in clients.values():
            client.start()
        slowest = 0
        while any(client.is_alive() for client in clients.values()):
            began = time.monotonic()
            self.assertEqual(self.server.get("/healthz").status, 200)
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.2)
        self.assertLess(slowest, 2)
        for why, client in clients.items():
            with self.subTest(why):
                # 10 s for a request, 30 s for its line, however often a byte comes
                self.assertLess(client.lasted, 45)
        for why in list(clients)[:4]:
            self.assertLess(clients[why].lasted, 20, why)


class Drowning(harness.ServerCase):
    def refused(self, data, statuses):
        try:
            answer = self.server.raw(data)
        except ConnectionError:
            return b""  # cut before all of it was taken: as good an answer
        if answer:
            self.assertIn(answer.split(b" ")[1], statuses, answer[:200])
        return answer

    def test_heads_over_the_limit_are_refused_and_the_connection_ends(self):
        head = b"GET /healthz HTTP/1.1\r\n" + HOST
        rows = {
            "one large header": head + b"X: " + b"a" * 100000 + b"\r\n\r\n",
            "many headers": head + b"X: a\r\n" * 20000 + b"\r\n",
            "a large target": b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
            "a large method": b"A" * 100000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
            "no end at all": b"a" * 1000000,
        }
        for why, data in rows.items():
            with self.subTest(why):
                self.assertNotIn(b'"status":"ok"',
                                 self.refused(data, (b"400", b"413", b"414", b"431", b"501")))
        self.assertEqual(self.server.get("/healthz").status, 200)

    def test_a_head_below_the_limit_is_read(self):
        self.assertEqual(self.server.get("/healthz", **{"X-Large": "a" * 12000}).status, 200)

    def test_garbage_behind_a_request_ends_the_connection(self):
        good = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
        for why, garbage in {
                "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 64 +
                              b"\r\n\r\n",
                "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "no version": b"GET /healthz\r\n\r\n",
                "a body nobody announced": b"username=alice&password=x\r\n\r\n",
        }.items():
            with self.subTest(why):
                answer = self.refused(good + garbage + good * 3, (b"200",))
                self.assertEqual(len(re.findall(rb'"status":"ok"', answer)), 1, answer)
        self.assertEqual(self.server.get("/healthz").status, 200)

    def test_pipelined_requests_are_answered_in_their_order(self):
        asked = [b"/healthz", b"/nix", b"/readyz"] * 20
        data = b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n" for path in asked)
        answer = self.server.raw(data + b"GET /healthz HTTP/1.1\r\n" + HOST +
                                 b"Connection: close\r\n\r\n")
        got = re.findall(rb"HTTP/1.1 (\d+)", answer)
        self.assertEqual(got, [b"200", b"404", b"200"] * 20 + [b"200"])


class Smuggling(harness.ServerCase):
    """What two servers in a row could read in two ways: 400, and the connection is closed, so that
    nothing behind it is ever taken for a request."""

    ROWS = {
        "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "lengths that differ": b"Content-Length: 5\r\nContent-Length: 6\r\n",
        "lengths that agree": b"Content-Length: 5\r\nContent-Length: 5\r\n",
        "a list of lengths": b"Content-Length: 5, 5\r\n",
        "a length with a sign": b"Content-Length: +5\r\n",
        "a length in hex": b"Content-Length: 0x5\r\n",
        "a length folded away": b"X: y\r\n Content-Length: 5\r\n",
        "a length in a folded line": b"Content-Length:\r\n 5\r\n",
        "a tab as fold": b"X: y\r\n\tz\r\n",
        "a space before the colon": b"Content-Length : 5\r\n",
        "a tab before the colon": b"Transfer-Encoding\t: chunked\r\n",
        "a line without colon": b"Content-Length 5\r\n",
        "a name with a NUL": b"Content-Length\0: 5\r\n",
        "chunked after something else": b"Transfer-Encoding: gzip, chunked\r\n",
        "something like chunked": b"Transfer-Encoding: xchunked\r\n",
        "chunked, twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "chunked in quotes": b'Transfer-Encoding: "chunked"\r\n',
        "chunked behind a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n",
        "two hosts": b"Host: y\r\n",
    }

    def test_each_is_a_400_and_the_end(self):
        smuggled = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
        for why, lines in self.ROWS.items():
            with self.subTest(why):
                answer = self.server.raw(b"POST /login HTTP/1.1\r\n" + HOST + lines +
                                         b"\r\n0\r\n\r\n" + smuggled)  # reads until it is closed
                # libmicrohttpd writes the head of a refusal of its own twice
                self.assertEqual(set(re.findall(rb"HTTP/1.1 (\d+)", answer)), {b"400"}, answer)
                self.assertNotIn(b'"status":"ok"', answer)

    def test_their_honest_neighbours_are_read(self):
        rows = {"a length": b"Content-Length: 5\r\n\r\n0\r\n\r\n",
                "chunks": b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}
        last = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
        for why, rest in rows.items():
            with self.subTest(why):
                answer = self.server.raw(b"POST /login HTTP/1.1\r\n" + HOST + rest + last)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 2, answer)
                self.assertIn(b'"status":"ok"', answer)


class IdleConnections(harness.unittest.TestCase):
    def memory(self, server):
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"RssAnon:\s+(\d+) kB", status.read())[1])

    def latency(self, server):
        connection = server.connect()
        times = []
        for _ in range(300):
            began = time.perf_counter()
            connection.request("GET", "/healthz")
            self.assertEqual(harness.Answer(connection.getresponse()).status, 200)
            times.append(time.perf_counter() - began)
        connection.close()
        return sorted(times)[len(times) // 2]

    def test_idle_connections_cost_little_and_hold_up_nobody(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.assertGreater(most, IDLE + 100, "more files are needed: ulimit -n")
        with harness.Server("--connections", str(IDLE + 100)) as server:
            host, port = server.address.rsplit(":", 1)
            quiet, before = self.latency(server), self.memory(server)
            idle = [socket.create_connection((host, int(port)), timeout=harness.PATIENCE)
                    for _ in range(IDLE)]
            for sock in idle[::2]:  # half of them are silent, half have begun
                sock.sendall(b"GET /heal")
            crowded, after = self.latency(server), self.memory(server)
            each = (after - before) / IDLE
            print(f"{IDLE} idle: {each:.1f} KiB each, {after} KiB in all; "
                  f"p50 {quiet * 1e6:.0f} us before, {crowded * 1e6:.0f} us with them", flush=True)
            self.assertLess(each, 40)
            self.assertLess(crowded, 5 * quiet + 0.005)
            for sock in idle:
                sock.close()
            self.assertEqual(server.get("/healthz").status, 200)

    def test_connections_over_the_limit_are_closed_and_their_place_comes_back(self):
        with harness.Server("--connections", "20") as server:
            host, port = server.address.rsplit(":", 1)
            open_ones = [socket.create_connection((host, int(port)), timeout=harness.PATIENCE)
                         for _ in range(20)]
            late = socket.create_connection((host, int(port)), timeout=harness.PATIENCE)
            try:
                self.assertEqual(late.recv(1), b"")
            except ConnectionError:
                pass
            late.close()
            for sock in open_ones:
                sock.close()

            def is_served():
                try:
                    return server.get("/healthz").status == 200
                except (ConnectionError, harness.http.client.HTTPException):
                    return False
            harness.eventually(is_served, "there is room again")


harness.main()
