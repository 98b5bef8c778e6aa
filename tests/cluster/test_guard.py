#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_guard.py - the guard of the cluster's tests writes down what a service would decide."""
import os
import types
import unittest

from daemons import harness
import nodes
from warden import WARDEN


class OneGuard(unittest.TestCase):
    def test_it_goes_by_the_segment_and_dates_what_it_says(self):
        folder = WARDEN.folder()
        self.addCleanup(WARDEN.remove, folder)
        with harness.Server("--issuer", nodes.ISSUER) as server, nodes.Guard(
                types.SimpleNamespace(folder=folder), "guard",
                os.path.join(server.data, "segment")) as guard:
            server.add_user("bob")
            gone, kept = (server.login("bob")["access_token"] for _ in range(2))
            guard.watch("gone", gone)
            guard.watch("kept", kept)
            guard.watch("bad", kept[:-2])
            guard.says("gone", "OK")
            self.assertEqual(server.logout(gone).status, 204)
            guard.says("gone", "E_REVOKED")
            guard.says("kept", "OK")
            guard.says("bad", "E_SIGNATURE")
            guard.forget("bad")
            server.kill()
            guard.says("kept", "E_STALE")
            guard.says("gone", "E_REVOKED")
            self.check(guard.decisions())

    def check(self, decisions):
        self.assertEqual({one.token for one in decisions}, {"gone", "kept", "bad"})
        self.assertTrue(all(one.before <= one.after for one in decisions))
        self.assertEqual([one.before for one in decisions], sorted(one.before for one in decisions))
        bad = [at for at, one in enumerate(decisions) if one.token == "bad"]
        self.assertNotEqual(bad[-1], len(decisions) - 1, "what is forgotten is not looked at")


if __name__ == "__main__":
    harness.main()
