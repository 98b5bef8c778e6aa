# SPDX-License-Identifier: Apache-2.0
"""test_cookies.py - sign-in with cookies as a browser does it: what is set, what has to come back
with it, and whose pages may ask (docs/browser.md)."""
import json

from harness import PASSWORD, Server, ServerCase, eventually, main, unb64

APP = "https://app.example.com"  # allowed
ISSUER = "https://auth.example.com"
EVIL = "https://evil.example"
ACCESS, REFRESH, CSRF = (f"__Host-jeton-{name}" for name in ("access", "refresh", "csrf"))


def cookies_of(answer):
    """name -> (value, set of attributes) of the Set-Cookie headers."""
    found = {}
    for line in answer.set_cookies:
        pair, *attributes = line.split("; ")
        name, value = pair.split("=", 1)
        assert name not in found, line
        found[name] = (value, set(attributes))
    return found


class Browser:
    """Keeps cookies, as a page of one origin would have them sent."""

    def __init__(self, server, origin=APP, site="same-site"):
        self.server, self.jar, self.csrf = server, {}, None
        self.page = {"Origin": origin, "Sec-Fetch-Site": site}

    def ask(self, method, path, body=None, csrf=True, **headers):
        sent = {**self.page, **headers}
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        if csrf and self.csrf:
            sent["X-CSRF-Token"] = self.csrf if csrf is True else csrf
        answer = self.server.ask(method, path, body,
                                 {name: value for name, value in sent.items() if value is not None})
        for name, (value, attributes) in cookies_of(answer).items():
            self.jar[name] = value
            if "Max-Age=0" in attributes:
                del self.jar[name]
        return answer

    def login(self, name="alice"):
        answer = self.ask("POST", "/login",
                          {"username": name, "password": PASSWORD, "cookies": True})
        assert answer.status == 200, answer
        self.csrf = answer.json["csrf_token"]
        return answer


class Cookies(ServerCase):
    FLAGS = ("--allowed-origins", f"{APP}, https://admin.example.com:8443", "--issuer", ISSUER)

    def browser(self, **of):
        browser = Browser(self.server, **of)
        browser.login()
        return browser

    # --- login ----------------------------------------------------------------------------------

    def test_login_sets_three_cookies_and_gives_no_token_to_the_page(self):
        browser = Browser(self.server)
        answer = browser.login()
        self.assertEqual(set(answer.json), {"expires_in", "csrf_token"})
        cookies = cookies_of(answer)
        host = {"Path=/", "Secure"}
        self.assertEqual(cookies[ACCESS][1], host | {"HttpOnly", "SameSite=Lax", "Max-Age=900"})
        for name, more in (REFRESH, {"HttpOnly", "SameSite=Strict"}), (CSRF, {"SameSite=Strict"}):
            week = [attribute for attribute in cookies[name][1] if attribute.startswith("Max-Age=")]
            self.assertRegex(week[0], "^Max-Age=(604800|60479[0-9])$")  # since the session began
            self.assertEqual(cookies[name][1], host | more | {week[0]})
        self.assertEqual(set(cookies), {ACCESS, REFRESH, CSRF})
        self.assertEqual(cookies[CSRF][0], answer.json["csrf_token"])
        claims = json.loads(unb64(cookies[ACCESS][0].split(".")[1]))
        self.assertEqual(claims["csrf"], answer.json["csrf_token"])
        self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_login_by_form_sets_them_too(self):
        answer = self.server.ask("POST", "/login",
                                 f"username=alice&password={PASSWORD.replace(' ', '+')}&cookies=true")
        self.assertEqual(set(cookies_of(answer)), {ACCESS, REFRESH, CSRF})

    def test_without_cookies_nothing_is_set_and_no_claim_is_written(self):
        for more in {}, {"cookies": False}:
            answer = self.server.ask("POST", "/login",
                                     {"username": "alice", "password": PASSWORD, **more})
            self.assertEqual(answer.set_cookies, [])
            claims = json.loads(unb64(answer.json["access_token"].split(".")[1]))
            self.assertNotIn("csrf", claims)

    def test_cookies_is_true_or_false(self):
        for odd in "true", 1, None, [True]:
            body = {"username": "alice", "password": PASSWORD, "cookies": odd}
            self.assert_problem(self.server.ask("POST", "/login", body), 400, "invalid_request")

    def test_a_failed_login_sets_nothing(self):
        answer = Browser(self.server).ask(
            "POST", "/login", {"username": "alice", "password": "wrong", "cookies": True})
        self.assert_problem(answer, 401, "invalid_grant")
        self.assertEqual(answer.set_cookies, [])

    # --- whose page it is -----------------------------------------------------------------------

    PAGES = (  # Origin, Sec-Fetch-Site, may it
        (None, None, True),  # no browser
        (None, "same-origin", True),
        (None, "none", True),
        (None, "same-site", False),
        (None, "cross-site", False),
        (APP, "same-site", True),
        (APP, "cross-site", True),  # listed is listed
        (APP, None, True),
        ("https://admin.example.com:8443", None, True),
        ("https://admin.example.com", None, False),
        (ISSUER, "same-origin", True),
        ("https://HOST", "same-origin", True),
        ("https://HOST", None, True),
        ("https://HOST", "same-site", False),
        ("http://HOST", "cross-site", False),
        (EVIL, None, False),
        (EVIL, "cross-site", False),
        (EVIL, "same-origin", False),
        ("null", None, False),
        ("", None, False),
        (APP + ".evil.example", None, False),
        (APP + "/", None, False),
        ("http://app.example.com", None, False),
        ("https://APP.example.com", None, False),
        (APP + " " + EVIL, None, False),
    )

    def test_only_pages_of_allowed_origins_may_sign_in_refresh_and_leave(self):
        for origin, site, may in self.PAGES:
            origin = origin and origin.replace("HOST", self.server.address)
            page = {"Origin": origin, "Sec-Fetch-Site": site}
            for path in "/login", "/refresh", "/logout":
                with self.subTest(path=path, **page):
                    browser = self.browser()
                    body = {"username": "alice", "password": PASSWORD} if path == "/login" else None
                    answer = browser.ask("POST", path, body, **page)
                    if may:
                        self.assertIn(answer.status, (200, 204), answer)
                    else:
                        self.assert_problem(answer, 403, "csrf_refused")
                        self.assertEqual(answer.set_cookies, [])
                        self.assertNotIn("www-authenticate", answer.headers)

    def test_two_origins_are_refused(self):
        raw = self.server.raw(b"POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                              b"Origin: " + APP.encode() + b"\r\nOrigin: " + APP.encode() +
                              b"\r\nContent-Length: 0\r\n\r\n")
        self.assertTrue(raw.startswith(b"HTTP/1.1 400 "), raw)

    # --- the copy -------------------------------------------------------------------------------

    def test_reading_needs_no_copy(self):
        browser = self.browser()
        for path in "/whoami", "/sessions", "/verify?role=admin", "/admin/revocations":
            answer = browser.ask("GET", path, csrf=False, Origin=None)
            self.assertEqual(answer.status, 200, (path, answer))

    UNSAFE = (
        ("POST", "/refresh", None),
        ("POST", "/logout", None),
        ("POST", "/password", {"old_password": PASSWORD, "new_password": "another good battery"}),
        ("DELETE", "/sessions/this", None),
        ("POST", "/admin/revocations", {"what": "client", "name": "nobody"}),
    )

    def test_changing_anything_needs_the_copy(self):
        other = self.browser()
        for method, path, body in self.UNSAFE:
            browser = self.browser()
            wrong = browser.csrf[:-1] + ("A" if browser.csrf[-1] != "A" else "B")
            for copy in False, wrong, other.csrf, browser.csrf + "A", browser.csrf[:-1], " ":
                with self.subTest(path=path, copy=copy):
                    answer = browser.ask(method, path, body, csrf=copy)
                    self.assert_problem(answer, 403, "csrf_refused")
                    self.assertEqual(answer.set_cookies, [])
            self.assertEqual(browser.ask("GET", "/whoami").status, 200)
            self.assertLess(browser.ask("POST", "/refresh").status, 300)

    def test_the_cookie_is_not_the_copy(self):
        """Whoever can set cookies, but not read them, gets nowhere: the value is in the token."""
        browser = self.browser()
        browser.jar[CSRF] = "A" * 32
        answer = browser.ask("POST", "/logout", csrf="A" * 32)
        self.assert_problem(answer, 403, "csrf_refused")

    def test_a_token_without_the_claim_is_good_for_reading_only(self):
        browser = Browser(self.server)
        browser.jar[ACCESS] = self.server.login()["access_token"]
        self.assertEqual(browser.ask("GET", "/whoami").status, 200)
        for copy in "A" * 32, "":
            browser.csrf = copy
            self.assert_problem(browser.ask("POST", "/logout"), 403, "csrf_refused")

    # --- refreshing and leaving -----------------------------------------------------------------

    def test_refreshing_renews_the_cookies_and_keeps_the_value(self):
        browser = self.browser()
        before = dict(browser.jar)
        answer = browser.ask("POST", "/refresh")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(set(answer.json), {"expires_in", "csrf_token"})
        self.assertNotEqual(browser.jar[REFRESH], before[REFRESH])
        self.assertNotEqual(browser.jar[ACCESS], before[ACCESS])
        self.assertEqual(browser.jar[CSRF], before[CSRF])
        self.assertEqual(browser.ask("POST", "/logout").status, 204)

    def test_a_forged_refresh_changes_nothing_even_as_a_replay(self):
        browser = self.browser()
        old = dict(browser.jar)
        browser.ask("POST", "/refresh")
        browser.ask("POST", "/refresh")
        now, browser.jar = browser.jar, old  # two behind: theft, if it were not forged
        self.assert_problem(browser.ask("POST", "/refresh", csrf="A" * 32), 403, "csrf_refused")
        browser.jar = now
        self.assertEqual(browser.ask("POST", "/refresh").status, 200)

    def test_a_replay_ends_the_session_and_takes_the_cookies_away(self):
        browser = self.browser()
        old = dict(browser.jar)
        browser.ask("POST", "/refresh")
        browser.ask("POST", "/refresh")
        browser.jar = old
        self.assert_problem(browser.ask("POST", "/refresh"), 401, "invalid_grant")
        self.assertEqual(browser.jar, {})

    def test_logout_clears_the_cookies_with_the_attributes_they_were_set_with(self):
        browser = self.browser()
        token = browser.jar[ACCESS]
        answer = browser.ask("POST", "/logout")
        self.assertEqual(answer.status, 204)
        self.assertEqual({name: value for name, (value, _) in cookies_of(answer).items()},
                         {ACCESS: "", REFRESH: "", CSRF: ""})
        for _, attributes in cookies_of(answer).values():
            self.assertLessEqual({"Path=/", "Secure", "Max-Age=0"}, attributes)
        self.assert_refused(token)

    def test_logout_of_the_others_keeps_them(self):
        browser = self.browser()
        answer = browser.ask("POST", "/logout", {"scope": "others"})
        self.assertEqual((answer.status, answer.set_cookies), (204, []))
        self.assertEqual(browser.ask("GET", "/whoami").status, 200)

    def test_logout_works_when_only_the_refresh_cookie_is_left(self):
        browser = self.browser()
        token = browser.jar.pop(ACCESS)
        self.assert_problem(browser.ask("POST", "/logout", csrf=False), 403, "csrf_refused")
        self.assert_problem(browser.ask("POST", "/logout", csrf="A" * 32), 403, "csrf_refused")
        self.assert_accepted(token)
        self.assertEqual(browser.ask("POST", "/logout").status, 204)
        self.assertEqual(browser.jar, {})
        self.assert_refused(token)

    def test_ending_the_own_session_clears_them(self):
        for which, left in ("this", 0), ("others", 3), ("all", 0):
            browser = self.browser()
            self.assertEqual(browser.ask("DELETE", f"/sessions/{which}").status, 204)
            self.assertEqual(len(browser.jar), left, which)

    def test_the_password_is_changed_by_cookie(self):
        self.server.add_user("carol")
        browser = Browser(self.server)
        browser.login("carol")
        answer = browser.ask("POST", "/password",
                             {"old_password": PASSWORD, "new_password": "another good battery"})
        self.assertEqual(answer.status, 204, answer)
        self.assertEqual(browser.ask("GET", "/whoami").json["username"], "carol")
        self.assertEqual(browser.ask("POST", "/refresh").status, 200)

    # --- GET /csrf ------------------------------------------------------------------------------

    def test_a_page_may_ask_for_the_value_after_a_reload(self):
        browser = self.browser()
        del browser.jar[ACCESS]
        answer = browser.ask("GET", "/csrf", csrf=False)
        self.assertEqual(answer.json, {"csrf_token": browser.csrf})
        self.assertEqual(answer.headers["access-control-allow-origin"], APP)
        self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_without_a_session_there_is_no_value(self):
        browser = self.browser()
        for jar in {}, {REFRESH: "x"}, {ACCESS: browser.jar[ACCESS]}:
            other = Browser(self.server)
            other.jar = jar
            self.assertEqual(other.ask("GET", "/csrf").status, 401, jar)
        browser.ask("POST", "/logout")

    def test_a_stranger_s_page_may_not_read_it(self):
        answer = self.browser().ask("GET", "/csrf", Origin=EVIL)
        self.assertNotIn("access-control-allow-origin", answer.headers)

    # --- two tokens -----------------------------------------------------------------------------

    def test_two_different_tokens_in_one_request_are_refused(self):
        browser = self.browser()
        other = self.server.login("bob")
        both = browser.ask("GET", "/whoami", Authorization=f"Bearer {other['access_token']}")
        self.assert_problem(both, 400, "invalid_request")
        both = browser.ask("POST", "/refresh", {"refresh_token": other["refresh_token"]})
        self.assert_problem(both, 400, "invalid_request")

    def test_the_same_token_in_both_places_is_the_header_s(self):
        browser = self.browser()
        answer = browser.ask("POST", "/logout", csrf=False, Origin=EVIL,
                             Authorization=f"Bearer {browser.jar[ACCESS]}")
        self.assertEqual((answer.status, answer.set_cookies), (204, []))

    def test_a_cookie_that_comes_twice_is_refused(self):
        jar = self.browser().jar
        for name, method, path in (ACCESS, "GET", "/whoami"), (REFRESH, "POST", "/refresh"), \
                (REFRESH, "GET", "/csrf"):
            twice = f"{name}={jar[name]}; {name}={jar[name]}"
            answer = self.server.ask(method, path, headers={"Cookie": twice})
            self.assert_problem(answer, 400, "invalid_request")

    def test_a_bad_token_in_the_cookie_is_named_in_the_challenge(self):
        answer = self.server.ask("GET", "/whoami", headers={"Cookie": f"{ACCESS}=a.b.c"})
        self.assert_problem(answer, 401, "invalid_token")
        self.assertIn('error="invalid_token"', answer.headers["www-authenticate"])

    def test_an_empty_cookie_is_a_bad_token(self):
        answer = self.server.ask("GET", "/whoami", headers={"Cookie": f"{ACCESS}="})
        self.assert_problem(answer, 401, "invalid_token")

    # --- forward auth ---------------------------------------------------------------------------

    METHODS = (  # the headers of the proxy, may it without the copy
        ({}, True),
        ({"X-Original-Method": "GET"}, True),
        ({"X-Forwarded-Method": "HEAD"}, True),
        ({"X-Original-Method": "POST"}, False),
        ({"X-Forwarded-Method": "DELETE"}, False),
        ({"X-Original-Method": "get"}, False),
        ({"X-Original-Method": ""}, False),
        ({"X-Original-Method": "GET", "X-Forwarded-Method": "PUT"}, False),
        ({"X-Original-Method": "PUT", "X-Forwarded-Method": "GET"}, False),
        ({"Origin": APP}, False),  # a method that is not told, but a browser that tells the origin
        ({"Origin": APP, "X-Original-Method": "GET"}, True),
    )

    def test_verify_demands_the_copy_for_unsafe_methods_behind_a_proxy(self):
        browser = self.browser(origin=None, site=None)
        for headers, may in self.METHODS:
            with self.subTest(headers=headers):
                answer = browser.ask("GET", "/verify", csrf=False, **headers)
                if may:
                    self.assertEqual(answer.status, 200, answer)
                else:
                    self.assert_problem(answer, 403, "csrf_refused")
                self.assertEqual(browser.ask("GET", "/verify", **headers).status, 200)
                if not may:
                    answer = browser.ask("GET", "/verify", **{**headers, "Origin": EVIL})
                    self.assert_problem(answer, 403, "csrf_refused")

    def test_verify_by_header_asks_for_no_copy(self):
        token = self.server.login()["access_token"]
        answer = self.server.get("/verify", token, **{"X-Original-Method": "POST", "Origin": EVIL})
        self.assertEqual(answer.status, 200)

    # --- CORS -----------------------------------------------------------------------------------

    def preflight(self, path, origin, method="POST"):
        return self.server.ask("OPTIONS", path, headers={
            "Origin": origin, "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "x-csrf-token"})

    def test_a_preflight_of_an_allowed_origin_is_answered(self):
        for path, methods in ("/login", {"POST"}), ("/whoami", {"GET", "HEAD"}), \
                ("/sessions/this", {"DELETE"}):
            answer = self.preflight(path, APP)
            self.assertEqual(answer.status, 204)
            self.assertEqual(answer.headers["access-control-allow-origin"], APP)
            self.assertEqual(answer.headers["access-control-allow-credentials"], "true")
            self.assertEqual(set(answer.headers["access-control-allow-methods"].split(", ")),
                             methods)
            self.assertEqual(answer.headers["access-control-allow-headers"].split(", "),
                             ["Authorization", "Content-Type", "X-CSRF-Token", "X-Requested-With"])
            self.assertIn("Origin", answer.headers["vary"])
            self.assertEqual(answer.body, b"")

    def test_a_preflight_of_a_stranger_is_refused(self):
        for origin in EVIL, "null", "http://app.example.com", APP + ":444", ISSUER:
            answer = self.preflight("/login", origin)
            self.assertEqual(answer.status, 403)
            self.assertFalse([name for name in answer.headers if name.startswith("access-control")])

    def test_a_preflight_of_no_route_is_none(self):
        self.assertEqual(self.preflight("/nowhere", APP).status, 404)

    def test_options_that_is_no_preflight_is_a_405(self):
        self.assertEqual(self.server.ask("OPTIONS", "/login").status, 405)

    def test_answers_may_be_read_by_allowed_origins_only(self):
        for path in "/whoami", "/.well-known/jwks.json", "/nowhere":
            for origin, may in (APP, True), (EVIL, False), ("null", False), (None, False):
                answer = self.server.ask("GET", path, headers={"Origin": origin} if origin else {})
                self.assertEqual(answer.headers.get("access-control-allow-origin"),
                                 origin if may else None)
                self.assertEqual(answer.headers.get("access-control-allow-credentials"),
                                 "true" if may else None)
                self.assertEqual(answer.headers["vary"], "Origin")

    # --- other headers --------------------------------------------------------------------------

    def test_answers_say_what_browsers_may_do_with_them(self):
        for answer in (self.server.get("/healthz"), self.server.get("/whoami"),
                       self.server.get("/nowhere"), Browser(self.server).login()):
            self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
            self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
            self.assertIn("frame-ancestors 'none'", answer.headers["content-security-policy"])

    def test_hsts_is_told_by_a_server_that_is_reached_over_tls(self):
        name = "strict-transport-security"
        answer = self.server.ask("GET", "/whoami", headers={"Host": "auth.example.com"})
        self.assertEqual(answer.headers[name], f"max-age={180 * 86400}")
        for host in "localhost", "localhost:8443", "127.0.0.1:1", "[::1]", "x.localhost":
            answer = self.server.ask("GET", "/whoami", headers={"Host": host})
            self.assertNotIn(name, answer.headers)


class PlainServer(ServerCase):
    def test_without_allowed_origins_there_is_no_cors(self):
        answer = self.server.ask("OPTIONS", "/login", headers={
            "Origin": APP, "Access-Control-Request-Method": "POST"})
        self.assertEqual(answer.status, 405)
        answer = self.server.ask("GET", "/healthz", headers={"Origin": APP})
        self.assertNotIn("vary", answer.headers)
        self.assertFalse([name for name in answer.headers if name.startswith("access-control")])

    def test_hsts_is_not_told_over_plain_http(self):
        answer = self.server.ask("GET", "/whoami", headers={"Host": "auth.example.com"})
        self.assertNotIn("strict-transport-security", answer.headers)


class Development(ServerCase):
    FLAGS = ("--insecure-cookies", "on", "--allowed-origins", "http://localhost:5173")

    def login(self, host):
        return self.server.ask("POST", "/login",
                               {"username": "alice", "password": PASSWORD, "cookies": True},
                               {"Host": host})

    def test_cookies_have_other_names_and_no_secure(self):
        for host in "localhost:8080", "127.0.0.1:8080", "app.localhost", "[::1]:8080":
            cookies = cookies_of(self.login(host))
            self.assertEqual(set(cookies), {"jeton-access", "jeton-refresh", "jeton-csrf"})
            for _, attributes in cookies.values():
                self.assertNotIn("Secure", attributes)
                self.assertIn("Path=/", attributes)

    def test_they_are_set_for_localhost_only(self):
        for host in "auth.example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.evil":
            answer = self.login(host)
            self.assert_problem(answer, 400, "invalid_request")
            self.assertEqual(answer.set_cookies, [])

    def test_the_other_names_are_not_looked_at(self):
        token = self.login("localhost").set_cookies[0].split(";")[0].split("=")[1]
        for name, status in ("jeton-access", 200), (ACCESS, 401):
            answer = self.server.ask("GET", "/whoami", headers={"Cookie": f"{name}={token}"})
            self.assertEqual(answer.status, status)

    def test_the_log_warns(self):
        eventually(lambda: [entry for entry in self.server.events("setting_warning")
                            if entry["setting"] == "insecure-cookies"], "the warning")


class Settings(ServerCase):
    def test_origins_that_no_browser_sends_are_refused_at_start(self):
        for bad in "*", "null", "app.example.com", APP + "/", APP + "/x", "https://", \
                "https://App.example.com", "https://app.example.com:443", "http://x:80", \
                "https://*.example.com", "https://u@x", "https://x:", "https://x:08", \
                "https://x:123456", "ftp://x", f",{APP}", f"{APP},,{EVIL}", f"{APP} {EVIL}", \
                ",".join([APP] * 33):
            server = Server("--allowed-origins", bad)
            with self.subTest(bad=bad), self.assertRaisesRegex(AssertionError, "allowed-origins"):
                with server:
                    pass

    def test_hsts_can_be_switched_off(self):
        with Server("--issuer", ISSUER, "--hsts-ttl", "0") as server:
            answer = server.ask("GET", "/healthz", headers={"Host": "auth.example.com"})
            self.assertNotIn("strict-transport-security", answer.headers)

    def test_a_token_that_is_too_long_for_a_cookie_is_not_sent(self):
        with Server() as server:
            server.add_user("dora")
            words = [word for n in range(60)
                     for word in ("--permission", f"permission-{n:02}-".ljust(64, "x"))]
            self.assertEqual(server.cli("role", "add", "verbose", *words)[0], 0)
            self.assertEqual(server.cli("user", "role", "dora", "--add", "verbose")[0], 0)
            body = {"username": "dora", "password": PASSWORD, "cookies": True}
            answer = server.ask("POST", "/login", body)
            self.assert_problem(answer, 500, "server_error")
            self.assertEqual(answer.set_cookies, [])
            self.assertEqual(server.ask("POST", "/login", {**body, "cookies": False}).status, 200)


if __name__ == "__main__":
    main()
