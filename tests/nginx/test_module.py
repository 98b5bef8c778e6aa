#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_module.py - ngx_http_jeton_module: what it lets pass, what it refuses and how, what it tells,
and the faults that modules of its kind have had."""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest

from cases import FAR, Case, Keys, forged, start_echo
from nginx import MODULE, USER, Nginx, harness

class Access(Case):
    SERVER = """
        jeton "the realm";
        jeton_key_file KEYS/a.pub;
        location /open { jeton off; try_files /index.html =404; }
        location /iss { jeton_issuer https://one https://two; try_files /index.html =404; }
        location /aud { jeton_audience api; try_files /index.html =404; }
        location /typ { jeton_typ at+jwt; try_files /index.html =404; }
        location /leeway { jeton_leeway 60s; try_files /index.html =404; }
        location /alg { jeton_alg RS256; try_files /index.html =404; }
        location /two { jeton_key_file KEYS/a.pub KEYS/b.pub; try_files /index.html =404; }
        location /secret { jeton_key_file KEYS/secret.jwk; try_files /index.html =404; }
        location /realm { jeton "\\"$http_x\\""; try_files /index.html =404; }
        location /methods { limit_except GET { jeton_require roles has writer; }
                            try_files /index.html =404; }
        location /places { jeton_token cookie t arg token $http_x_token header;
                           try_files /index.html =404; }
        location /dry { jeton_dry_run on; add_header X-Reason $jeton_reason;
                        try_files /index.html =404; }
    """

    def test_a_good_token_passes(self):
        answer = self.nginx.ask("/", self.keys.sign("a"))
        self.assertEqual((answer.status, answer.body), (200, b"hello\n"))
        self.assertEqual(self.status("/", Authorization="bEaReR " + self.keys.sign("a")), 200)

    def test_without_a_token_there_is_a_bare_challenge(self):
        self.assert_challenge(self.nginx.ask("/"), 401, None)
        for scheme in ("Basic YTpi", "Bearer", "Bearer ", "Token x", self.keys.sign("a")):
            with self.subTest(scheme):
                self.assert_challenge(self.nginx.ask("/", Authorization=scheme), 401, None)

    def test_a_realm_stays_one_text_whatever_is_in_it(self):
        answer = self.nginx.ask("/realm", X='a", error="b\\')
        self.assertEqual(answer.headers["www-authenticate"],
                         r'Bearer realm="\"a\", error=\"b\\\""')

    def test_a_bad_token_is_told_to_be_one(self):
        good = self.keys.sign("a")
        head, body, sig = good.split(".")
        bad = {
            "another key": self.keys.sign("b"), "no signature": f"{head}.{body}.",
            "two parts": f"{head}.{body}", "text behind": good + ".x",
            "another payload": f"{head}.{harness.b64(json.dumps({'exp': FAR}).encode())}.{sig}",
            "expired": self.keys.sign("a", exp=1), "not yet": self.keys.sign("a", nbf=FAR),
            "five parts": "a.b.c.d.e", "rubbish": "x" * 7000,
        }
        for why, token in bad.items():
            with self.subTest(why):
                self.assert_challenge(self.nginx.ask("/", token), 401, "invalid_token")

    def test_alg_none_changes_nothing(self):
        for alg in ("none", "None", "NONE", ""):
            token = forged({"alg": alg, "kid": "a"}, {"sub": "alice", "exp": FAR})
            self.assert_challenge(self.nginx.ask("/", token), 401, "invalid_token")
        self.assertEqual(self.status("/", self.keys.sign("a")), 200)
        self.assertEqual(self.status("/", self.keys.sign("b")), 401)

    def test_the_algorithm_is_the_keys(self):
        public = self.keys.text("a.pub")
        secret = harness.b64(public.encode())
        self.keys.replace("confused.jwk", json.dumps(
            {"kty": "oct", "k": secret, "alg": "HS256", "kid": "a"}))
        self.assertEqual(self.status("/", self.keys.sign("confused")), 401)
        self.assertEqual(self.status("/alg", self.keys.sign("a")), 401)

    def test_off_is_off_and_what_is_below_inherits(self):
        self.assertEqual(self.status("/open"), 200)
        self.assertEqual(self.status("/iss"), 401)

    def test_issuer_audience_and_type_are_demanded(self):
        rows = [("/iss", {"iss": "https://one"}, 200), ("/iss", {"iss": "https://two"}, 200),
                ("/iss", {"iss": "https://three"}, 401), ("/iss", {}, 401),
                ("/aud", {"aud": "api"}, 200), ("/aud", {"aud": ["x", "api"]}, 200),
                ("/aud", {"aud": ["x"]}, 401), ("/aud", {}, 401),
                ("/typ", {"typ": "at+jwt"}, 200), ("/typ", {"typ": "application/at+jwt"}, 200),
                ("/typ", {"typ": "JWT"}, 401), ("/typ", {}, 401),
                ("/leeway", {"exp": int(time.time()) - 30}, 200),
                ("/leeway", {"exp": int(time.time()) - 90}, 401)]
        for path, claims, status in rows:
            with self.subTest(path=path, claims=claims):
                self.assertEqual(self.status(path, self.keys.sign("a", **claims)), status)

    def test_all_files_of_a_location_count_and_no_others(self):
        for name in ("a", "b"):
            self.assertEqual(self.status("/two", self.keys.sign(name)), 200)
        self.assertEqual(self.status("/", self.keys.sign("b")), 401)
        self.assertEqual(self.status("/secret", self.keys.sign("secret")), 200)
        self.assertEqual(self.status("/secret", self.keys.sign("a")), 401)
        self.assertEqual(self.status("/", self.keys.sign("secret")), 401)

    def test_limit_except_has_rules_of_its_own(self):
        reader, writer = self.keys.sign("a"), self.keys.sign("a", roles=["writer"])
        self.assertEqual(self.status("/methods", reader), 200)
        self.assertEqual(self.status("/methods", reader, method="DELETE"), 403)
        self.assertNotIn(self.status("/methods", writer, method="DELETE"), (401, 403))

    def test_places_are_looked_at_in_order(self):
        good, bad = self.keys.sign("a"), self.keys.sign("b")
        self.assertEqual(self.status("/places", Cookie=f"x=1; t={good}"), 200)
        self.assertEqual(self.status(f"/places?token={good}"), 200)
        self.assertEqual(self.status("/places", X_Token=good), 200)
        self.assertEqual(self.status("/places", good), 200)
        self.assertEqual(self.status("/places", good, Cookie=f"t={bad}"), 401)
        self.assertEqual(self.status("/places", bad, Cookie=f"t={good}"), 200)
        self.assertEqual(self.status("/", Cookie=f"t={good}"), 401)

    def test_long_tokens_are_read(self):
        token = self.keys.sign("a", more="x" * 4500)
        self.assertGreater(len(token), 4096)
        self.assertEqual(self.status("/", token), 200)

    def test_a_dry_run_lets_pass_and_says_why_not(self):
        answer = self.nginx.ask("/dry", self.keys.sign("b"))
        self.assertEqual((answer.status, answer.headers["x-reason"]), (200, "E_KEY_UNKNOWN"))
        self.assertEqual(self.nginx.ask("/dry").headers["x-reason"], "E_MISSING")
        self.assertEqual(self.nginx.ask("/dry", self.keys.sign("a")).headers["x-reason"], "OK")
        self.assertIn("would be refused with 401 (E_MISSING)", self.nginx.log())


class Rules(Case):
    SERVER = """
        jeton "the realm";
        jeton_key_file KEYS/a.pub;
        location /admin { jeton_require roles has admin; try_files /index.html =404; }
        location /level { jeton_require level >= 3 error=401; jeton_require level <= 5 error=401;
                          try_files /index.html =404; }
        location /deep { jeton_require /realm/roles contains-all '["a","b"]';
                         try_files /index.html =404; }
        location /exists { jeton_require tenant exists; try_files /index.html =404; }
        location /text { jeton_require tenant = 'a "b"'; try_files /index.html =404; }
        location /inner { jeton_require roles has staff;
            location /inner/more { jeton_require roles has chief; try_files /index.html =404; }
            try_files /index.html =404; }
    """

    def test_rules_are_met_or_not(self):
        rows = [("/admin", {"roles": ["x", "admin"]}, 200), ("/admin", {"roles": ["x"]}, 403),
                ("/admin", {"roles": "administrator"}, 403), ("/admin", {}, 403),
                ("/level", {"level": 3}, 200), ("/level", {"level": 2}, 401),
                ("/level", {"level": 6}, 401), ("/level", {"level": "4"}, 401),
                ("/deep", {"realm": {"roles": ["b", "a", "c"]}}, 200),
                ("/deep", {"realm": {"roles": ["a"]}}, 403), ("/deep", {"realm": 1}, 403),
                ("/exists", {"tenant": 0}, 200), ("/exists", {"tenant": None}, 403),
                ("/text", {"tenant": 'a "b"'}, 200), ("/text", {"tenant": "a b"}, 403),
                ("/inner", {"roles": ["staff"]}, 200), ("/inner/more", {"roles": ["staff"]}, 403),
                ("/inner/more", {"roles": ["chief"]}, 200)]
        for path, claims, status in rows:
            with self.subTest(path=path, claims=claims):
                self.assertEqual(self.status(path, self.keys.sign("a", **claims)), status)

    def test_a_missing_role_has_its_own_challenge(self):
        self.assert_challenge(self.nginx.ask("/admin", self.keys.sign("a")), 403,
                              "insufficient_scope")

    def test_a_rule_is_not_looked_at_before_the_signature(self):
        self.assert_challenge(self.nginx.ask("/admin", self.keys.sign("b", roles=["admin"])), 401,
                              "invalid_token")
        self.assert_challenge(self.nginx.ask("/admin", self.keys.sign("b")), 401, "invalid_token")
        expired = self.keys.sign("a", exp=1)
        self.assert_challenge(self.nginx.ask("/admin", expired), 401, "invalid_token")

    def test_a_verdict_of_one_location_is_none_in_another(self):
        token = self.keys.sign("a", roles=["staff"])
        for _ in range(3):
            self.assertEqual(self.status("/inner", token), 200)
            self.assertEqual(self.status("/admin", token), 403)
            self.assertEqual(self.status("/inner/more", token), 403)


class Told(Case):
    HTTP = """
        jeton_claim_set $email info e-mail;
        jeton_claim_set $tilde a/b c~d;
        jeton_claim_set $client clientId;
        jeton_header_set $type typ;
    """
    SERVER = """
        jeton "the realm";
        jeton_key_file KEYS/a.pub;
        location / {
            add_header X-Sub "$jeton_sub" always; add_header X-Claim "$jeton_claim_roles" always;
            add_header X-Kid "$jeton_kid" always; add_header X-Header "$jeton_header_alg" always;
            add_header X-Email "$email" always; add_header X-Tilde "$tilde" always;
            add_header X-Client "$client" always; add_header X-Type "$type" always;
            add_header X-Payload "$jeton_payload" always;
            add_header X-Reason "$jeton_reason" always;
            try_files /index.html =404;
        }
    """
    TOLD = ("x-sub", "x-claim", "x-kid", "x-header", "x-email", "x-tilde", "x-client", "x-type",
            "x-payload")

    def test_what_an_accepted_token_says(self):
        for _ in range(2):  # the second time its verdict is remembered
            claims = {"exp": FAR, "iat": 1, "sub": "alice", "roles": ["a", "b"], "info": {"e-mail": "a@b.c"},
                      "a/b": {"c~d": True}, "clientId": 7}
            answer = self.nginx.ask("/", self.keys.sign("a", typ="at+jwt", **claims))
            told = [answer.headers[name] for name in self.TOLD[:-1]]
            self.assertEqual(told, ["alice", "a,b", "a", "ES256", "a@b.c", "true", "7", "at+jwt"])
            self.assertEqual(json.loads(answer.headers["x-payload"]), claims)
            self.assertEqual(answer.headers["x-reason"], "OK")

    def test_of_a_refused_token_nothing_is_told_but_the_reason(self):
        for token, reason in ((self.keys.sign("b"), "E_KEY_UNKNOWN"), (None, "E_MISSING"),
                              (self.keys.sign("a", exp=1), "E_EXPIRED")):
            answer = self.nginx.ask("/", token)
            self.assertEqual(answer.status, 401)
            self.assertEqual([answer.headers.get(name, "") for name in self.TOLD], [""] * 9)
            self.assertTrue(answer.headers["x-reason"].startswith("E_"), answer)

    def test_a_claim_that_would_break_a_header_is_not_told(self):
        answer = self.nginx.ask("/", self.keys.sign("a", sub="a\r\nX-Evil: 1", roles=["a,b"]))
        self.assertEqual(answer.status, 200)
        self.assertNotIn("x-evil", answer.headers)
        self.assertEqual((answer.headers.get("x-sub", ""), answer.headers.get("x-claim", "")),
                         ("", ""))


class Satisfy(Case):
    SERVER = """
        satisfy any;
        jeton "the realm";
        jeton_key_file KEYS/a.pub;
        location /deny { deny all; try_files /index.html =404; }
        location /allow { allow all; try_files /index.html =404; }
        location /all { satisfy all; deny all; try_files /index.html =404; }
    """

    def test_any_and_all(self):
        good, bad = self.keys.sign("a"), self.keys.sign("b")
        rows = [("/deny", good, 200), ("/deny", bad, 401), ("/deny", None, 401),
                ("/allow", None, 200), ("/allow", bad, 200), ("/all", good, 403),
                ("/all", None, 401)]
        for path, token, status in rows:
            with self.subTest(path=path, status=status):
                answer = self.nginx.ask(path, token)
                self.assertEqual(answer.status, status)
                self.assertEqual("www-authenticate" in answer.headers, status == 401)


class Files(Case):
    SERVER = """
        jeton "the realm";
        jeton_key_file KEYS/now.pub;
        location / { try_files /index.html =404; }
    """
    WORKERS, LISTEN = 2, "reuseport"  # so that connections come to either, by chance

    @classmethod
    def setUpClass(cls):
        original = Keys.new

        def with_now(keys, name, *words):
            original(keys, name, *words)
            if name == "a":
                keys.replace("now.pub", keys.text("a.pub"))
            return keys
        Keys.new = with_now
        try:
            super().setUpClass()
        finally:
            Keys.new = original

    def settled(self, token, status):
        """Every worker answers so: many connections, none of which differs."""
        return all(self.status("/", token) == status for _ in range(20))

    def test_a_file_that_changes_is_taken_and_a_broken_one_is_not(self):
        a, b = self.keys.sign("a"), self.keys.sign("b")
        self.assertEqual((self.status("/", a), self.status("/", b)), (200, 401))
        self.keys.replace("now.pub", self.keys.text("b.pub"))
        harness.eventually(lambda: self.settled(b, 200), "the new key is known")
        self.assertTrue(self.settled(a, 401), "a verdict of a withdrawn key survives")
        seen = self.nginx.log().count("now.pub")
        self.keys.replace("now.pub", "{")
        harness.eventually(lambda: self.nginx.log().count("now.pub") > seen, "it is complained about")
        self.assertTrue(self.settled(b, 200))
        os.unlink(self.keys.path("now.pub"))
        time.sleep(1.5)
        self.assertTrue(self.settled(b, 200))
        self.keys.replace("now.pub", self.keys.text("a.pub"))
        harness.eventually(lambda: self.settled(a, 200), "the file is back")
        self.assertTrue(self.settled(b, 401))


class Life(Case):
    SERVER = """
        jeton "the realm";
        jeton_key_file KEYS/a.pub;
        location / { try_files /index.html =404; }
    """
    WORKERS = 2

    def test_reloads_and_killed_workers_lose_no_answer_but_their_own(self):
        tokens = [self.keys.sign("a", jti=str(i)) for i in range(8)]
        wrong, stop = [], threading.Event()

        def load(token):
            while not stop.is_set():
                try:
                    status = self.status("/", token)
                except (OSError, http.client.HTTPException):
                    continue  # of the worker that was killed
                if status != 200:
                    wrong.append(status)
        threads = [threading.Thread(target=load, args=(token,)) for token in tokens]
        for thread in threads:
            thread.start()
        for _ in range(3):
            self.nginx.reload()
        victim = min(self.nginx.workers_now())
        os.kill(victim, signal.SIGKILL)
        harness.eventually(lambda: victim not in self.nginx.workers_now()
                           and len(self.nginx.workers_now()) == 2, "there is another worker")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual(self.status("/", self.keys.sign("b")), 401)

    def test_a_thousand_tokens(self):
        import jwt  # the system's; a process for each token would take a minute
        key = jwt.PyJWK(json.loads(self.keys.text("a.jwk"))).key
        for i in range(1000):
            token = jwt.encode({"sub": str(i), "exp": FAR}, key, "ES256", {"kid": "a"})
            if i % 100 == 0:
                self.assertEqual(self.status("/", token[:-4] + "AAAA"), 401)
            self.assertEqual(self.status("/", token), 200)


class Identity(unittest.TestCase):
    def setUp(self):
        self.keys = Keys().new("a").new("b")
        self.addCleanup(shutil.rmtree, self.keys.folder, True)
        self.nginx = Nginx(f"""
            underscores_in_headers on;
            jeton "the realm"; jeton_key_file {self.keys.folder}/a.pub;
            jeton_identity X-User sub; jeton_identity X-Team info team;
            location / {{ proxy_pass http://127.0.0.1:{start_echo(self)}; }}
            location /off {{ jeton off; proxy_pass http://127.0.0.1:{start_echo(self)}; }}
            location /dry {{ jeton_dry_run on; proxy_pass http://127.0.0.1:{start_echo(self)}; }}
        """).start()
        self.addCleanup(self.nginx.__exit__)

    def told(self, path, token, **headers):
        answer = self.nginx.ask(path, token, **headers)
        self.assertEqual(answer.status, 200, answer)
        names = ("x-user", "x-team")
        return sorted((name, value) for name, value in answer.json
                      if name.replace("_", "-") in names)

    def test_the_application_is_told(self):
        token = self.keys.sign("a", info={"team": ["red", "blue"]})
        self.assertEqual(self.told("/", token), [("x-team", "red,blue"), ("x-user", "alice")])

    def test_what_the_client_says_is_replaced(self):
        token = self.keys.sign("a")
        self.assertEqual(self.told("/", token, X_User="root", X_Team="root"),
                         [("x-team", ""), ("x-user", "alice")])
        for path, token in (("/off", token), ("/off", None), ("/dry", None),
                            ("/dry", self.keys.sign("b"))):
            told = self.told(path, token, X_User="root", x_team="root")
            self.assertTrue(all(value == "" for _, value in told), told)

    def test_other_spellings_of_a_name_are_the_same(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port,
                                                timeout=harness.PATIENCE)
        self.addCleanup(connection.close)
        connection.putrequest("GET", "/")
        connection.putheader("Authorization", "Bearer " + self.keys.sign("a"))
        for name in ("x_user", "X-USER", "X_user"):
            connection.putheader(name, "root")
        connection.endheaders()
        got = json.loads(connection.getresponse().read())
        self.assertNotIn("root", [value for _, value in got])


class Cached(Case):
    SERVER = """
        jeton "the realm"; jeton_key_file KEYS/a.pub;
        location / { add_header X-Cache "$jeton_cache" always; try_files /index.html =404; }
    """

    def test_a_token_is_verified_once(self):
        token = self.keys.sign("a", jti="once")
        got = [self.nginx.ask("/", token).headers["x-cache"] for _ in range(3)]
        self.assertEqual(got, ["MISS", "HIT", "HIT"])
        self.assertEqual(self.nginx.ask("/", self.keys.sign("b")).headers["x-cache"], "MISS")
        self.assertNotIn("x-cache", self.nginx.ask("/").headers)

    def test_a_remembered_token_expires_in_time(self):
        token = self.keys.sign("a", exp=time.time() + 2)
        self.assertEqual(self.status("/", token), 200)
        harness.eventually(lambda: self.status("/", token) == 401, "it has expired")


class Plus(Case):
    """Configurations that were written for NGINX Plus."""
    HTTP = """
        auth_jwt_claim_set $team info team;
        auth_jwt_header_set $type typ;
        map $jwt_claim_sub $is_alice { default 0; alice 1; }
        map $jeton_claim_roles $is_admin { default 0; "~admin" 1; }
    """
    SERVER = """
        auth_jwt "the realm";
        auth_jwt_key_file KEYS/a.pub;
        location / { add_header X-Told "$team $type";
                     add_header X-Jwt "$jwt_claim_sub $jwt_header_alg $jwt_payload"; try_files /index.html =404; }
        location /alice { auth_jwt_require $is_alice; try_files /index.html =404; }
        location /off { auth_jwt off; try_files /index.html =404; }
        location /cookie { auth_jwt "the realm" token=$cookie_t; try_files /index.html =404; }
        location /admin { auth_jwt_require $is_admin error=403; try_files /index.html =404; }
        location /team { auth_jwt_require $team $is_admin; try_files /index.html =404; }
        location /leeway { auth_jwt_leeway 60s; try_files /index.html =404; }
        location /type { auth_jwt_type signed; try_files /index.html =404; }
    """

    def test_its_directives_do_what_theirs_do(self):
        plain = self.keys.sign("a", typ="x")
        chief = self.keys.sign("a", roles=["admin"], info={"team": "red"}, typ="x")
        expired = self.keys.sign("a", exp=int(time.time()) - 30)
        rows = [("/", plain, 200), ("/", None, 401), ("/", self.keys.sign("b"), 401),
                ("/off", None, 200), ("/cookie", plain, 401), ("/admin", plain, 403),
                ("/admin", chief, 200), ("/admin", None, 401), ("/team", plain, 401),
                ("/team", chief, 200), ("/team", self.keys.sign("a", info={"team": "0"}), 401),
                ("/leeway", expired, 200), ("/", expired, 401), ("/type", plain, 200),
                ("/alice", plain, 200), ("/alice", self.keys.sign("a", sub="bob"), 401)]
        for path, token, status in rows:
            with self.subTest(path=path, status=status):
                self.assertEqual(self.status(path, token), status)
        self.assertEqual(self.status("/cookie", Cookie=f"t={plain}"), 200)
        answer = self.nginx.ask("/", chief)
        self.assertEqual(answer.headers["x-told"], "red x")
        sub, alg, payload = answer.headers["x-jwt"].split(" ", 2)
        self.assertEqual((sub, alg, json.loads(payload)["info"]), ("alice", "ES256", {"team": "red"}))


class Guide(unittest.TestCase):
    """The configuration of docs/nginx.md, as it stands there."""

    def test_it_guards(self):
        folder = tempfile.mkdtemp(prefix="jeton-nginx-")
        self.addCleanup(shutil.rmtree, folder, True)
        issuer = "https://auth.example.com"
        server = harness.Server("--segment", folder + "/segment", "--issuer", issuer).start()
        self.addCleanup(server.__exit__)
        server.add_user("alice", "admin")
        server.add_user("bob")
        nginx = Nginx("", folder=folder)
        text = pathlib.Path(__file__).parents[2].joinpath("examples/nginx/nginx.conf").read_text()
        for stands, ours in (("modules/ngx_http_jeton_module.so", os.path.abspath(MODULE)),
                             ("/run/jeton/segment", folder + "/segment"),
                             ("127.0.0.1:3000", f"127.0.0.1:{start_echo(self)}"),
                             ("127.0.0.1:8000", f"127.0.0.1:{nginx.port}"),
                             ("/var/log/nginx/access.log", folder + "/access.log"),
                             ("events {", f"{USER} pid {folder}/pid; events {{"),
                             ("http {", f"http {{ client_body_temp_path {folder}/c; proxy_temp_path "
                              f"{folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path "
                              f"{folder}/u; scgi_temp_path {folder}/s;")):
            self.assertIn(stands, text)
            text = text.replace(stands, ours)
        nginx.write = lambda: [*nginx.command(), "-c", str(nginx.path("guide.conf"))]
        nginx.path("guide.conf").write_text(text)
        nginx.start()
        self.addCleanup(nginx.__exit__)
        alice, bob = (server.login(name)["access_token"] for name in ("alice", "bob"))
        rows = [("/x", alice, 200), ("/x", bob, 200), ("/x", None, 401), ("/admin/x", alice, 200),
                ("/admin/x", bob, 403), ("/public/x", None, 200), ("/x", "x", 401)]
        for path, token, status in rows:
            self.assertEqual(nginx.status(path, token), status, path)
        told = dict(nginx.ask("/x", alice, X_User="root").json)
        self.assertEqual((told["x-user"], told["x-roles"]),
                         (server.get("/whoami", alice).json["sub"], "admin"))
        self.assertEqual(nginx.status("/x", Cookie=f"__Host-jeton-access={bob}"), 200)
        server.logout(bob)
        self.assertEqual(nginx.status("/x", bob), 401)
        harness.eventually(lambda: "E_REVOKED" in nginx.path("access.log").read_text(), "it is logged")


class Documented(unittest.TestCase):
    """docs/nginx.md has what the module has, and nothing else."""

    def test_each_directive_and_each_variable_is_there(self):
        root = pathlib.Path(__file__).parents[2]
        guide = (root / "docs/nginx.md").read_text()
        texts = {path.name: path.read_text() for path in (root / "adapters/nginx").glob("*.c")}
        named = re.findall(r'^    \{ ngx_string\("(\w+)"\)', texts["ngx_http_jeton_module.c"], re.M)
        self.assertGreater(len(named), 20)
        rows = {name for name in named if name.startswith("jeton")}
        self.assertEqual(set(re.findall(r"^\| `(jeton\w*)[ `]", guide, re.M)), rows)
        for name in set(named) - rows:
            self.assertIn(f"`{name}`", guide)
        variables = re.findall(r'^    \{ ngx_string\("(\w+)"\)', texts["ngx_http_jeton_variables.c"], re.M)
        self.assertGreater(len(variables), 5)
        told = {name.replace("NAME", "") for name in re.findall(r"`\$((?:jeton|jwt)_\w+)`", guide)}
        self.assertEqual(told, set(variables))


class Configuration(unittest.TestCase):
    def test_what_cannot_be_is_refused_with_the_line(self):
        keys = Keys().new("a")
        self.addCleanup(shutil.rmtree, keys.folder, True)
        keys.replace("broken.pub", "{")
        rows = [("jeton x;", "jeton_key_file"),
                ("jeton x; jeton_key_file KEYS/none.pub;", "none.pub"),
                ("jeton x; jeton_key_file KEYS/broken.pub;", "broken.pub"),
                ("jeton_token heder;", "heder"), ("jeton_token cookie;", "cookie"),
                ("jeton_type encrypted;", "signed"), ("jeton_dry_run maybe;", "maybe"),
                ("jeton x; jeton y;", "duplicate"), ("jeton_issuer a; jeton_issuer b;", "duplicate"),
                ("jeton x; jeton_key_file KEYS/a.pub; jeton_alg ES257;", "ES257"),
                ("jeton x; jeton_key_file KEYS/a.pub; jeton_alg none;", "none"),
                ("jeton_require roles like admin;", "operator"),
                ("jeton_require roles has admin error=500;", "error=500"),
                ("jeton x; jeton_key_file KEYS/a.pub; jeton_require a at-least x;", "rule"),
                ("jeton x; jeton_key_file KEYS/a.pub; jeton_require /~x exists;", "rule"),
                ("jeton_key_request keys;", "/"),
                ("jeton_stale maybe;", "reject"), ("jeton_stale allow_until;", "reject"),
                ("jeton_stale introspect=;", "URI"), ("jeton_stale introspect=x;", "URI"),
                ("jeton_leeway x;", "leeway"), ("jeton_claim_set $a b;", "not allowed")]
        for text, why in rows:
            with self.subTest(text):
                nginx = Nginx(text.replace("KEYS", keys.folder))
                self.addCleanup(nginx.__exit__)
                status, said = nginx.check()
                self.assertNotEqual(status, 0)
                self.assertIn(why, said)


class Segment(unittest.TestCase):
    """Beside a jeton serve: its keys and its revocations, without a question."""

    def start(self, more=""):
        server = harness.Server("--segment", os.path.join(self.folder, "segment")).start()
        self.addCleanup(server.__exit__)
        server.add_user("alice", "admin")
        nginx = Nginx(f"""
            location / {{ jeton "the realm"; jeton_segment {self.folder}/segment; {more}
                          add_header X-Stale "$jeton_stale_ms" always;
                          add_header X-Reason "$jeton_reason" always;
                          try_files /index.html =404; }}""").start()
        self.addCleanup(nginx.__exit__)
        return server, nginx

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jeton-nginx-")
        self.addCleanup(shutil.rmtree, self.folder, True)

    def test_what_is_revoked_is_refused_at_once(self):
        server, nginx = self.start()
        first, second = (server.login()["access_token"] for _ in range(2))
        for _ in range(2):
            self.assertEqual((nginx.status("/", first), nginx.status("/", second)), (200, 200))
        self.assertLess(int(nginx.ask("/", first).headers["x-stale"]), 60000)
        self.assertEqual(server.logout(first).status, 204)
        answer = nginx.ask("/", first)
        self.assertEqual((answer.status, answer.headers["x-reason"]), (401, "E_REVOKED"))
        self.assertEqual(nginx.status("/", second), 200)
        status, _, err = server.cli("key", "rotate")
        self.assertEqual(status, 0, err)
        self.assertEqual(nginx.status("/", server.login()["access_token"]), 200)

    def test_a_writer_that_is_gone_is_noticed(self):
        server, nginx = self.start()
        token = server.login()["access_token"]
        self.assertEqual(nginx.status("/", token), 200)
        server.kill()
        harness.eventually(lambda: nginx.status("/", token) == 503, "the segment is stale")
        self.assertEqual(nginx.ask("/", token).headers["x-reason"], "E_STALE")

    def test_a_rule_may_go_by_what_is_known(self):
        server, nginx = self.start("jeton_stale allow;")
        good, bad = (server.login()["access_token"] for _ in range(2))
        server.logout(bad)
        server.kill()
        time.sleep(3)
        self.assertEqual((nginx.status("/", good), nginx.status("/", bad)), (200, 401))

    def test_somebody_who_knows_is_asked_while_it_is_silent(self):
        server, _ = self.start()
        good, bad = (server.login()["access_token"] for _ in range(2))
        silent = os.path.join(self.folder, "silent")  # nobody writes into this one
        shutil.copyfile(os.path.join(self.folder, "segment"), silent)
        os.chmod(silent, 0o644)
        nginx = Nginx(f"""
            jeton "the realm"; jeton_segment {silent};
            add_header X-Reason "$jeton_reason" always;
            location / {{ jeton_stale introspect=/ask; try_files /index.html =404; }}
            location /rejects {{ try_files /index.html =404; }}
            location /arg {{ set $sent $arg_t; jeton_token arg t; jeton_stale introspect=/arg-ask;
                             try_files /index.html =404; }}
            location /nobody {{ jeton_stale introspect=/none; try_files /index.html =404; }}
            location /broken {{ jeton_stale introspect=/error; try_files /index.html =404; }}
            location /role {{ jeton_stale introspect=/ask; jeton_require roles has root error=403;
                              try_files /index.html =404; }}
            location = /ask {{ internal; jeton off; proxy_pass http://{server.address}/verify;
                               proxy_pass_request_body off; proxy_set_header Content-Length ""; }}
            location = /arg-ask {{ internal; jeton off; proxy_pass http://{server.address}/verify;
                                   proxy_set_header Authorization "Bearer $sent"; }}
            location = /none {{ internal; jeton off; proxy_pass http://127.0.0.1:1; }}
            location = /error {{ internal; jeton off; return 500; }}""").start()
        self.addCleanup(nginx.__exit__)
        harness.eventually(lambda: nginx.status("/rejects", good) == 503, "it is stale")
        self.assertEqual(nginx.status("/", good), 200)
        server.logout(bad)
        for _ in range(3):
            self.assertEqual((nginx.status("/", good), nginx.status("/", bad)), (200, 401))
            self.assertEqual(nginx.status("/?a=b", good, "POST"), 405)
        self.assertEqual(nginx.status(f"/arg?t={good}"), 200)
        self.assertEqual(nginx.status(f"/arg?t={bad}"), 401)
        self.assertEqual(nginx.status("/role", good), 403)
        refused = nginx.ask("/", bad)
        self.assertEqual(refused.headers["x-reason"], "E_REVOKED")
        self.assertIn("invalid_token", refused.headers["www-authenticate"])
        for path in ("/nobody", "/broken"):
            answer = nginx.ask(path, good)
            self.assertEqual((answer.status, answer.headers["x-reason"]), (503, "E_STALE"), path)
        self.assertEqual(nginx.status("/", good[:-4] + "AAAA"), 401)  # nobody is asked about that
        self.assertEqual(nginx.status("/"), 401)

    def test_without_a_segment_everybody_is_refused(self):
        nginx = Nginx(f"""location / {{ jeton x; jeton_segment {self.folder}/none;
                          try_files /index.html =404; }}""").start()
        self.addCleanup(nginx.__exit__)
        self.assertEqual(nginx.status("/", "a.b.c"), 503)


if __name__ == "__main__":
    harness.main()
