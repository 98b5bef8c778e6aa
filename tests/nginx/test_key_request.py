#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_key_request.py - ngx_http_jeton_module: keys that subrequests bring, alone and beside files."""
import concurrent.futures
import json
import shutil
import socket
import threading
import time
import unittest

from cases import Keys, PublisherServer
from nginx import Nginx, harness


class Published(unittest.TestCase):
    """Keys, and somebody who publishes some of them."""

    def setUp(self):
        self.keys = Keys().new("a").new("b").new("secret", "HS256")
        self.addCleanup(shutil.rmtree, self.keys.folder, True)
        self.publisher = PublisherServer(self)
        self.publish("a")

    def jwks(self, *names, suffix=".pub"):
        return json.dumps({"keys": [json.loads(self.keys.text(name + suffix)) for name in names]})

    def publish(self, *names, suffix=".pub"):
        self.publisher.keys = self.jwks(*names, suffix=suffix)


class KeyRequest(Published):
    def start(self, more="", workers=2):
        nginx = Nginx(f"""
            location / {{ jeton "the realm"; jeton_key_request /_keys; {more}
                          try_files /index.html =404; }}
            location /other {{ jeton "the realm"; jeton_key_request /_keys?second; {more}
                               try_files /index.html =404; }}
            location = /_keys {{ internal; subrequest_output_buffer_size 64k;
                proxy_pass_request_headers off; proxy_connect_timeout 2s;
                proxy_pass http://127.0.0.1:{self.publisher.server_port}/jwks; }}
        """, workers=workers).start()
        self.addCleanup(nginx.__exit__)
        return nginx

    def test_one_fetch_serves_all_workers(self):
        nginx = self.start()
        self.publisher.delay = 0.3
        good, got = self.keys.sign("a"), []
        threads = [threading.Thread(target=lambda: got.append(nginx.status("/", good)))
                   for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((got, self.publisher.asked), ([200] * 20, 1))
        self.assertNotIn("Authorization", self.publisher.headers[0])
        self.assertEqual(nginx.status("/other", good), 200)
        self.assertEqual(self.publisher.asked, 2)

    def test_without_a_token_nothing_is_fetched(self):
        nginx = self.start()
        self.assertEqual(nginx.status("/"), 401)
        self.assertEqual(self.publisher.asked, 0)

    def test_unknown_kids_do_not_hammer(self):
        nginx = self.start()
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 200)
        unknown = self.keys.sign("b")
        for _ in range(30):
            self.assertEqual(nginx.status("/", unknown), 401)
        self.assertLessEqual(self.publisher.asked, 2)
        nginx = self.start()
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 200)
        self.publish("a", "b")
        self.assertEqual(nginx.status("/", self.keys.sign("b")), 200)

    def test_keys_that_were_withdrawn_go_when_their_time_is_over(self):
        nginx = self.start("jeton_key_cache 1s;")
        old = self.keys.sign("a")
        self.assertEqual(nginx.status("/", old), 200)
        self.publish("b")
        harness.eventually(lambda: nginx.status("/", old) == 401, "the key is gone")
        self.assertEqual(nginx.status("/", self.keys.sign("b")), 200)

    def test_what_came_once_is_kept_when_nothing_comes_any_more(self):
        nginx = self.start("jeton_key_cache 1s;")
        good = self.keys.sign("a")
        self.assertEqual(nginx.status("/", good), 200)
        for code, text in ((500, "no"), (200, "{"), (200, '{"keys": []}')):
            self.publisher.code, self.publisher.keys = code, text
            asked = self.publisher.asked

            def was_asked():
                self.assertEqual(nginx.status("/", good), 200)
                return self.publisher.asked > asked
            harness.eventually(was_asked, f"it is asked again, and says {text[:20]}")
            self.assertEqual(nginx.status("/", good), 200)
        self.assertEqual(nginx.status("/", self.keys.sign("b")), 401)

    def test_who_has_keys_does_not_wait_for_newer_ones(self):
        nginx = self.start("jeton_key_cache 1s;", workers=1)
        good, other = self.keys.sign("a"), self.keys.sign("b")
        self.assertEqual(nginx.status("/", good), 200)
        self.publish("b")
        self.publisher.open.clear()  # from now on it does not answer

        def was_asked():
            self.assertEqual(nginx.status("/", good), 200)
            return self.publisher.asked > 1
        harness.eventually(was_asked, "it is asked for newer ones")
        self.publisher.open.set()
        harness.eventually(lambda: nginx.status("/", good) == 401, "newer ones have come")
        self.assertEqual(nginx.status("/", other), 200)

    def test_before_anything_has_come_there_is_a_503(self):
        nginx = self.start()
        self.publisher.code = 404
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 503)
        self.assertEqual(nginx.status("/"), 401)
        self.publisher.code = 200
        harness.eventually(lambda: nginx.status("/", self.keys.sign("a")) == 200, "keys have come")

    def test_published_secrets_are_none(self):
        self.publish("secret", suffix=".jwk")
        nginx = self.start()
        self.assertEqual(nginx.status("/", self.keys.sign("secret")), 503)

    def test_a_reload_keeps_what_was_fetched(self):
        nginx = self.start()
        good = self.keys.sign("a")
        self.assertEqual(nginx.status("/", good), 200)
        self.publisher.code = 500
        nginx.reload()
        self.assertEqual(nginx.status("/", good), 200)
        self.assertEqual(self.publisher.asked, 1)

    def test_a_client_that_goes_away_while_keys_are_fetched_harms_nobody(self):
        nginx = self.start(workers=1)
        self.publisher.delay = 0.5
        good = self.keys.sign("a")
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", nginx.port)) as sock:
                sock.sendall(f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {good}\r\n\r\n"
                             .encode())
                time.sleep(0.05)
        self.assertEqual(nginx.status("/", good), 200)
        self.assertNotIn("exited on signal", nginx.log())

    def test_a_token_of_a_new_key_waits_for_the_fetch_of_another_request(self):
        nginx = self.start()
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 200)
        self.publish("a", "b")
        self.publisher.delay = 0.5
        good, got = self.keys.sign("b"), []
        threads = [threading.Thread(target=lambda: got.append(nginx.status("/", good)))
                   for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((got, self.publisher.asked), ([200] * 10, 2))


class Several(Published):
    """Two requests and a file in one place."""

    def setUp(self):
        super().setUp()
        self.keys.new("c").new("d")
        self.publisher.more = {"/jwks?1": self.jwks("a"), "/jwks?2": self.jwks("b")}

    def start(self, more="", workers=2):
        nginx = Nginx(f"""
            location / {{ jeton "the realm"; jeton_key_request /_one; jeton_key_request /_two;
                          jeton_key_file {self.keys.folder}/c.pub; {more}
                          add_header X-Reason "$jeton_reason" always;
                          location /inner {{ try_files /index.html =404; }}
                          location /own {{ jeton_key_request /_two; try_files /index.html =404; }}
                          try_files /index.html =404; }}
            location = /_one {{ internal; subrequest_output_buffer_size 64k;
                proxy_pass_request_headers off; proxy_pass http://127.0.0.1:{self.publisher.server_port}/jwks?1; }}
            location = /_two {{ internal; subrequest_output_buffer_size 64k;
                proxy_pass_request_headers off; proxy_pass http://127.0.0.1:{self.publisher.server_port}/jwks?2; }}
        """, workers=workers).start()
        self.addCleanup(nginx.__exit__)
        return nginx

    def test_the_keys_of_all_of_them_count(self):
        nginx = self.start()
        for path in ("/", "/inner"):
            for name in "abc":
                self.assertEqual(nginx.status(path, self.keys.sign(name)), 200, name)
        self.assertEqual(self.publisher.asked, 2)
        self.assertEqual(nginx.status("/own", self.keys.sign("b")), 200)
        self.assertEqual(nginx.status("/own", self.keys.sign("c")), 401)

    def test_an_unknown_kid_has_each_of_them_asked_once(self):
        nginx = self.start()
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 200)
        unknown = self.keys.sign("d")
        for _ in range(10):
            self.assertEqual(nginx.status("/", unknown), 401)
        self.assertEqual(self.publisher.asked, 4)

    def test_one_that_does_not_answer_is_in_nobodys_way(self):
        self.publisher.more["/jwks?1"] = "no keys"
        nginx = self.start()
        for name in "bc":
            self.assertEqual(nginx.status("/", self.keys.sign(name)), 200, name)
        answer = nginx.ask("/", self.keys.sign("a"))
        self.assertEqual((answer.status, answer.headers["x-reason"]), (503, "E_STALE"))
        self.publisher.more["/jwks?1"] = self.jwks("a")
        harness.eventually(lambda: nginx.status("/", self.keys.sign("a")) == 200, "it has come")
        self.assertEqual(nginx.status("/", self.keys.sign("d")), 401)

    def test_one_that_hangs_keeps_only_those_waiting_whose_key_is_not_there(self):
        nginx = self.start(workers=1)
        self.publisher.open.clear()
        for _ in range(3):
            self.assertEqual(nginx.status("/", self.keys.sign("c")), 200)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(nginx.status, "/", self.keys.sign(name)) for name in "ab"]
            self.assertEqual(nginx.status("/", self.keys.sign("c")), 200)
            self.publisher.open.set()
            self.assertEqual([status.result() for status in waiting], [200, 200])

    def test_who_waits_for_one_that_hangs_is_told_so_at_some_time(self):
        nginx = self.start(workers=1)
        self.publisher.open.clear()
        self.addCleanup(self.publisher.open.set)
        self.assertEqual(nginx.status("/", self.keys.sign("a")), 503)

    def test_what_one_withdraws_goes_and_what_the_others_have_stays(self):
        nginx = self.start("jeton_key_cache 1s;")
        tokens = {name: self.keys.sign(name) for name in "abc"}
        self.assertEqual({nginx.status("/", token) for token in tokens.values()}, {200})
        self.publisher.more["/jwks?1"] = self.jwks("d")
        harness.eventually(lambda: nginx.status("/", tokens["a"]) == 401, "the key is gone")
        self.assertEqual([nginx.status("/", tokens[name]) for name in "bc"], [200, 200])
        self.assertEqual(nginx.status("/", self.keys.sign("d")), 200)


if __name__ == "__main__":
    harness.main()
