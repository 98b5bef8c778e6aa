# SPDX-License-Identifier: Apache-2.0
"""parts.py - the measurements of ./dev bench server, one function each; they yield rows."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/e2e"))
import harness  # noqa: E402 (the folder of the other programs' tests)
import machine  # noqa: E402
from rows import Row  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
IDENTITY = "sub=X-User,roles=X-Roles,sid=X-Session"
CACHE = 8192  # entries of the server's verdict cache (src/api/app.c)


class Bench:
    """What all parts share: the load program and how long they may take."""

    def __init__(self, load, rounds, seconds):
        self.load, self.rounds, self.seconds = load, rounds, seconds


def bearer(token):
    return f"Authorization: Bearer {token}"


def add_client(server, name, *flags):
    """Adds a client, and returns the Authorization header's value it has."""
    import base64
    import json
    status, out, err = server.cli("client", "add", name, *flags, "--json")
    if status != 0:
        raise SystemExit(f"bench server: client add: {err}")
    made = json.loads(out)
    pair = f"{made['client_id']}:{made['client_secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def client_tokens(bench, server, basic, count, path):
    """Many access tokens of a client, in a file."""
    machine.load(bench.load, "each", server.address, "/token", "-a", basic, "-m", "access_token",
                 "-o", path, lines=["grant_type=client_credentials"] * count)


# ---- processor time of requests -----------------------------------------------------------------


def verify(bench):
    """GET /verify and POST /introspect on one thread, beside nginx on one thread."""
    with machine.Nginx() as nginx, harness.Server("--threads", "1") as server, \
            harness.Server("--threads", "1", "--identity-headers", IDENTITY) as telling, \
            tempfile.TemporaryDirectory() as folder:
        server.add_user("alice", "admin")
        telling.add_user("alice", "admin")
        headers = [bearer(server.login()["access_token"])]
        told = [bearer(telling.login()["access_token"])]
        basic = add_client(server, "bench", "--grant", "client_credentials")
        pids, url = [server.process.pid], f"http://{server.address}"
        machine.pin(nginx.workers + pids + [telling.process.pid], machine.OF_SERVER)

        def of_nginx():
            return machine.cost(nginx.workers, nginx.url + "verify", headers=headers)

        def of(path):
            return lambda: machine.cost(pids, url + path, headers=headers)

        def of_telling():
            return machine.cost([telling.process.pid], f"http://{telling.address}/verify",
                                headers=told)

        bare, plain, role, full = machine.rounds(bench.rounds, of_nginx, of("/verify"),
                                                 of("/verify?role=admin"), of_telling)
        yield Row("nginx_us", "nginx return 200, CPU per request", "µs", statistics.median(bare))
        yield Row("verify_us", "GET /verify, CPU per request", "µs", statistics.median(plain))
        yield Row("verify_ratio", "GET /verify ÷ nginx return 200", "×",
                  machine.median_of(lambda a, b: b / a, bare, plain), must=1.6, aim=1.3)
        yield Row("verify_identity_ratio", "the same when it tells who it is, in three headers",
                  "×", machine.median_of(lambda a, b: b / a, bare, full), must=1.6, aim=1.3)
        yield Row("role_us", "checking a role as well", "µs",
                  machine.median_of(lambda a, b: b - a, plain, role), must=1)

        machine.pin(pids, None)
        tokens = os.path.join(folder, "tokens")
        client_tokens(bench, server, basic, 2 * CACHE + 1000, tokens)
        machine.pin(pids, machine.OF_SERVER)
        [fresh] = machine.rounds(3, lambda: machine.cost(
            pids, url + "/verify", script=os.path.join(HERE, "tokens.lua"), arguments=[tokens]))
        yield Row("verify_uncached_us", "GET /verify, token not in the verdict cache", "µs",
                  statistics.median(fresh))

        with open(tokens, encoding="ascii") as lines:
            token = lines.readline().strip()
        [asked] = machine.rounds(3, lambda: machine.cost(
            pids, url + "/introspect", headers=[f"Authorization: {basic}"],
            script=os.path.join(HERE, "post.lua"), arguments=[f"token={token}"]))
        yield Row("introspect_per_core", "POST /introspect, for each core", "/s",
                  1e6 / statistics.median(asked), must=30000, at_least=True)


# ---- tails --------------------------------------------------------------------------------------


def storm(bench):
    """The tail of /verify while more logins come than can be hashed."""
    with harness.Server(cheap=False) as server:
        server.add_user()
        authorization = "Bearer " + server.login()["access_token"]
        body = f'{{"username":"alice","password":"{harness.PASSWORD}"}}'
        seconds = bench.seconds

        def tail():
            return machine.load(bench.load, "pace", server.address, "/verify", "-c", 4, "-r", 1000,
                                "-s", seconds, "-a", authorization)["p99_ms"]

        def stormy():
            with subprocess.Popen(machine.wrk_command(
                    f"http://{server.address}/login", seconds + 2,
                    script=os.path.join(HERE, "post.lua"), arguments=[body]),
                    stdout=subprocess.DEVNULL) as logins:
                time.sleep(1)
                found = tail()
                if logins.poll() is not None:
                    raise SystemExit("bench server: the storm was over too soon")
                logins.wait()
            return found

        calm, wild = machine.rounds(3, tail, stormy)
        yield Row("rest_p99_ms", "p99 of /verify at rest", "ms", statistics.median(calm))
        yield Row("storm_p99_ms", "p99 of /verify while logins saturate", "ms",
                  statistics.median(wild), must=1.5, aim=0.6)
        yield Row("storm_ratio", "the one ÷ the other", "×",
                  machine.median_of(lambda a, b: b / a, calm, wild), must=3, aim=1.5)


# ---- what waits for the disk --------------------------------------------------------------------


def durable(bench):
    """POST /refresh and POST /revoke, each on disk before it is answered."""
    with harness.Server() as server, tempfile.TemporaryDirectory() as folder:
        server.add_user()
        basic = add_client(server, "bench", "--grant", "client_credentials")
        sessions = [server.login()["refresh_token"] for _ in range(32)]
        done = machine.load(bench.load, "chain", server.address, "/refresh", "-s", bench.seconds,
                            lines=sessions)
        yield Row("refresh_per_second", "POST /refresh, 32 sessions at once", "/s",
                  done["per_second"], must=5000, at_least=True)
        yield Row("refresh_p99_ms", "p99 of it", "ms", done["p99_ms"], must=15)

        path = os.path.join(folder, "tokens")
        client_tokens(bench, server, basic, 5000 * bench.seconds, path)
        with open(path, encoding="ascii") as lines:
            bodies = ["token=" + line.strip() for line in lines]
        done = machine.load(bench.load, "each", server.address, "/revoke", "-c", 32, "-a", basic,
                            lines=bodies)
        yield Row("revoke_per_second", "POST /revoke, 32 connections", "/s", done["per_second"],
                  must=5000, at_least=True)
        yield Row("revoke_p99_ms", "p99 of it", "ms", done["p99_ms"], must=15)


# ---- rest and start -----------------------------------------------------------------------------

HASH = "$2b$12$LJ3m4ys3Lk0TSwHjTT5YDuvmYuJE0Xw9N7ZrXlOZp9v7Yr5Fh1nXG"


def write_users(path, count, password_hash):
    with open(path, "w", encoding="ascii") as out:
        out.write("name,email,password_hash\n")
        for i in range(count):
            out.write(f"user{i},user{i}@example.com,{password_hash}\n")


def fill(data, count, password_hash=HASH):
    """Imports users into a new folder; how many a second."""
    os.makedirs(data, mode=0o700)
    path = data + ".csv"
    write_users(path, count, password_hash)
    start = time.monotonic()
    status, _, err = harness.jeton("user", "import", path, "--data", data, patience=1200)
    took = time.monotonic() - start
    os.unlink(path)
    if status != 0:
        raise SystemExit(f"bench server: user import: {err}")
    return count / took


def start_once(data):
    """Milliseconds from exec to being ready, and (RssAnon, VmRSS) a moment later."""
    started = time.monotonic()
    with harness.Server(data=data, cheap=False) as server:
        took = server.ready - started
        time.sleep(0.3)
        found = machine.memory(server.process.pid)
        server.stop()
    return took * 1000, found


def rest(bench):
    """How long a start takes, and what a server needs that nobody asks."""
    with tempfile.TemporaryDirectory() as folder:
        firsts = [start_once(os.path.join(folder, f"first{i}"))[0] for i in range(3)]
        data = os.path.join(folder, "users")
        rate = fill(data, 100000)
        start_once(data) # measures how much hashing is affordable
        starts = [start_once(data) for _ in range(5)]
        yield Row("first_start_ms", "ready after the very first start", "ms",
                  statistics.median(firsts), must=1000)
        yield Row("start_ms", "ready after any other, 100,000 users", "ms",
                  statistics.median(took for took, _ in starts), must=100, aim=50)
        anon, rss = starts[-1][1]
        yield Row("rest_anon_mib", "RssAnon at rest", "MiB", anon, must=8, aim=4)
        yield Row("rest_rss_mib", "VmRSS at rest", "MiB", rss, must=20, aim=14)
        yield Row("import_per_second", "jeton user import, 100,000 users", "/s", rate, must=10000,
                  at_least=True)
