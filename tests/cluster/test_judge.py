#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_judge.py - the judge finds each kind of broken promise, and finds none where there is none: cases
that differ in one thing."""
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402
import judge  # noqa: E402

S = 1_000_000_000
LEASE = 2.0
BOUND = 2_020_000_000  # the lease and a hundredth

# why, the token, what was decided about it: (before, status), and a word of the verdict or None
CASES = (
    ("good and accepted", {}, (5 * S, "OK"), None),
    ("good and refused", {}, (5 * S, "E_REVOKED"), "good token"),
    ("good, its key unknown", {}, (5 * S, "E_KEY_UNKNOWN"), "good token"),
    ("good, and the guard knows that it does not know", {}, (5 * S, "E_STALE"), None),
    ("may be ended by something else", {"doomed": True}, (5 * S, "E_REVOKED"), None),
    ("refused before anybody revoked it", {"revoking": 6 * S, "revoked": 7 * S}, (5 * S, "E_REVOKED"),
     "good token"),
    ("refused while it is being revoked", {"revoking": 5 * S, "revoked": 7 * S}, (6 * S, "E_REVOKED"),
     None),
    ("refused, and the answer never came", {"revoking": 5 * S}, (9 * S, "E_REVOKED"), None),
    ("accepted, and the answer never came", {"revoking": 5 * S}, (99 * S, "OK"), None),
    ("accepted at the end of the lease", {"revoking": 5 * S, "revoked": 6 * S}, (6 * S + BOUND, "OK"),
     None),
    ("accepted behind the lease", {"revoking": 5 * S, "revoked": 6 * S}, (6 * S + BOUND + 1, "OK"),
     "committed"),
    ("accepted in the moment of the strict answer",
     {"revoking": 5 * S, "revoked": 6 * S, "strict": 6 * S}, (6 * S, "OK"), None),
    ("accepted behind the strict answer",
     {"revoking": 5 * S, "revoked": 6 * S, "strict": 6 * S}, (6 * S + 1, "OK"), "strict"),
    ("refused behind the strict answer",
     {"revoking": 5 * S, "revoked": 6 * S, "strict": 6 * S}, (6 * S + 1, "E_REVOKED"), None),
    ("accepted between answer and strict answer",
     {"revoking": 5 * S, "revoked": 6 * S, "strict": 7 * S}, (6 * S + 1, "OK"), None),
)

# why, the token, the last word, and a word of the verdict or None
ENDS = (
    ("revoked and refused", {"revoking": 5 * S, "revoked": 6 * S}, "E_REVOKED", None),
    ("revoked and accepted", {"revoking": 5 * S, "revoked": 6 * S}, "OK", "lost"),
    ("revoked and never answered", {"revoking": 5 * S}, "OK", None),
    ("good and accepted", {}, "OK", None),
    ("good and refused", {}, "E_REVOKED", "for good"),
    ("good and stale for ever", {}, "E_STALE", "for good"),
)


class Judge(unittest.TestCase):
    def check(self, broken, word):
        if word is None:
            self.assertEqual(broken, [])
        else:
            self.assertEqual(len(broken), 1, broken)
            self.assertIn(word, broken[0])

    def test_decisions(self):
        for why, known, (before, status), word in CASES:
            with self.subTest(why):
                tokens = {"t": judge.Token("t", 1 * S, **known)}
                one = judge.Decision("g", "t", before, before + 1000, status)
                self.check(judge.judge(tokens, [one], LEASE), word)

    def test_last_words(self):
        for why, known, status, word in ENDS:
            with self.subTest(why):
                tokens = {"t": judge.Token("t", 1 * S, **known)}
                one = judge.Decision("g", "t", 6 * S, 6 * S + 1000, status)
                self.check(judge.judge(tokens, [], LEASE, [one]), word)

    def test_one_guilty_decision_among_many_is_found(self):
        tokens = {"t": judge.Token("t", 0, revoking=S, revoked=S)}
        honest = [judge.Decision("g", "t", at * S, at * S + 1, "E_REVOKED") for at in range(2, 900)]
        late = judge.Decision("h", "t", 500 * S, 500 * S + 1, "OK")
        self.check(judge.judge(tokens, [*honest, late, *honest], LEASE), "committed")

    def test_lines_are_read_and_a_cut_one_is_not(self):
        got = judge.read_decisions("g", ["a 1 2 OK\n", "b 3 4 E_STALE\n", "c 5 6 O", "d 7"])
        self.assertEqual(got, [judge.Decision("g", "a", 1, 2, "OK"),
                               judge.Decision("g", "b", 3, 4, "E_STALE")])

    def test_how_far_a_revocation_reached(self):
        tokens = {"t": judge.Token("t", 0, revoking=S, revoked=2 * S), "u": judge.Token("u", 0)}
        said = [("g", "t", 2 * S + 3_000_000, "OK"), ("g", "t", 2 * S + 1_000_000, "OK"),
                ("h", "t", 2 * S - 5, "OK"), ("h", "t", 3 * S, "E_REVOKED"), ("h", "u", 9 * S, "OK")]
        decisions = [judge.Decision(guard, token, at, at + 1, status)
                     for guard, token, at, status in said]
        self.assertEqual(judge.reach(tokens, decisions), [0.0, 3.0])


if __name__ == "__main__":
    harness.main()
