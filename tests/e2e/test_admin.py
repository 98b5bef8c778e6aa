#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The admin API over HTTP: each resource, with its refusals beside it."""
import json
import os
from urllib.parse import quote

from harness import PASSWORD, Server, ServerCase, eventually, main

NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"  # an id that nothing has
HASH = "$2b$12$GhvMmNVjRW29ulnudl.LbuAnUtN/LRfe1JsBm1Xu6LE3059z5Tr8m"


class AdminCase(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.login()["access_token"]

    def ask(self, method, path, body=None, token=None, **headers):
        headers.setdefault("Authorization", f"Bearer {token or self.token}")
        return self.server.ask(method, path, body, headers)

    def want(self, status, method, path, body=None):
        """A success, and what it answers."""
        answer = self.ask(method, path, body)
        self.assertEqual(answer.status, status, f"{method} {path}: {answer}")
        return answer.json if answer.body else None

    def refuse(self, status, error, method, path, body=None, **more):
        answer = self.ask(method, path, body, **more)
        self.assert_problem(answer, status, error)
        return answer

    def find(self, name):
        users = self.want(200, "GET", f"/admin/users?name={quote(name)}")["users"]
        self.assertEqual(len(users), 1, name)
        return users[0]

    def add(self, name, **more):
        return self.want(201, "POST", "/admin/users", {"name": name, "password": PASSWORD, **more})

    def last_audit(self, **filters):
        query = "&".join(f"{name}={quote(value)}" for name, value in filters.items())
        return self.want(200, "GET", f"/admin/audit?limit=1000&{query}")["rows"][-1]


class Guard(AdminCase):
    FLAGS = ("--fresh-ttl", "2s")

    def paths(self):
        """Method and path of each operation, as the control socket lists them."""
        return [(row["method"], row["path"].replace("{id}", NOBODY).replace("{name}", "x")
                 .replace("{kid}", "x"), row["fresh"]) for row in operations(self.server)
                if "path" in row]

    def test_each_operation_asks_who_it_is(self):
        bob = self.server.login("bob")["access_token"]
        paths = self.paths()
        self.assertGreater(len(paths), 35)
        for method, path, _ in paths:
            with self.subTest(method=method, path=path):
                self.assert_problem(self.server.ask(method, path), 401, "invalid_token")
                self.refuse(403, "insufficient_scope", method, path, token=bob)

    def test_each_operation_wants_the_csrf_value_when_the_token_comes_in_a_cookie(self):
        for method, path, _ in self.paths():
            if method == "GET":
                continue
            with self.subTest(method=method, path=path):
                answer = self.server.ask(method, path,
                                         headers={"Cookie": f"__Host-jeton-access={self.token}"})
                self.assert_problem(answer, 403, "csrf_refused")

    def test_a_login_of_long_ago_reads_but_does_not_hand_out_power(self):
        token = self.server.login()["access_token"]
        eventually(lambda: self.server.get("/verify?fresh=1", token).status == 401,
                   "the login is not fresh any more")
        for method, path, fresh in self.paths():
            with self.subTest(method=method, path=path):
                answer = self.ask(method, path, token=token)
                if fresh:
                    self.assert_problem(answer, 401, "insufficient_user_authentication")
                else:
                    self.assertNotIn(answer.status, (401, 403), answer)

    def test_who_is_no_administrator_any_more_is_refused_at_once(self):
        self.server.add_user("former", "admin")
        token = self.server.login("former")["access_token"]
        self.assertEqual(self.ask("GET", "/admin/roles", token=token).status, 200)
        self.server.cli("user", "role", "former", "--remove", "admin")
        self.refuse(403, "insufficient_scope", "GET", "/admin/roles", token=token)
        self.assertEqual(self.server.get("/whoami", token).status, 200)


def operations(server):
    """What the control socket says there is."""
    import socket
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(server.data, "control.sock"))
        control.sendall(b'{"operation":"operation.list","arguments":{}}\n')
        return json.loads(control.makefile().readline())["result"]["operations"]


class Users(AdminCase):
    def test_a_user_is_added_read_changed_and_removed(self):
        made = self.add("carol", email="carol@example.com", roles=["editor"])
        self.assertEqual(set(made), {"id", "name", "roles", "disabled", "created", "email"})
        path = f"/admin/users/{made['id']}"
        token = self.server.login("carol")["access_token"]
        self.assertEqual(self.want(200, "GET", path)["permissions"], [])
        changed = self.want(200, "PATCH", path, {"name": "Carol C", "email": ""})
        self.assertEqual((changed["name"], "email" in changed), ("Carol C", False))
        self.assertEqual(changed["id"], made["id"])
        self.server.login("carol c")
        self.assertEqual(self.server.get("/whoami", token).status, 200)  # a name is only a name
        self.want(204, "DELETE", path)
        self.assert_refused(token)
        self.refuse(404, "not_found", "GET", path)
        self.refuse(404, "not_found", "DELETE", path)

    def test_what_may_not_be_is_not_added(self):
        rows = [
            ({}, 400, "invalid_request"),
            ({"name": "x"}, None, None),
            ({"name": ""}, 400, "invalid_request"),
            ({"name": 7}, 400, "invalid_request"),
            ({"name": "y", "password": "short"}, 400, "invalid_request"),
            ({"name": "y", "password": ""}, 400, "invalid_request"),
            ({"name": "y", "password": None}, 400, "invalid_request"),
            ({"name": "y", "email": "nonsense"}, 400, "invalid_request"),
            ({"name": "y", "roles": "admin"}, 400, "invalid_request"),
            ({"name": "y", "roles": [7]}, 400, "invalid_request"),
            ({"name": "y", "roles": ["no spaces"]}, 400, "invalid_request"),
            ({"name": "y", "rolls": ["ops"]}, 400, "invalid_request"),
            ({"name": "y", "disabled": "no"}, 400, "invalid_request"),
            ({"name": "BOB"}, 409, "already_exists"),
        ]
        for body, status, error in rows:
            with self.subTest(body=body):
                if status:
                    self.refuse(status, error, "POST", "/admin/users", body)
                else:
                    self.want(201, "POST", "/admin/users", body)
        for body in "name=form", '{"name":"y"', '["y"]', '{"name":"y","name":"z"}':
            with self.subTest(body=body):
                kind = "application/x-www-form-urlencoded" if "=" in body else "application/json"
                self.refuse(400, "invalid_request", "POST", "/admin/users", body,
                            **{"Content-Type": kind})
        self.assertEqual(self.want(200, "GET", "/admin/users?prefix=y")["users"], [])

    def test_without_a_password_there_is_a_code(self):
        made = self.want(201, "POST", "/admin/users", {"name": "dora"})
        self.assert_problem(self.server.ask("POST", "/login", {"username": "dora",
                                                               "password": "anything at all"}),
                            401, "invalid_grant")
        answer = self.server.ask("POST", "/password/reset", {"code": made["code"],
                                                             "new_password": PASSWORD})
        self.assertEqual(answer.status, 204)
        self.server.login("dora")

    def test_an_administrator_sets_a_password_or_gives_a_code(self):
        made = self.add("erik")
        session = self.server.login("erik")
        path = f"/admin/users/{made['id']}/password"
        self.refuse(400, "invalid_request", "PUT", path, {"password": "erik1234"})
        self.refuse(400, "invalid_request", "PUT", path, {})
        self.refuse(404, "not_found", "PUT", f"/admin/users/{NOBODY}/password",
                    {"password": "another long one"})
        self.want(204, "PUT", path, {"password": "another long one"})
        self.assert_refused(session["access_token"])
        self.server.login("erik", "another long one")
        code = self.want(200, "POST", f"/admin/users/{made['id']}/reset")
        self.assertEqual(set(code), {"id", "name", "code", "expires"})
        self.server.ask("POST", "/password/reset", {"code": code["code"],
                                                    "new_password": PASSWORD})
        self.server.login("erik")
        self.want(200, "PATCH", f"/admin/users/{made['id']}", {"disabled": True})
        self.refuse(400, "invalid_request", "PUT", path, {"password": "another long one"})

    def test_disabling_and_a_demand_for_another_password_end_the_sessions(self):
        for change in {"disabled": True}, {"must_change": True}:
            with self.subTest(change=change):
                name = f"fay-{list(change)[0]}"
                path = f"/admin/users/{self.add(name)['id']}"
                token = self.server.login(name)["access_token"]
                self.assertEqual(self.want(200, "PATCH", path, change)[list(change)[0]], True)
                self.assert_refused(token)
        self.want(200, "PATCH", f"/admin/users/{self.find('fay-disabled')['id']}",
                  {"disabled": False})
        self.server.login("fay-disabled")

    def test_a_change_is_made_whole_or_not_at_all(self):
        made = self.add("gus")
        path = f"/admin/users/{made['id']}"
        rows = [
            ({"email": "gus@example.com", "name": "bob"}, 409, "already_exists"),
            ({"email": "gus@example.com", "name": ""}, 400, "invalid_request"),
            ({"email": "gus@example.com", "must_change": False}, 400, "invalid_request"),
            ({"email": "gus@example.com", "id": NOBODY}, 400, "invalid_request"),
            ({"email": "gus@example.com", "user": "bob"}, 400, "invalid_request"),
            ({"e-mail": "gus@example.com"}, 400, "invalid_request"),
            ({}, 400, "invalid_request"),
        ]
        for body, status, error in rows:
            with self.subTest(body=body):
                self.refuse(status, error, "PATCH", path, body)
        self.refuse(404, "not_found", "PATCH", f"/admin/users/{NOBODY}", {"name": "hal"})
        self.refuse(404, "not_found", "PATCH", "/admin/users/gus", {"name": "hal"})  # not an id
        now = self.want(200, "GET", path)
        self.assertEqual((now["name"], "email" in now), ("gus", False))

    def test_the_command_line_renames_a_user_too(self):
        made = self.add("old name")
        status, out, err = self.server.cli("user", "set", "old name", "--name", "new name")
        self.assertEqual((status, out), (0, "new name is changed\n"), err)
        self.assertEqual(self.find("new name")["id"], made["id"])
        status, _, err = self.server.cli("user", "set", "new name", "--name", "bob")
        self.assertEqual(status, 1, err)

    def test_the_last_administrator_stays(self):
        path = f"/admin/users/{self.find('alice')['id']}"
        self.refuse(409, "last_admin", "DELETE", path)
        self.refuse(409, "last_admin", "PATCH", path, {"disabled": True, "name": "gone"})
        self.refuse(409, "last_admin", "PATCH", f"{path}/roles", {"take": ["admin"]})
        self.refuse(409, "last_admin", "DELETE", "/admin/roles/admin")
        self.assertEqual(self.want(200, "GET", path)["name"], "alice")

    def test_roles_of_a_user_are_given_and_taken(self):
        path = f"/admin/users/{self.add('ida', roles=['a', 'b'])['id']}/roles"
        self.assertEqual(self.want(200, "PATCH", path, {"give": ["c"], "take": ["a"]})["roles"],
                         ["b", "c"])
        self.refuse(400, "invalid_request", "PATCH", path, {})
        self.refuse(400, "invalid_request", "PATCH", path, {"give": ["no spaces"]})
        self.refuse(400, "invalid_request", "PATCH", path,
                    {"give": [f"r{n}" for n in range(32)]})  # with b and c too many
        self.refuse(404, "not_found", "PATCH", f"/admin/users/{NOBODY}/roles", {"give": ["c"]})

    def test_lists_come_in_pages(self):
        for n in range(7):
            self.add(f"page-{n}", email=f"page{n}@example.com")
        path, names = "/admin/users?prefix=PAGE-&limit=3", []
        after = ""
        while True:
            page = self.want(200, "GET", path + after)
            names += [user["name"] for user in page["users"]]
            if "next" not in page:
                break
            self.assertEqual(len(page["users"]), 3)
            after = f"&after={quote(page['next'])}"
        self.assertEqual(names, [f"page-{n}" for n in range(7)])
        one = self.want(200, "GET", "/admin/users?email=PAGE3@example.com")["users"]
        self.assertEqual([user["name"] for user in one], ["page-3"])
        self.assertEqual(self.want(200, "GET", "/admin/users?name=nobody"), {"users": []})
        for query in ("limit=0", "limit=501", "limit=x", "limit=-1", "limit=", "limit=1&limit=2",
                      "limit=9999999999999999999", "after=%zz", "after=%00", "prefix=%ff",
                      "limt=3", "id=x"):
            with self.subTest(query=query):
                self.refuse(400, "invalid_request", "GET", f"/admin/users?{query}")

    def test_ids_are_read_from_the_path_as_they_stand(self):
        made = self.add("jan")
        encoded = "".join(f"%{ord(char):02x}" for char in made["id"])
        self.assertEqual(self.want(200, "GET", f"/admin/users/{encoded}")["name"], "jan")
        for path in "%", "%4", "%zz", "%00":
            with self.subTest(path=path):
                self.refuse(400, "invalid_request", "GET", f"/admin/users/{path}")
        for path in "..", "%2e%2e%2fusers", "a%0Ab", "jan", made["id"][:-1], made["id"] + "A", "%ff" * 22:
            with self.subTest(path=path):
                self.assertIn(self.ask("GET", f"/admin/users/{path}").status, (400, 404))

    def test_what_is_done_is_audited_with_who_did_it(self):
        answer = self.ask("POST", "/admin/users", {"name": "kim", "password": PASSWORD})
        row = self.last_audit(action="user.add", target=answer.json["id"])
        self.assertEqual(row["actor"], self.find("alice")["id"])
        self.assertEqual(row["address"], "127.0.0.1")
        self.assertEqual(row["request"], answer.headers["x-request-id"])


class Sessions(AdminCase):
    def test_sessions_of_a_user_are_listed_and_ended(self):
        first, second = (self.server.login("bob")["access_token"] for _ in range(2))
        path = f"/admin/users/{self.find('bob')['id']}/sessions"
        listed = self.want(200, "GET", path)["sessions"]
        self.assertEqual(len(listed), 2)
        self.assertEqual(listed[0]["address"], "127.0.0.1")
        sid = self.server.get("/whoami", first).json["sid"]
        self.want(204, "DELETE", f"/admin/sessions/{sid}")
        self.assert_refused(first)
        self.assert_accepted(second)
        self.assertEqual(len(self.want(200, "GET", path)["sessions"]), 1)
        self.want(204, "DELETE", path)
        self.assert_refused(second)
        self.want(204, "DELETE", f"/admin/sessions/{sid}")  # what has ended has ended
        for gone in NOBODY, "all", "this":
            self.refuse(404, "not_found", "DELETE", f"/admin/sessions/{gone}")
        self.refuse(404, "not_found", "GET", f"/admin/users/{NOBODY}/sessions")
        self.refuse(404, "not_found", "DELETE", f"/admin/users/{NOBODY}/sessions")


class Roles(AdminCase):
    def test_roles_and_permissions(self):
        role = self.want(201, "POST", "/admin/roles",
                         {"name": "shop:clerk", "permissions": ["orders/read", "orders/write"]})
        self.assertEqual(role, {"name": "shop:clerk", "users": 0,
                                "permissions": ["orders/read", "orders/write"]})
        path = "/admin/roles/shop%3Aclerk"
        self.assertEqual(self.want(200, "GET", path), role)
        self.assertEqual(self.want(200, "GET", "/admin/roles/shop:clerk"), role)
        more = self.want(200, "POST", f"{path}/grant", {"permissions": ["stock:read"]})
        self.assertEqual(more["permissions"], ["orders/read", "orders/write", "stock:read"])
        less = self.want(200, "POST", f"{path}/revoke", {"permissions": ["orders/write"]})
        self.assertEqual(less["permissions"], ["orders/read", "stock:read"])
        self.assertIn(less, self.want(200, "GET", "/admin/roles")["roles"])
        self.assertIn({"name": "stock:read", "roles": ["shop:clerk"]},
                      self.want(200, "GET", "/admin/permissions")["permissions"])
        self.refuse(409, "already_exists", "POST", "/admin/roles", {"name": "shop:clerk"})
        self.want(204, "DELETE", path)
        for method, rest in ("GET", ""), ("DELETE", ""), ("POST", "/grant"), ("POST", "/revoke"):
            body = {"permissions": ["a"]} if rest else None
            self.refuse(404, "not_found", method, path + rest, body)

    def test_what_may_not_be(self):
        self.want(201, "POST", "/admin/roles", {"name": "plain"})
        for body in ({}, {"name": "no spaces"}, {"name": "a/b"}, {"name": "x", "permissions": "a"},
                     {"name": "x", "permissions": ["a b"]}, {"name": "x", "grants": []},
                     {"name": "x", "permissions": [f"p{n}" for n in range(65)]}):
            with self.subTest(body=body):
                self.refuse(400, "invalid_request", "POST", "/admin/roles", body)
        for body in {}, {"permissions": []}, {"permissions": ["a"], "name": "plain"}:
            with self.subTest(body=body):
                self.refuse(400, "invalid_request", "POST", "/admin/roles/plain/grant", body)


class Clients(AdminCase):
    def token_of(self, client, secret, **fields):
        return self.server.ask("POST", "/token", "&".join(
            f"{name}={quote(value)}" for name, value in
            {"grant_type": "client_credentials", "client_id": client, "client_secret": secret,
             **fields}.items()))

    def test_a_client_is_added_read_changed_and_removed(self):
        made = self.want(201, "POST", "/admin/clients",
                         {"id": "shop", "grants": "client_credentials", "scopes": "a b"})
        self.assertEqual(set(made), {"client_id", "client_secret"})
        issued = self.token_of("shop", made["client_secret"])
        self.assertEqual(issued.status, 200, issued)
        shown = self.want(200, "GET", "/admin/clients/shop")
        self.assertNotIn("client_secret", shown)
        self.assertIn(shown, self.want(200, "GET", "/admin/clients")["clients"])
        changed = self.want(200, "PATCH", "/admin/clients/shop",
                            {"name": "The shop", "scopes": "b c", "access_ttl": 60})
        self.assertEqual(changed, {**shown, "name": "The shop", "scopes": "b c", "access_ttl": 60})
        issued = self.token_of("shop", made["client_secret"]).json
        self.assertEqual((issued["scope"], issued["expires_in"]), ("b c", 60))

        other = self.want(200, "POST", "/admin/clients/shop/secret")["client_secret"]
        self.assertEqual(self.token_of("shop", made["client_secret"]).status, 401)
        self.assertEqual(self.token_of("shop", other).status, 200)
        self.assertTrue(self.want(200, "PATCH", "/admin/clients/shop", {"disabled": True})
                        ["disabled"])
        self.assertEqual(self.token_of("shop", other).status, 401)
        self.want(200, "PATCH", "/admin/clients/shop", {"disabled": False, "name": ""})
        self.assertEqual(self.token_of("shop", other).status, 200)
        self.want(204, "DELETE", "/admin/clients/shop")
        for method, rest, body in (("GET", "", None), ("DELETE", "", None),
                                   ("PATCH", "", {"name": "x"}), ("POST", "/secret", None),
                                   ("PATCH", "", {"disabled": True}),
                                   ("POST", "/signing-secret", {})):
            self.refuse(404, "not_found", method, f"/admin/clients/shop{rest}", body)

    def test_its_alg_changes_with_a_secret_where_that_is_needed(self):
        self.want(201, "POST", "/admin/clients",
                  {"id": "api", "grants": "client_credentials", "audience": "https://api.example"})
        made = self.want(200, "PATCH", "/admin/clients/api", {"alg": "HS256"})
        self.assertEqual(len(made["signing_secret"]), 43)
        self.assertNotIn("signing_secret", self.want(200, "GET", "/admin/clients/api"))
        another = self.want(200, "POST", "/admin/clients/api/signing-secret")
        self.assertNotEqual(another["signing_secret"], made["signing_secret"])
        self.assertEqual(another["client_id"], "api")
        self.assertEqual(self.want(200, "PATCH", "/admin/clients/api", {"alg": "ES256"})["alg"],
                         "ES256")
        self.refuse(400, "invalid_request", "POST", "/admin/clients/api/signing-secret")
        for body in ({"alg": "none"}, {"alg": "HS256", "audience": ""},
                     {"alg": "HS256", "signing_secret": "c2hvcnQ"},
                     {"alg": "HS256", "signing_secret": "***"}, {"alg": "ES256",
                                                                 "signing_secret": "A" * 43}):
            with self.subTest(body=body):
                self.refuse(400, "invalid_request", "PATCH", "/admin/clients/api", body)

    def test_what_may_not_be(self):
        self.want(201, "POST", "/admin/clients", {"id": "page", "public": True})
        self.refuse(409, "already_exists", "POST", "/admin/clients", {"id": "page"})
        self.refuse(409, "already_exists", "POST", "/admin/clients", {"id": "jeton"})
        self.refuse(400, "invalid_request", "POST", "/admin/clients/page/secret")
        for body in ({"id": "a b"}, {"grants": "magic"}, {"access_ttl": -1}, {"access_ttl": 1.5},
                     {"access_ttl": "60"}, {"access_ttl": 10 ** 9}, {"scopes": " a"},
                     {"public": True, "grants": "client_credentials"}, {"scope": "a"}):
            with self.subTest(body=body):
                self.refuse(400, "invalid_request", "POST", "/admin/clients", body)
        for body in {}, {"id": "other"}, {"public": False}, {"grants": "client_credentials"}:
            with self.subTest(body=body):
                self.refuse(400, "invalid_request", "PATCH", "/admin/clients/page", body)


class KeysAndRevocations(AdminCase):
    def test_keys_are_listed_rotated_and_withdrawn(self):
        with Server() as server:
            server.add_user("alice", "admin")
            token = server.login()["access_token"]
            ask = lambda method, path, body=None: server.ask(
                method, path, body, {"Authorization": f"Bearer {token}"})
            keys = ask("GET", "/admin/keys").json["keys"]
            self.assertEqual({key["state"] for key in keys}, {"active", "next"})
            news = ask("POST", "/admin/keys/rotate").json
            self.assertEqual(set(news), {"kid", "signs_from", "signs"})
            self.assertEqual(ask("POST", "/admin/keys/rotate", {"alg": "HS256"}).status, 404)
            self.assertEqual(ask("POST", "/admin/keys/rotate", {"alg": 7}).status, 400)
            self.assertEqual(ask("POST", "/admin/keys/nothing/withdraw").status, 404)
            signed = next(key["kid"] for key in keys if key["state"] == "active"
                          and key["alg"] == "ES256")
            answer = ask("POST", f"/admin/keys/{signed}/withdraw")
            self.assertEqual((answer.status, answer.json), (200, {"kid": signed}))
            self.assertEqual(ask("GET", "/admin/keys").status, 401)  # our own token is gone with it
            token = server.login()["access_token"]
            revoked = ask("GET", "/admin/revocations").json["revocations"]
            self.assertEqual([(row["what"], row.get("name")) for row in revoked],
                             [("key", signed)])

    def test_revocations_are_listed_with_names_where_they_are_known(self):
        bob = self.server.login("bob")["access_token"]
        self.want(201, "POST", "/admin/clients", {"id": "revoked"})
        for what, name in ("client", "revoked"), ("user", "bob"):
            self.want(204, "POST", "/admin/revocations", {"what": what, "name": name})
        self.assert_refused(bob)
        rows = self.want(200, "GET", "/admin/revocations")["revocations"]
        self.assertEqual([(row["what"], row["name"]) for row in rows if "name" in row],
                         [("client", "revoked"), ("user", "bob")])
        page = self.want(200, "GET", "/admin/revocations?limit=1")
        self.assertEqual(page["revocations"], rows[:1])
        self.assertEqual(self.want(200, "GET", f"/admin/revocations?after={page['next']}")
                         ["revocations"], rows[1:])
        for body in {}, {"what": "nothing", "name": "x"}, {"what": "token", "name": "short"}:
            self.refuse(400, "invalid_request", "POST", "/admin/revocations", body)
        for what in "user", "client", "key":
            self.refuse(404, "not_found", "POST", "/admin/revocations",
                        {"what": what, "name": "x"})


class Bans(AdminCase):
    def test_bans_are_made_listed_and_lifted(self):
        self.assertEqual(self.want(201, "POST", "/admin/bans",
                                   {"network": "192.0.2.0/24", "why": "guessing", "seconds": 60}),
                         {"network": "192.0.2.0/24"})
        (ban,) = self.want(200, "GET", "/admin/bans")["bans"]
        self.assertEqual((ban["network"], ban["why"]), ("192.0.2.0/24", "guessing"))
        self.assertEqual(ban["until"] - ban["made_at"], 60)
        self.want(204, "DELETE", "/admin/bans?network=192.0.2.0%2F24")
        self.refuse(404, "not_found", "DELETE", "/admin/bans?network=192.0.2.0%2F24")
        self.refuse(400, "invalid_request", "DELETE", "/admin/bans")
        for body in {}, {"network": "here"}, {"network": "192.0.2.1", "seconds": -1}:
            self.refuse(400, "invalid_request", "POST", "/admin/bans", body)
        self.assertEqual(self.want(200, "GET", "/admin/bans"), {"bans": []})


class Audit(AdminCase):
    def test_the_log_is_read_in_pages_with_filters_and_verified(self):
        for name in "first", "second":
            self.add(name)
        rows, after = [], 0
        while True:
            page = self.want(200, "GET", f"/admin/audit?limit=4&after={after}")
            rows += page["rows"]
            if "next" not in page:
                break
            after = page["next"]
        self.assertEqual([row["n"] for row in rows], list(range(1, len(rows) + 1)))
        added = self.want(200, "GET", "/admin/audit?action=user.add")["rows"]
        self.assertEqual(added, [row for row in rows if row["action"] == "user.add"])
        alice = self.find("alice")["id"]
        his = self.want(200, "GET", f"/admin/audit?action=user.add&actor={alice}")["rows"]
        self.assertEqual([row["detail"] for row in his], ["first", "second"])
        since = rows[-1]["time"] + 1
        self.assertEqual(self.want(200, "GET", f"/admin/audit?since={since}")["rows"], [])
        self.assertEqual(self.want(200, "GET", f"/admin/audit?until={rows[0]['time']}")["rows"],
                         [])
        seen = self.want(200, "GET", "/admin/audit/verify")
        self.assertTrue(seen["intact"])
        self.assertEqual(len(seen["head"]), 64)
        for query in "since=yesterday", "limit=1001", "who=alice":
            self.refuse(400, "invalid_request", "GET", f"/admin/audit?{query}")


class Import(AdminCase):
    def import_users(self, text, query="", kind="text/csv"):
        return self.ask("POST", f"/admin/users/import{query}", text, **{"Content-Type": kind})

    def test_users_are_imported_from_either_format(self):
        csv = f"name,password_hash,roles\nlea,{HASH},editor\nleo,nonsense,\nbob,{HASH},\n"
        dry = self.import_users(csv, "?dry_run=true").json
        self.assertEqual((dry["added"], dry["refused"]), (1, 2))
        self.assertEqual(self.want(200, "GET", "/admin/users?name=lea")["users"], [])
        done = self.import_users(csv).json
        self.assertEqual([(row["line"], row["outcome"]) for row in done["rows"]],
                         [(2, "added"), (3, "refused"), (4, "refused")])
        self.assertEqual(self.find("lea")["roles"], ["editor"])
        again = self.import_users(csv).json
        self.assertEqual([row["outcome"] for row in again["rows"]],
                         ["already", "refused", "refused"])
        line = json.dumps({"name": "mia", "password": PASSWORD})
        self.assertEqual(self.import_users(line, kind="application/x-ndjson").json["added"], 1)
        self.server.login("mia")

    def test_what_cannot_be_imported(self):
        for text in "", "nome\nx\n", "name,name\nx,y\n", b"name,password_hash\n\xff,x\n":
            with self.subTest(text=text):
                answer = self.import_users(text)
                if answer.status != 200 or answer.json["added"]:
                    self.assert_problem(answer, 400, "invalid_request")
        many = "name,password\n" + "".join(f"n{n},{PASSWORD}\n" for n in range(21))
        self.assert_problem(self.import_users(many), 400, "invalid_request")
        self.assert_problem(self.import_users("name\nx\n", "?dry=true"), 400, "invalid_request")
        self.assert_problem(self.import_users("name\nx\n", "?dry_run=1"), 400, "invalid_request")
        self.assert_problem(self.import_users("name\n" + "x" * 70000), 413, "request_too_large")
        self.assertEqual(self.want(200, "GET", "/admin/users?prefix=n")["users"], [])


class Backups(AdminCase):
    def test_a_backup_is_made_listed_restorable_and_removed(self):
        made = self.want(201, "POST", "/admin/backups")
        path = os.path.join(self.server.data, "backups", made["name"])
        self.assertEqual(os.stat(path).st_size, made["bytes"])
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.want(200, "GET", "/admin/backups"), {"backups": [made]})
        with open(path, "rb") as file:
            self.assertTrue(file.read(16).startswith(b"SQLite format 3"))
        self.want(204, "DELETE", f"/admin/backups/{made['name']}")
        self.assertFalse(os.path.exists(path))
        self.assertEqual(self.want(200, "GET", "/admin/backups"), {"backups": []})

    def test_nothing_else_can_be_named(self):
        os.makedirs(os.path.join(self.server.data, "backups"), exist_ok=True)
        beside = os.path.join(self.server.data, "backups", "notes.txt")
        with open(beside, "w", encoding="ascii") as file:
            file.write("kept")
        for name in ("..%2Fjeton.db", "..%2Fmaster.key", "notes.txt", ".", "jeton-x.db",
                     "jeton-%2F..%2F..%2Fjeton.db"):
            with self.subTest(name=name):
                self.refuse(404, "not_found", "DELETE", f"/admin/backups/{name}")
        self.refuse(400, "invalid_request", "POST", "/admin/backups", {"file": "/etc/passwd"})
        self.assertTrue(os.path.exists(beside))

    def test_they_do_not_fill_the_disk(self):
        folder = os.path.join(self.server.data, "backups")
        os.makedirs(folder, exist_ok=True)
        names = [os.path.join(folder, f"jeton-{n}.db") for n in range(20)]
        for name in names:
            with open(name, "w", encoding="ascii"):
                pass
        self.refuse(409, "already_exists", "POST", "/admin/backups")
        for name in names:
            os.unlink(name)
        self.want(201, "POST", "/admin/backups")


class Manners(AdminCase):
    def test_methods_and_paths_that_there_are_not(self):
        answer = self.refuse(405, "method_not_allowed", "PUT", "/admin/users")
        self.assertEqual(answer.headers["allow"], "GET, HEAD, POST")
        for path in "/admin", "/admin/", "/admin/nothing", "/admin/users/", "/admin/users/a/b":
            self.refuse(404, "not_found", "GET", path)

    def test_answers_are_never_cached(self):
        self.assertEqual(self.ask("GET", "/admin/users").headers["cache-control"], "no-store")


if __name__ == "__main__":
    main()
