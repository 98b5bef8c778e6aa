#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_bench.py - jeton bench cluster measures a database, a bus and this machine, says of each number what it
must be, leaves nothing behind and touches nothing of an installation. What the numbers are is not looked at:
the machine may be busy."""
import json
import os
import signal
import subprocess
import unittest

from daemons import harness
import postgres
import redis_server
from warden import WARDEN

SMALL = ("--tokens", "1M", "--seconds", "0.1")
ALONE = {"state_bytes", "segment_bytes", "fingerprints_bytes", "lookup_warm_ns", "lookup_any_ns",
         "lookup_evicted_ns", "snapshot_save_ms", "snapshot_load_ms", "verify_per_second",
         "verify_share_percent", "server_verify_per_second", "server_verify_share_percent"}
STORE = {"revocations_per_second"}
SHARED = STORE | {"beats_per_second"}
BUS = {"reach_p50_ms", "reach_p99_ms", "reach_most_ms"}
FLUSHED = {"lookup_cold_ns"}  # where the processor has an instruction for it
SCRATCH = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'jeton_bench_%'"


def name_of(text):
    """The stream's, as the bus lists it."""
    return text.decode() if isinstance(text, bytes) else text


class Bench(unittest.TestCase):
    def setUp(self):
        self.tmp = WARDEN.folder()
        self.addCleanup(WARDEN.remove, self.tmp)

    def start(self, *words, **env):
        return subprocess.Popen([harness.JETON, "bench", "cluster", *words], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, "PGPASSWORD": postgres.PASSWORD,
                                     "TMPDIR": self.tmp, **env})

    def run_it(self, *words, **env):
        process = self.start(*words, **env)
        out, err = process.communicate(timeout=10 * harness.PATIENCE)
        return process.returncode, out, err

    def numbers(self, *words):
        status, out, err = self.run_it(*SMALL, "--json", *words)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len(out.splitlines()), 1)
        told = json.loads(out)
        self.assertEqual(told["tokens"], 1000000)
        self.assertGreaterEqual(told["processors"], 1)
        for name, one in told["numbers"].items():
            with self.subTest(name):
                self.check_number(one)
        self.assertEqual(os.listdir(self.tmp), [])
        return told["numbers"]

    def check_number(self, one):
        self.assertTrue(one["what"] and one["unit"])
        self.assertGreaterEqual(one["measured"], 0)
        if "met" not in one:
            self.assertFalse({"at_least", "at_most"} & set(one))
        elif "at_least" in one:
            self.assertEqual(one["met"], one["measured"] >= one["at_least"])
        else:
            self.assertEqual(one["met"], one["measured"] <= one["at_most"])

    def refused(self, status, sentence, *words, **env):
        got = self.run_it(*SMALL, *words, **env)
        self.assertEqual((got[0], got[1]), (status, ""), got)
        self.assertIn(sentence, got[2])
        self.assertTrue(got[2].startswith("jeton bench cluster: "), got[2])
        self.assertEqual(os.listdir(self.tmp), [])


class Alone(Bench):
    def test_this_machine_is_measured_without_anything_else(self):
        numbers = self.numbers()
        self.assertEqual(set(numbers) - FLUSHED, ALONE)
        self.assertGreater(numbers["state_bytes"]["measured"], 1000000 / 8)
        self.assertLess(numbers["state_bytes"]["measured"], 2 * 1000000 / 8)
        self.assertGreater(numbers["fingerprints_bytes"]["measured"], 100000 * 16)
        self.assertLess(numbers["fingerprints_bytes"]["measured"], 100000 * 16 * 2)
        self.assertNotIn("met", numbers["state_bytes"])  # the bound is one for a hundred million
        self.assertEqual(numbers["verify_share_percent"]["at_least"], 95)

    def test_people_get_a_table(self):
        status, out, err = self.run_it(*SMALL)
        self.assertEqual((status, err), (0, ""))
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith("1000000 live tokens, "))
        share = [line for line in lines if "left at 10,000 revocations a second" in line]
        self.assertEqual(len(share), 2)
        self.assertRegex(share[0], r" [\d.]+ %  ≥ +95\.0  (not )?met$")

    def test_a_file_is_a_store_that_no_other_node_has(self):
        self.assertEqual(set(self.numbers("--store", "sqlite")) - FLUSHED, ALONE | STORE)

    def test_wrong_usage_is_told(self):
        for words in (("--tokens", "9999"), ("--tokens", "2G"), ("--tokens", "1x"), ("--tokens", "-1"),
                      ("--tokens", "1MM"), ("--tokens", "99999999999999999999999")):
            with self.subTest(words):
                status, out, err = self.run_it(*words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("--tokens is a number from 10000 to 1G", err)
        for words in (("--seconds", "0"), ("--seconds", "nan"), ("--seconds", "601"), ("--seconds", "1s")):
            with self.subTest(words):
                status, out, err = self.run_it(*words)
                self.assertEqual((status, out), (2, ""))
                self.assertIn("--seconds is a number from 0.05 to 600", err)

    def test_what_cannot_be_measured_is_a_sentence(self):
        self.refused(2, "the store is postgres://USER@HOST/DATABASE, or sqlite", "--store", "mysql://db/x")
        self.refused(2, "others see a password on the command line", "--store", "postgres://u:secret@h/d")
        self.refused(2, "password", "--bus", "redis://:secret@h")
        self.refused(3, "PostgreSQL: ", "--store", f"postgres://jeton@/jeton?host={self.tmp}")
        self.refused(3, "bus", "--bus", f"unix:{self.tmp}/none")
        self.refused(2, "bus", "--bus", "http://bus.example")
        missing = os.path.join(self.tmp, "missing")
        got = self.run_it(*SMALL, TMPDIR=missing)
        self.assertEqual((got[0], got[1]), (3, ""))
        self.assertIn("cannot make a folder like", got[2])

    def test_control_c_leaves_nothing_behind(self):
        process = self.start("--seconds", "60", "--tokens", "1M")
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        harness.eventually(lambda: os.listdir(self.tmp), "its folder is there")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10 * harness.PATIENCE)
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertEqual(os.listdir(self.tmp), [])


class WithADatabase(Bench):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.store = postgres.Postgres(cls.folder).start()
        cls.addClassCleanup(cls.store.kill)
        cls.bus = redis_server.Redis(cls.folder).start()
        cls.addClassCleanup(cls.bus.kill)

    def nothing_is_left(self):
        self.assertEqual(self.store.sql(SCRATCH), [])
        self.assertEqual([name_of(key) for key in self.bus.ask("KEYS", "jeton-bench*")], [])

    def test_a_database_and_a_bus_are_measured_beside_an_installation(self):
        # One that works with other tables of the same name, and a stream.
        self.store.sql("CREATE TABLE log (n bigint); INSERT INTO log VALUES (7)")
        self.bus.ask("XADD", "jeton:log", "7-0", "e", "x")
        words = ("--store", self.store.url_without_password(), "--bus", self.bus.url())
        self.assertEqual(set(self.numbers(*words)) - FLUSHED, ALONE | SHARED | BUS)
        self.assertEqual(self.store.sql("SELECT n FROM log"), ["7"])
        self.assertEqual(self.store.sql("SELECT count(*) FROM information_schema.tables "
                                        "WHERE table_schema = 'public'"), ["1"])
        self.assertEqual(self.bus.ask("XLEN", "jeton:log"), 1)
        self.nothing_is_left()

    def test_a_bus_is_measured_with_a_log_in_a_file(self):
        self.assertEqual(set(self.numbers("--bus", self.bus.url())) - FLUSHED, ALONE | BUS)
        self.nothing_is_left()

    def test_who_may_make_no_schema_is_told(self):
        self.store.sql("CREATE ROLE guest LOGIN PASSWORD 'a guest'")
        self.refused(3, "PostgreSQL does not permit it to this user",
                     "--store", self.store.url_without_password(user="guest"), PGPASSWORD="a guest")
        self.refused(3, "PostgreSQL: ", "--store", self.store.url_without_password(), PGPASSWORD="wrong")
        self.nothing_is_left()

    def test_control_c_takes_schema_and_stream_away(self):
        process = self.start("--seconds", "60", "--tokens", "1M", "--bus", self.bus.url(),
                             "--store", self.store.url_without_password())
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        harness.eventually(lambda: self.store.sql(SCRATCH), "its schema is there")
        harness.eventually(lambda: self.bus.ask("KEYS", "jeton-bench*"), "its stream is there")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10 * harness.PATIENCE)
        self.assertEqual(process.returncode, -signal.SIGTERM)
        self.nothing_is_left()
        self.assertEqual(os.listdir(self.tmp), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
