#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_accounts.py - roles, permissions, users changed and removed: what tokens say afterwards, and
that an administrator stays."""
import json

import harness


class Roles(harness.ServerCase):
    def cli(self, *words, want=0):
        status, out, err = self.server.cli(*words)
        self.assertEqual(status, want, (words, out, err))
        return out if want == 0 else err

    def claims(self, name):
        pair = self.server.login(name)
        return json.loads(harness.unb64(pair["access_token"].split(".")[1])), pair

    def verify(self, token, query):
        return self.server.get("/verify?" + query, token).status

    def test_permissions_of_a_role_become_the_scope_at_once(self):
        self.cli("role", "add", "writer", "--permission", "post:write", "--permission", "post:read")
        self.server.add_user("wanda", "writer")
        claims, pair = self.claims("wanda")
        self.assertEqual((claims["roles"], claims["scope"]), (["writer"], "post:read post:write"))
        token = pair["access_token"]
        self.assertEqual(self.server.get("/whoami", token).json["scope"], "post:read post:write")
        self.assertEqual(self.verify(token, "role=writer&scope=post:write+post:read"), 200)
        self.assertEqual(self.verify(token, "scope=post:delete"), 403)
        self.assertEqual(self.verify(token, "scope=post"), 403)

        # what is granted shows in the next token, and what is revoked is gone from it
        self.cli("role", "grant", "writer", "--permission", "post:delete")
        self.cli("role", "revoke", "writer", "--permission", "post:read")
        fresh = self.server.refresh(pair["refresh_token"]).json["access_token"]
        self.assertEqual(self.verify(fresh, "scope=post:delete"), 200)
        self.assertEqual(self.verify(fresh, "scope=post:read"), 403)
        self.assertEqual(self.verify(token, "scope=post:read"), 200)  # until it expires

    def test_roles_are_given_and_taken(self):
        self.server.add_user("rita", "reader")
        pair = self.server.login("rita")
        shown = json.loads(self.cli("user", "role", "rita", "--add", "auditor", "--remove",
                                    "reader", "--json"))
        self.assertEqual(shown["roles"], ["auditor"])
        token = self.server.refresh(pair["refresh_token"]).json["access_token"]
        self.assertEqual(self.verify(token, "role=auditor"), 200)
        self.assertEqual(self.verify(token, "role=reader"), 403)
        self.assertIn("no such user", self.cli("user", "role", "nobody", "--add", "x", want=1))
        self.assertIn("a role at least", self.cli("user", "role", "rita", want=1))
        self.assertIn("a role has", self.cli("user", "role", "rita", "--add", "a b", want=1))

    def test_roles_are_listed_and_removed(self):
        self.cli("role", "add", "gone", "--permission", "a/b")
        self.server.add_user("gina", "gone")
        listed = json.loads(self.cli("role", "list", "--json"))
        self.assertIn({"name": "gone", "permissions": ["a/b"], "users": 1}, listed)
        self.assertRegex(self.cli("role", "list"), r"(?m)^gone +1 user a/b$")
        self.cli("role", "remove", "gone")
        claims, _ = self.claims("gina")
        self.assertEqual(claims["roles"], [])
        self.assertNotIn("scope", claims)
        for words, why in ((("remove", "gone"), "no such role"), (("remove", "admin"), "stays"),
                           (("add", "admin"), "already"), (("add", "x", "--permission", "a b"),
                                                           "a permission has"),
                           (("grant", "gone", "--permission", "x"), "no such role")):
            with self.subTest(words):
                self.assertIn(why, self.cli("role", *words, want=1))
        self.cli("role", "grant", "admin", want=2)

    def test_the_last_administrator_stays_one(self):
        for words in (("disable", "alice"), ("remove", "alice"),
                      ("role", "alice", "--remove", "admin")):
            with self.subTest(words):
                self.assertIn("nobody left", self.cli("user", *words, want=1))
        self.assert_accepted(self.server.login()["access_token"])
        self.server.add_user("second", "admin")
        self.cli("user", "role", "alice", "--remove", "admin")
        self.assertIn("nobody left", self.cli("user", "disable", "second", want=1))
        self.cli("user", "role", "alice", "--add", "admin")
        self.cli("user", "disable", "second")
        self.assertIn("nobody left", self.cli("user", "remove", "alice", want=1))

    def test_a_user_who_is_removed_is_refused_at_once(self):
        self.server.add_user("rob")
        pair = self.server.login("rob")
        self.cli("user", "remove", "rob")
        self.assert_refused(pair["access_token"])
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        answer = self.server.ask("POST", "/login", {"username": "rob",
                                                    "password": harness.PASSWORD})
        self.assert_problem(answer, 401, "invalid_grant")
        self.assertIn("no such user", self.cli("user", "remove", "rob", want=1))

    def test_an_email_is_shown_changed_and_one_users(self):
        status, _, err = self.server.cli("user", "add", "emil", "--password-stdin", "--email",
                                         "emil@example.com", stdin=harness.PASSWORD)
        self.assertEqual(status, 0, err)
        self.assertEqual(json.loads(self.cli("user", "show", "emil"))["email"], "emil@example.com")
        self.cli("user", "set", "bob", "--email", "bob@example.com")
        self.assertIn("taken", self.cli("user", "set", "bob", "--email", "EMIL@example.com", want=1))
        self.assertIn("NAME@HOST", self.cli("user", "set", "bob", "--email", "bob", want=1))
        self.assertIn("what to change", self.cli("user", "set", "bob", want=1))
        self.cli("user", "set", "bob", "--email", "")
        self.assertNotIn("email", json.loads(self.cli("user", "show", "bob", "--json")))


class FewRoles(harness.ServerCase):
    FLAGS = ("--token-roles", "editor,reader", "--token-roles-max", "1")

    def test_the_settings_choose_which_roles_tokens_name_and_how_many(self):
        self.server.add_user("ida", "auditor", "editor", "reader")
        token = self.server.login("ida")["access_token"]
        self.assertEqual(self.server.get("/whoami", token).json["roles"], ["editor"])
        self.assertEqual(self.server.get("/verify?role=auditor", token).status, 403)


harness.main()
