#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""latchset_jose.py - latchset jose as a peer, by its command line: no claims, no PEM."""
import json
import subprocess

import python_loop

ALGS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
        "ES384", "ES512", "ES256K"]


def jose(*words, stdin=""):
    done = subprocess.run(["jose", *words], input=stdin, capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise ValueError(f"exit status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def version():
    """Its package's, which is upstream's: the program does not say."""
    return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "jose"], capture_output=True,
                          text=True, check=True).stdout.split("-")[0]


def known():
    there = jose("alg").split()
    return [alg for alg in ALGS if alg in there]


def sign(alg, _, key, claims):
    payload = json.dumps({"payload": python_loop.b64(json.dumps(claims).encode())})
    header = json.dumps({"protected": {"alg": alg}})
    return jose("jws", "sig", "-i", payload, "-s", header, "-k", "-", "-c", "-o", "-",
                stdin=json.dumps(key)).strip()


def verify(_, __, key, token):
    """The algorithm is the key's: it has no list of those to take."""
    return json.loads(jose("jws", "ver", "-i", token, "-k", "-", "-O", "-",
                           stdin=json.dumps(key)))


python_loop.serve("latchset jose", version(), {"jwk": known()}, sign, verify)
