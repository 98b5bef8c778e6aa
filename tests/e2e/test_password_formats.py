#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_password_formats.py - users of other software log in with the hashes that software made.

The hashes are new in every run, made by the real packages; the costs are those packages' own or
lower, since it is the format that is tried.
"""
import ctypes
import hashlib
import os
import secrets
import sqlite3

import argon2
import bcrypt
import django.conf
import harness
import passlib.hash
import werkzeug.security

django.conf.settings.configure()
from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402

# Beyond ASCII, since each of them has to encode it.
PASSWORD = "grüner Tee um fünf"


def libcrypt(prefix, password):
    """crypt(3) of the system, which Python no longer wraps."""
    library = ctypes.CDLL("libcrypt.so.1")
    for function in (library.crypt, library.crypt_gensalt):
        function.restype = ctypes.c_char_p
    salt = library.crypt_gensalt(prefix, 0, None, 0)
    return library.crypt(password.encode(), salt).decode()


def werkzeug_scrypt(password):
    """generate_password_hash() makes these since Werkzeug 2.3; Debian 12 has an older one."""
    try:
        return werkzeug.security.generate_password_hash(password, "scrypt")
    except (TypeError, ValueError):
        salt = secrets.token_hex(8)
        made = hashlib.scrypt(password.encode(), salt=salt.encode(), n=32768, r=8, p=1,
                              maxmem=1 << 27)
        return f"scrypt:32768:8:1${salt}${made.hex()}"


def without_rounds(text):
    """pbkdf2:sha256:N$… with N left out: it was the default of this version."""
    method, rest = text.split("$", 1)
    return method.rsplit(":", 1)[0] + "$" + rest


def with_bcrypt(prefix):
    return lambda password: bcrypt.hashpw(password.encode(), bcrypt.gensalt(6, prefix)).decode()


MAKERS = {
    "Werkzeug PBKDF2": lambda p: werkzeug.security.generate_password_hash(p, "pbkdf2:sha256"),
    "Werkzeug PBKDF2 without rounds": lambda p: without_rounds(
        werkzeug.security.generate_password_hash(p, "pbkdf2:sha256")),
    "Werkzeug scrypt": werkzeug_scrypt,
    "passlib pbkdf2_sha256": passlib.hash.pbkdf2_sha256.hash,
    "passlib argon2": passlib.hash.argon2.hash,
    "passlib sha256_crypt": passlib.hash.sha256_crypt.using(rounds=5000).hash,
    "passlib sha512_crypt": passlib.hash.sha512_crypt.using(rounds=20000).hash,
    "passlib bcrypt 2y": passlib.hash.bcrypt.using(rounds=6, ident="2y").hash,
    "Django": lambda p: PBKDF2PasswordHasher().encode(p, secrets.token_hex(8)),
    "bcrypt 2a": with_bcrypt(b"2a"),
    "bcrypt 2b": with_bcrypt(b"2b"),
    "argon2-cffi": argon2.PasswordHasher(memory_cost=8192, time_cost=2, parallelism=4).hash,
    "argon2-cffi, Argon2i": argon2.PasswordHasher(memory_cost=8192, type=argon2.Type.I).hash,
    "crypt SHA-256": lambda p: libcrypt(b"$5$", p),
    "crypt SHA-512": lambda p: libcrypt(b"$6$", p),
    "crypt yescrypt": lambda p: libcrypt(b"$y$", p),
}


class Formats(harness.ServerCase):
    def database(self):
        return sqlite3.connect(os.path.join(self.server.data, "jeton.db"), timeout=30)

    def keep(self, name, stored):
        """A user whose hash is this one, as if it had been brought along."""
        self.server.add_user(name)
        database = self.database()
        with database:
            database.execute("UPDATE users SET password = ? WHERE name = ?", (stored, name))
        database.close()

    def stored(self, name):
        database = self.database()
        found = database.execute("SELECT password FROM users WHERE name = ?", (name,)).fetchone()
        database.close()
        return found[0]

    def attempt(self, name, password):
        return self.server.ask("POST", "/login", {"username": name, "password": password})

    def test_every_package_is_understood_and_replaced_at_the_first_login(self):
        for number, (maker, make) in enumerate(MAKERS.items()):
            with self.subTest(maker):
                name, made = f"user{number}", make(PASSWORD)
                self.keep(name, made)
                wrong = self.attempt(name, PASSWORD + "!")
                self.assert_problem(wrong, 401, "invalid_grant")
                self.assertEqual(self.stored(name), made)  # a failure replaces nothing
                self.assertEqual(self.attempt(name, PASSWORD).status, 200)
                # Argon2id of a higher cost than our own stays as it is
                kept = made.startswith("$argon2id$")
                self.assertRegex(self.stored(name), r"^\$argon2id\$v=19\$")
                self.assertEqual(self.stored(name) == made, kept)
                self.assertEqual(self.attempt(name, PASSWORD).status, 200)
                self.assert_problem(self.attempt(name, PASSWORD + "!"), 401, "invalid_grant")

    def test_bcrypt_takes_no_password_longer_than_it_reads(self):
        longest = "x" * 72
        stored = bcrypt.hashpw(longest.encode(), bcrypt.gensalt(6)).decode()
        self.keep("long", stored)
        self.assert_problem(self.attempt("long", longest + "y"), 401, "invalid_grant")
        self.assertEqual(self.stored("long"), stored)
        self.assertEqual(self.attempt("long", longest).status, 200)

    def test_what_cannot_be_checked_lets_nobody_in_and_is_told(self):
        for number, stored in enumerate(("", "!", "hunter2", "$1$abc$def", "$2b$31$" + "a" * 53,
                                         "pbkdf2:sha256:99999999999$salt$" + "0" * 64)):
            with self.subTest(stored):
                self.keep(f"broken{number}", stored)
                for password in ("", stored, PASSWORD):
                    if password:
                        self.assert_problem(self.attempt(f"broken{number}", password), 401,
                                            "invalid_grant")
        told = [event for event in self.server.events("store_failed")
                if event["why"] == "a stored password hash is damaged"]
        self.assertGreater(len(told), 0)
        self.assertNotIn("hunter2", "".join(self.server.lines))


harness.main()
