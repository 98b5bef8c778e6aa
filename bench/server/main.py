#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""main.py LOAD_PROGRAM [--json] [--big] [--quick] [PART...]: measures the server; ./dev bench server.

The environment says which program: JETON=/path/to/jeton. Exit status: 0 when every number is what
it must be, 1 when one is not.
"""
import os
import sys

import big
import parts
import rows

PARTS = {"verify": parts.verify, "storm": parts.storm, "durable": parts.durable,
         "rest": parts.rest, "big": big.big}


def main():
    words = sys.argv[1:]
    flags = {word for word in words if word.startswith("--")}
    load, *chosen = [word for word in words if not word.startswith("--")]
    unknown = (flags - {"--json", "--big", "--quick"}) | (set(chosen) - set(PARTS))
    if unknown:
        sys.exit(f"bench server: not understood: {' '.join(sorted(unknown))}; "
                 f"parts are {' '.join(PARTS)}")
    chosen = chosen or [name for name in PARTS if name != "big" or "--big" in flags]
    quick = "--quick" in flags
    bench = parts.Bench(load, 3 if quick else 9, 1 if quick else 4)
    measured = []
    for name in chosen:
        if "--json" not in flags:
            print(f"bench: {name} ...", file=sys.stderr, flush=True)
        measured += PARTS[name](bench)
    if "--json" in flags:
        print(rows.as_json(measured, {"processors": os.cpu_count(),
                                      "load": round(os.getloadavg()[0], 2)}))
    else:
        print("\n".join(rows.table(measured)))
    sys.exit(1 if rows.failures(measured) else 0)


main()
