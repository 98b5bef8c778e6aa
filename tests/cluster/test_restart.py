#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_restart.py - a server of several is restarted, and services that go by its segment notice nothing:
the segment of the last run stays until the new one knows everything. The lease is long, so that nothing
here depends on how fast the machine is."""
import json
import unittest

import cluster
from daemons import harness


class Restart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = cluster.Cluster(1, bus=False, flags=("--lease", "60"))
        cls.whole.__enter__()
        cls.addClassCleanup(cls.whole.__exit__)
        cls.node = cls.whole.servers[0]
        cls.node.add_user("alice")
        cls.guard = cls.whole.guard("service", cls.node.segment)

    def generation(self):
        status, out, _ = harness.jeton("segment", "show", "--json", self.node.segment)
        return json.loads(out)["generation"] if status == 0 else 0

    def restart(self, end):
        """What the service decides meanwhile, until it goes by the new segment."""
        before, mark = self.generation(), self.guard.mark()
        end()
        self.node.start()
        harness.eventually(lambda: self.generation() > before, "the new segment takes the place")
        seen = self.guard.mark()
        harness.eventually(lambda: self.guard.decisions(seen), "it is gone by")
        return {(one.token, one.status) for one in self.guard.decisions(mark)}

    def test_nobody_is_refused_meanwhile(self):
        for name, end in (("stopped", self.node.stop), ("killed", self.node.kill)):
            with self.subTest(name):
                good, gone = (self.node.login("alice")["access_token"] for _ in range(2))
                for word, token in (("good", good), ("gone", gone)):
                    self.guard.watch(f"{name}-{word}", token)
                    self.guard.says(f"{name}-{word}", "OK")
                self.assertEqual(self.node.logout(gone).status, 204)
                self.guard.says(f"{name}-gone", "E_REVOKED")
                decided = self.restart(end)
                self.assertEqual({status for token, status in decided if token.endswith("good")}, {"OK"})
                self.assertEqual({status for token, status in decided if token.endswith("gone")},
                                 {"E_REVOKED"})

    def test_what_is_revoked_right_after_it_is_refused(self):
        token = self.node.login("alice")["access_token"]
        self.guard.watch("late", token)
        self.guard.says("late", "OK")
        self.node.stop()
        self.node.start()
        harness.eventually(lambda: self.node.logout(token).status == 204, "it is revoked")
        mark = self.guard.mark()
        harness.eventually(lambda: len([one for one in self.guard.decisions(mark)
                                        if one.token == "late"]) > 3, "it is looked at")
        decided = [one.status for one in self.guard.decisions(mark) if one.token == "late"]
        # The one that it was at when the answer came may have begun before.
        self.assertNotIn("OK", decided[1:])


harness.main()
