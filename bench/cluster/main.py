#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""main.py [--json] [--quick]: measures several nodes on this machine; ./dev bench cluster.

`jeton bench cluster` does, with a database and a bus that are started for it; what needs several processes is
measured here: how long revocations take to services beside eight agents. The environment names the programs:
JETON, CLUSTER_GUARD and CLOCK_SHIM (of tests/cluster). Exit status: 0 when every number is what it must be,
1 when one is not.
"""
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path[:0] = [os.path.join(ROOT, folder) for folder in ("tests/cluster", "tests/e2e", "bench/server")]
import cluster  # noqa: E402 (of the tests of several nodes)
import postgres  # noqa: E402
import reach  # noqa: E402
import redis_server  # noqa: E402
import rows  # noqa: E402
from warden import WARDEN  # noqa: E402

AGENTS = 8
QUICK = ("--tokens", "10M", "--seconds", "1")


def command(quick):
    """What `jeton bench cluster` says, as rows."""
    folder = WARDEN.folder()
    try:
        with postgres.Postgres(folder) as server, redis_server.Redis(folder) as bus:
            got = subprocess.run([os.environ["JETON"], "bench", "cluster", "--json", "--bus", bus.url(),
                                  "--store", server.url_without_password(), *(QUICK if quick else ())],
                                 env={**os.environ, "PGPASSWORD": postgres.PASSWORD},
                                 check=True, stdout=subprocess.PIPE, text=True)
    finally:
        WARDEN.remove(folder)
    for name, one in json.loads(got.stdout)["numbers"].items():
        yield rows.Row(name, one["what"], one["unit"], one["measured"],
                       must=one.get("at_least", one.get("at_most")), at_least="at_least" in one)


def reaches(count):
    each, last = reach.measure(AGENTS, count)
    for name, what, values in (("agent", "an agent", each), ("last", f"the last of {AGENTS}", last)):
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        yield rows.Row(f"agents_{name}_p50", f"revoked → refused by {what}, p50", "ms", cuts[49], must=5)
        yield rows.Row(f"agents_{name}_p99", f"revoked → refused by {what}, p99", "ms", cuts[98], must=50)
    yield rows.Row("agents_most", "revoked → refused, longest", "ms", max(last), must=cluster.LEASE * 1000)


def main():
    flags = set(sys.argv[1:])
    if flags - {"--json", "--quick"}:
        sys.exit(f"bench cluster: not understood: {' '.join(sorted(flags - {'--json', '--quick'}))}")
    quick = "--quick" in flags
    measured = [*command(quick), *reaches(20 if quick else 200)]
    if "--json" in flags:
        print(rows.as_json(measured, {"processors": os.cpu_count(),
                                      "load": round(os.getloadavg()[0], 2)}))
    else:
        print("\n".join(rows.table(measured)))
    sys.exit(1 if rows.failures(measured) else 0)


main()
