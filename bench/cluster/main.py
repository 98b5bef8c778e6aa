#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""main.py [--json] [--quick]: measures several nodes on this machine; ./dev bench cluster.

The environment says what is measured: JETON, JETON_REVOKE (bench/cluster/revoke.c), CLUSTER_GUARD and
CLOCK_SHIM (of tests/cluster). Exit status: 0 when every number is what it must be, 1 when one is not.
"""
import os
import statistics
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
sys.path[:0] = [os.path.join(ROOT, folder) for folder in ("tests/cluster", "tests/e2e", "bench/server")]
import cluster  # noqa: E402 (of the tests of several nodes)
import postgres  # noqa: E402
import reach  # noqa: E402
import rows  # noqa: E402
from warden import WARDEN  # noqa: E402

AGENTS = 8


def revocations(batches, times):
    """The median of a few runs, each in a database of its own."""
    folder = WARDEN.folder()
    try:
        with postgres.Postgres(folder) as server:
            rates = []
            for number in range(times):
                name = f"bench{number}"
                server.new_database(name)
                got = subprocess.run([os.environ["JETON_REVOKE"], server.url(database=name), str(batches)],
                                     check=True, capture_output=True, text=True)
                rates.append(float(got.stdout))
    finally:
        WARDEN.remove(folder)
    yield rows.Row("revocations", "revocations on PostgreSQL, in batches of 64", "/s",
                   statistics.median(rates), must=40000, at_least=True)


def reaches(count):
    each, last = reach.measure(AGENTS, count)
    for name, what, values in (("agent", "an agent", each), ("last", f"the last of {AGENTS}", last)):
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        yield rows.Row(f"reach_{name}_p50", f"revoked → refused by {what}, p50", "ms", cuts[49], must=5)
        yield rows.Row(f"reach_{name}_p99", f"revoked → refused by {what}, p99", "ms", cuts[98], must=50)
    yield rows.Row("reach_max", "revoked → refused, longest", "ms", max(last), must=cluster.LEASE * 1000)


def main():
    flags = set(sys.argv[1:])
    if flags - {"--json", "--quick"}:
        sys.exit(f"bench cluster: not understood: {' '.join(sorted(flags - {'--json', '--quick'}))}")
    quick = "--quick" in flags
    measured = [*revocations(300 if quick else 1500, 1 if quick else 3), *reaches(20 if quick else 200)]
    if "--json" in flags:
        print(rows.as_json(measured, {"processors": os.cpu_count(),
                                      "load": round(os.getloadavg()[0], 2)}))
    else:
        print("\n".join(rows.table(measured)))
    sys.exit(1 if rows.failures(measured) else 0)


main()
