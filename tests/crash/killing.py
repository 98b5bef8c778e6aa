# SPDX-License-Identifier: Apache-2.0
"""killing.py - what the crash tests share: somebody who works until the server is killed under him, and
the rounds of work, kill and restart.

JETON_CRASH_ROUNDS says how often. The seed is printed; JETON_CRASH_SEED gives it again: the same
choices, though not to the microsecond the same moments.
"""
import concurrent.futures
import contextlib
import http.client
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)

ROUNDS = int(os.environ.get("JETON_CRASH_ROUNDS", "0"))
SEED = os.environ.get("JETON_CRASH_SEED") or str(random.SystemRandom().randrange(10**9))

# What a client meets when the server is gone.
LOST = (OSError, http.client.HTTPException)


class Unacknowledged(Exception):
    """The server was killed before its answer came: the operation has happened, or it has not."""


class Worker:
    """Does act() after act() until one is not acknowledged, or the server is gone: without one the
    command line works on the store itself."""

    def __init__(self, server, killed):
        self.server, self.killed = server, killed
        self.done = 0  # operations acknowledged

    def act(self, chance):
        raise NotImplementedError

    def work(self, chance):
        with contextlib.suppress(Unacknowledged):
            while not self.killed.is_set():
                self.act(chance)
                self.done += 1

    # How it reaches the server.

    def ask(self, status, path, body, headers=None, method="POST"):
        try:
            answer = self.server.ask(method, path, body, headers or {})
        except LOST as lost:
            return self.must_be_killed(f"{method} {path}: {lost!r}")
        if answer.status != status:
            raise AssertionError(f"{method} {path} {body}: {answer}, not {status}")
        return answer.json if answer.body else None

    def command(self, *words, stdin=""):
        """Without a server it works on the store: done is then done as well."""
        status, out, err = self.server.cli(*words, stdin=stdin)
        if status != 0:
            self.must_be_killed(f"{' '.join(words)}: {status} {out} {err}")
        return out

    def must_be_killed(self, what):
        if self.killed.is_set():
            raise Unacknowledged
        raise AssertionError(f"the server lives, but {what}")


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def kill_at_once(server, after):
    """Starts it and kills it, ready or not."""
    with subprocess.Popen([harness.JETON, "serve", "--data", server.data, "--listen", "127.0.0.1:0",
                           *server.flags], stderr=subprocess.DEVNULL, env=server.env) as process:
        time.sleep(after)
        process.kill()


def play(server, workers, killed, rounds, check):
    """Lets them work and kills the server, again and again; check() looks at it after each restart."""
    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        for turn in range(rounds):
            try:
                play_one(turn, server, workers, killed, pool)
                check(random.Random(f"{SEED} {turn} check"))
            except AssertionError as lost:
                raise AssertionError(f"round {turn} of JETON_CRASH_SEED={SEED}") from lost


def play_one(turn, server, workers, killed, pool):
    chance = random.Random(f"{SEED} {turn}")
    killed.clear()
    works = [pool.submit(worker.work, random.Random(f"{SEED} {turn} {number}"))
             for number, worker in enumerate(workers)]
    time.sleep(chance.uniform(0, 0.8))
    killed.set()
    server.kill()
    for work in works:
        work.result()
    if chance.random() < 0.3:
        kill_at_once(server, chance.uniform(0, 0.1))
    server.start()


def new_killed():
    return threading.Event()


# ---- what has to be true of any store -------------------------------------------------------------


def query(path, sql):
    store = sqlite3.connect(path)
    try:
        return store.execute(sql).fetchall()
    finally:
        store.close()


def assert_sound(server):
    """The pages, the references, the numbers of both logs, and the chain of the audit log."""
    path = os.path.join(server.data, "jeton.db")
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert query(path, "PRAGMA foreign_key_check") == []
    for log, head in (("log", "log_head"), ("audit", "audit_head")):
        numbers = [n for n, in query(path, f"SELECT n FROM {log} ORDER BY n")]
        last, = query(path, f"SELECT n FROM {head}")[0]
        assert numbers == list(range(1, last + 1)), f"{log} has a gap, or {head} is another: {last}"
    status, out, err = server.cli("audit", "verify")
    assert status == 0, f"audit verify: {out} {err}"
