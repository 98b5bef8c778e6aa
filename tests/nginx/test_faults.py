#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_faults.py - ngx_http_jeton_module: the faults that other modules of its kind have had.

Some have their test elsewhere:

  the algorithm is taken from the token          test_module.Access.test_the_algorithm_is_the_keys
  one "alg: none" token changes the worker       test_module.Access.test_alg_none_changes_nothing
  no challenge when no credential was sent       test_module.Access.test_without_a_token_there_is_a_bare_challenge
  tokens above 4 KB                              test_module.Access.test_long_tokens_are_read, test_load.Http2
  rules applied before the signature             test_module.Rules.test_a_rule_is_not_looked_at_before_the_signature
  a verdict of one location used in another      test_module.Rules.test_a_verdict_of_one_location_is_none_in_another,
                                                 test_cache.TwoWorkers.test_another_policy_is_asked_anew
  a withdrawn key's verdict survives             test_cache.TwoWorkers.test_the_tokens_of_a_key_that_is_withdrawn_are_refused,
                                                 test_module.Files, test_key_request.KeyRequest
  a flood of unknown kids hammers the JWKS       test_key_request.KeyRequest.test_unknown_kids_do_not_hammer
"""
import concurrent.futures
import json
import os
import shutil
import socket
import tempfile
import unittest

from cases import Case, Keys, PublisherServer, start_echo
from nginx import Nginx, harness


class Revocation(unittest.TestCase):
    def test_a_revocation_list_is_not_asked_about_a_token_without_a_good_signature(self):
        folder = tempfile.mkdtemp(prefix="jeton-nginx-")
        self.addCleanup(shutil.rmtree, folder, True)
        server = harness.Server("--segment", folder + "/segment").start()
        self.addCleanup(server.__exit__)
        server.add_user("alice")
        nginx = Nginx(f"""jeton x; jeton_segment {folder}/segment;
                          location / {{ add_header X-Reason "$jeton_reason" always; empty_gif; }}""").start()
        self.addCleanup(nginx.__exit__)
        token = server.login()["access_token"]
        forged = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
        self.assertEqual(nginx.ask("/", forged).headers["x-reason"], "E_SIGNATURE")
        self.assertEqual(server.logout(token).status, 204)
        harness.eventually(lambda: nginx.ask("/", token).headers["x-reason"] == "E_REVOKED",
                           "the segment is fresh, and told what is revoked")
        self.assertEqual(nginx.ask("/", forged).headers["x-reason"], "E_SIGNATURE")


class Requests(unittest.TestCase):
    """What is known of a request is known of that one alone."""

    def setUp(self):
        self.keys = Keys().new("a")
        self.addCleanup(shutil.rmtree, self.keys.folder, True)
        self.publisher = PublisherServer(self)
        self.publisher.keys = json.dumps({"keys": [json.loads(self.keys.text("a.pub"))]})
        self.publisher.delay = 0.5
        echo = start_echo(self)
        self.nginx = Nginx(f"""
            jeton_identity X-User sub;
            location / {{ jeton x; jeton_key_file {self.keys.folder}/a.pub; proxy_pass http://127.0.0.1:{echo}; }}
            location /fetched {{ jeton x; jeton_key_request /_keys; proxy_pass http://127.0.0.1:{echo}; }}
            location = /_keys {{ internal; subrequest_output_buffer_size 64k; proxy_pass_request_headers off;
                proxy_pass http://127.0.0.1:{self.publisher.server_port}/jwks; }}
        """).start()
        self.addCleanup(self.nginx.__exit__)

    def test_many_at_once_in_one_location_keep_their_own_names(self):
        """In one worker, and while they wait for keys, and for the application."""
        tokens = {f"user-{i}": self.keys.sign_many("a", 1, sub=f"user-{i}")[0] for i in range(40)}
        tokens["nobody"] = tokens["user-0"][:-4] + "AAAA"
        for path in ("/fetched", "/"):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                answers = {name: pool.submit(self.nginx.ask, path, token)
                           for name, token in tokens.items()}
            for name, answer in answers.items():
                if name == "nobody":
                    self.assertEqual(answer.result().status, 401)
                    continue
                told = [value for header, value in answer.result().json if header == "x-user"]
                self.assertEqual(told, [name])


class Keyed(Case):
    SERVER = """
        jeton "the realm"; jeton_key_file KEYS/a.pub;
        location / { try_files /index.html =404; }
    """

    def test_keys_are_not_read_for_a_request(self):
        tokens = self.keys.sign_many("a", 50)
        self.assertEqual(self.status("/", tokens[0]), 200)
        os.unlink(self.keys.path("a.pub"))
        self.addCleanup(self.keys.replace, "a.pub", self.keys.text("b.pub"))
        self.assertEqual({self.status("/", token) for token in tokens}, {200})
        self.assertNotIn("a.pub", self.nginx.log())

    def test_two_credentials_in_one_request_are_none(self):
        good, bad = self.keys.sign("a"), self.keys.sign("b")
        for first, second in ((good, bad), (bad, good), (good, good)):
            with socket.create_connection(("127.0.0.1", self.nginx.port), harness.PATIENCE) as sock:
                sock.sendall(f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                             f"{first}\r\nAuthorization: Bearer {second}\r\n\r\n".encode())
                self.assertIn(b" 400 ", sock.makefile("rb").readline())


if __name__ == "__main__":
    harness.main()
