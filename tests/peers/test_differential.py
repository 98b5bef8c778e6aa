#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_differential.py - 10,000 generated and mutated tokens, judged by jeton and by PyJWT at the
same frozen moment. Every disagreement must be explained by a rule of disagreements.py.

The seed is printed; JETON_SEED=NUMBER runs with that one again, JETON_TOKENS=NUMBER with so many.
"""
import collections
import datetime
import json
import os
import random
import secrets
import subprocess
import unittest
from collections import namedtuple

import jwt

import disagreements
import mutants
import peers
from mutants import ISSUER, LEEWAY, NOW, SIGNERS
from peers import harness

SEED = int(os.environ.get("JETON_SEED") or secrets.randbelow(2 ** 32))
TOKENS = int(os.environ.get("JETON_TOKENS") or 10_000)


class Frozen(datetime.datetime):
    """PyJWT's clock."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(NOW, tz)


# A policy: jeton's options and PyJWT's arguments that say the same.
POLICIES = {
    "nothing": ((), {}),
    "iss": (("--iss", ISSUER), {"issuer": ISSUER}),
    "aud": (("--aud", "api"), {"audience": "api"}),
    "two auds": (("--aud", "api", "--aud", "second"), {"audience": ["api", "second"]}),
    "leeway": (("--leeway", str(LEEWAY)), {"leeway": LEEWAY}),
    "required": (("--require", "sub", "--require", "exp"),
                 {"options": {"require": ["sub", "exp"]}}),
    "all": (("--iss", ISSUER, "--aud", "api", "--leeway", str(LEEWAY)),
            {"issuer": ISSUER, "audience": "api", "leeway": LEEWAY}),
}

# Labels of keys: how many tokens of a hundred, the algorithms allowed, and whether the key is
# bound to the first of them.
KEYS = {
    "HS256": (50, ["HS256"], True),
    "HS512": (14, ["HS512", "HS384", "HS256"], False),
    "RS256": (10, ["RS256", "PS256"], True),
    "ES256": (14, ["ES256"], True),
    "EdDSA": (12, ["EdDSA"], True),
}

# A verifier on both sides.
Setup = namedtuple("Setup", "name key algs bound kid preset options words")


class Signers:
    """The keys, as PyJWT takes them; those of a label's Maker."""

    def __init__(self):
        self.keys = {}
        for label, (_, _, bound) in KEYS.items():
            key = peers.Key(label)
            if not bound:
                del key.private["jwk"]["alg"]
            self.keys[label] = key
        self.others = {label: peers.Key(label) for label in KEYS}

    @staticmethod
    def secret(key):
        return SIGNERS[key.alg].from_jwk(json.dumps(key.private["jwk"]))

    def public(self, label):
        key = self.keys[label]
        return SIGNERS[key.alg].from_jwk(json.dumps(key.public["jwk"]))

    def foreign(self, label):
        """What must not be taken for this label's: the other labels' keys, another key of this
        label, and the public key's text as an HMAC secret."""
        pairs = [(other, self.secret(self.keys[other])) for other in KEYS if other != label]
        pairs.append((label, self.secret(self.others[label])))
        if "pem" in self.keys[label].public:
            pairs.append(("HS256", self.keys[label].public["pem"].encode()))
        return pairs

    def maker(self, rng, setup):
        own = [(alg, self.secret(self.keys[setup.key])) for alg in setup.algs]
        return mutants.Maker(rng, own, self.foreign(setup.key), setup.kid,
                             setup.words.get("audience"))


def setups(signers):
    for label, (_, algs, bound) in KEYS.items():
        for preset in ("pyjwt", ""):
            for name, (options, words) in POLICIES.items():
                options = (*options, "--preset", preset) if preset else options
                yield Setup(f"{label}, {name}, {preset or 'own'}", label, algs,
                            label if bound else None,
                            signers.keys[label].private["jwk"].get("kid"), preset, options, words)


def ask_pyjwt(setup, key, tokens):
    """[(claims or None, what it raised)]"""
    answers = []
    for token in tokens:
        try:
            answers.append((jwt.decode(token, key, algorithms=setup.algs, **setup.words), None))
        except Exception as error: # pylint: disable=broad-except
            # Some are no PyJWTError but TypeErrors and the like: a program above would stop too.
            answers.append((None, error))
    return answers


def ask_jeton(setup, key, tokens):
    """[(claims or None, error)]"""
    command = [harness.JETON, "token", "verify", "--key", key.file("jwk"), "--alg",
               ",".join(setup.algs), "--now", str(NOW), *setup.options, "--batch"]
    done = subprocess.run(command, input=b"".join(token + b"\n" for token in tokens),
                                capture_output=True, timeout=300, check=False)
    assert done.returncode in (0, 1) and not done.stderr, (done.returncode, done.stderr)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(lines) == len(tokens), (setup, len(lines), len(tokens))
    return [(line.get("claims"), line.get("error")) for line in lines]


# What PyJWT raises, as jeton's error. Where both have looked at the claims, these are compared.
REASONS = {
    "InvalidSignatureError": "E_SIGNATURE",
    "ExpiredSignatureError": "E_EXPIRED",
    "InvalidAudienceError": "E_AUDIENCE",
    "InvalidIssuerError": "E_ISSUER",
    "MissingRequiredClaimError": "E_MISSING",
}
CLAIM_ERRORS = {"E_EXPIRED", "E_NOT_YET", "E_ISSUED", "E_ISSUER", "E_AUDIENCE", "E_MISSING",
                "E_CLAIM"}


def reason_of(error):
    if isinstance(error, jwt.ImmatureSignatureError):
        return "E_ISSUED" if "(iat)" in str(error) else "E_NOT_YET"
    return REASONS.get(type(error).__name__, "another")


class Differential(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"JETON_SEED={SEED} PyJWT {jwt.__version__}", flush=True)
        was = jwt.api_jwt.datetime
        jwt.api_jwt.datetime = Frozen
        cls.addClassCleanup(setattr, jwt.api_jwt, "datetime", was)
        cls.signers = Signers()
        cls.setups = list(setups(cls.signers))

    def tokens_of_rules(self):
        """[(setup, tokens)]: every rule's own, under every policy."""
        found = []
        rng = random.Random(SEED)
        for setup in self.setups:
            maker = self.signers.maker(rng, setup)
            found.append((setup, [mutants.one_line(token) for rule in disagreements.RULES
                                  if rule.preset in (None, setup.preset)
                                  for token in rule.tokens(maker)]))
        return found

    def random_tokens(self):
        rng = random.Random(SEED)
        found = [(setup, self.signers.maker(rng, setup), []) for setup in self.setups]
        labels, shares = list(KEYS), [share for share, _, _ in KEYS.values()]
        for _ in range(TOKENS):
            label = rng.choices(labels, shares)[0]
            # four in five with the preset, which is the one that promises agreement
            preset = "pyjwt" if rng.random() < 0.8 else ""
            _, maker, tokens = rng.choice([row for row in found
                                           if (row[0].key, row[0].preset) == (label, preset)])
            tokens.append(maker.random())
        return [(setup, tokens) for setup, _, tokens in found]

    def compare(self, tokens):
        """Counts outcomes and rules; fails with everything that no rule explains."""
        counts, unexplained = collections.Counter(), []
        for setup, of_it in tokens:
            key = self.signers.keys[setup.key]
            theirs = ask_pyjwt(setup, self.signers.public(setup.key), of_it)
            ours = ask_jeton(setup, key, of_it)
            for token, their, our in zip(of_it, theirs, ours):
                for word in self.judge(setup, token, their, our):
                    counts[word] += 1
                    if word == "unexplained":
                        unexplained.append(
                            f"{setup.name}: PyJWT {their[1]!r}, jeton {our[1]}\n  {token.hex()}\n"
                            f"  {b' | '.join(disagreements.View(token, setup).texts)[:400]!r}")
        if unexplained:
            self.fail(f"{len(unexplained)} disagreements without a rule, JETON_SEED={SEED}\n"
                      + "\n".join(unexplained[:40]))
        return counts

    @staticmethod
    def judge(setup, token, their, our):
        """One token: what to count it as."""
        if their[1] is None and our[1] is None:
            return Differential.judge_claims(their[0], our[0])
        if their[1] is not None and our[1] is not None:
            return Differential.judge_reasons(setup, token, their[1], our[1])
        accepts = "PyJWT" if their[1] is None else "jeton"
        rules = disagreements.explain(disagreements.View(token, setup), accepts, our[1])
        return [rule.name for rule in rules] or ["unexplained"]

    @staticmethod
    def judge_claims(their, our):
        """Both accept, and say what is in the token."""
        if their == our:
            return ["both accept"]
        same = disagreements.with_doubles(their) == our
        return ["both accept", disagreements.LARGE_INTEGERS] if same else ["unexplained"]

    @staticmethod
    def judge_reasons(setup, token, their, our):
        """Both refuse. A forged token is never called expired, and with the preset a claim is
        refused for the reason that PyJWT has, unless a rule says why one came further."""
        reason = reason_of(their)
        if reason == "E_SIGNATURE":
            return ["unexplained"] if our in CLAIM_ERRORS else ["both refuse: forged"]
        if our not in CLAIM_ERRORS or reason not in CLAIM_ERRORS:
            return ["both refuse: no token"]
        if reason == our or not setup.preset:
            return ["both refuse: claims"]
        view = disagreements.View(token, setup)
        if our == "E_CLAIM" and disagreements.has_odd_type(view, reason):
            return ["both refuse: claims, by their type"]
        rules = [*disagreements.explain(view, "PyJWT", our),
                 *disagreements.explain(view, "jeton", our)]
        return ["both refuse: another first"] if rules else ["unexplained"]

    def test_every_disagreement_has_a_rule(self):
        counts = self.compare(self.random_tokens())
        for word, count in counts.most_common():
            print(f"{count:6} {word}")
        # else the generator makes mostly nonsense, or too little of it
        self.assertGreater(counts["both accept"], TOKENS / 10)
        self.assertGreater(counts["both refuse: claims"], TOKENS / 10)
        self.assertGreater(counts["both refuse: forged"], TOKENS / 100)

    def test_every_rule_explains_something(self):
        counts = self.compare(self.tokens_of_rules())
        idle = [rule.name for rule in disagreements.RULES
                if disagreements.in_force(rule) and counts[rule.name] == 0]
        self.assertEqual(idle, [])
        self.assertGreater(counts[disagreements.LARGE_INTEGERS], 0)


if __name__ == "__main__":
    harness.main()
