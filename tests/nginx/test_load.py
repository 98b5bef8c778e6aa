#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_load.py - ngx_http_jeton_module under many requests: while nginx reloads and workers are
killed, over HTTP/2, and that its memory does not grow.

JETON_REQUESTS=N in the environment: how many requests memory is watched for (200,000).
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

from cases import Keys, PublisherServer, start_echo
from nginx import Nginx, free_port, harness

HERE = os.path.dirname(os.path.abspath(__file__))
REQUESTS = int(os.environ.get("JETON_REQUESTS", "200000"))
LONG = 4500


def spoilt(token):
    """The token with another letter in its signature."""
    return token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]


class Wrk:
    """wrk, sending (path, Authorization) one after the other."""

    def __init__(self, nginx, requests, seconds, connections=8):
        self.lines = nginx.path(f"requests-{id(self)}")
        self.lines.write_text("".join(f"{path}\t{value}\n" for path, value in requests))
        self.process = subprocess.Popen(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE + "/many.lua",
             f"http://127.0.0.1:{nginx.port}/", "--", str(self.lines)], stdout=subprocess.PIPE, text=True)

    def result(self):
        """(answers, how many of them were not 2xx)."""
        out = self.process.communicate(timeout=None)[0]
        self.lines.unlink()
        if self.process.returncode != 0:
            raise AssertionError(f"wrk: {out}")
        count = int(re.search(r"(\d+) requests in", out).group(1))
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
        return count, int(bad.group(1)) if bad else 0


def bearers(path, tokens):
    return [(path, "Bearer " + token) for token in tokens]


class UnderLoad(unittest.TestCase):
    """Good and forged tokens all the time, while workers come and go."""

    def test_no_answer_is_wrong_while_workers_come_and_go(self):
        keys = Keys().new("a")
        self.addCleanup(shutil.rmtree, keys.folder, True)
        nginx = Nginx(f"jeton x; jeton_key_file {keys.folder}/a.pub;", "jeton_cache 256k zone=x:64k;",
                      workers=2).start()
        self.addCleanup(nginx.__exit__)
        tokens = keys.sign_many("a", 1000)
        good = Wrk(nginx, bearers("/index.html", tokens), 5)
        forged = Wrk(nginx, bearers("/index.html", map(spoilt, tokens)), 5)
        for _ in range(3):
            nginx.reload()
            victim = max(nginx.workers_now())
            os.kill(victim, signal.SIGKILL)
            harness.eventually(lambda: victim not in nginx.workers_now()
                               and len(nginx.workers_now()) == 2, "there is another worker")
        count, wrong = good.result()
        self.assertGreater(count, 0)
        self.assertEqual(wrong, 0)
        count, refused = forged.result()
        self.assertGreater(count, 0)
        self.assertEqual(refused, count)
        self.assertEqual(nginx.status("/", tokens[0]), 200)


class Http2(unittest.TestCase):
    """Without TLS to who knows that we speak it, and with TLS."""

    @classmethod
    def setUpClass(cls):
        cls.keys = Keys().new("a").new("b")
        cls.addClassCleanup(shutil.rmtree, cls.keys.folder, True)
        cls.publisher = PublisherServer(cls)
        cls.publisher.keys = json.dumps({"keys": [json.loads(cls.keys.text("a.pub"))]})
        cls.publisher.delay = 0.3
        files = [cls.keys.path("tls.key"), cls.keys.path("tls.crt")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-subj", "/CN=localhost", "-days", "2", "-keyout", files[0], "-out",
                        files[1]], check=True, capture_output=True, timeout=harness.PATIENCE)
        cls.ports = {"--http2-prior-knowledge": free_port(), "--http2": free_port()}
        plain, tls = cls.ports.values()
        guard = f"""
            root %ROOT%; large_client_header_buffers 4 16k;
            jeton "the realm"; jeton_key_file {cls.keys.folder}/a.pub; jeton_identity X-User sub;
            location / {{ proxy_pass http://127.0.0.1:{start_echo(cls)}; }}
            location /admin {{ jeton_require roles has admin; try_files /index.html =404; }}
            location /fetched {{ jeton_key_request /_keys; try_files /index.html =404; }}
            location = /_keys {{ internal; subrequest_output_buffer_size 64k; proxy_pass_request_headers off;
                proxy_pass http://127.0.0.1:{cls.publisher.server_port}/jwks; }}
        """
        cls.nginx = Nginx("location / { return 204; }", "", workers=2)
        cls.nginx.http = guard.replace("%ROOT%", str(cls.nginx.path("www"))).join([f"""
            server {{ listen 127.0.0.1:{plain} http2; """, f""" }}
            server {{ listen 127.0.0.1:{tls} ssl http2; ssl_certificate {files[1]};
                      ssl_certificate_key {files[0]}; """, "}"])
        cls.nginx.start()
        cls.addClassCleanup(cls.nginx.__exit__)

    def curl(self, how, *words):
        scheme = "https" if how == "--http2" else "http"
        done = subprocess.run(["curl", "-sk", how, "--max-time", str(harness.PATIENCE), *words],
                              capture_output=True, text=True, check=False, timeout=2 * harness.PATIENCE,
                              env={**os.environ, "no_proxy": "*"})
        self.assertEqual(done.returncode, 0, (scheme, done.stderr))
        return done.stdout

    def url(self, how, path):
        return f"{'https' if how == '--http2' else 'http'}://127.0.0.1:{self.ports[how]}{path}"

    def ask(self, how, path, token=None, *more):
        """(status, headers and body)."""
        header = ["-H", "Authorization: Bearer " + token] if token else []
        out = self.curl(how, "-i", *header, *more, self.url(how, path))
        self.assertTrue(out.startswith("HTTP/2 "), out[:40])
        return int(out.split()[1]), out

    def test_tokens_are_judged_as_ever(self):
        good, chief = self.keys.sign("a"), self.keys.sign("a", roles=["admin"])
        long = self.keys.sign("a", more="x" * LONG)
        rows = [("/", good, 200), ("/", None, 401), ("/", spoilt(good), 401), ("/", self.keys.sign("b"), 401),
                ("/", long, 200), ("/", spoilt(long), 401), ("/admin", good, 403), ("/admin", chief, 200)]
        for how in self.ports:
            for path, token, status in rows:
                with self.subTest(how=how, path=path, status=status):
                    got, out = self.ask(how, path, token)
                    self.assertEqual(got, status)
                    self.assertEqual("www-authenticate: Bearer realm=" in out, status in (401, 403))

    def test_the_application_hears_who_it_is_from_us_alone(self):
        for how in self.ports:
            _, out = self.ask(how, "/", self.keys.sign("a"), "-H", "x-user: root", "-H", "X_User: root")
            self.assertIn('["x-user", "alice"]', out)
            self.assertNotIn("root", out)

    def ask_at_once(self, requests):
        """Streams of one connection; with TLS, since curl 7.88 mixes them up without. The statuses."""
        how, lines = "--http2", []
        for path, token in requests:
            lines += ["next"] if lines else []
            lines += [f'url = "{self.url(how, path)}"', "http2", "insecure", "silent", "output = /dev/null",
                      'write-out = "%{http_version} %{http_code} %{num_connects}\\n"',
                      f'header = "Authorization: Bearer {token}"']
        config = pathlib.Path(self.keys.path("curl"))
        config.write_text("\n".join(lines))
        out = [line.split() for line in self.curl(how, "--parallel", "--parallel-max", "50", "-K",
                                                  str(config)).splitlines()]
        self.assertEqual({version for version, _, _ in out}, {"2"})
        self.assertEqual(sum(int(connects) for _, _, connects in out), 1)
        return sorted(int(status) for _, status, _ in out)

    def test_streams_of_one_connection_are_judged_each_for_itself(self):
        good, bad = self.keys.sign("a"), self.keys.sign("b")
        requests = [("/", good), ("/", bad), ("/admin", good)] * 15
        self.assertEqual(self.ask_at_once(requests), [200] * 15 + [401] * 15 + [403] * 15)

    def test_streams_wait_for_keys_that_one_of_them_fetches(self):
        good, bad = self.keys.sign("a"), spoilt(self.keys.sign("a"))
        requests = [("/fetched", good), ("/fetched", bad)] * 10
        self.assertEqual(self.ask_at_once(requests), [200] * 10 + [401] * 10)
        self.assertEqual(self.publisher.asked, 1)


class Memory(unittest.TestCase):
    def test_a_worker_does_not_grow(self):
        keys = Keys().new("a").new("b").new("secret", "HS256")
        self.addCleanup(shutil.rmtree, keys.folder, True)
        publisher = PublisherServer(self)
        publisher.keys = json.dumps({"keys": [json.loads(keys.text("a.pub"))]})
        nginx = Nginx(f"""
            jeton x; jeton_key_file {keys.folder}/a.pub; jeton_identity X-User sub;
            location / {{ add_header X-Sub "$jeton_sub $jeton_claim_iss $jeton_kid $jeton_payload";
                          empty_gif; }}
            location /rule {{ jeton_require roles has admin error=401; empty_gif; }}
            location /secret {{ jeton_key_file {keys.folder}/secret.jwk; empty_gif; }}
            location /fetched {{ jeton_key_request /_keys; empty_gif; }}
            location /dry {{ jeton_dry_run on; empty_gif; }}
            location /any {{ satisfy any; allow all; empty_gif; }}
            location /segment {{ jeton_segment {keys.folder}/none; empty_gif; }}
            location = /_keys {{ internal; subrequest_output_buffer_size 64k; proxy_pass_request_headers off;
                proxy_pass http://127.0.0.1:{publisher.server_port}/jwks; }}
        """, "jeton_cache 256k zone=x:64k; keepalive_requests 1000;")
        nginx.errors = "crit"
        nginx.start()
        self.addCleanup(nginx.__exit__)
        tokens = keys.sign_many("a", 1500)
        requests = [request for path in ("/", "/rule", "/fetched", "/dry", "/any", "/segment")
                    for request in bearers(path, tokens[:250]) + bearers(path, map(spoilt, tokens[:10]))]
        requests += bearers("/", tokens) + bearers("/secret", keys.sign_many("secret", 1500))
        requests += bearers("/fetched", keys.sign_many("b", 20)) + [("/", ""), ("/rule", "Basic YTpi")] * 20
        worker, = nginx.workers_now()

        def run(count):
            """That many requests, and what the worker has in memory behind them, in KiB."""
            done = 0
            while done < count:
                done += Wrk(nginx, requests, 2 if count < 10 ** 6 else 30, 32).result()[0]
            status = pathlib.Path(f"/proc/{worker}/status").read_text()
            return done, int(re.search(r"RssAnon:\s+(\d+)", status).group(1))
        _, before = run(REQUESTS // 4)  # until caches, pools and the allocator have what they need
        count, after = run(REQUESTS)
        print(f"{count} requests, RssAnon {before} KiB before and {after} KiB after", flush=True)
        self.assertLessEqual(after, before + 512)
        self.assertEqual({worker}, nginx.workers_now())


if __name__ == "__main__":
    harness.main()
