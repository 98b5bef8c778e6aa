#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""test_docs.py - docs/cluster.md as its reader would paste it, from the first command to the last, in one
shell and an empty folder, beside PostgreSQL, Redis and a node with users. Addresses are replaced: those
of the page are other machines', and ports are never fixed.

A line of the page that says what it prints ("# 200") has to print that.
"""
import os
import re
import subprocess
import unittest

from daemons import harness
import postgres
import proxy
import redis_server
from warden import WARDEN

SOURCE = os.environ.get("SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BLOCK = re.compile(r"<!-- run: (\S+) -->\n```sh\n(.*?)```\n", re.S)
SAYS = re.compile(r"^(.*\S)\s+# ([^#]+)$")
MOST = 10  # what the page's title promises


def blocks():
    with open(os.path.join(SOURCE, "docs/cluster.md"), encoding="utf-8") as file:
        return BLOCK.findall(file.read())


def checked(line):
    """A line with "# what it prints" behind it, as one that fails unless it does."""
    says = SAYS.match(line)
    if not says:
        return line
    return f'GOT=$({says[1]}); echo "$GOT"; [ "$GOT" = "{says[2]}" ]'


class Addresses:
    """What stands on the page, and what is there in its place: a node listens on a socket in the folder,
    and a proxy has the port that its clients use."""

    def __init__(self, folder):
        self.folder, self.proxies = folder, {}

    def replace(self, text):
        text = re.sub(r"--listen 127\.0\.0\.1:(\d+)",
                      lambda found: "--listen unix:" + self.socket(found[1]), text)
        return re.sub(r"127\.0\.0\.1:(\d+)", lambda found: self.proxy(found[1]).address, text)

    def socket(self, port):
        return os.path.join(self.folder, f"{port}.sock")

    def proxy(self, port):
        if port not in self.proxies:
            self.proxies[port] = proxy.Proxy(self.socket(port))
        return self.proxies[port]

    def close(self):
        for one in self.proxies.values():
            one.close()


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = WARDEN.folder()
        self.addCleanup(WARDEN.remove, self.folder)
        os.mkdir(os.path.join(self.folder, "build"))
        os.symlink(os.path.abspath(harness.JETON), os.path.join(self.folder, "build", "jeton"))
        self.postgres = postgres.Postgres(self.folder)
        self.redis = redis_server.Redis(self.folder)
        for one in (self.postgres, self.redis):
            one.start()
            self.addCleanup(one.kill)
        self.postgres.sql("DROP DATABASE jeton", "postgres")
        self.postgres.sql("DROP ROLE jeton", "postgres")
        self.database = proxy.Proxy(self.postgres.socket)
        self.addCleanup(self.database.close)
        self.addresses = Addresses(self.folder)
        self.addCleanup(self.addresses.close)

    def script(self):
        lines = ["set -euo pipefail",
                 "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
        for name, text in blocks():
            lines += [f"echo '--- {name}'", *map(checked, text.splitlines())]
        text = self.addresses.replace("\n".join(lines))
        return (text.replace("db.example", self.database.address)
                .replace("redis://bus.example", "unix:" + self.redis.socket))

    def test_its_commands_work_as_they_stand_there(self):
        with harness.Server("--issuer", "https://login.example",
                            data=os.path.join(self.folder, "data")) as server:
            server.add_user("alice", "admin")
            server.stop()
            done = self.run_script()
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:])

    def run_script(self):
        path = os.path.join(self.folder, "script")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.script())
        env = {**os.environ, **harness.UNLIMITED, "PGHOST": self.postgres.folder,
               "PGUSER": "postgres", "JETON_HASH_MEMORY": "8M", "JETON_HASH_PASSES": "1"}
        return subprocess.run(["bash", path], cwd=self.folder, env=env, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=3 * harness.PATIENCE)

    def test_it_takes_no_more_commands_than_it_says(self):
        until = [name for name, _ in blocks()].index("ready")
        commands = [line for _, text in blocks()[:until] for line in text.splitlines()]
        self.assertEqual(len(commands), MOST, commands)


if __name__ == "__main__":
    harness.main()
