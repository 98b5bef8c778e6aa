#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_metrics.py - GET /metrics, read by the parser of Prometheus' own client library; and
traceparent in the log."""
import unittest

import harness
from prometheus_client.parser import text_string_to_metric_families

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Metrics(harness.ServerCase):
    FLAGS = ("--refresh-grace", "30s", "--log-level", "debug")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.login()["access_token"]

    def samples(self):
        """Every sample as {(name, labels): value}."""
        answer = self.server.get("/metrics", self.token)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["content-type"],
                         "text/plain; version=0.0.4; charset=utf-8")
        self.assertEqual(answer.headers["cache-control"], "no-store")
        found = {}
        for family in text_string_to_metric_families(answer.body.decode()):
            self.assertTrue(family.documentation, family.name)
            self.assertNotEqual(family.type, "unknown", family.name)
            for sample in family.samples:
                key = (sample.name, tuple(sorted(sample.labels.items())))
                self.assertNotIn(key, found)
                found[key] = sample.value
        self.assertGreater(len(found), 50)
        return found

    def grown(self, what, name, **labels):
        """By how much a sample grows while what() is done."""
        key = (name, tuple(sorted(labels.items())))
        before = self.samples().get(key, 0)
        what()
        return self.samples().get(key, 0) - before

    def test_requests_are_counted_by_route_and_status(self):
        for method, path, token, labels in (
                ("GET", "/whoami", self.token, ("GET", "/whoami", "200")),
                ("HEAD", "/whoami", self.token, ("GET", "/whoami", "200")),
                ("GET", "/whoami", "x", ("GET", "/whoami", "401")),
                ("DELETE", "/sessions/xyz", self.token, ("DELETE", "/sessions/{id}", "404")),
                ("PUT", "/whoami", self.token, ("other", "none", "405"))):
            with self.subTest(method=method, path=path):
                def ask(m=method, p=path, t=token):
                    self.server.ask(m, p, headers={"Authorization": f"Bearer {t}"})
                self.assertEqual(self.grown(
                    ask, "jeton_http_requests_total", **dict(zip(("method", "route", "status"),
                                                                 labels))), 1)

    def test_a_path_of_a_stranger_is_no_label(self):
        self.assertEqual(self.grown(lambda: self.server.get("/made-up-by-me"),
                                    "jeton_http_requests_total", method="other", route="none",
                                    status="404"), 1)
        self.assertNotIn(b"made-up-by-me", self.server.get("/metrics", self.token).body)

    def test_a_malformed_request_is_counted(self):
        def ask():
            self.server.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
        self.assertEqual(self.grown(ask, "jeton_http_requests_total", method="other",
                                    route="none", status="400"), 1)

    def test_latencies_are_a_histogram(self):
        name = "jeton_http_request_duration_seconds"
        self.server.get("/whoami", self.token)
        found = self.samples()
        labels = (("method", "GET"), ("route", "/whoami"))
        buckets = sorted((float(dict(key[1])["le"]), value) for key, value in found.items()
                         if key[0] == name + "_bucket" and set(labels) < set(key[1]))
        self.assertGreater(len(buckets), 10)
        self.assertEqual([value for _, value in buckets], sorted(value for _, value in buckets))
        self.assertEqual(buckets[-1], (float("inf"), found[name + "_count", labels]))
        self.assertGreater(found[name + "_sum", labels], 0)

    def test_logins_are_counted_by_outcome(self):
        for outcome, name, password in (("ok", "alice", harness.PASSWORD),
                                        ("wrong_password", "alice", "something else"),
                                        ("unknown_name", "nobody", harness.PASSWORD)):
            with self.subTest(outcome=outcome):
                body = {"username": name, "password": password}
                self.assertEqual(self.grown(
                    lambda b=body: self.server.ask("POST", "/login", b), "jeton_logins_total",
                    outcome=outcome), 1)

    def test_verifications_are_counted_by_reason(self):
        self.assertEqual(self.grown(lambda: self.server.get("/whoami", "x"),
                                    "jeton_verifications_total", reason="E_SYNTAX"), 1)
        bad = self.token[:-6] + "AAAAAA"
        self.assertEqual(self.grown(lambda: self.server.get("/whoami", bad),
                                    "jeton_verifications_total", reason="E_SIGNATURE"), 1)
        # one for the request between, and one for that of the second sample itself
        self.assertEqual(self.grown(lambda: self.server.get("/whoami", self.token),
                                    "jeton_verifications_total", reason="OK"), 2)

    def test_refreshes_and_the_races_that_are_tolerated(self):
        token = self.server.login()["refresh_token"]
        self.assertEqual(self.grown(lambda: self.server.refresh(token), "jeton_refreshes_total",
                                    outcome="rotated"), 1)
        self.assertEqual(self.grown(lambda: self.server.refresh(token), "jeton_refreshes_total",
                                    outcome="repeated"), 1)
        self.assertEqual(self.grown(lambda: self.server.refresh(token),
                                    "jeton_refresh_races_tolerated_total", reason="same_token"), 1)
        self.assertEqual(self.grown(lambda: self.server.refresh("x"), "jeton_refreshes_total",
                                    outcome="refused"), 1)

    def test_the_verdict_cache_is_used(self):
        token = self.server.login()["access_token"]
        self.server.get("/whoami", token)
        self.assertGreaterEqual(self.grown(lambda: self.server.get("/whoami", token),
                                           "jeton_verdict_cache_hits_total"), 1)
        self.assertGreater(self.samples()["jeton_verdict_cache_entries", ()], 0)

    def test_lanes_revocations_keys_and_the_store(self):
        token = self.server.login()["access_token"]
        before = self.samples()
        self.server.logout(token)
        self.server.login()
        after = self.samples()
        for name, labels in (("jeton_revocations", ()),
                             ("jeton_lane_works_total", (("lane", "hash"),))):
            self.assertEqual(after[name, labels] - before[name, labels], 1, name)
        head = "jeton_revocation_log_head", ()  # keys that were made are in the log as well
        self.assertGreaterEqual(after[head] - before[head], 1)
        for name, labels in (("jeton_store_commits_total", (("outcome", "ok"),)),
                             ("jeton_lane_works_total", (("lane", "commit"),)),
                             ("jeton_store_batch_works_count", ()),
                             ("jeton_store_batch_works_sum", ()),
                             ("jeton_store_commit_duration_seconds_count", ())):
            self.assertGreaterEqual(after[name, labels] - before[name, labels], 2, name)
        self.assertEqual(after["jeton_signing_keys", (("state", "active"),)], 1)
        self.assertEqual(after["jeton_signing_keys", (("state", "withdrawn"),)], 0)
        self.assertEqual(after["jeton_store_commits_total", (("outcome", "failed"),)], 0)
        self.assertGreaterEqual(after["jeton_http_connections", ()], 1)
        self.assertGreater(after["process_resident_memory_bytes", ()], 1 << 20)

    def test_only_an_admin_reads_them(self):
        bob = self.server.login("bob")["access_token"]
        self.assert_problem(self.server.get("/metrics"), 401, "invalid_token")
        self.assert_problem(self.server.get("/metrics", bob), 403, "insufficient_scope")
        self.assertEqual(self.server.ask("POST", "/metrics").status, 405)

    def test_a_traceparent_is_in_every_line_of_its_request(self):
        answer = self.server.ask("GET", "/whoami", headers={
            "Authorization": f"Bearer {self.token}x", "traceparent": PARENT})
        for event in ("token_refused", "request"):
            line = harness.eventually(
                lambda e=event: next((line for line in self.server.events(e)
                                      if line["request"] == answer.headers["x-request-id"]), None),
                "the line")
            self.assertEqual(line["trace"], TRACE)
        self.assertEqual((line["route"], line["status"]), ("/whoami", 401))

    def test_a_traceparent_goes_along_from_lane_to_lane(self):
        body = {"username": "alice", "password": harness.PASSWORD}
        answer = self.server.ask("POST", "/login", body, {"traceparent": PARENT})
        line = harness.eventually(
            lambda: next((line for line in self.server.events("login_ok")
                          if line["request"] == answer.headers["x-request-id"]), None), "the line")
        self.assertEqual(line["trace"], TRACE)

    def test_a_bad_traceparent_is_ignored_and_one_does_not_last(self):
        for headers in ({}, {"traceparent": PARENT.upper()}, {"traceparent": "x"}):
            answer = self.server.ask("GET", "/whoami", headers={"Authorization": "Bearer x",
                                                                **headers})
            self.assertEqual(answer.status, 401)
            line = harness.eventually(
                lambda a=answer: next((line for line in self.server.events("token_refused")
                                       if line["request"] == a.headers["x-request-id"]), None),
                "the line")
            self.assertNotIn("trace", line)


class Local(unittest.TestCase):
    def test_programs_on_this_machine_read_them_only_when_switched_on(self):
        with harness.Server("--metrics-local", "on") as server:
            self.assertEqual(server.get("/metrics").status, 200)
            for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
                self.assertEqual(server.get("/metrics", **{header: "for=192.0.2.1"}).status, 401)

    def test_a_client_with_the_scope_metrics_reads_them(self):
        with harness.Server() as server:
            secrets = {}
            for name, scope in (("prometheus", "metrics"), ("other", "metric")):
                status, out, err = server.cli("client", "add", name, "--scope", scope, "--grant",
                                              "client_credentials")
                self.assertEqual(status, 0, err)
                secrets[name] = out.split()[-1]
            for name, want in (("prometheus", 200), ("other", 403)):
                answer = server.ask("POST", "/token", "grant_type=client_credentials"
                                    f"&client_id={name}&client_secret={secrets[name]}")
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(server.get("/metrics", answer.json["access_token"]).status, want)


harness.main()
