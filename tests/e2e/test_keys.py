#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_keys.py - the life of signing keys on a server at work: rotated under load, withdrawn, of other
algorithms, shared; and what a copy of the store is worth without the master key.

JETON_ROTATIONS says how many rotations there are under load (20).
"""
import base64
import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

import jwt

import harness
from harness import Server, eventually, jeton

JWKS = "/.well-known/jwks.json"
ROTATIONS = int(os.environ.get("JETON_ROTATIONS", "20"))
SECRET = "a secret of forty characters, shared by 2"
QUICK = ["--jwks-max-age", "1s"]


def keys_of(server, state=None, alg=None):
    status, out, err = server.cli("key", "list", "--json")
    assert status == 0, err
    return [key for key in json.loads(out)
            if state in (None, key["state"]) and alg in (None, key["alg"])]


def rotate(server, *words):
    status, out, err = server.cli("key", "rotate", "--json", *words)
    assert status == 0, err
    return json.loads(out)


def head_of(token):
    return json.loads(harness.unb64(token.split(".")[0]))


class StrictClient:
    """A service that keeps the key set for exactly as long as it was told, and asks for it at no
    other time: not even for a kid it does not know."""

    def __init__(self, server):
        self.server, self.until, self.keys = server, 0.0, {}

    def verify(self, token):
        if time.monotonic() >= self.until:
            answer = self.server.get(JWKS)
            age = int(answer.headers["cache-control"].rpartition("=")[2])
            self.until = time.monotonic() + age
            self.keys = {key["kid"]: jwt.PyJWK(key).key for key in answer.json["keys"]}
        head = head_of(token)
        return jwt.decode(token, self.keys[head["kid"]], algorithms=["ES256"],
                          options={"verify_aud": False})


class Load:
    """Threads that get tokens and have them verified, here and there, as long as the block runs."""

    def __init__(self, server, threads=2):
        self.server, self.stop, self.refused, self.good = server, False, [], 0
        self.kids = set()
        self.threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop = True
        for thread in self.threads:
            thread.join()

    def _run(self):
        strict = StrictClient(self.server)
        pair = self.server.login()
        try:
            while not self.stop:
                answer = self.server.refresh(pair["refresh_token"])
                if answer.status != 200:
                    raise AssertionError(str(answer))
                pair = answer.json
                token = pair["access_token"]
                self.kids.add(head_of(token)["kid"])
                strict.verify(token)
                verified = self.server.get("/verify", token)
                if verified.status != 200:
                    raise AssertionError(str(verified))
                self.good += 1
        except Exception as why:  # pylint: disable=broad-except
            self.refused.append(repr(why))


class Rotation(unittest.TestCase):
    def test_no_good_token_is_refused_while_keys_rotate_under_load(self):
        with Server(*QUICK, "--access-ttl", "20s") as server:
            server.add_user()
            with Load(server) as load:
                for _ in range(ROTATIONS):
                    kid = rotate(server)["kid"]
                    eventually(lambda kid=kid: keys_of(server, "active")[0]["kid"] == kid or
                               load.refused, "the next key signs")
                    if load.refused:
                        break
            self.assertEqual(load.refused, [])
            self.assertGreater(load.good, ROTATIONS)
            self.assertGreaterEqual(len(load.kids), ROTATIONS)
            self.assertEqual(len(keys_of(server, "active")), 1)
            print(f"  {ROTATIONS} rotations, {load.good} tokens, none refused")

    def test_keys_follow_the_schedule(self):
        with Server(*QUICK, "--key-active", "3s") as server:
            server.add_user()
            first = keys_of(server, "active")[0]["kid"]
            token = server.login()["access_token"]
            eventually(lambda: keys_of(server, "active")[0]["kid"] != first, "another key signs")
            self.assertEqual(server.get("/verify", token).status, 200)
            self.assertNotEqual(head_of(server.login()["access_token"])["kid"], first)
            self.assertIn(first, [key["kid"] for key in server.get(JWKS).json["keys"]])

    def test_a_next_key_is_there_before_anybody_asks_for_it(self):
        with Server() as server:
            published = [key["kid"] for key in server.get(JWKS).json["keys"]]
            self.assertEqual(published, [keys_of(server, "active")[0]["kid"],
                                         keys_of(server, "next")[0]["kid"]])
            news = rotate(server)  # nobody who has kept the set for 5 minutes must miss it
            self.assertEqual(news["kid"], published[1])
            self.assertFalse(news["signs"])
            self.assertGreaterEqual(news["signs_from"], time.time() + 280)
            self.assertEqual(keys_of(server, "active")[0]["kid"], published[0])

    def test_rotation_is_remembered_over_a_restart(self):
        with Server(*QUICK) as server:
            kid = rotate(server)["kid"]
            server.restart(*QUICK)
            eventually(lambda: keys_of(server, "active")[0]["kid"] == kid, "the next key signs")

    def test_what_there_is_not_is_refused(self):
        with Server() as server:
            for words in (["rotate", "--alg", "RS256"], ["rotate", "--alg", "HS256"],
                          ["withdraw", "no-such-key"], ["secret", "nobody"]):
                status, out, err = server.cli("key", *words)
                self.assertEqual((status, out), (1, ""), words)
                self.assertTrue(err.startswith("jeton key "), err)


class Withdrawal(harness.ServerCase):
    FLAGS = QUICK

    def test_withdrawn_key_is_refused_at_once_and_for_good(self):
        token = self.server.login()["access_token"]
        refresh = self.server.login()["refresh_token"]
        self.assert_accepted(token)
        kid = head_of(token)["kid"]
        status, out, err = self.server.cli("key", "withdraw", kid)
        self.assertEqual((status, err), (0, ""), out)
        self.assert_refused(token)
        self.assertNotIn(kid, [key["kid"] for key in self.server.get(JWKS).json["keys"]])
        pair = self.server.refresh(refresh)  # sessions go on
        self.assertEqual(pair.status, 200)
        self.assert_accepted(pair.json["access_token"])
        self.assertNotEqual(head_of(pair.json["access_token"])["kid"], kid)
        self.server.restart(*QUICK)
        self.assert_refused(token)
        self.assert_accepted(pair.json["access_token"])
        self.assertEqual(self.server.cli("key", "withdraw", kid)[0], 1)

    def test_next_key_may_be_withdrawn_too(self):
        token = self.server.login()["access_token"]
        kid = keys_of(self.server, "next", "ES256")[0]["kid"]
        self.assertEqual(self.server.cli("key", "withdraw", kid)[0], 0)
        eventually(lambda: keys_of(self.server, "next"), "another next key is made")
        self.assertNotEqual(keys_of(self.server, "next")[0]["kid"], kid)
        self.assert_accepted(token)

    def test_logins_meanwhile_are_answered(self):
        """Who signs while keys are being changed has the new ones when it has the change."""
        refused, stop = [], threading.Event()

        def log_in():
            while not stop.is_set():
                answer = self.server.ask("POST", "/login", {"username": "alice",
                                                            "password": harness.PASSWORD})
                if answer.status != 200:
                    refused.append(answer)

        threads = [threading.Thread(target=log_in) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(15):
                kid = keys_of(self.server, "active", "ES256")[0]["kid"]
                self.assertEqual(self.server.cli("key", "withdraw", kid)[0], 0)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(refused, [])


class Cached(harness.ServerCase):
    FLAGS = ["--jwks-max-age", "77s"]

    def test_age_is_the_setting_and_the_tag_saves_the_body(self):
        first = self.server.get(JWKS)
        self.assertEqual(first.headers["cache-control"], "public, max-age=77")
        tag = first.headers["etag"]
        self.assertRegex(tag, r'^"[A-Za-z0-9_-]{16}"$')
        for sent in (tag, "W/" + tag, '"other", ' + tag, "*", tag + ' , "x"'):
            answer = self.server.get(JWKS, **{"If-None-Match": sent})
            self.assertEqual((answer.status, answer.body), (304, b""), sent)
            self.assertEqual(answer.headers["etag"], tag)
            self.assertEqual(answer.headers["cache-control"], first.headers["cache-control"])
        for sent in ('"other"', tag[1:-1], tag[:-2] + '"', "", ",", '"' + tag):
            answer = self.server.get(JWKS, **{"If-None-Match": sent})
            self.assertEqual((answer.status, answer.json), (200, first.json), sent)

    def test_tag_changes_with_the_keys(self):
        tag = self.server.get(JWKS).headers["etag"]
        kid = keys_of(self.server, "next")[0]["kid"]
        self.server.cli("key", "withdraw", kid)
        answer = self.server.get(JWKS, **{"If-None-Match": tag})
        self.assertEqual(answer.status, 200)
        self.assertNotEqual(answer.headers["etag"], tag)


class Algorithms(harness.ServerCase):
    def add_client(self, name, *words, env=None):
        status, out, err = jeton("client", "add", name, "--grant", "client_credentials", "--json",
                                 "--data", self.server.data, *words, env=env)
        self.assertEqual((status, err), (0, ""))
        return json.loads(out)

    def token_of(self, client):
        answer = self.server.ask("POST", "/token", "grant_type=client_credentials", {
            "Authorization": "Basic " + base64.b64encode(
                f"{client['client_id']}:{client['client_secret']}".encode()).decode()})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["access_token"]

    def introspect(self, client, token):
        answer = self.server.ask("POST", "/introspect", f"token={token}", {
            "Authorization": "Basic " + base64.b64encode(
                f"{client['client_id']}:{client['client_secret']}".encode()).decode()})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_each_client_has_its_own_and_others_verify_it(self):
        for alg in ("ES256", "EdDSA", "RS256", "PS256"):
            client = self.add_client("of-" + alg, "--alg", alg, "--audience", "api")
            token = self.token_of(client)
            self.assertEqual(head_of(token)["alg"], alg)
            keys = {key["kid"]: key for key in self.server.get(JWKS).json["keys"]}
            key = jwt.PyJWK(keys[head_of(token)["kid"]], algorithm=alg).key
            self.assertEqual(jwt.decode(token, key, algorithms=[alg], audience="api")["client_id"],
                             "of-" + alg)
            with self.assertRaises(jwt.InvalidTokenError):
                jwt.decode(token, key, algorithms=["HS256"], audience="api")
            self.assertTrue(self.introspect(client, token)["active"])
        client = self.add_client("of-Ed25519", "--alg", "Ed25519")
        self.assertEqual(head_of(self.token_of(client))["alg"], "Ed25519")  # RFC 9864

    def test_names_that_are_none_are_refused(self):
        for alg in ("none", "HS512", "es256", "RS512", "X"):
            status, out, err = self.server.cli("client", "add", "bad", "--alg", alg)
            self.assertEqual((status, out), (1, ""), alg)
        self.assertNotEqual(self.server.cli("client", "disable", "bad")[0], 0)

    def test_secret_is_made_and_told_once(self):
        client = self.add_client("made", "--alg", "HS256", "--audience", "made-api")
        claims = jwt.decode(self.token_of(client), client["signing_secret"], algorithms=["HS256"],
                            audience="made-api")
        self.assertEqual(claims["client_id"], "made")
        self.assertNotIn("oct", self.server.get(JWKS).body.decode())

    def test_secret_that_others_have_comes_from_a_file_or_the_environment(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(SECRET + "\n")
            file.flush()
            by_file = self.add_client("by-file", "--alg", "HS256", "--audience", "a",
                                      "--signing-secret-file", file.name)
        by_env = self.add_client("by-env", "--alg", "HS256", "--audience", "b",
                                 env={"JETON_SIGNING_SECRET": SECRET})
        for client, audience in ((by_file, "a"), (by_env, "b")):
            self.assertNotIn("signing_secret", client)
            jwt.decode(self.token_of(client), SECRET, algorithms=["HS256"], audience=audience)

    def test_secret_needs_an_audience_of_its_own_and_a_length(self):
        issuer = self.server.events("server_ready")[0]["issuer"]
        for words, env in ((["--alg", "HS256"], {}),
                           (["--alg", "HS256", "--audience", issuer], {}),
                           (["--alg", "HS256", "--audience", "x"], {"JETON_SIGNING_SECRET": "s" * 31}),
                           (["--alg", "ES256"], {"JETON_SIGNING_SECRET": SECRET})):
            status, out, _ = jeton("client", "add", "bad", "--data", self.server.data, *words,
                                   env=env)
            self.assertEqual((status, out), (1, ""), words)

    def test_secret_is_good_for_its_client_and_audience_only(self):
        mine = self.add_client("mine", "--alg", "HS256", "--audience", "mine-api",
                               env={"JETON_SIGNING_SECRET": SECRET + "mine"})
        other = self.add_client("other", "--alg", "HS256", "--audience", "other-api",
                                env={"JETON_SIGNING_SECRET": SECRET + "other"})
        pair = self.add_client("pair", "--audience", "pair-api")
        issuer = self.server.events("server_ready")[0]["issuer"]
        token = self.token_of(mine)
        claims = jwt.decode(token, SECRET + "mine", algorithms=["HS256"], audience="mine-api")
        kid = head_of(token)["kid"]

        def forge(**changes):
            return jwt.encode({**claims, **changes}, SECRET + "mine", "HS256",
                              {"kid": kid, "typ": "at+jwt"})

        self.assertTrue(self.introspect(mine, forge())["active"])  # what follows differs in one thing
        for client, changes in ((other, {"aud": "other-api"}),
                                (other, {"aud": "other-api", "client_id": "other", "sub": "other"}),
                                (pair, {"aud": "pair-api", "client_id": "pair", "sub": "pair"}),
                                (mine, {"aud": ["mine-api", "other-api"]}),
                                (mine, {"client_id": "other", "sub": "other"})):
            self.assertEqual(self.introspect(client, forge(**changes)), {"active": False}, changes)
        alice = jwt.decode(self.server.login()["access_token"],
                           options={"verify_signature": False})
        for audience in (issuer, "mine-api", [issuer, "mine-api"]):
            self.assert_refused(jwt.encode({**alice, "aud": audience}, SECRET + "mine", "HS256",
                                           {"kid": kid, "typ": "at+jwt"}))

    def test_another_secret_takes_over_and_the_old_one_can_be_withdrawn(self):
        client = self.add_client("turn", "--alg", "HS256", "--audience", "turn-api")
        old = self.token_of(client)
        status, out, err = self.server.cli("key", "secret", "turn", "--json")
        self.assertEqual((status, err), (0, ""))
        fresh = self.token_of(client)
        jwt.decode(fresh, json.loads(out)["signing_secret"], algorithms=["HS256"],
                   audience="turn-api")
        self.assertTrue(self.introspect(client, old)["active"])
        self.assertEqual(self.server.cli("key", "withdraw", head_of(fresh)["kid"])[0], 1)
        self.assertEqual(self.server.cli("key", "withdraw", head_of(old)["kid"])[0], 0)
        self.assertEqual(self.introspect(client, old), {"active": False})
        self.assertTrue(self.introspect(client, fresh)["active"])
        self.assertEqual(self.server.cli("key", "secret", "pairless")[0], 1)


class ServersAlgorithm(unittest.TestCase):
    def test_setting_names_it_and_keeps_the_old_keys(self):
        with Server() as server:
            server.add_user()
            old = server.login()["access_token"]
            server.restart("--token-alg", "RS256")
            fresh = server.login()["access_token"]
            self.assertEqual(head_of(fresh)["alg"], "RS256")
            for token in (old, fresh):
                self.assertEqual(server.get("/verify", token).status, 200)
            for alg in ("HS256", "none"):
                with self.assertRaises(AssertionError):
                    server.restart("--token-alg", alg)


class MasterKey(unittest.TestCase):
    def test_bad_one_makes_no_store(self):
        folder = tempfile.mkdtemp(prefix="jeton-e2e-")
        self.addCleanup(shutil.rmtree, folder)
        data = os.path.join(folder, "data")
        for env in ({"JETON_MASTER_KEY": "short"}, {"JETON_MASTER_KEY_FILE": "/no/such/file"}):
            status, _, err = jeton("serve", "--data", data, "--listen", "127.0.0.1:0", env=env)
            self.assertEqual(status, 3, err)
            self.assertFalse(glob.glob(os.path.join(data, "*.db*")), err)

    def test_copy_of_the_store_alone_gives_nothing_away(self):
        with Server() as server:
            server.add_user()
            status, out, err = jeton("client", "add", "shared", "--alg", "HS256", "--audience", "a",
                                     "--json", "--data", server.data,
                                     env={"JETON_SIGNING_SECRET": SECRET})
            self.assertEqual(status, 0, err)
            client = json.loads(out)
            pairs = [server.login() for _ in range(3)]
            pairs.append(server.refresh(pairs[0]["refresh_token"]).json)
            status, out, err = server.cli("user", "reset", "alice")
            code = out.split()[-1] if status == 0 else "no code"
            with open(os.path.join(server.data, "master.key"), encoding="ascii") as file:
                master = file.read().strip()
            secrets = [SECRET, harness.b64(SECRET.encode()), client["client_secret"], code,
                       harness.PASSWORD, master]
            for pair in pairs:
                for token in (pair["access_token"], pair["refresh_token"]):
                    secrets += [token, token.split(".")[-1]]
            bytes_of = [text.encode() for text in secrets]
            bytes_of += [harness.unb64(text) for text in (master, client["client_secret"])]
            bytes_of += [b'"d":', b'"k":', b'"p":', b'"q":']
            copy = tempfile.mkdtemp(prefix="jeton-e2e-")
            self.addCleanup(shutil.rmtree, copy)
            for path in glob.glob(os.path.join(server.data, "jeton.db*")):
                shutil.copy(path, copy)
            store = b"".join(open(path, "rb").read() for path in glob.glob(copy + "/*"))
            self.assertIn(b'"crv":"P-256"', store)  # it is the one we mean
            for secret in bytes_of:
                self.assertNotIn(secret, store)
            status, _, err = jeton("key", "list", "--data", copy)
            self.assertEqual(status, 3)
            self.assertIn("master.key is missing", err)

    def test_rewrap_needs_the_server_to_be_stopped(self):
        with Server() as server:
            server.add_user()
            pair = server.login()
            status, _, err = server.cli("key", "rewrap")
            self.assertEqual(status, 3)
            self.assertIn("stop it first", err)
            self.assertEqual(server.stop(), 0)
            with open(os.path.join(server.data, "master.key"), encoding="ascii") as file:
                old = file.read()
            status, out, err = server.cli("key", "rewrap")
            self.assertEqual((status, err), (0, ""), out)
            server.start()
            fresh = server.refresh(pair["refresh_token"])  # its session's key opens
            self.assertEqual(fresh.status, 200, fresh)
            self.assertEqual(server.get("/verify", pair["access_token"]).status, 200)
            server.stop()
            with self.assertRaises(AssertionError):
                Server(data=server.data, env={"JETON_MASTER_KEY": old.strip()}).start()

    def test_rewrap_killed_at_any_moment_loses_nothing(self):
        with Server() as server:
            server.add_user()
            pairs = [server.login() for _ in range(30)]
            self.assertEqual(server.stop(), 0)
            began = time.monotonic()
            self.assertEqual(server.cli("key", "rewrap")[0], 0)
            whole = time.monotonic() - began
            killed = 0
            for i in range(40):
                rewrap = subprocess.Popen([harness.JETON, "key", "rewrap", "--data", server.data],
                                          stdout=subprocess.DEVNULL)
                time.sleep(whole * i / 40)
                rewrap.send_signal(signal.SIGKILL)
                killed += rewrap.wait(harness.PATIENCE) != 0
                self.assertEqual(server.cli("key", "list")[0], 0, f"after {i}")
            self.assertGreater(killed, 5)
            server.start()
            for pair in pairs:
                self.assertEqual(server.refresh(pair["refresh_token"]).status, 200)


class OldSchema(unittest.TestCase):
    def test_keys_of_before_this_schema_go_on(self):
        with Server() as server:
            server.add_user()
            token = server.login()["access_token"]
            self.assertEqual(server.stop(), 0)
            with sqlite3.connect(os.path.join(server.data, "jeton.db")) as db:
                db.execute("UPDATE keys SET ready = 0, until = 0, client = ''")
                db.execute("DELETE FROM keys WHERE state = 'next'")
            server.start()
            self.assertEqual(server.get("/verify", token).status, 200)
            self.assertEqual(len(keys_of(server, "next")), 1)


harness.main()
