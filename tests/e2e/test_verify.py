#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_verify.py - GET /verify and GET /whoami: who a token belongs to, and what it may do."""
import time

import harness


class Verify(harness.ServerCase):
    FLAGS = ("--identity-headers", "sub=X-User, sid=X-Session, roles=X-Roles, exp=X-Expires")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.add_user("carol", "reader", "writer")
        cls.alice, cls.bob, cls.carol = (cls.server.login(name)["access_token"]
                                         for name in ("alice", "bob", "carol"))

    def verify(self, query, token):
        return self.server.get(f"/verify{query}", token)

    def test_a_good_token_gives_identity_headers_and_no_body(self):
        answer = self.verify("", self.carol)
        who = self.server.get("/whoami", self.carol).json
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer.headers["x-user"], who["sub"])
        self.assertEqual(answer.headers["x-session"], who["sid"])
        self.assertEqual(answer.headers["x-roles"], "reader,writer")
        self.assertEqual(answer.headers["x-expires"], str(who["expires_at"]))
        self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_without_the_setting_nobody_is_told_who_it_is(self):
        with harness.Server() as server:
            server.add_user("dora")
            answer = server.get("/verify", server.login("dora")["access_token"])
        self.assertEqual(answer.status, 200)
        self.assertEqual([name for name in answer.headers if name.startswith("x-")],
                         ["x-request-id"])

    def test_whoami_has_the_shape_that_clients_rely_on(self):
        who = self.server.get("/whoami", self.carol).json
        self.assertEqual(set(who), {"sub", "username", "roles", "scope", "sid", "expires_at"})
        self.assertEqual((who["username"], who["roles"], who["scope"]),
                         ("carol", ["reader", "writer"], ""))
        self.assertLess(abs(who["expires_at"] - time.time() - 900), 60)

    def test_roles_are_enforced(self):
        rows = [(self.alice, "admin", 200), (self.bob, "admin", 403), (self.carol, "admin", 403),
                (self.carol, "reader", 200), (self.carol, "writer", 200),
                (self.carol, "read", 403), (self.carol, "reader,writer", 403),
                (self.alice, "ADMIN", 403)]
        for token, role, status in rows:
            with self.subTest(role=role, status=status):
                self.assertEqual(self.verify(f"?role={role}", token).status, status)

    def test_a_missing_role_has_a_challenge(self):
        answer = self.verify("?role=admin", self.bob)
        self.assert_problem(answer, 403, "insufficient_scope")
        self.assertIn('error="insufficient_scope"', answer.headers["www-authenticate"])

    def test_a_scope_that_nobody_has_is_missing(self):
        self.assert_problem(self.verify("?scope=a+b", self.alice), 403, "insufficient_scope")

    def test_without_a_good_token_the_role_is_not_even_asked_for(self):
        self.assert_problem(self.verify("?role=admin", None), 401, "invalid_token")
        self.assert_problem(self.verify("?role=admin", "x"), 401, "invalid_token")

    def test_a_demand_that_is_not_understood_is_refused(self):
        for query in ("?roles=admin", "?role=admin&rolle=x", "?role=admin&role=bob", "?role=",
                      "?fresh=yes", "?fresh=0", "?role=%zz", "?Role=admin"):
            with self.subTest(query):
                self.assert_problem(self.verify(query, self.alice), 400, "invalid_request")

    def test_a_login_of_just_now_is_fresh(self):
        self.assertEqual(self.verify("?fresh=1", self.alice).status, 200)
        self.assertEqual(self.verify("?role=admin&fresh=1", self.alice).status, 200)


class Stale(harness.ServerCase):
    FLAGS = ("--fresh-ttl", "1s")

    def test_refreshing_does_not_make_a_login_fresh(self):
        pair = self.server.login()
        time.sleep(2.1)
        fresh = self.server.refresh(pair["refresh_token"]).json["access_token"]
        for token in (pair["access_token"], fresh):
            self.assert_problem(self.server.get("/verify?fresh=1", token), 401,
                                "insufficient_user_authentication")
            self.assertEqual(self.server.get("/verify", token).status, 200)


harness.main()
