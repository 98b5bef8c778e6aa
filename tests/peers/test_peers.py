#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_peers.py - tokens and keys cross between jeton and each other library, in both directions:
every algorithm both know, in every form of key the peer takes; and what was changed on the way, or
is held against another key, is refused by both."""
import re
import unittest

import peers
from peers import harness

HMAC = ["HS256", "HS384", "HS512"]
RSA = ["RS256", "RS384", "RS512"]
PSS = ["PS256", "PS384", "PS512"]
EC = ["ES256", "ES384", "ES512"]
MOST = RSA + PSS + EC
OURS = HMAC + MOST + ["ES256K", "Ed25519", "EdDSA", "EdDSA/Ed448", "Ed448"]

# What each peer knows, by the form of key. This list, and not what a driver says of itself,
# decides what has to cross: nothing is skipped unseen. In (algorithm, version) pairs the peer
# learnt the algorithm with that version.
EXPECTED = {
    "Authlib": {"jwk": HMAC + MOST + ["ES256K", "EdDSA", "EdDSA/Ed448"],
                "pem": MOST + ["ES256K", "EdDSA", "EdDSA/Ed448"],
                "raw": HMAC},
    "Crypt::JWT": {"jwk": HMAC + MOST + ["ES256K", "EdDSA"],
                   "pem": MOST + ["ES256K", "EdDSA"],
                   "raw": HMAC},
    "PyJWT": {"jwk": HMAC + MOST + ["ES256K", "EdDSA", "EdDSA/Ed448"],
              "pem": MOST + ["ES256K", "EdDSA", "EdDSA/Ed448"],
              "raw": HMAC},
    "cjose": {"jwk": HMAC + MOST},
    "fast-jwt": {"pem": MOST + ["EdDSA", "EdDSA/Ed448"], "raw": HMAC},
    "golang-jwt": {"pem": MOST + ["EdDSA"], "raw": HMAC},
    "jose": {"jwk": HMAC + MOST + ["ES256K", "EdDSA", "EdDSA/Ed448", "Ed25519"],
             "pem": MOST + ["ES256K", "EdDSA", "EdDSA/Ed448", "Ed25519"],
             "raw": HMAC},
    "jsonwebtoken": {"jwk": MOST, "pem": MOST, "raw": HMAC},
    "latchset jose": {"jwk": HMAC + MOST + [("ES256K", "12")]},
    "libjwt": {"pem": RSA + EC + [("PS256", "1.13"), ("PS384", "1.13"), ("PS512", "1.13")],
               "raw": HMAC},
    "python-jose": {"jwk": HMAC + RSA + EC, "pem": RSA + EC, "raw": HMAC},
    "ruby-jwt": {"jwk": MOST + ["EdDSA"], "pem": MOST + ["ES256K"], "raw": HMAC},
}


def number(version):
    return [int(digits) for digits in re.findall(r"\d+", version)]


def expected_of(peer):
    """form -> labels that this version must know."""
    knows = {}
    for form, labels in EXPECTED[peer.name].items():
        rows = [label if isinstance(label, tuple) else (label, "0") for label in labels]
        knows[form] = sorted(label for label, since in rows
                             if number(peer.version) >= number(since))
    return knows


class Store:
    """Two keys for each label and our token by the first, made when first asked for."""

    keys = {}
    tokens = {}
    claims = peers.some_claims()

    @classmethod
    def pair(cls, label):
        if label not in cls.keys:
            key = peers.Key(label)
            # the same name, so that a key is not merely unknown
            cls.keys[label] = key, peers.Key(label, kid=key.private["jwk"].get("kid"))
        return cls.keys[label]

    @classmethod
    def token(cls, label, form):
        if (label, form) not in cls.tokens:
            cls.tokens[label, form] = peers.sign(cls.pair(label)[0], form, cls.claims)
        return cls.tokens[label, form]


class Crossing:
    """One algorithm and one form of key with one peer."""

    def __init__(self, label, form):
        self.label, self.form = label, form
        self.key, self.other = Store.pair(label)
        self.ours = Store.token(label, form)
        self.changed = peers.one_byte_changed(self.ours)

    def question(self, token, key=None):
        return {"do": "verify", "alg": self.key.alg, "format": self.form,
                "key": (key or self.key).public[self.form], "token": token}

    def questions(self):
        """Ours, ours against another key, ours changed; and a token of theirs, please."""
        return [self.question(self.ours), self.question(self.ours, self.other),
                *(self.question(token) for _, token in self.changed),
                {"do": "sign", "alg": self.key.alg, "format": self.form,
                 "key": self.key.private[self.form], "claims": Store.claims}]


class Peers(unittest.TestCase):
    maxDiff = None

    def assert_refused(self, answer, what):
        self.assertIs(answer["ok"], False, f"{what} was accepted: {answer}")

    def judge(self, crossing, answers):
        """What the peer said of our tokens; returns its own."""
        good, wrong, *changed, made = answers
        self.assertIs(good["ok"], True, f"our token: {good}")
        self.assertEqual(good["claims"], Store.claims)
        self.assert_refused(wrong, "our token against another key")
        for (where, _), answer in zip(crossing.changed, changed):
            self.assert_refused(answer, f"our token with a changed {where}")
        self.assertIs(made["ok"], True, f"signing: {made}")
        return made["token"]

    def judge_theirs(self, crossing, token, changed):
        """What we say of their token and of ours that was changed."""
        tokens = [token, *(text for _, text in changed + crossing.changed)]
        good, *bad = peers.verify(crossing.key, crossing.form, tokens)
        self.assertIs(good["ok"], True, f"their token {token}: {good}")
        self.assertEqual(good["claims"], Store.claims)
        for (where, _), answer in zip(changed + crossing.changed, bad):
            self.assert_refused(answer, f"a token with a changed {where}")
            if where != "header": # whose change may be to something we refuse at once
                self.assertEqual(answer["error"], "E_SIGNATURE", where)
        wrong = peers.verify(crossing.other, crossing.form, [token])[0]
        self.assertEqual((wrong["ok"], wrong.get("error")), (False, "E_SIGNATURE"))

    def cross(self, name):
        peer = peers.Peer(name)
        expected = expected_of(peer)
        self.assertEqual({form: sorted(labels) for form, labels in peer.formats.items()}, expected)
        crossings = [Crossing(label, form) for form, labels in peer.formats.items()
                     for label in labels]

        answers = iter(peer.ask([q for crossing in crossings for q in crossing.questions()]))
        theirs = {}
        for crossing in crossings:
            of_it = [next(answers) for _ in crossing.questions()]
            with self.subTest(alg=crossing.label, form=crossing.form, by="peer"):
                theirs[crossing] = self.judge(crossing, of_it)

        changed = {crossing: peers.one_byte_changed(token) for crossing, token in theirs.items()}
        again = iter(peer.ask([crossing.question(token) for crossing in theirs
                               for _, token in changed[crossing]]))
        crossed = {form: [] for form in expected}
        for crossing, token in theirs.items():
            of_it = [next(again) for _ in changed[crossing]]
            with self.subTest(alg=crossing.label, form=crossing.form, by="jeton"):
                self.judge_theirs(crossing, token, changed[crossing])
                for (where, _), answer in zip(changed[crossing], of_it):
                    self.assert_refused(answer, f"their token with a changed {where}")
                crossed[crossing.form].append(crossing.label)

        self.assertEqual({form: sorted(labels) for form, labels in crossed.items()}, expected)
        print(f"{peer.name} {peer.version}: "
              + "; ".join(f"{form} {' '.join(labels)}" for form, labels in crossed.items()),
              flush=True)


class TheLists(unittest.TestCase):
    def test_every_driver_has_its_list_and_every_list_its_driver(self):
        self.assertEqual(set(EXPECTED), set(peers.DRIVERS))
        self.assertEqual(len(peers.DRIVERS), 12)

    def test_every_algorithm_of_ours_has_a_peer(self):
        """Ed448 by its own name and ML-DSA have none yet: their vectors have to do."""
        known = {label for forms in EXPECTED.values() for labels in forms.values()
                 for label in (row if isinstance(row, str) else row[0] for row in labels)}
        self.assertEqual(set(OURS) - known, {"Ed448"})
        self.assertEqual(known - set(OURS), set())


def test_of(name):
    return lambda self: self.cross(name)


for _name in peers.expected_here():
    _slug = re.sub(r"\W+", "_", _name.lower())
    setattr(Peers, f"test_{_slug}_in_both_directions", test_of(_name))

if __name__ == "__main__":
    harness.main()
