#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""postgres.py - PostgreSQL for tests, as its package brings it: with fsync on, in a folder of its own, on a
Unix socket, as an unprivileged user, and gone with the test. Also a streaming standby, which can be
promoted.

postgres.py run COMMAND...: runs a command with JETON_TEST_POSTGRES set to the URL of a new, empty
database, and ends with its status.
"""
import atexit
import fcntl
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse

import daemons
import harness
from warden import WARDEN

USER, PASSWORD, DATABASE = "jeton", "a password of %&@/ characters", "jeton"

# Small, and as careful with what it has committed as in earnest.
SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
            "shared_buffers": "16MB", "max_connections": "100", "wal_level": "replica",
            "max_wal_senders": "6", "wal_keep_size": "64MB", "hot_standby": "on",
            "log_min_messages": "warning", "max_wal_size": "128MB", "restart_after_crash": "on"}


def program(name):
    """Of the newest version there is: Debian keeps them out of PATH."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"),
                     key=lambda path: float(re.search(r"/([\d.]+)/bin", path)[1]))
    path = os.path.join(folders[-1], name) if folders else shutil.which(name)
    if not path or not os.access(path, os.X_OK):
        raise AssertionError(f"PostgreSQL's {name} is missing: ./dev setup installs it")
    return path


def run(user, *command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/",
                          timeout=harness.PATIENCE * 2, **daemons.as_user(user), **more)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout} {done.stderr}")
    return done.stdout


def template(user):
    """A server that has been shut down, with an empty database for jeton. It is made once and copied by
    all: in the folder JETON_CLUSTER_CACHE once for all tests, without that once for this process."""
    cache = os.environ.get("JETON_CLUSTER_CACHE")
    if cache is None:
        cache = os.environ["JETON_CLUSTER_CACHE"] = WARDEN.folder("jeton-pg-")
    os.makedirs(cache, exist_ok=True)
    version = re.sub(r"[^\d.]", "", run(None, program("postgres"), "--version").split("(")[0])
    path = os.path.join(cache, f"postgres-{version}-3")
    with open(path + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(path):
            make_template(path, user)
    return path


def make_template(path, user):
    work = WARDEN.folder("jeton-pg-")
    daemons.give(work, user)
    made = os.path.join(work, "data")
    run(user, program("initdb"), "-D", made, "-U", "postgres", "--locale=C", "-E", "UTF8",
        "--auth=trust", "--no-sync", "--wal-segsize=1", env={**os.environ, "LC_ALL": "C"})
    # Who is not the superuser has to show a password, also on the socket.
    with open(os.path.join(made, "pg_hba.conf"), "w", encoding="utf-8") as file:
        file.write("local all postgres trust\nlocal replication postgres trust\n"
                   "local all all scram-sha-256\nhost all all all scram-sha-256\n")
    server = Postgres(work, "made")
    os.rename(made, server.data)
    with server:
        server.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'", database="postgres")
        server.new_database(DATABASE)
        server.stop()
    shutil.rmtree(path + ".new", ignore_errors=True)
    shutil.copytree(server.data, path + ".new")
    os.rename(path + ".new", path)
    WARDEN.remove(work)


def copy_template(to, user):
    shutil.copytree(template(user), to)
    os.chmod(to, 0o700)
    for folder, _, files in os.walk(to):
        for name in ("", *files):
            daemons.give(os.path.join(folder, name), user)


class Postgres(daemons.Daemon):
    """One server. The first start() copies the template."""

    def __init__(self, folder, name="postgres", **settings):
        super().__init__(folder, name, daemons.unprivileged("postgres"))
        self.data = os.path.join(self.folder, "data")
        self.settings = {**SETTINGS, **settings}

    def command(self):
        settings = {"listen_addresses": "", **self.settings,
                    "unix_socket_directories": self.folder}
        return [program("postgres"), "-D", self.data,
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))]

    @property
    def socket(self):
        return os.path.join(self.folder, ".s.PGSQL.5432")

    def start(self):
        if not os.path.exists(self.data):
            copy_template(self.data, self.user)
        return super().start()

    def new_database(self, name):
        """An empty one; returns its URL."""
        self.sql(f"CREATE DATABASE {name} OWNER {USER} TEMPLATE template0", database="postgres")
        return self.url(database=name)

    def is_ready(self):
        """Reads, whether it is a standby or not."""
        return self.ask("SELECT 1").returncode == 0

    def ask(self, text, database="postgres"):
        return subprocess.run([program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                               "-U", "postgres", "-d", database, "-c", text], text=True,
                              capture_output=True, check=False, timeout=harness.PATIENCE)

    def sql(self, text, database=DATABASE):
        """The rows of an answer, each a text with its fields parted by |."""
        done = self.ask(text, database)
        if done.returncode != 0:
            raise AssertionError(f"{self.name}: {text}: {done.stderr}")
        return done.stdout.splitlines()

    def url(self, via=None, database=DATABASE):
        """How jeton gets there: through the socket, or through the address of a proxy."""
        where = via or ""
        query = "" if via else "?host=" + urllib.parse.quote(self.folder, safe="")
        return f"postgres://{USER}:{urllib.parse.quote(PASSWORD, safe='')}@{where}/{database}{query}"

    def url_without_password(self, user=USER, database=DATABASE):
        """For command lines: the password is where PGPASSWORD or a file says."""
        return f"postgres://{user}@/{database}?host={urllib.parse.quote(self.folder, safe='')}"

    def stop(self):
        """As a machine that is shut down does it: nobody is waited for."""
        self.process.send_signal(signal.SIGINT)
        return self.reap()

    # --- replication ---------------------------------------------------------------------------

    def standby(self, folder, name="standby", **settings):
        """A new server that follows this one; not started yet."""
        other = Postgres(folder, name, **settings)
        run(other.user, program("pg_basebackup"), "-h", self.folder, "-U", "postgres", "-D",
            other.data, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        return other

    def is_standby(self):
        return self.sql("SELECT pg_is_in_recovery()", "postgres") == ["t"]

    def follows(self, primary):
        """Whether it has everything that the primary has now."""
        end = primary.sql("SELECT pg_current_wal_flush_lsn()", "postgres")[0]
        return self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn", "postgres") == ["t"]

    def pause(self):
        """A standby that lags: it takes what comes and does not show it, until resume()."""
        self.sql("SELECT pg_wal_replay_pause()", "postgres")
        harness.eventually(lambda: self.sql("SELECT pg_get_wal_replay_pause_state()", "postgres") ==
                           ["paused"], "replay has paused")

    def resume(self):
        self.sql("SELECT pg_wal_replay_resume()", "postgres")

    def promote(self):
        self.sql(f"SELECT pg_promote(true, {harness.PATIENCE})", "postgres")
        harness.eventually(lambda: not self.is_standby(), "the standby is a primary")


def of_this_process():
    """One that runs until the process ends."""
    folder = WARDEN.folder()
    atexit.register(WARDEN.remove, folder)
    server = Postgres(folder).start()
    atexit.register(server.kill)
    return server


def main():
    if sys.argv[1:2] != ["run"] or len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = WARDEN.folder()
    try:
        with Postgres(folder) as server:
            env = {**os.environ, "JETON_TEST_POSTGRES": server.url()}
            status = subprocess.run(sys.argv[2:], env=env, check=False).returncode
    finally:
        WARDEN.remove(folder)
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
