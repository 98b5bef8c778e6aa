#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_http.py - routes, methods, limits, headers: everything that reaches our code answers in our
shape."""
import harness


class Http(harness.ServerCase):
    def test_an_unknown_route_is_not_found(self):
        for path in ("/", "/nix", "/login/", "/LOGIN", "/whoami/x", "/.well-known/", "/%6cogin"):
            self.assert_problem(self.server.get(path), 404, "not_found")

    def test_another_method_is_told_which_ones_there_are(self):
        rows = [("GET", "/login", "POST"), ("PUT", "/login", "POST"), ("DELETE", "/refresh", "POST"),
                ("GET", "/logout", "POST"), ("POST", "/whoami", "GET, HEAD"),
                ("POST", "/verify", "GET, HEAD"), ("OPTIONS", "/login", "POST"),
                ("POST", "/.well-known/jwks.json", "GET, HEAD"), ("POST", "/healthz", "GET, HEAD")]
        for method, path, allow in rows:
            with self.subTest(method=method, path=path):
                answer = self.server.ask(method, path)
                self.assert_problem(answer, 405, "method_not_allowed")
                self.assertEqual(answer.headers["allow"], allow)

    def test_head_is_get_without_the_body(self):
        for path in ("/healthz", "/.well-known/jwks.json", "/nix"):
            get, head = self.server.get(path), self.server.ask("HEAD", path)
            self.assertEqual(head.status, get.status)
            self.assertEqual(head.body, b"")
            self.assertEqual(head.headers["content-length"], get.headers["content-length"])

    def test_a_body_over_the_limit_is_refused(self):
        answer = self.server.ask("POST", "/login", "username=" + "x" * 65536)
        self.assert_problem(answer, 413, "request_too_large")

    def test_a_body_at_the_limit_is_read(self):
        body = "username=alice&password=" + "x" * (65536 - 24)
        self.assert_problem(self.server.ask("POST", "/login", body), 401, "invalid_grant")

    def test_a_chunked_body_over_the_limit_is_refused_as_well(self):
        def chunks():
            for _ in range(70):
                yield b"x" * 1024

        connection = self.server.connect()
        try:
            connection.request("POST", "/login", chunks(), {"Transfer-Encoding": "chunked"},
                               encode_chunked=True)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was sent; the answer is there
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_requests_that_two_servers_could_read_differently_are_refused(self):
        login = b"username=alice&password=x"
        rows = {
            "two lengths": b"Content-Length: 3\r\nContent-Length: 25\r\n",
            "length and chunks": b"Content-Length: 25\r\nTransfer-Encoding: chunked\r\n",
            "space before the colon": b"Content-Length : 25\r\n",
            "folded line": b"X-Folded: a\r\n b\r\nContent-Length: 25\r\n",
            "length that is no number": b"Content-Length: +25\r\n",
        }
        for why, lines in rows.items():
            with self.subTest(why):
                answer = self.server.raw(b"POST /login HTTP/1.1\r\nHost: x\r\n" + lines +
                                         b"\r\n" + login + b"GET /healthz HTTP/1.1\r\n"
                                         b"Host: x\r\nConnection: close\r\n\r\n")
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                self.assertNotIn(b'"status":"ok"', answer)

    def test_every_answer_has_an_id_and_the_headers_that_keep_it_private(self):
        for answer in (self.server.get("/healthz"), self.server.get("/nix"),
                       self.server.get("/verify")):
            self.assertRegex(answer.headers["x-request-id"], r"^[0-9a-f]{16}$")
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        ids = {self.server.get("/healthz").headers["x-request-id"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_health_and_readiness(self):
        self.assertEqual(self.server.get("/healthz").json, {"status": "ok"})
        self.assertEqual(self.server.get("/readyz").json, {"status": "ready"})

    def test_a_connection_serves_many_requests(self):
        connection = self.server.connect()
        for _ in range(200):
            connection.request("GET", "/healthz")
            self.assertEqual(harness.Answer(connection.getresponse()).status, 200)
        connection.close()


harness.main()
