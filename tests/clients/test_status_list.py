#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_status_list.py - a verifier that is not ours, of Node with jose and zlib (status_list.mjs), decides by
the public status list whether a token is revoked."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))
import harness  # noqa: E402


class StatusList(harness.ServerCase):
    FLAGS = ["--status-claim", "on", "--status-ttl", "5s"]

    def ask(self, token, how="plain"):
        done = subprocess.run(["node", os.path.join(HERE, "status_list.mjs"), f"http://{self.server.address}", how],
                              input=token, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_it_decides_from_the_list_alone(self):
        revoked, good = (self.server.login("alice")["access_token"] for _ in range(2))
        self.assertEqual(self.ask(revoked), {"revoked": False, "places": 1048576, "ttl": 5})
        index = json.loads(harness.unb64(revoked.split(".")[1]))["idx"]
        self.assertEqual(self.server.cli("revoke", "index", str(index))[0], 0)
        harness.eventually(lambda: self.ask(revoked)["revoked"], "the list tells of it")
        self.assertFalse(self.ask(good)["revoked"])

    def test_a_list_that_was_changed_on_the_way_is_none(self):
        token = self.server.login("alice")["access_token"]
        self.assertIn("revoked", self.ask(token))
        self.assertEqual(self.ask(token, "tampered"), {"refused": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"})

    def test_an_access_token_is_no_list(self):
        token = self.server.login("alice")["access_token"]
        self.assertEqual(self.ask(token, "swapped"), {"refused": "ERR_JWT_CLAIM_VALIDATION_FAILED"})


if __name__ == "__main__":
    harness.main()
