#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_store_tls.py - TLS to PostgreSQL: what docs/postgres.md says, as it stands there, against a server
with its own authority; beside it what differs in one thing and is refused."""
import os
import random
import re
import shutil
import subprocess
import unittest

import daemons
from daemons import harness
import postgres
from warden import WARDEN

SOURCE = os.environ.get("SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BLOCK = re.compile(r"<!-- run: (\S+) -->\n```\w+\n(.*?)```\n", re.S)


def blocks():
    with open(os.path.join(SOURCE, "docs/postgres.md"), encoding="utf-8") as file:
        return dict(BLOCK.findall(file.read()))


def loopback():
    """An address of this machine that nobody else uses: there the usual port is free."""
    return "127." + ".".join(str(random.SystemRandom().randrange(2, 250)) for _ in range(3))


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = WARDEN.folder()
        cls.addClassCleanup(WARDEN.remove, cls.folder)
        cls.address, cls.text = loopback(), blocks()
        os.mkdir(os.path.join(cls.folder, "build"))
        os.symlink(os.path.abspath(harness.JETON), os.path.join(cls.folder, "jeton"))
        cls.run_block("certificates")
        cls.client_store = cls.run_block("client", 'echo "$JETON_STORE"').splitlines()[-1]
        cls.server = cls.start("tls", cls.address, ssl="on", ssl_ca_file="ca.pem")
        cls.plain_address = loopback()
        cls.plain = cls.start("plain", cls.plain_address)
        cls.password = os.path.join(cls.folder, "password")
        with open(os.open(cls.password, os.O_CREAT | os.O_WRONLY, 0o600), "w",
                  encoding="utf-8") as file:
            file.write(postgres.PASSWORD + "\n")

    @classmethod
    def run_block(cls, name, *more):
        script = "\n".join(["set -euo pipefail", "PATH=$PWD:$PATH", cls.text[name], *more])
        done = subprocess.run(["bash", "-c", script], cwd=cls.folder, capture_output=True, text=True,
                              check=False, timeout=harness.PATIENCE, env=os.environ)
        if done.returncode != 0:
            raise AssertionError(f"{name}: {done.stdout} {done.stderr}")
        return done.stdout

    @classmethod
    def start(cls, name, address, **settings):
        server = postgres.Postgres(cls.folder, name, listen_addresses=address, **settings)
        postgres.copy_template(server.data, server.user)
        for file in "server.crt", "server.key", "ca.pem":
            path = os.path.join(server.data, file)
            shutil.copy(os.path.join(cls.folder, file), path)
            os.chmod(path, 0o600)
            daemons.give(path, server.user)
        server.start()
        cls.addClassCleanup(server.kill)
        return server

    def let_in(self, *lines):
        """In the place of whoever was let in over the network so far."""
        with open(os.path.join(self.server.data, "pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("\n".join(["local all postgres trust", *lines]) + "\n")
        self.server.sql("SELECT pg_reload_conf()", "postgres")

    def url(self, query="", host="db.example", address=None):
        return f"postgres://jeton@{host}/jeton?hostaddr={address or self.address}{query}"

    def verified(self, ca="ca.pem"):
        return f"&sslmode=verify-full&sslrootcert={os.path.join(self.folder, ca)}"

    def user_add(self, url, name="alice", **env):
        """Whether a command that needs the store works, and what it says."""
        data = os.path.join(self.folder, "data")
        status, _, err = harness.jeton(
            "user", "add", name, "--password-stdin", "--data", data, stdin=harness.PASSWORD + "\n",
            env={**harness.UNLIMITED, "JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1",
                 "JETON_STORE": url, "JETON_STORE_PASSWORD_FILE": self.password, **env})
        return status, err

    def accepted(self, url, **env):
        self.count = getattr(self, "count", 0) + 1
        status, err = self.user_add(url, f"{self._testMethodName}-{self.count}"[-60:], **env)
        self.assertEqual(status, 0, err)

    def refused(self, url, why, **env):
        status, err = self.user_add(url, **env)
        self.assertNotEqual(status, 0)
        self.assertRegex(err, why)
        self.assertNotIn(postgres.PASSWORD, err)

    def test_a_server_is_believed_that_has_the_hosts_certificate(self):
        self.let_in(self.text["hba"].strip())
        self.accepted(self.url(self.verified()))
        name = f"&sslrootcert={self.folder}/"
        self.accepted(self.url("&sslmode=verify-ca" + name + "ca.pem", host="other.example"))
        self.refused(self.url(self.verified(), host="other.example"), "does not match host name")
        self.refused(self.url("&sslmode=verify-full" + name + "nothing.pem"), "does not exist")
        self.refused(self.url(self.verified("server.csr")), "(?i)certificate")
        subprocess.run(["openssl", "req", "-x509", "-nodes", "-subj", "/CN=our databases", "-newkey",
                        "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", "other.key", "-out",
                        "other.pem"], cwd=self.folder, check=True, capture_output=True)
        self.refused(self.url(self.verified("other.pem")), "certificate verify failed")
        # Who may come with TLS only is told so.
        self.refused(self.url("&sslmode=disable"), "no encryption")

    def test_a_server_without_tls_is_refused_where_it_is_asked_for(self):
        self.refused(self.url("&sslmode=require", address=self.plain_address),
                     "server does not support SSL")
        self.refused(self.url(self.verified(), address=self.plain_address),
                     "server does not support SSL")
        self.accepted(self.url("&sslmode=prefer", address=self.plain_address))

    def test_the_address_of_the_page_has_nothing_to_be_warned_of(self):
        store = self.run_block("address", 'echo "$JETON_STORE"')
        self.assertNotIn("store", store.replace("postgres://", "").splitlines()[0])
        self.let_in(self.text["hba"].strip())
        self.accepted(store.splitlines()[-1] + "&hostaddr=" + self.address)

    def test_a_certificate_instead_of_a_password(self):
        self.let_in("hostssl jeton jeton all cert")
        url = self.client_store + "&hostaddr=" + self.address
        nothing = {"JETON_STORE_PASSWORD_FILE": ""}
        self.accepted(url, **nothing)
        self.refused(url.replace("client.key", "server.key"), "(?i)key", **nothing)
        self.refused(self.url(self.verified()), "(?i)certificate", **nothing)
        other = url.replace("client.crt", "server.crt").replace("client.key", "server.key")
        self.refused(other, "certificate authentication failed", **nothing)

    def test_the_password_is_where_the_page_says(self):
        self.let_in(self.text["hba"].strip())
        url, nothing = self.url(self.verified()), {"JETON_STORE_PASSWORD_FILE": ""}
        self.refused(url, "no password supplied", **nothing)
        self.accepted(url, **nothing, PGPASSWORD=postgres.PASSWORD)
        passfile = os.path.join(self.folder, "pgpass")
        with open(os.open(passfile, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write("db.example:*:*:jeton:" + postgres.PASSWORD.replace("\\", "\\\\") + "\n")
        self.accepted(url, **nothing, PGPASSFILE=passfile)
        self.accepted(url + "&passfile=" + passfile, **nothing)
        with open(self.password, encoding="utf-8") as file:
            wrong = os.path.join(self.folder, "wrong")
            with open(os.open(wrong, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as to:
                to.write(file.read().replace("password", "passphrase"))
        self.refused(url, "password authentication failed", JETON_STORE_PASSWORD_FILE=wrong)
        self.refused(url, "JETON_STORE_PASSWORD_FILE: there is no ",
                     JETON_STORE_PASSWORD_FILE=os.path.join(self.folder, "none"))

    def test_a_password_on_the_command_line_is_refused(self):
        for words in (("--store", "postgres://jeton:hidden@db.example/jeton"),
                      ("--store", "postgres://db.example/jeton?password=hidden"),
                      ("--store", "postgres://db.example/jeton?sslpassword=hidden"),
                      ("--store", "postgres://db.example/jeton?user=jeton&pass%77ord=hidden"),
                      ("--bus", "redis://jeton:hidden@bus.example"),
                      ("--bus", "redis://:hidden@bus.example")):
            status, out, err = harness.jeton("config", "check", *words)
            self.assertEqual(status, 1, words)
            self.assertIn("whoever lists processes sees a password", out + err)
            self.assertNotIn("hidden", out + err)

    def test_a_server_works_with_it(self):
        self.let_in(self.text["hba"].strip())
        self.accepted(self.url(self.verified()))  # which makes the master key
        with harness.Server(data=os.path.join(self.folder, "data"),
                            env={"JETON_STORE": self.url(self.verified()),
                                 "JETON_STORE_PASSWORD_FILE": self.password}) as server:
            server.add_user("bob")
            self.assertTrue(server.login("bob")["access_token"])
            self.assertEqual(self.server.sql("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity "
                                             "USING (pid) WHERE usename = 'jeton' AND NOT ssl"), ["0"])
            self.assertEqual([entry for entry in server.events("setting_warning")
                              if entry["setting"] == "store"], [])  # it is on this machine


if __name__ == "__main__":
    harness.main()
