#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_valgrind.py - ngx_http_jeton_module in an nginx of one process under valgrind: a few hundred
requests of every kind, a key file that changes, another configuration; no error, and nothing that
is lost in memory."""
import http.client
import json
import re
import shutil
import signal
import unittest

from cases import Keys, PublisherServer, forged, start_echo
from nginx import Nginx, free_port, harness

VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,possible",
            "--num-callers=40", "--keep-debuginfo=yes"]
SERVER = """
    jeton "the realm $host"; jeton_key_file KEYS/now.pub;
    jeton_identity X-User sub; jeton_identity X-Team info team;
    location / { add_header X-All "$jeton_sub $jeton_kid $jeton_payload $jeton_claim_roles $jeton_header_alg $team $type" always;
                 add_header X-More "$jeton_reason $jeton_cache $jeton_stale_ms" always;
                 proxy_pass http://127.0.0.1:ECHO; }
    location /off { jeton off; empty_gif; }
    location /all { jeton_issuer one two; jeton_audience api; jeton_typ at+jwt; jeton_leeway 5s; jeton_alg ES256 RS256;
                    jeton_require roles has admin error=401; jeton_require level >= 3; empty_gif; }
    location /rsa { jeton_key_file KEYS/rsa.pub KEYS/a.pub; empty_gif; }
    location /secret { jeton_key_file KEYS/secret.jwk; empty_gif; }
    location /places { jeton_token cookie t arg t $http_x_token header; empty_gif; }
    location /fetched { jeton_key_request /_keys; jeton_key_request /_none; jeton_key_file KEYS/b.pub; empty_gif; }
    location = /_keys { internal; proxy_pass_request_headers off; subrequest_output_buffer_size 64k;
                        proxy_pass http://127.0.0.1:KEYSERVER/; }
    location = /_none { internal; return 404; }
    location /segment { jeton_segment KEYS/none; jeton_stale allow_until 5s; empty_gif; }
    location /dry { jeton_dry_run on; empty_gif; }
    location /any { satisfy any; deny all; empty_gif; }
    location /plus { auth_jwt "x" token=$cookie_t; auth_jwt_require $team error=403; empty_gif; }
    location /twice { error_page 401 = @other; empty_gif; }
    location @other { jeton_key_file KEYS/b.pub; proxy_pass http://127.0.0.1:ECHO; }
    location /inner { try_files /none /dry; }
"""
HTTP = """
    jeton_claim_set $team info team; jeton_header_set $type typ; jeton_cache 64k zone=x:32k;
    server { listen 127.0.0.1:SECOND; jeton x; jeton_segment KEYS/segment; location / { empty_gif; }
             location /silent { jeton_stale introspect=/_ask; empty_gif; }
             location /revoked { jeton_stale introspect=/_no; empty_gif; }
             location = /_ask { internal; jeton off; proxy_pass http://127.0.0.1:ECHO; }
             location = /_no { internal; jeton off; return 401; } }
"""


def found(said):
    """What concerns us: every error, and of what is lost that which was allocated on our behalf; nginx
    itself leaves its connections and its environment behind."""
    reports = re.split(r"^==\d+== \n", said, flags=re.M)
    return [report for report in reports
            if report.strip() and (" lost in loss record " not in report
                                   or re.search(r": (ngx_http_jeton|jeton_|jt_)|jeton_module", report))]


class Found(unittest.TestCase):
    ERROR = "==7== Invalid read of size 1\n==7==    at 0x1: ngx_palloc (in /usr/sbin/nginx)\n==7== \n"
    LOST = "==7== 8 bytes in 1 blocks are definitely lost in loss record 1 of 2\n==7==    at 0x1: {} (in x)\n==7== \n"

    def test_errors_count_and_what_is_ours(self):
        ours, theirs = self.LOST.format("jt_alloc"), self.LOST.format("ngx_set_environment")
        self.assertEqual(len(found(self.ERROR + ours + theirs)), 2)
        self.assertEqual(found(theirs + theirs), [])
        self.assertEqual(found(""), [])


class Valgrind(unittest.TestCase):
    def setUp(self):
        self.keys = Keys().new("a").new("b").new("rsa", "RS256").new("secret", "HS256")
        self.addCleanup(shutil.rmtree, self.keys.folder, True)
        self.keys.replace("now.pub", self.keys.text("a.pub"))
        self.server = harness.Server("--segment", self.keys.path("segment")).start()
        self.addCleanup(self.server.__exit__)
        self.server.add_user("alice")
        publisher = PublisherServer(self)
        publisher.keys = json.dumps({"keys": [json.loads(self.keys.text("a.pub"))]})
        text = SERVER.replace("KEYSERVER", str(publisher.server_port)).replace("KEYS", self.keys.folder)
        self.live = free_port()  # guarded by a segment alone, with its keys
        echo, http = str(start_echo(self)), HTTP.replace("SECOND", str(self.live))
        self.nginx = Nginx(text.replace("ECHO", echo),
                           http.replace("KEYS", self.keys.folder).replace("ECHO", echo))
        self.said = self.nginx.path("valgrind")
        self.nginx.wrapper = [*VALGRIND, f"--log-file={self.said}"]
        self.nginx.globals = "daemon off; master_process off;"
        self.nginx.start()
        self.addCleanup(self.nginx.__exit__)

    def tokens(self):
        full = {"iss": "one", "aud": "api", "roles": ["admin"], "level": 3, "info": {"team": "red"}}
        sign = self.keys.sign
        return [sign("a", typ="at+jwt", **full), sign("b"), sign("rsa"), sign("secret"), sign("a", exp=1),
                sign("a", more="x" * 5000), sign("a", sub="a\r\nb"), sign("a", **full)[:-3],
                forged({"alg": "none"}, {"exp": 2 ** 31}), "a.b.c", "x" * 3000]

    def ask_everything(self, tokens):
        paths = re.findall(r"location (/\w*) ", SERVER)
        self.assertGreater(len(paths), 12)
        statuses = set()
        connection = http.client.HTTPConnection("127.0.0.1", self.nginx.port, timeout=harness.PATIENCE)
        for path in paths:
            for token in tokens:
                for headers in ({"Authorization": "Bearer " + token}, {"Cookie": "t=" + token}):
                    connection.request("GET", f"{path}?t={token[:2000]}", headers=headers)
                    answer = connection.getresponse()
                    answer.read()
                    statuses.add(answer.status)
            for headers in ({}, {"Authorization": "Basic YTpi", "X-User": "root"}, {"X-Token": "x"}):
                self.nginx.ask(path, **headers)
        connection.close()
        return statuses

    def live_status(self, token, path="/"):
        connection = http.client.HTTPConnection("127.0.0.1", self.live, timeout=harness.PATIENCE)
        connection.request("GET", path, headers={"Authorization": "Bearer " + token})
        status = connection.getresponse().status
        connection.close()
        return status

    def complaints(self):
        return re.findall(r'\[emerg\].*now.pub"', self.nginx.log())

    def test_memory_is_used_as_it_should_be(self):
        tokens = self.tokens()
        live, revoked = (self.server.login()["access_token"] for _ in range(2))
        self.server.logout(revoked)
        harness.eventually(lambda: [self.live_status(token) for token in (live, live, revoked)]
                           == [200, 200, 401], "the segment is fresh, and told what is revoked")
        self.server.kill()
        harness.eventually(lambda: self.live_status(live) == 503, "the segment is silent")
        self.assertEqual([self.live_status(live, path) for path in ("/silent", "/revoked")], [200, 401])
        statuses = self.ask_everything(tokens)
        self.assertEqual(statuses, {200, 401, 403, 503})
        self.keys.replace("now.pub", self.keys.text("b.pub"))
        harness.eventually(lambda: self.nginx.status("/dry", tokens[1]) == 200
                           and self.nginx.status("/", tokens[1]) == 200, "the other key is known")
        self.keys.replace("now.pub", "{")
        harness.eventually(self.complaints, "it is no good")
        # An nginx of one process cannot take up a new configuration, but it can refuse one.
        seen = len(self.complaints())
        self.nginx.server += " location /new { return 418; }"
        self.nginx.write()
        self.nginx.process.send_signal(signal.SIGHUP)
        harness.eventually(lambda: len(self.complaints()) > seen, "it is refused")
        self.assertEqual(self.nginx.status("/new"), 401)  # all is as it was
        self.ask_everything(tokens[:2])
        self.assertEqual(self.nginx.stop(), 0)
        self.assertEqual(found(self.said.read_text()), [])


if __name__ == "__main__":
    harness.main()
