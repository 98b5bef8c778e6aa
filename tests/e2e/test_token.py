#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_token.py - POST /token, /introspect and /revoke, and the clients that may use them: by the rules
of RFC 6749, 7009 and 7662. Other people's clients are in tests/clients."""
import base64
import json
import os
import sqlite3
import urllib.parse

import harness


def basic(client, secret):
    pair = f"{urllib.parse.quote_plus(client)}:{urllib.parse.quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


class OAuth(harness.ServerCase):
    """With three clients: shop (secret), app (public), batch (secret, for itself)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secrets = {}
        cls.add_client("shop", "--scope", "read", "--scope", "write", "--audience",
                       "https://shop.example", "--access-ttl", "60s")
        cls.add_client("app", "--public")
        cls.add_client("batch", "--grant", "client_credentials", "--scope", "jobs:run",
                       "--scope", "jobs:see")

    @classmethod
    def add_client(cls, name, *flags):
        status, out, err = cls.server.cli("client", "add", name, *flags, "--json")
        assert status == 0, err
        made = json.loads(out)
        assert made["client_id"] == name
        cls.secrets[name] = made.get("client_secret")

    def form(self, path, headers=None, **fields):
        return self.server.ask("POST", path, urllib.parse.urlencode(fields), headers)

    def token(self, client=None, headers=None, **fields):
        return self.form("/token", headers or self.auth(client), **fields)

    def auth(self, client):
        if client is None:
            return {}
        return basic(client, self.secrets[client])

    def password(self, client=None, name="alice", **fields):
        return self.token(client, grant_type="password", username=name,
                          password=harness.PASSWORD, **fields)

    def claims(self, answer):
        self.assertEqual(answer.status, 200, answer)
        return json.loads(harness.unb64(answer.json["access_token"].split(".")[1]))

    def introspect(self, token, client="shop", **fields):
        return self.form("/introspect", self.auth(client), token=token, **fields)

    def assert_oauth_error(self, answer, status, error):
        self.assertEqual((answer.status, answer.json["error"]), (status, error), answer)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual(answer.headers.get("www-authenticate"),
                         'Basic realm="jeton"' if status == 401 else None)


class Grants(OAuth):
    def test_password_gives_a_pair_in_the_name_of_the_client(self):
        answer = self.password("shop")
        claims = self.claims(answer)
        self.assertEqual(answer.json["token_type"], "Bearer")
        self.assertEqual(answer.json["expires_in"], 60)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        self.assertEqual((claims["client_id"], claims["aud"]), ("shop", "https://shop.example"))
        self.assertEqual(claims["exp"] - claims["iat"], 60)
        self.assertEqual(claims["roles"], ["admin"])

    def test_without_a_client_it_is_the_login_that_everybody_has(self):
        answer = self.password()
        self.assertEqual(self.claims(answer)["client_id"], "jeton")
        self.assert_accepted(answer.json["access_token"])
        self.assertEqual(self.server.refresh(answer.json["refresh_token"]).status, 200)

    def test_an_absent_grant_type_with_a_name_is_a_login(self):
        answer = self.form("/token", username="alice", password=harness.PASSWORD, scope="")
        self.assertEqual(answer.status, 200)
        self.assert_oauth_error(self.form("/token", scope="x"), 400, "invalid_request")

    def test_refusals_are_those_of_the_rfc(self):
        good = {"grant_type": "password", "username": "alice", "password": harness.PASSWORD}
        rows = [({**good, "password": "wrong password"}, 400, "invalid_grant"),
                ({**good, "username": "nobody"}, 400, "invalid_grant"),
                ({**good, "username": ""}, 400, "invalid_request"),
                ({**good, "grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
                ({**good, "grant_type": "client_credentials"}, 400, "unauthorized_client"),
                ({**good, "scope": "a  b"}, 400, "invalid_scope"),
                ({**good, "scope": "nothing:we:have"}, 400, "invalid_scope"),
                ({"grant_type": "refresh_token"}, 400, "invalid_request"),
                ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant")]
        for fields, status, error in rows:
            with self.subTest(fields):
                self.assert_oauth_error(self.form("/token", **fields), status, error)

    def test_only_a_form_will_do_and_each_field_once(self):
        good = {"grant_type": "password", "username": "alice", "password": harness.PASSWORD}
        self.assert_oauth_error(self.server.ask("POST", "/token", good), 400, "invalid_request")
        twice = urllib.parse.urlencode(good) + "&username=bob"
        self.assert_oauth_error(self.server.ask("POST", "/token", twice), 400, "invalid_request")
        self.assertEqual(self.server.get("/token").status, 405)

    def test_refreshing_stays_with_the_client(self):
        pair = self.password("shop").json
        refresh = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
        for client in ("app", None):
            fields = {**refresh, "client_id": "app"} if client else refresh
            self.assert_oauth_error(self.form("/token", **fields), 400, "invalid_grant")
        self.assert_problem(self.server.refresh(pair["refresh_token"]), 401, "invalid_grant")
        answer = self.token("shop", **refresh)
        self.assertEqual(self.claims(answer)["client_id"], "shop")
        again = self.token("shop", **refresh)
        self.assertEqual(again.json["refresh_token"], answer.json["refresh_token"])

    def test_scope_is_what_the_roles_permit_and_the_client_may_have(self):
        # permissions of the store: what an operator gives to a role
        with sqlite3.connect(os.path.join(self.server.data, "jeton.db")) as store:
            store.execute("INSERT OR IGNORE INTO roles (name) VALUES ('admin')")
            store.executemany("INSERT OR IGNORE INTO role_permissions VALUES ('admin', ?)",
                              [("read",), ("other",)])
        self.assertEqual(self.claims(self.password("shop"))["scope"], "read")
        self.assertEqual(set(self.claims(self.password())["scope"].split()), {"read", "other"})
        answer = self.password("shop", scope="write read")
        self.assertEqual((answer.json["scope"], self.claims(answer)["scope"]), ("read", "read"))
        self.assert_oauth_error(self.password("shop", scope="other"), 400, "invalid_scope")
        self.assert_oauth_error(self.password("shop", "bob", scope="read"), 400, "invalid_scope")
        pair = self.password(scope="other").json
        refresh = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
        self.assert_oauth_error(self.form("/token", **refresh, scope="read"), 400, "invalid_scope")
        self.assertEqual(self.claims(self.form("/token", **refresh))["scope"], "other")

    def test_client_credentials_are_the_clients_own(self):
        answer = self.token("batch", grant_type="client_credentials")
        claims = self.claims(answer)
        self.assertEqual((claims["sub"], claims["client_id"]), ("batch", "batch"))
        self.assertEqual(claims["scope"], "jobs:run jobs:see")
        self.assertFalse({"sid", "auth_time", "roles"} & set(claims))
        self.assertNotIn("refresh_token", answer.json)
        narrowed = self.token("batch", grant_type="client_credentials", scope="x jobs:see")
        self.assertEqual(narrowed.json["scope"], "jobs:see")
        self.assert_oauth_error(self.token("batch", grant_type="client_credentials", scope="x"),
                                400, "invalid_scope")
        self.assert_oauth_error(self.password("batch"), 400, "unauthorized_client")
        token = answer.json["access_token"]
        self.assertEqual(self.server.get("/verify?scope=jobs:run", token).status, 200)
        self.assertEqual(self.server.get("/verify?scope=read", token).status, 403)
        self.assertEqual(self.server.get("/verify?fresh=1", token).status, 401)
        self.assert_problem(self.server.get("/whoami", token), 401, "invalid_token")
        self.assert_problem(self.server.get("/sessions", token), 401, "invalid_token")

    def test_a_token_for_another_audience_is_none_for_us(self):
        token = self.password("shop").json["access_token"]
        self.assert_problem(self.server.get("/verify", token), 401, "invalid_token")


class Authentication(OAuth):
    def ask(self, headers=None, **fields):
        return self.form("/token", headers, grant_type="client_credentials", **fields)

    def test_by_header_or_by_form(self):
        secret = self.secrets["batch"]
        self.assertEqual(self.ask(self.auth("batch")).status, 200)
        self.assertEqual(self.ask(client_id="batch", client_secret=secret).status, 200)
        self.assertEqual(self.ask(self.auth("batch"), client_id="batch").status, 200)

    def test_exactly_one_way(self):
        secret = self.secrets["batch"]
        both = self.ask(self.auth("batch"), client_id="batch", client_secret=secret)
        self.assert_oauth_error(both, 400, "invalid_request")
        other = self.ask(self.auth("batch"), client_id="shop")
        self.assert_oauth_error(other, 400, "invalid_request")

    def test_a_header_without_id_and_secret_names_no_client(self):
        """Swagger UI sends it when nobody has told it of a client."""
        nobody = {"Authorization": "Basic Og=="}
        answer = self.form("/token", nobody, username="alice", password=harness.PASSWORD)
        self.assertEqual(self.claims(answer)["client_id"], "jeton")
        answer = self.form("/token", nobody, username="alice", password=harness.PASSWORD,
                           client_id="app")
        self.assertEqual(self.claims(answer)["client_id"], "app")
        self.assert_oauth_error(self.ask(nobody), 400, "unauthorized_client")
        self.assert_oauth_error(self.ask(nobody, client_id="batch"), 401, "invalid_client")
        self.assert_oauth_error(self.ask(nobody, client_id="batch",
                                         client_secret=self.secrets["batch"]),
                                400, "invalid_request")
        self.assert_oauth_error(self.form("/introspect", nobody, token="x"), 401,
                                "invalid_client")

    def test_whatever_is_wrong_is_a_401(self):
        secret = self.secrets["batch"]
        rows = [({}, {"client_id": "batch"}), ({}, {"client_id": "batch", "client_secret": "x"}),
                ({}, {"client_id": "nobody", "client_secret": secret}),
                ({}, {"client_id": "shop", "client_secret": secret}),
                ({}, {"client_id": "app", "client_secret": secret}),
                (basic("batch", secret[:-1]), {}), (basic("batch", ""), {}),
                (basic("", secret), {}), ({"Authorization": "Basic !!"}, {}),
                ({"Authorization": "Basic"}, {}), ({"Authorization": "Basic "}, {}),
                ({"Authorization": "Basic " + base64.b64encode(b"batch").decode()}, {}),
                ({"Authorization": "Bearer " + secret}, {})]
        for headers, fields in rows:
            with self.subTest(headers=headers, fields=fields):
                self.assert_oauth_error(self.ask(headers, **fields), 401, "invalid_client")

    def test_a_client_is_disabled_enabled_and_removed(self):
        self.add_client("brief", "--grant", "password", "--grant", "client_credentials",
                        "--grant", "refresh_token")
        pair = self.password("brief").json
        self.assertEqual(self.server.get("/verify", pair["access_token"]).status, 200)
        self.assertEqual(self.server.cli("client", "disable", "brief")[0], 0)
        self.assert_refused(pair["access_token"])
        self.assert_oauth_error(self.ask(self.auth("brief")), 401, "invalid_client")
        self.assertEqual(self.server.cli("client", "enable", "brief")[0], 0)
        self.assertEqual(self.ask(self.auth("brief")).status, 200)
        self.assert_refused(pair["access_token"])
        old = self.auth("brief")
        status, out, _ = self.server.cli("client", "secret", "brief", "--json")
        self.secrets["brief"] = json.loads(out)["client_secret"]
        self.assertEqual(status, 0)
        self.assert_oauth_error(self.ask(old), 401, "invalid_client")
        self.assertEqual(self.ask(self.auth("brief")).status, 200)
        self.assertEqual(self.server.cli("client", "remove", "brief")[0], 0)
        self.assert_oauth_error(self.ask(self.auth("brief")), 401, "invalid_client")

    def test_the_command_line_says_what_may_not_be(self):
        for words, want in {("add", "shop"): 1, ("add", "jeton"): 1, ("add", "a b"): 1,
                            ("add", "x", "--grant", "magic"): 1,
                            ("add", "x", "--public", "--grant", "client_credentials"): 1,
                            ("add", "x", "--access-ttl", "2d"): 1,
                            ("add", "x", "--access-ttl", "soon"): 2,
                            ("secret", "app"): 1, ("disable", "nobody"): 1, ("remove",): 2}.items():
            with self.subTest(words):
                self.assertEqual(self.server.cli("client", *words)[0], want)
        listed = json.loads(self.server.cli("client", "list", "--json")[1])
        self.assertEqual([client["client_id"] for client in listed], ["app", "batch", "shop"])
        self.assertNotIn("secret", listed[0])

    def test_a_secret_is_nowhere_in_the_store(self):
        for name in os.listdir(self.server.data):
            path = os.path.join(self.server.data, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    self.assertNotIn(self.secrets["shop"].encode(), file.read())
        self.assertNotIn(self.secrets["shop"], "".join(self.server.lines))


class Introspection(OAuth):
    def test_a_good_token_is_told_about(self):
        pair = self.password("shop").json
        answer = self.introspect(pair["access_token"])
        self.assertEqual(answer.status, 200)
        told = answer.json
        self.assertTrue(told["active"])
        self.assertEqual((told["client_id"], told["token_type"]), ("shop", "Bearer"))
        claims = json.loads(harness.unb64(pair["access_token"].split(".")[1]))
        for name in ("iss", "sub", "aud", "exp", "iat", "jti", "sid"):
            self.assertEqual(told[name], claims[name])
        refresh = self.introspect(pair["refresh_token"]).json
        self.assertEqual((refresh["active"], refresh["client_id"], refresh["username"]),
                         (True, "shop", "alice"))

    def test_of_others_nothing_is_told_but_that(self):
        pair, gone = self.password("shop").json, self.password().json
        self.server.logout(gone["access_token"])
        tampered = pair["access_token"][:-4] + "AAAA"
        for token in ("x", tampered, gone["access_token"], gone["refresh_token"],
                      self.password().json["refresh_token"]):
            answer = self.introspect(token)
            self.assertEqual((answer.status, answer.body), (200, b'{"active":false}'))

    def test_only_clients_with_a_secret_may_ask(self):
        token = self.password("shop").json["access_token"]
        self.assert_oauth_error(self.form("/introspect", token=token), 401, "invalid_client")
        self.assert_oauth_error(self.form("/introspect", token=token, client_id="app"), 401,
                                "invalid_client")
        self.assert_oauth_error(self.form("/introspect", self.auth("shop")), 400,
                                "invalid_request")


class Revocation(OAuth):
    def active(self, token):
        return self.introspect(token).json["active"]

    def revoke(self, token, client="shop", **fields):
        return self.form("/revoke", self.auth(client), token=token, **fields)

    def test_an_access_token_is_refused_and_its_session_goes_on(self):
        pair, other = self.password("shop").json, self.password("shop").json
        self.assertEqual(self.revoke(pair["access_token"]).status, 200)
        self.assertFalse(self.active(pair["access_token"]))
        self.assertTrue(self.active(other["access_token"]))
        self.assertTrue(self.active(pair["refresh_token"]))
        self.assertEqual(self.revoke(pair["access_token"]).status, 200)

    def test_a_refresh_token_ends_its_session(self):
        pair = self.password("shop").json
        self.assertEqual(self.revoke(pair["refresh_token"], token_type_hint="access_token").status,
                         200)
        self.assertFalse(self.active(pair["access_token"]))
        self.assertFalse(self.active(pair["refresh_token"]))

    def test_what_nobody_knows_is_as_good_as_revoked(self):
        for token in ("x", "eyJ.x.y", "A" * 76):
            answer = self.revoke(token)
            self.assertEqual((answer.status, answer.body), (200, b""))
        self.assert_oauth_error(self.form("/revoke", self.auth("shop")), 400, "invalid_request")

    def test_another_clients_tokens_stay(self):
        pair = self.password("shop").json
        for token in pair["access_token"], pair["refresh_token"]:
            self.assert_oauth_error(self.revoke(token, "batch"), 400, "unauthorized_client")
            self.assert_oauth_error(self.form("/revoke", token=token, client_id="app"), 400,
                                    "unauthorized_client")
            self.assertTrue(self.active(token))
        self.assert_oauth_error(self.form("/revoke", basic("shop", "x"), token="x"), 401,
                                "invalid_client")

    def test_a_public_client_revokes_its_own(self):
        pair = self.form("/token", client_id="app", username="alice",
                         password=harness.PASSWORD).json
        self.assert_accepted(pair["access_token"])
        self.assertEqual(self.form("/revoke", client_id="app", token=pair["access_token"]).status,
                         200)
        self.assert_refused(pair["access_token"])


class ByTheOperator(harness.ServerCase):
    def claims(self, token, part=1):
        return json.loads(harness.unb64(token.split(".")[part]))

    def test_each_kind_refuses_what_it_names_and_stays_so_after_a_kill(self):
        alice, bob = self.server.login(), self.server.login("bob")
        rows = [(("token", self.claims(alice["access_token"])["jti"]), False, True),
                (("user", "alice"), False, True), (("client", "jeton"), False, False),
                (("key", self.claims(alice["access_token"], 0)["kid"]), False, False),
                (("all",), False, False)]
        for words, alice_lives, bob_lives in rows:
            with self.subTest(words):
                alice, bob = self.server.login(), self.server.login("bob")
                if words[0] == "token":
                    words = ("token", self.claims(alice["access_token"])["jti"])
                status, _, err = self.server.cli("revoke", *words)
                self.assertEqual(status, 0, err)
                for _ in range(2):
                    for pair, lives in ((alice, alice_lives), (bob, bob_lives)):
                        check = self.assert_accepted if lives else self.assert_refused
                        check(pair["access_token"])
                    self.assert_accepted(self.server.login()["access_token"])
                    self.server.restart()
                refreshed = self.server.refresh(alice["refresh_token"]).status
                self.assertEqual(refreshed, 200 if words[0] in ("token", "key") else 401)

    def test_what_is_not_there_is_said(self):
        token = self.server.login()["access_token"]
        for words, want in {("user", "nobody"): 1, ("client", "nobody"): 1, ("key", "x"): 1,
                            ("token", "short"): 1, ("user",): 2, ("all", "x"): 2}.items():
            with self.subTest(words):
                self.assertEqual(self.server.cli("revoke", *words)[0], want)
        self.assert_accepted(token)


class ByAnAdmin(harness.ServerCase):
    def revoke(self, token, **fields):
        return self.server.ask("POST", "/admin/revocations", fields,
                               {"Authorization": f"Bearer {token}"} if token else {})

    def test_an_admin_revokes_and_sees_what_is_revoked(self):
        admin, bob = self.server.login(), self.server.login("bob")
        jti = json.loads(harness.unb64(bob["access_token"].split(".")[1]))["jti"]
        sub = json.loads(harness.unb64(bob["access_token"].split(".")[1]))["sub"]
        answer = self.revoke(admin["access_token"], what="token", name=jti)
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assert_refused(bob["access_token"])
        bob = self.server.refresh(bob["refresh_token"]).json
        self.assert_accepted(bob["access_token"])
        self.assertEqual(self.revoke(admin["access_token"], what="user", name="bob").status, 204)
        self.assert_refused(bob["access_token"])
        listed = self.server.get("/admin/revocations", admin["access_token"]).json["revocations"]
        self.assertEqual([(entry["what"], entry["id"]) for entry in listed],
                         [("token", jti), ("user", sub)])
        after = self.server.get(f"/admin/revocations?after={listed[0]['n']}",
                                admin["access_token"]).json["revocations"]
        self.assertEqual(after, listed[1:])
        self.assert_accepted(admin["access_token"])

    def test_nobody_else_does(self):
        bob, victim = self.server.login("bob")["access_token"], self.server.login()["access_token"]
        self.assert_problem(self.revoke(bob, what="all"), 403, "insufficient_scope")
        self.assert_problem(self.revoke(None, what="all"), 401, "invalid_token")
        self.assert_problem(self.server.get("/admin/revocations", bob), 403, "insufficient_scope")
        self.assert_accepted(victim)

    def test_what_is_not_there_is_said(self):
        admin = self.server.login()["access_token"]
        for fields, status in (({"what": "magic"}, 400), ({}, 400), ({"what": "token"}, 400),
                               ({"what": "user", "name": "nobody"}, 404),
                               ({"what": "key", "name": "x"}, 404)):
            self.assertEqual(self.revoke(admin, **fields).status, status, fields)
        for after in ("x", "-1", "1" * 30, "1&after=2"):
            self.assertEqual(self.server.get(f"/admin/revocations?after={after}", admin).status,
                             400)
        self.assert_accepted(admin)


class Discovery(harness.ServerCase):
    def test_the_metadata_says_what_there_is(self):
        answer = self.server.get("/.well-known/oauth-authorization-server")
        self.assertEqual(answer.status, 200)
        told = answer.json
        self.assertEqual(self.server.get("/.well-known/openid-configuration").body, answer.body)
        claims = json.loads(harness.unb64(self.server.login()["access_token"].split(".")[1]))
        self.assertEqual(told["issuer"], claims["iss"])
        self.assertEqual(told["grant_types_supported"],
                         ["password", "refresh_token", "client_credentials"])
        for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
            self.assertTrue(told[name].startswith(told["issuer"] + "/"))
            path = told[name][len(told["issuer"]):]
            self.assertEqual(self.server.get(path).status, 405)  # there, but for POST
        self.assertEqual(self.server.get(told["jwks_uri"][len(told["issuer"]):]).status, 200)


class ChangedClients(harness.ServerCase):
    """jeton client set and show: by the server that runs, so it has taken effect."""

    def cli(self, status, *words, env=None):
        got, out, err = harness.jeton("client", *words, "--data", self.server.data,
                                      env={**self.server.settings, **(env or {})})
        self.assertEqual(got, status, out + err)
        return out if status == 0 else err

    def show(self, name):
        return json.loads(self.cli(0, "show", name))

    def granted(self, name, secret, **fields):
        answer = self.server.ask("POST", "/token", urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": name, "client_secret": secret,
             **fields}))
        return answer.status, answer.json

    def test_what_is_given_takes_the_place_of_what_was_there(self):
        secret = json.loads(self.cli(0, "add", "shop", "--grant", "client_credentials", "--scope", "a",
                                     "--audience", "https://shop.example", "--json"))["client_secret"]
        was = self.show("shop")
        self.assertEqual(self.granted("shop", secret)[1]["expires_in"], 900)
        self.cli(0, "set", "shop", "--name", "The shop", "--scope", "b", "--scope", "c", "--access-ttl",
                 "2m")
        self.assertEqual(self.show("shop"),
                         {**was, "name": "The shop", "scopes": "b c", "access_ttl": 120})
        status, told = self.granted("shop", secret)  # the secret is what it was
        self.assertEqual((status, told["expires_in"], told["scope"]), (200, 120, "b c"))
        changed = json.loads(self.cli(0, "set", "shop", "--json", "--name", "", "--scope", "",
                                      "--audience", "", "--access-ttl", "0"))
        self.assertEqual(changed, {**was, "scopes": "", "audience": ""})
        self.cli(0, "set", "shop", "--grant", "password")
        self.assertEqual(self.granted("shop", secret)[1]["error"], "unauthorized_client")

    def test_its_algorithm_can_become_one_with_a_secret_and_back(self):
        self.cli(0, "add", "api", "--audience", "https://api.example")
        self.assertRegex(self.cli(0, "set", "api", "--alg", "HS256"), r"(?m)^signing_secret \S{43}$")
        self.assertEqual(self.show("api")["alg"], "HS256")
        self.assertNotIn("signing_secret", self.show("api"))
        self.cli(0, "set", "api", "--alg", "ES256")
        told = self.cli(0, "set", "api", "--alg", "HS256", "--json",
                        env={"JETON_SIGNING_SECRET": "x" * 40})
        self.assertNotIn("signing_secret", json.loads(told))  # it was given

    def test_what_cannot_be_is_refused_and_changes_nothing(self):
        self.cli(0, "add", "page", "--public")
        was = self.show("page")
        for status, words, why in ((1, (), "say what to change"),
                                   (1, ("--grant", "nonsense"), "grant types are"),
                                   (1, ("--grant", "client_credentials"), "public"),
                                   (1, ("--alg", "none"), "signed with"),
                                   (1, ("--name", "x" * 300), "name"),
                                   (2, ("--access-ttl", "5x"), "--access-ttl is a time"),
                                   (2, ("--public",), "no option")):
            with self.subTest(words=words):
                self.assertIn(why, self.cli(status, "set", "page", *words))
        self.assertEqual(self.show("page"), was)
        self.assertIn("no such client", self.cli(1, "set", "nobody", "--name", "x"))
        self.assertIn("no such client", self.cli(1, "show", "nobody"))


harness.main()
