#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_cache.py - ngx_http_jeton_module: what workers remember, and know of each other."""
import http.client
import os
import shutil
import signal
import threading
import unittest

from cases import Keys
from nginx import Nginx, harness

GUARD = """
    add_header X-Cache "$jeton_cache" always; add_header X-Worker $pid always;
    add_header X-Reason "$jeton_reason" always;
    jeton "the realm"; jeton_key_file KEYS/now.pub;
    location / { try_files /index.html =404; }
    location /two { jeton_issuer two; try_files /index.html =404; }
    location /secret { jeton_key_file KEYS/secret.jwk; try_files /index.html =404; }
"""


class TwoWorkers(unittest.TestCase):
    """Each has a socket of its own, so both are asked."""

    def setUp(self):
        self.keys = Keys().new("a").new("b").new("secret", "HS256")
        self.addCleanup(shutil.rmtree, self.keys.folder, True)
        self.keys.replace("now.pub", self.keys.text("a.pub"))

    def start(self, http=""):
        nginx = Nginx(GUARD.replace("KEYS", self.keys.folder), http, workers=2, listen="reuseport")
        self.addCleanup(nginx.__exit__)
        return nginx.start()

    def told(self, nginx, token, path="/"):
        """What each of the two workers says of the first requests it gets: {worker: [...]}."""
        said = {}

        def all_have_answered():
            answer = nginx.ask(path, token)
            said.setdefault(answer.headers["x-worker"], []).append(
                (answer.status, answer.headers["x-cache"]))
            return len(said) == 2 and all(len(answers) > 1 for answers in said.values())
        harness.eventually(all_have_answered, "both workers have answered twice")
        return said

    def first(self, nginx, token, path="/"):
        return sorted(answers[0] for answers in self.told(nginx, token, path).values())

    def test_two_workers_verify_a_token_once(self):
        nginx = self.start()
        for token in (self.keys.sign("a", jti="1"), self.keys.sign("a", jti="2")):
            said = self.told(nginx, token)
            self.assertEqual(sorted(answers[0] for answers in said.values()),
                             [(200, "MISS"), (200, "SHARED")])
            for answers in said.values():
                self.assertEqual(set(answers[1:]), {(200, "HIT")})

    def test_a_secret_is_no_signature_that_is_shared(self):
        nginx = self.start()
        self.assertEqual(self.first(nginx, self.keys.sign("secret"), "/secret"), [(200, "MISS")] * 2)

    def test_a_refused_token_is_not_remembered(self):
        nginx = self.start()
        self.assertEqual(self.first(nginx, self.keys.sign("b")), [(401, "MISS")] * 2)
        good = self.keys.sign("a")
        self.assertEqual(self.first(nginx, good)[0], (200, "MISS"))
        bad = good[:-6] + ("A" if good[-6] != "A" else "B") + good[-5:]
        self.assertEqual({answer for answers in self.told(nginx, bad).values() for answer in answers},
                         {(401, "MISS")})

    def test_another_policy_is_asked_anew(self):
        nginx = self.start()
        token = self.keys.sign("a", iss="one")
        self.assertEqual(self.first(nginx, token), [(200, "MISS"), (200, "SHARED")])
        said = self.told(nginx, token, "/two")
        self.assertEqual({answer for answers in said.values() for answer in answers},
                         {(401, "SHARED")})
        self.assertEqual(nginx.ask("/two", token).headers["x-reason"], "E_ISSUER")

    def test_the_tokens_of_a_key_that_is_withdrawn_are_refused(self):
        nginx = self.start()
        token = self.keys.sign("a")
        self.first(nginx, token)
        self.keys.replace("now.pub", self.keys.text("b.pub"))
        harness.eventually(lambda: all(nginx.status("/", token) == 401 for _ in range(20)),
                           "both workers know")
        self.assertEqual({answer for answers in self.told(nginx, token).values() for answer in answers},
                         {(401, "MISS")})
        self.assertEqual(nginx.ask("/", token).headers["x-reason"], "E_KEY_UNKNOWN")

    def test_another_key_of_the_same_name_is_another(self):
        nginx = self.start()
        token = self.keys.sign("a")
        self.first(nginx, token)
        self.keys.new("a")
        self.keys.replace("now.pub", self.keys.text("a.pub"))
        harness.eventually(lambda: all(nginx.status("/", token) == 401 for _ in range(20)),
                           "both workers know")
        self.assertEqual(nginx.ask("/", token).headers["x-reason"], "E_SIGNATURE")

    def test_a_reload_keeps_what_is_shared_unless_its_size_changes(self):
        nginx = self.start("jeton_cache 1m zone=tokens:256k;")
        token = self.keys.sign("a")
        self.first(nginx, token)
        nginx.reload()
        self.assertEqual(self.first(nginx, token), [(200, "SHARED")] * 2)
        nginx.http = "jeton_cache 1m zone=tokens:512k;"
        nginx.reload()
        self.assertEqual(self.first(nginx, token), [(200, "MISS"), (200, "SHARED")])

    def test_each_of_the_two_can_be_switched_off(self):
        for directive, first, then in (("jeton_cache off;", "MISS", {"MISS"}),
                                       ("jeton_cache zone=off;", "MISS", {"HIT"}),
                                       ("jeton_cache off zone=x:64k;", "SHARED", {"SHARED"}),
                                       ("jeton_cache 64k;", "SHARED", {"HIT"})):
            with self.subTest(directive):
                said = self.told(self.start(directive), self.keys.sign("a"))
                self.assertEqual(sorted(answers[0][1] for answers in said.values()), ["MISS", first])
                self.assertEqual({answer[1] for answers in said.values() for answer in answers[1:]},
                                 then)

    def test_a_worker_that_is_killed_at_work_leaves_the_others_what_they_need(self):
        nginx = self.start("jeton_cache 64k zone=x:32k;")
        good, stop, wrong = self.keys.sign_many("a", 400), threading.Event(), []
        bad = [token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:] for token in good]

        def load(step):
            n = 0
            while not stop.is_set():
                n = (n + step) % len(good)
                try:
                    got = nginx.status("/", good[n]), nginx.status("/", bad[n])
                except (OSError, http.client.HTTPException):
                    continue  # of the worker that was killed
                if got != (200, 401):
                    wrong.append(got)
        threads = [threading.Thread(target=load, args=(step,)) for step in (1, 3, 7, 11)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            victim = max(nginx.workers_now())
            os.kill(victim, signal.SIGKILL)
            harness.eventually(lambda: victim not in nginx.workers_now()
                               and len(nginx.workers_now()) == 2, "there is another worker")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.assertEqual({nginx.status("/", token) for token in good[:50]}, {200})


class Configuration(unittest.TestCase):
    def test_what_cannot_be_is_refused(self):
        rows = [("jeton_cache 1m zone=x;", "zone=NAME:SIZE"), ("jeton_cache zone=:1m;", "zone=NAME:SIZE"),
                ("jeton_cache zone=x:1k;", "32k or more"), ("jeton_cache zone=x:many;", "32k or more"),
                ("jeton_cache 1m 2m;", "second size"), ("jeton_cache zone=x:1m zone=y:1m;", "second zone"),
                ("jeton_cache 1k;", "64k or more"), ("jeton_cache maybe;", "64k or more"),
                ("jeton_cache 1m; jeton_cache off;", "duplicate"),
                ("limit_req_zone $uri zone=x:1m rate=1r/s; jeton_cache zone=x:1m;", "\"x\"")]
        for text, why in rows:
            with self.subTest(text):
                nginx = Nginx("", text)
                self.addCleanup(nginx.__exit__)
                status, said = nginx.check()
                self.assertNotEqual(status, 0)
                self.assertIn(why, said)
        for text in ("jeton_cache off;", "jeton_cache 8m;", "jeton_cache 8m zone=x:32k;"):
            nginx = Nginx("", text)
            self.addCleanup(nginx.__exit__)
            self.assertEqual(nginx.check()[0], 0, text)


if __name__ == "__main__":
    harness.main()
