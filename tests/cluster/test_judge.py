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


# why, what is doctored, and a word of the verdict or None
RECORDS = (
    ("an honest one", {}, None),
    ("accepted behind a strict answer", {"said": [("gone", 4 * S + 1, "OK")]}, "strict"),
    ("accepted behind commit and lease", {"said": [("gone", 3 * S + BOUND + 1, "OK")]}, "strict"),
    ("a revocation is lost", {"ends": [("gone", 9 * S, "OK")]}, "lost the revocation"),
    ("a session is lost", {"sessions": {"s": 200, "t": 401}}, "the session of t is lost"),
    ("a user is lost", {"users": {"u", "v"}}, "the user v is lost"),
    ("a user that nobody was told of is there", {"found": {"alice", "u", "w"}}, None),
    ("a good token refused", {"said": [("good", 6 * S, "E_REVOKED")]}, "good token"),
    ("a good token refused for good", {"ends": [("good", 9 * S, "E_KEY_UNKNOWN")]}, "for good"),
    ("a good token, and it is not known", {"said": [("good", 6 * S, "E_STALE")]}, None),
    ("a race with two successors", {"races": [judge.Race("r", ["a", "b", "a"])]}, "2 successors"),
    ("a race in which nobody got an answer", {"races": [judge.Race("r", [])]}, None),
    ("an answer that nobody should get", {"strange": ["500"]}, "strange: 500"),
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

    # The five rules, each by a record that is doctored in one place.
    def record(self, **doctored):
        tokens = {"good": judge.Token("good", 1 * S),
                  "gone": judge.Token("gone", 1 * S, revoking=2 * S, revoked=3 * S, strict=4 * S)}
        said = [("good", 5 * S, "OK"), ("gone", 1 * S, "OK"), ("gone", 5 * S, "E_REVOKED")]
        ends = [("good", 9 * S, "OK"), ("gone", 9 * S, "E_REVOKED")]

        def decisions(rows):
            return [judge.Decision("g", token, at, at + 1, status) for token, at, status in rows]
        record = {"sessions": {"s": 200}, "users": {"u"}, "found": {"alice", "u"}, "strange": [],
                  "races": [judge.Race("r", ["next"] * 100)], **doctored}
        return judge.Record(tokens=tokens, decisions=decisions(said + record.pop("said", [])),
                            ends=decisions(record.pop("ends", ends)), **record)

    def test_records(self):
        for why, doctored, word in RECORDS:
            with self.subTest(why):
                self.check(judge.judge_record(self.record(**doctored), LEASE), word)

    def test_what_falls_with_its_key_counts_from_there(self):
        for mine, keys, want in (((None, None), (5, 6), (5, 6)), ((3, 4), (5, 6), (3, 4)),
                                 ((7, 8), (5, 6), (5, 6)), ((7, None), (5, None), (5, None)),
                                 ((3, 4), (None, None), (3, 4)), ((7, 8), (5, None), (5, 8))):
            token = judge.Token("t", 1, *mine)
            token.falls_with(*keys)
            self.assertEqual((token.revoking, token.revoked), want, (mine, keys))

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
