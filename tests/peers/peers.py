# SPDX-License-Identifier: Apache-2.0
"""peers.py - the other JWT libraries, each behind a small driver in its own language, and the keys
that are handed to them.

A driver reads lines of JSON and answers each by a line:

    {"do":"hello"}                                      {"peer":…,"version":…,"formats":{…:[…]}}
    {"do":"sign","alg":…,"format":…,"key":…,"claims":…}  {"ok":true,"token":…}
    {"do":"verify","alg":…,"format":…,"key":…,"token":…} {"ok":true,"claims":…}

or {"ok":false,"error":…}. A format says in what form the library takes its keys: "jwk" (an object),
"pem" (a text) or "raw" (an HMAC secret's octets, base64url); "formats" lists the algorithms that
the peer takes with each. Verifying is told the one algorithm to take. To add a peer: a driver, a
row in DRIVERS, and what it is expected to know in test_peers.py.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import harness  # noqa: E402 # pylint: disable=wrong-import-position
from harness import b64, jeton, unb64  # noqa: E402 # pylint: disable=wrong-import-position

BUILD = os.environ.get("PEERS_BUILD", "build/tests/peers")  # the drivers that are compiled


def script(interpreter, name):
    return [interpreter, os.path.join(HERE, "drivers", name)]


def built(name):
    return [os.path.abspath(os.path.join(BUILD, name))]


DRIVERS = {
    "Authlib": script("/usr/bin/python3", "python_authlib.py"),
    "Crypt::JWT": script("/usr/bin/perl", "perl_crypt_jwt.pl"),
    "PyJWT": script("/usr/bin/python3", "python_pyjwt.py"),
    "cjose": built("peer-cjose"),
    "fast-jwt": script("node", "node_fast_jwt.js"),
    "golang-jwt": built("peer-golang-jwt"),
    "jose": script("node", "node_jose.js"),
    "jsonwebtoken": script("node", "node_jsonwebtoken.js"),
    "latchset jose": script("/usr/bin/python3", "latchset_jose.py"),
    "libjwt": built("peer-libjwt"),
    "python-jose": script("/usr/bin/python3", "python_jose.py"),
    "ruby-jwt": script("/usr/bin/ruby", "ruby_jwt.rb"),
}

# What an archive does not have cannot be a peer there: the one reason for which a peer is not
# expected. By ID and VERSION_ID of /etc/os-release.
ABSENT = {
    ("debian", "13"): {"python-jose"},
}


def system():
    fields = {}
    with open("/etc/os-release", encoding="utf-8") as file:
        for line in file:
            name, _, value = line.strip().partition("=")
            fields[name] = value.strip('"')
    return fields.get("ID"), fields.get("VERSION_ID")


def expected_here():
    """The peers that this system must have."""
    return sorted(set(DRIVERS) - ABSENT.get(system(), set()))


def build_go():
    """The driver in Go is built here and not by meson, which would do it for each compiler."""
    done = subprocess.run([os.path.join(HERE, "build_go.sh"), "go", *DRIVERS["golang-jwt"],
                           os.path.join(HERE, "drivers", "go_jwt.go"),
                           os.path.join(BUILD, "gopath")],
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


def ask(command, questions):
    """The answers of a driver to a list of questions, in their order."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300,
                          check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and len(answers) == len(questions), (
        f"{command} answered {len(answers)} of {len(questions)} questions, "
        f"exit status {done.returncode}: {done.stderr}")
    return answers


class Peer:
    """One peer. A driver that is not there, dies or says too little fails its test."""

    def __init__(self, name):
        self.name = name
        if name == "golang-jwt":
            build_go()
        hello = self.ask([{"do": "hello"}])[0]
        assert hello["peer"] == name, hello
        self.version = hello["version"]
        self.formats = hello["formats"]

    def ask(self, questions):
        return ask(DRIVERS[self.name], questions)


# --- keys ----------------------------------------------------------------------------------------

FOLDER = tempfile.TemporaryDirectory(prefix="jeton-peers-")


def command(*words, stdin=""):
    status, out, err = jeton(*words, stdin=stdin)
    assert status == 0, (words, err)
    return out


class Key:
    """A key made by jeton key new, in every form. A label is an algorithm, or an algorithm and
    the curve where it leaves that open: EdDSA/Ed448."""

    made = 0

    def __init__(self, label, kid=None):
        self.label = label
        self.alg, _, curve = label.partition("/")
        named = ("--kid", kid) if kid else ()
        private = json.loads(command("key", "new", "--alg", curve or self.alg, *named))
        private["alg"] = self.alg
        self.private = {"jwk": private}
        self.public = {"jwk": private}
        if private["kty"] == "oct":
            self.private["raw"] = self.public["raw"] = private["k"]
        else:
            text = json.dumps(private)
            self.public["jwk"] = json.loads(command("key", "public", "-", stdin=text))
            self.private["pem"] = command("key", "convert", "--to", "pem", "-", stdin=text)
            self.public["pem"] = command("key", "convert", "--to", "pem", "--public", "-",
                                         stdin=text)
        Key.made += 1
        self.place = os.path.join(FOLDER.name, str(Key.made))
        self.files = {}

    def file(self, form, private=False):
        """The file that jeton reads: what the peer was given. A raw secret is read by way of key
        convert, which takes a newline off its end."""
        path = f"{self.place}.{'private' if private else 'public'}.{form}"
        if not os.path.exists(path):
            key = (self.private if private else self.public)[form]
            if form == "raw":
                with open(path + ".secret", "wb") as file:
                    file.write(unb64(key) + b"\n")
                key = json.loads(command("key", "convert", "--from", "raw", "--alg", self.alg,
                                         path + ".secret"))
            with open(path, "w", encoding="utf-8") as file:
                file.write(key if form == "pem" else json.dumps(key))
        return path


# --- tokens --------------------------------------------------------------------------------------

def sign(key, form, claims):
    """A token by jeton token sign."""
    return command("token", "sign", "--key", key.file(form, private=True), "--alg", key.alg,
                   "--claims", "-", stdin=json.dumps(claims)).strip()


def verify(key, form, tokens, *words):
    """The answers of jeton token verify --batch."""
    if not tokens:
        return []
    status, out, err = jeton("token", "verify", "--key", key.file(form), "--alg", key.alg, *words,
                             "--batch", stdin="".join(token + "\n" for token in tokens))
    assert status in (0, 1) and not err, (status, err)
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == len(tokens), (len(answers), len(tokens))
    assert (status == 0) == all(answer["ok"] for answer in answers), "the status says it too"
    return answers


def some_claims():
    """Claims of every JSON type, with dates that are good now."""
    now = int(time.time())
    return {"iss": "https://peers.example", "sub": "alice", "iat": now, "exp": now + 3600,
            "jti": "b7f1", "name": "\u00c5lice \u2602 \U0001f600 \" \\ /", "admin": True,
            "nothing": None, "ratio": 1.5, "big": 9007199254740991, "less": -7,
            "roles": ["a", "b", 1, False], "deep": {"a": {"b": [{}, []]}}}


def replaced(data, old, new):
    assert data.count(old) >= 1 and len(old) == len(new), (data, old)
    return data.replace(old, new, 1)


def one_byte_changed(token):
    """[(where, token)]: one byte of each part is another, and nothing else tells: it is still
    canonical base64url, header and claims are still JSON that says what it should."""
    header, claims, signature = map(unb64, token.split("."))
    if b"JWT" in header:
        header = replaced(header, b"JWT", b"JWS")
    else:
        header = replaced(header, b'"alg"', b'"alh"')
    claims = replaced(claims, b"alice", b"alicf")
    middle = len(signature) // 2
    signature = signature[:middle] + bytes([signature[middle] ^ 1]) + signature[middle + 1:]
    changed = (header, claims, signature)
    parts = token.split(".")
    return [(where, ".".join([*parts[:i], b64(changed[i]), *parts[i + 1:]]))
            for i, where in enumerate(("header", "claims", "signature"))]
