#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_oauth.py - OAuth 2 clients that other people wrote, as they come from Debian and npm, against
/token, /introspect and /revoke: requests-oauthlib, Authlib, and those of oauth.mjs."""
import json
import os
import subprocess
import sys
import time

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import (BackendApplicationClient, InvalidClientError, InvalidGrantError,
                             InvalidScopeError, LegacyApplicationClient)
from requests_oauthlib import OAuth2Session

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # a test on the loopback, without TLS


class WithClients(harness.ServerCase):
    """shop has a secret, app is public, batch acts for itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        assert cls.server.cli("role", "grant", "admin", "--permission", "orders:read")[0] == 0
        cls.secrets = {}
        cls.client("shop", "--scope", "orders:read", "--audience", "https://shop.example")
        cls.client("app", "--public", "--scope", "orders:read")
        cls.client("batch", "--grant", "client_credentials", "--scope", "jobs:run",
                   "--scope", "jobs:see")

    @classmethod
    def client(cls, name, *flags):
        status, out, err = cls.server.cli("client", "add", name, *flags, "--json")
        assert status == 0, err
        cls.secrets[name] = json.loads(out).get("client_secret")

    def url(self, path):
        return f"http://{self.server.address}{path}"


class RequestsOAuthlib(WithClients):
    def session(self, **more):
        return OAuth2Session(client=LegacyApplicationClient("app"), **more)

    def log_in(self, session, password=harness.PASSWORD, **more):
        return session.fetch_token(self.url("/token"), username="alice", password=password,
                                   include_client_id=True, **more)

    def test_in_its_own_name(self):
        session = OAuth2Session(client=BackendApplicationClient("batch", scope=["jobs:see"]))
        token = session.fetch_token(self.url("/token"), client_id="batch",
                                    client_secret=self.secrets["batch"])
        self.assertEqual(token["scope"], ["jobs:see"])
        self.assertNotIn("refresh_token", token)
        self.assertEqual(session.get(self.url("/verify?scope=jobs:see")).status_code, 200)
        self.assertEqual(session.get(self.url("/verify?scope=jobs:run")).status_code, 403)

    def test_in_its_own_name_it_is_told_what_is_wrong(self):
        rows = [("batch", "jobs:see", self.secrets["shop"], InvalidClientError),
                ("batch", "orders:read", self.secrets["batch"], InvalidScopeError),
                ("nobody", "jobs:see", self.secrets["batch"], InvalidClientError)]
        for name, scope, secret, error in rows:
            with self.subTest(name=name, scope=scope), self.assertRaises(error):
                OAuth2Session(client=BackendApplicationClient(name, scope=[scope])).fetch_token(
                    self.url("/token"), client_id=name, client_secret=secret)

    def test_for_a_user(self):
        session = self.session()
        token = self.log_in(session)
        self.assertEqual(session.get(self.url("/whoami")).json()["username"], "alice")
        refreshed = session.refresh_token(self.url("/token"), client_id="app")
        self.assertNotEqual(refreshed["refresh_token"], token["refresh_token"])
        self.assertEqual(session.get(self.url("/whoami")).status_code, 200)

    def test_it_refreshes_by_itself(self):
        kept = []
        session = self.session(auto_refresh_url=self.url("/token"), token_updater=kept.append,
                               auto_refresh_kwargs={"client_id": "app"})
        token = self.log_in(session)
        self.assertEqual(session.get(self.url("/whoami")).status_code, 200)
        self.assertEqual(kept, [])
        session.token = {**token, "expires_at": time.time() - 1}
        self.assertEqual(session.get(self.url("/whoami")).status_code, 200)
        self.assertEqual(len(kept), 1)
        self.assertNotEqual(kept[0]["refresh_token"], token["refresh_token"])
        # and once more with what was kept; a session that has ended does not come back
        session.token = {**kept[0], "expires_at": time.time() - 1}
        self.server.logout(kept[0]["access_token"])
        with self.assertRaises(InvalidGrantError):
            session.get(self.url("/whoami"))

    def test_it_is_told_of_a_wrong_password(self):
        with self.assertRaises(InvalidGrantError):
            self.log_in(self.session(), password="wrong password")

    def test_it_is_told_that_the_password_has_to_be_changed(self):
        self.server.add_user("new")
        self.assertEqual(self.server.cli("user", "set", "new", "--must-change")[0], 0)
        login = {"username": "new", "include_client_id": True}
        with self.assertRaises(InvalidGrantError) as wrong:
            self.session().fetch_token(self.url("/token"), password="wrong password", **login)
        self.assertNotIn("changed", wrong.exception.description)
        with self.assertRaises(InvalidGrantError) as told:
            self.session().fetch_token(self.url("/token"), password=harness.PASSWORD, **login)
        self.assertIn("the password has to be changed first: POST /password",
                      told.exception.description)
        change = {"username": "new", "old_password": harness.PASSWORD,
                  "new_password": "another good one"}
        self.assertEqual(self.server.ask("POST", "/password", change).status, 204)
        self.assertTrue(self.session().fetch_token(self.url("/token"),
                                                   password="another good one", **login))


class Authlib(WithClients):
    def session(self, name="shop", method="client_secret_basic", **more):
        return AuthlibSession(name, self.secrets[name], token_endpoint_auth_method=method,
                              token_endpoint=self.url("/token"), **more)

    def test_for_a_user_by_each_way_a_client_has(self):
        for name, method in (("shop", "client_secret_basic"), ("shop", "client_secret_post"),
                             ("app", "none")):
            with self.subTest(name=name, method=method):
                session = self.session(name, method, scope="orders:read")
                token = session.fetch_token(username="alice", password=harness.PASSWORD)
                self.assertEqual((token["token_type"], token["scope"]), ("Bearer", "orders:read"))
                refreshed = session.refresh_token(self.url("/token"))
                self.assertNotEqual(refreshed["access_token"], token["access_token"])

    def test_it_refreshes_by_itself(self):
        kept = []
        session = self.session("app", "none",
                               update_token=lambda token, **_: kept.append(dict(token)))
        token = session.fetch_token(username="alice", password=harness.PASSWORD)
        session.token = {**token, "expires_at": int(time.time()) - 1}
        self.assertEqual(session.get(self.url("/whoami")).json()["username"], "alice")
        self.assertEqual(len(kept), 1)
        self.assertNotEqual(kept[0]["refresh_token"], token["refresh_token"])

    def test_in_its_own_name(self):
        session = self.session("batch", scope="jobs:run")
        session.fetch_token(grant_type="client_credentials")
        self.assertEqual(session.get(self.url("/verify?scope=jobs:run")).status_code, 200)
        self.assertEqual(session.get(self.url("/verify?scope=jobs:see")).status_code, 403)

    def test_introspecting_and_revoking(self):
        session = self.session()
        token = session.fetch_token(username="alice", password=harness.PASSWORD)

        def told():
            return session.introspect_token(self.url("/introspect"),
                                            token=token["access_token"]).json()
        self.assertTrue(told()["active"])
        self.assertEqual(session.revoke_token(self.url("/revoke"),
                                              token=token["access_token"]).status_code, 200)
        self.assertEqual(told(), {"active": False})

    def test_it_is_told_what_is_wrong(self):
        with self.assertRaises(OAuthError) as told:
            self.session().fetch_token(username="alice", password="wrong password")
        self.assertEqual(told.exception.error, "invalid_grant")
        stranger = AuthlibSession("shop", "wrong", token_endpoint=self.url("/token"))
        with self.assertRaises(OAuthError) as told:
            stranger.fetch_token(username="alice", password=harness.PASSWORD)
        self.assertEqual(told.exception.error, "invalid_client")


class Node(WithClients):
    def test_openid_client_and_oauth4webapi(self):
        given = {"url": self.url(""), "password": harness.PASSWORD, "secrets": self.secrets}
        done = subprocess.run(["node", os.path.join(HERE, "oauth.mjs"), json.dumps(given)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=harness.PATIENCE, check=False)
        print(done.stdout, flush=True)
        self.assertEqual(done.returncode, 0)


harness.main()
