#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_status_list.py - the index of a token: by it, it alone is revoked, here and in the public list."""
import json
import os
import signal
import unittest
import zlib

import harness
from harness import eventually, unb64

PLACES = 1 << 20


def claims_of(token):
    return json.loads(unb64(token.split(".")[1]))


def bits_of(token):
    status_list = claims_of(token)["status_list"]
    return zlib.decompress(unb64(status_list["lst"]))


def is_set(bits, index):
    place = index % PLACES
    return bits[place // 8] >> place % 8 & 1 == 1


class Tokens(harness.ServerCase):
    FLAGS = ["--status-ttl", "5s"]

    def token(self):
        return self.server.login("alice")["access_token"]

    def list_of(self, index):
        answer = self.server.get(f"/statuslists/{index // PLACES}")
        self.assertEqual(answer.status, 200, answer)
        return answer.body.decode()

    def test_each_has_an_index_of_its_own_in_no_order(self):
        indexes = [claims_of(self.token())["idx"] for _ in range(12)]
        self.assertEqual(len(set(indexes)), 12)
        self.assertNotEqual(indexes, sorted(indexes))
        self.assertNotIn("status", claims_of(self.token()))

    def test_one_is_revoked_and_no_other_and_that_is_kept(self):
        revoked, good = self.token(), self.token()
        index = claims_of(revoked)["idx"]
        status, out, err = self.server.cli("revoke", "index", str(index))
        self.assertEqual((status, out), (0, "revoked\n"), err)
        for restart in None, self.server.restart, self.server.kill:
            if restart is not None:
                restart()
            if restart == self.server.kill:
                self.server.start()
            self.assert_refused(revoked)
            self.assert_accepted(good)
            eventually(lambda: is_set(bits_of(self.list_of(index)), index), "the list tells")
            self.assertFalse(is_set(bits_of(self.list_of(index)), claims_of(good)["idx"]))
        rows = self.server.get("/admin/revocations", good).json["revocations"]
        self.assertIn(str(index), [row["id"] for row in rows if row["what"] == "index"])

    def test_a_client_gives_one_up(self):
        self.assertEqual(self.server.cli("client", "add", "app", "--public")[0], 0)

        def ask(path, **fields):
            body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in fields.items())
            return self.server.ask("POST", path, body,
                                   {"Content-Type": "application/x-www-form-urlencoded"})

        granted = ask("/token", grant_type="password", username="alice", password=harness.PASSWORD,
                      client_id="app").json
        token = granted["access_token"]
        self.assert_accepted(token)
        self.assertEqual(ask("/revoke", token=token, client_id="app").status, 200)
        self.assert_refused(token)
        self.assertEqual(ask("/revoke", token=token, client_id="app").status, 200)
        admin = self.token()
        self.assertEqual({row["what"] for row in self.server.get("/admin/revocations", admin).json["revocations"]},
                         {"index"})
        index = claims_of(token)["idx"]
        eventually(lambda: is_set(bits_of(self.list_of(index)), index), "the list tells")

    def test_what_is_no_index_is_refused(self):
        admin = self.token()
        for name, status in (("x", 400), ("-1", 400), ("1.5", 400), ("", 404), ("7", 404),
                             ("1048576000000", 404), (str(claims_of(admin)["idx"] + 900000), 404),
                             ("99999999999999999999999", 400)):
            answer = self.server.ask("POST", "/admin/revocations", json.dumps({"what": "index", "name": name}),
                                     {"Authorization": "Bearer " + admin, "Content-Type": "application/json"})
            self.assertEqual(answer.status, status, name)


class List(harness.ServerCase):
    FLAGS = ["--status-claim", "on", "--status-ttl", "1h", "--issuer", "https://id.example/"]

    def status(self):
        return claims_of(self.server.login("alice")["access_token"])["status"]["status_list"]

    def test_tokens_say_where_it_is(self):
        token = claims_of(self.server.login("alice")["access_token"])
        self.assertEqual(token["status"], {"status_list": {"idx": token["idx"] % PLACES,
                                                           "uri": "https://id.example/statuslists/1"}})
        self.assertEqual(self.server.get("/statuslists").json,
                         {"status_lists": ["https://id.example/statuslists/1"]})
        found = self.server.get("/.well-known/oauth-authorization-server").json
        self.assertEqual(found["status_list_aggregation_endpoint"], "https://id.example/statuslists")

    def test_it_is_a_signed_token_of_all_places(self):
        uri = self.status()["uri"]
        answer = self.server.get("/statuslists/1")
        self.assertEqual(answer.headers["content-type"], "application/statuslist+jwt")
        self.assertRegex(answer.headers["cache-control"], r"^public, max-age=3[56]\d\d$")
        text = answer.body.decode()
        header, claims = json.loads(unb64(text.split(".")[0])), claims_of(text)
        self.assertEqual((header["typ"], header["alg"]), ("statuslist+jwt", "ES256"))
        self.assertEqual((claims["sub"], claims["ttl"], claims["exp"] - claims["iat"]), (uri, 3600, 4 * 3600))
        self.assertEqual(claims["status_list"]["bits"], 1)
        self.assertEqual(len(bits_of(text)), PLACES // 8)
        self.assertLess(len(text), 1500)
        # it is no access token, although the same key has signed it
        self.assertEqual(self.server.get("/whoami", text).status, 401)

    def test_it_is_kept_and_known_again(self):
        first = self.server.get("/statuslists/1")
        second = self.server.get("/statuslists/1")
        self.assertEqual(first.body, second.body)
        tag = first.headers["etag"]
        # Verifiers in pages of any origin may read it.
        for path in "/statuslists/1", "/statuslists", "/statuslists/77":
            answer = self.server.get(path, None, Origin="https://shop.example")
            self.assertEqual(answer.headers["access-control-allow-origin"], "*", path)
            self.assertNotIn("access-control-allow-credentials", answer.headers)
        answer = self.server.get("/whoami", None, Origin="https://shop.example")
        self.assertNotIn("access-control-allow-origin", answer.headers)
        self.assertEqual(claims_of(first.body.decode())["status_list"]["aggregation_uri"],
                         claims_of(first.body.decode())["sub"].rsplit("/", 1)[0])
        again = self.server.get("/statuslists/1", None, **{"If-None-Match": tag})
        self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", tag))
        self.assertEqual(self.server.get("/statuslists/1", None, **{"If-None-Match": '"x"'}).status, 200)

    def test_a_logout_sets_the_bit_of_the_token_that_was_shown(self):
        left, stays = (self.server.login("bob")["access_token"] for _ in range(2))
        self.assertEqual(self.server.logout(left).status, 204)
        eventually(lambda: is_set(bits_of(self.server.get("/statuslists/1").body.decode()), claims_of(left)["idx"]),
                   "the list tells of the logout")
        self.assertFalse(is_set(bits_of(self.server.get("/statuslists/1").body.decode()), claims_of(stays)["idx"]))
        self.assertEqual(self.server.logout(stays, "others").status, 204)
        self.assert_accepted(stays)

    def test_there_is_no_other(self):
        for number in "0", "2", "01", "1x", "-1", "99999999999", "", "1/":
            answer = self.server.get("/statuslists/" + number)
            self.assertEqual(answer.status, 404, number)
        self.assertEqual(self.server.ask("POST", "/statuslists/1").status, 405)


class Full(harness.ServerCase):
    """There is no memory for a single bit."""

    FLAGS = ["--revocation-memory", "4k", "--status-ttl", "5s", "--metrics-local", "on"]

    def gauge(self, name):
        text = self.server.get("/metrics").body.decode()
        return next(float(line.split()[1]) for line in text.splitlines()
                    if line.startswith(f"jeton_index_{name} "))

    def other_list(self):
        """A token of a client whose tokens live longer: it is in another list."""
        status, out, err = self.server.cli("client", "add", "--public", "--grant", "password",
                                           "--access-ttl", "5h", "slow")
        self.assertEqual(status, 0, out + err)
        body = (f"grant_type=password&username=alice&password={harness.PASSWORD}&client_id=slow"
                .replace(" ", "+"))

        def one():  # the first of its kind may come before there is an index for it
            answer = self.server.ask("POST", "/token", body)
            self.assertEqual(answer.status, 200, answer)
            token = answer.json["access_token"]
            return "idx" in claims_of(token) and token
        return eventually(one, "a token of the other list")

    def test_it_refuses_too_much_and_says_so(self):
        good, revoked = [self.server.login("alice")["access_token"] for _ in range(2)]
        other, index = self.other_list(), claims_of(revoked)["idx"]
        public = f"/statuslists/{index // PLACES}"
        self.assertEqual(claims_of(good)["idx"] // PLACES, index // PLACES)
        self.assertNotEqual(claims_of(other)["idx"] // PLACES, index // PLACES)
        self.assert_accepted(good)
        self.assertEqual((self.gauge("lists_void"), self.gauge("bits_limit_bytes")), (0, 4096))
        self.assertGreaterEqual(self.gauge("lists"), 2)
        self.assertGreaterEqual(self.gauge("places_announced"), 2 * 4096)
        self.assertGreaterEqual(self.gauge("blocks_leased_total"), 2)
        self.assertEqual(self.server.events("revocations_full"), [])

        status, out, err = self.server.cli("revoke", "index", str(index))
        self.assertEqual(status, 0, out + err)
        for token in good, revoked:
            self.assert_refused(token)
        self.assert_accepted(other)
        self.assertEqual((self.gauge("lists_void"), self.gauge("bits_bytes")), (1, 0))
        self.assertEqual(self.gauge("unknown_total"), 0)
        eventually(lambda: self.server.events("revocations_full"), "it says so")
        eventually(lambda: set(bits_of(self.server.get(public).body.decode())) == {255},
                   "the public list refuses all")

        # More memory, for what comes from now on; once all of it is loaded again, for everything.
        path = os.path.join(self.server.data, "more.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"revocation-memory": "1M", "metrics-local": True}, file)
        self.server.restart("--config", path)
        self.assertEqual((self.gauge("lists_void"), self.gauge("bits_limit_bytes")), (0, 1 << 20))
        self.assert_refused(revoked)
        for token in good, other:
            self.assert_accepted(token)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"revocation-memory": "2M", "metrics-local": True}, file)
        self.server.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.gauge("bits_limit_bytes") == 2 << 20, "SIGHUP takes it")


class Off(harness.ServerCase):
    FLAGS = ["--index", "off", "--status-claim", "on"]

    def test_nothing_has_an_index_and_there_is_no_list(self):
        token = self.server.login("alice")["access_token"]
        self.assertFalse({"idx", "status"} & set(claims_of(token)))
        self.assert_accepted(token)
        self.assertEqual(self.server.get("/statuslists").json, {"status_lists": []})
        self.assertEqual(self.server.get("/statuslists/1").status, 404)
        self.assertEqual(self.server.cli("revoke", "token", claims_of(token)["jti"])[0], 0)
        self.assert_refused(token)


if __name__ == "__main__":
    harness.main()
