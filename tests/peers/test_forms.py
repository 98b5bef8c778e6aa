#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_forms.py - JWS over octets in every form that jeton jws and a peer both have: compact,
flattened and general, with several signatures, detached and unencoded. Peers are panva's jose and
latchset jose; each takes the other's, and neither takes one with a byte changed."""
import json
import os
import subprocess
import unittest

import peers
from peers import b64, harness, unb64

ALGS = ["HS256", "RS256", "PS384", "ES256", "ES512"] # which both peers know
PAYLOADS = {"text": b"a payload, not of JSON", "octets": bytes(range(256)),
            "long": b"0123456789" * 3000}
PANVA = peers.script("node", "node_jose_jws.js")


def run(*words, stdin=b""):
    """A command's (exit status, stdout); octets, because payloads are."""
    done = subprocess.run(words, input=stdin, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout


def written(name, octets):
    path = os.path.join(peers.FOLDER.name, name)
    with open(path, "wb") as file:
        file.write(octets)
    return path


def changed(jws):
    """The same with one bit of the (first) signature changed."""
    if isinstance(jws, str):
        head, _, signature = jws.rpartition(".")
        return head + "." + flipped(signature)
    bad = json.loads(json.dumps(jws))
    holder = bad["signatures"][0] if "signatures" in bad else bad
    holder["signature"] = flipped(holder["signature"])
    return bad


def flipped(part):
    octets = unb64(part)
    return b64(octets[:5] + bytes([octets[5] ^ 4]) + octets[6:])


def printed(jws):
    return jws if isinstance(jws, str) else json.dumps(jws)


class Forms(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = {alg: peers.Key(alg) for alg in ALGS}
        cls.payloads = {name: written("payload-" + name, octets)
                        for name, octets in PAYLOADS.items()}

    # --- the three of them ---------------------------------------------------------------------

    def ours(self, algs, name, form, *words):
        keys = [word for alg in algs
                for word in ("--key", self.keys[alg].file("jwk", private=True))]
        status, out = run(harness.JETON, "jws", "sign", *keys, "--form", form, *words,
                          self.payloads[name])
        self.assertEqual(status, 0)
        text = out.decode().strip()
        return text if form == "compact" else json.loads(text)

    def by_us(self, alg, jws, *words):
        """The payload, or None for a refusal."""
        status, out = run(harness.JETON, "jws", "verify", "--key", self.keys[alg].file("jwk"),
                          *words, "-", stdin=printed(jws).encode())
        self.assertIn(status, (0, 1))
        self.assertTrue(status == 0 or not out, "nothing of a refused payload is printed")
        return out if status == 0 else None

    def panva_signs(self, algs, name, form, unencoded=False):
        answer = peers.ask(PANVA, [{
            "do": "sign", "form": form, "payload": b64(PAYLOADS[name]), "unencoded": unencoded,
            "keys": [self.keys[alg].private["jwk"] for alg in algs]}])[0]
        self.assertTrue(answer["ok"], answer)
        return answer["jws"]

    def by_panva(self, alg, jws, form, detached=None):
        question = {"do": "verify", "form": form, "key": self.keys[alg].public["jwk"], "jws": jws}
        if detached is not None:
            question["detached"] = b64(detached)
        answer = peers.ask(PANVA, [question])[0]
        return unb64(answer["payload"]) if answer["ok"] else None

    def latchset_signs(self, algs, name, *words):
        keys = [word for alg in algs
                for word in ("-k", self.keys[alg].file("jwk", private=True))]
        status, out = run("jose", "jws", "sig", "-I", self.payloads[name], *keys, *words)
        self.assertEqual(status, 0)
        text = out.decode().strip()
        return text if "-c" in words else json.loads(text)

    def by_latchset(self, alg, jws, *words):
        status, out = run("jose", "jws", "ver", "-i", written("jws", printed(jws).encode()), "-k",
                          self.keys[alg].file("jwk"), *(words or ("-O", "-")))
        return (words and b"" or out) if status == 0 else None

    # --- what crosses --------------------------------------------------------------------------

    def test_one_signature_in_each_form(self):
        for alg in ALGS:
            for name, form in (("octets", "compact"), ("text", "flattened"), ("long", "general")):
                with self.subTest(alg=alg, form=form):
                    octets = PAYLOADS[name]
                    jws = self.ours([alg], name, form)
                    self.assertEqual(self.by_panva(alg, jws, form), octets)
                    self.assertEqual(self.by_latchset(alg, jws), octets)
                    bad = changed(jws)
                    self.assertIsNone(self.by_panva(alg, bad, form))
                    self.assertIsNone(self.by_latchset(alg, bad))
                    self.assertIsNone(self.by_us(alg, bad))

                    theirs = [self.panva_signs([alg], name, form)]
                    if form != "general": # which latchset makes of two keys only
                        theirs.append(self.latchset_signs([alg], name,
                                                          *(["-c"] * (form == "compact"))))
                    for jws in theirs:
                        self.assertEqual(self.by_us(alg, jws), octets)
                        self.assertIsNone(self.by_us(alg, changed(jws)))

    def test_many_signatures(self):
        """Each key finds its own; --all wants every one of them to be good."""
        jws = self.ours(ALGS, "octets", "general")
        for makers in (jws, self.panva_signs(ALGS, "octets", "general"),
                       self.latchset_signs(ALGS, "octets")):
            self.assertEqual(len(makers["signatures"]), len(ALGS))
            bad = changed(makers) # that of ALGS[0]
            for alg in ALGS:
                with self.subTest(alg):
                    self.assertEqual(self.by_us(alg, makers), PAYLOADS["octets"])
                    self.assertEqual(self.by_us(alg, bad),
                                     None if alg == ALGS[0] else PAYLOADS["octets"])
        for alg in ALGS:
            self.assertEqual(self.by_panva(alg, jws, "general"), PAYLOADS["octets"])
            self.assertEqual(self.by_latchset(alg, jws), PAYLOADS["octets"])
        keys = written("set", json.dumps(
            {"keys": [self.keys[alg].public["jwk"] for alg in ALGS]}).encode())
        for token, status in ((jws, 0), (changed(jws), 1)):
            self.assertEqual(run(harness.JETON, "jws", "verify", "--key", keys, "--all", "-",
                                 stdin=printed(token).encode())[0], status)

    def test_detached(self):
        """The payload goes another way; another payload is refused."""
        for alg in ALGS:
            with self.subTest(alg):
                jws = self.ours([alg], "long", "flattened", "--detached")
                self.assertNotIn("payload", jws)
                long, text = self.payloads["long"], self.payloads["text"]
                self.assertIsNotNone(self.by_latchset(alg, jws, "-I", long))
                self.assertIsNone(self.by_latchset(alg, jws, "-I", text))
                # of octets that travel encoded, panva's wants the encoding
                whole = {**jws, "payload": b64(PAYLOADS["long"])}
                self.assertEqual(self.by_panva(alg, whole, "flattened"), PAYLOADS["long"])

                theirs = self.panva_signs([alg], "long", "flattened")
                del theirs["payload"]
                latchset = self.latchset_signs([alg], "long")
                latchset.pop("payload", None)
                for jws in (theirs, latchset):
                    self.assertIsNotNone(self.by_us(alg, jws, "--detached", long))
                    self.assertIsNone(self.by_us(alg, jws, "--detached", text))
                    self.assertIsNone(self.by_us(alg, jws))

    def test_unencoded(self):
        """b64: false, which only panva's knows."""
        for alg in ALGS:
            with self.subTest(alg):
                octets, path = PAYLOADS["octets"], self.payloads["octets"]
                jws = self.ours([alg], "octets", "flattened", "--detached", "--unencoded")
                self.assertEqual(self.by_panva(alg, jws, "flattened", detached=octets), octets)
                self.assertIsNone(self.by_panva(alg, jws, "flattened", detached=octets + b"x"))
                theirs = self.panva_signs([alg], "octets", "flattened", unencoded=True)
                theirs.pop("payload", None)
                self.assertIsNotNone(self.by_us(alg, theirs, "--detached", path))
                self.assertIsNone(self.by_us(alg, theirs, "--detached", self.payloads["text"]))
                self.assertIsNone(self.by_us(alg, changed(theirs), "--detached", path))


if __name__ == "__main__":
    harness.main()
