#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_equal_time.py - a login that fails takes as long whatever the reason: no such name, a wrong
password for each stored format, a locked address, a disabled user with the right password.

Kinds take turns in random order, so that whatever else the machine does meets all of them.
JETON_SAMPLES=1000 makes it a measurement; as a test it takes fewer, and is made again when the
kinds differ: what the machine did meanwhile differs each time, a reason that shows does not.
"""
import os
import random
import sqlite3
import statistics
import threading
import time

import bcrypt
import django.conf
import harness
import passlib.hash
import werkzeug.security

django.conf.settings.configure()
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402

SAMPLES = int(os.environ.get("JETON_SAMPLES", "24"))
AT_ONCE = 4
TRIES = 3
SLOT = 0.2
RIGHT = harness.PASSWORD
WRONG = "not the right one"
STORED = {
    "wrong, Werkzeug": lambda: werkzeug.security.generate_password_hash(RIGHT,
                                                                        "pbkdf2:sha256:60000"),
    "wrong, passlib pbkdf2": lambda: passlib.hash.pbkdf2_sha256.using(rounds=30000).hash(RIGHT),
    "wrong, Django": lambda: PBKDF2PasswordHasher().encode(RIGHT, "salt", 90000),
    "wrong, bcrypt": lambda: bcrypt.hashpw(RIGHT.encode(), bcrypt.gensalt(8)).decode(),
    "wrong, SHA-256 crypt": lambda: passlib.hash.sha256_crypt.using(rounds=5000).hash(RIGHT),
    "wrong, SHA-512 crypt": lambda: passlib.hash.sha512_crypt.using(rounds=20000).hash(RIGHT),
}


def distance(a, b):
    """Kolmogorov and Smirnov's: how far two distributions are apart at most, 0 to 1."""
    return max(abs(sum(x <= at for x in a) / len(a) - sum(x <= at for x in b) / len(b))
               for at in a + b)


class EqualTime(harness.unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = harness.Server(
            "--login-slot", str(round(SLOT * 1000)), "--lock-after", "100000", "--login-rate",
            "1000000", "--account-rate", "1000000", "--proxies", "127.0.0.1",
            env={"JETON_RATE_LIMITS": "on"})
        cls.server.__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.kinds = {"unknown": ("nobody", WRONG, "192.0.2.1"),
                     "wrong": cls.user("plain", WRONG),
                     "disabled": cls.user("disabled", RIGHT)}
        cls.server.cli("user", "disable", "disabled")
        for kind, make in STORED.items():
            cls.kinds[kind] = cls.user(kind, WRONG)
            cls.keep(kind, make())

    @classmethod
    def user(cls, name, password):
        cls.server.add_user(name)
        return name, password, "192.0.2.1"

    @classmethod
    def keep(cls, name, stored):
        database = sqlite3.connect(os.path.join(cls.server.data, "jeton.db"), timeout=30)
        with database:
            database.execute("UPDATE users SET password = ? WHERE name = ?", (stored, name))
        database.close()

    def attempt(self, connection, name, password, source):
        source = source or f"198.18.{random.randrange(256)}.{random.randrange(256)}"
        began = time.perf_counter()
        connection.request("POST", "/login", harness.json.dumps(
            {"username": name, "password": password}),
            {"Content-Type": "application/json", "X-Forwarded-For": source})
        answer = harness.Answer(connection.getresponse())
        took = time.perf_counter() - began
        body = {**answer.json, "request_id": ""}
        headers = {name: value for name, value in answer.headers.items()
                   if name not in ("date", "x-request-id")}
        return took, (answer.status, tuple(body.items()), tuple(sorted(headers.items())))

    def measure(self, kinds):
        todo = [kind for kind in kinds for _ in range(SAMPLES)]
        random.shuffle(todo)
        times, answers, lock = {kind: [] for kind in kinds}, set(), threading.Lock()

        def work():
            connection = self.server.connect()
            while True:
                with lock:
                    if not todo:
                        break
                    kind = todo.pop()
                took, answer = self.attempt(connection, *kinds[kind])
                with lock:
                    times[kind].append(took)
                    answers.add(answer)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return times, answers

    def differing(self, kinds):
        """The kinds that can be told from the others by their times, in one measurement."""
        times, answers = self.measure(kinds)
        self.assertEqual(len(answers), 1, answers)  # status, body and headers
        self.assertEqual(next(iter(answers))[0], 401)
        everything = statistics.median(sum(times.values(), []))
        found = []
        for kind, seconds in times.items():
            median = statistics.median(seconds)
            others = sum((of for other, of in times.items() if other != kind), [])
            apart = distance(seconds, others)
            print(f"{kind:24} {len(seconds):5} median {median * 1000:8.3f} ms "
                  f"({median / everything:.4f}), distance {apart:.3f}", flush=True)
            # the distance: one in 10,000 by chance, were all of them one distribution
            if (abs(median / everything - 1) >= 0.05 or
                    apart >= 2.23 * (1 / len(seconds) + 1 / len(others)) ** 0.5):
                found.append(kind)
            self.assertGreaterEqual(min(seconds), SLOT - 0.002)
        return found

    def test_every_reason_takes_as_long(self):
        found = [self.differing(self.kinds)]
        while found[-1] and len(found) < TRIES:
            found.append(self.differing(self.kinds))
        self.assertEqual(found[-1], [], found)


class EqualTimeWhenLocked(EqualTime):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.restart("--login-slot", str(round(SLOT * 1000)), "--lock-after", "2",
                           "--login-rate", "1000000", "--account-rate", "1000000",
                           "--proxies", "127.0.0.1")
        source = "192.0.2.9"
        for _ in range(2):
            cls.server.ask("POST", "/login", {"username": "plain", "password": WRONG},
                           {"X-Forwarded-For": source})
        # every other try comes from an address of its own, which is not locked
        cls.kinds = {"locked": ("plain", RIGHT, source), "unknown": ("nobody", WRONG, None),
                     "wrong": ("wrong, SHA-512 crypt", WRONG, None),
                     "disabled": ("disabled", RIGHT, None)}


harness.main()
