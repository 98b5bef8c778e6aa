#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tests/bench/instructions.py PROGRAM: what verifying one HS256 token costs outside the HMAC, and
when the verdict cache has it, and what a guard takes beyond that.

Counts, because they are the same on every machine and timings are not: instructions by callgrind
and libjeton's own allocations, once warm. DESIGN.md §9 and issue 3 name the limits.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TIMES = 200
MOST_INSTRUCTIONS = 6000
MOST_INSTRUCTIONS_OF_A_HIT = 900
MOST_INSTRUCTIONS_OF_A_GUARD = 2700
MOST_ALLOCATIONS = 0
SKIPPED = 77


def count(program, function):
    """Instructions per call below `function`, and what the program printed."""
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect={function}",
             f"--callgrind-out-file={os.path.join(folder, 'out')}", program, str(TIMES)],
            capture_output=True, text=True, check=True)
    collected = re.search(r"Collected : (\d+)", answer.stderr)
    if collected is None or int(collected[1]) == 0:
        sys.exit(f"instructions: callgrind counted nothing below {function}()")
    return int(collected[1]) / TIMES, answer.stdout


def main():
    if shutil.which("valgrind") is None:
        print("instructions: there is no valgrind")
        return SKIPPED
    program = sys.argv[1]
    verify, printed = count(program, "counted_verify")
    hmac, _ = count(program, "counted_hmac")
    hit, _ = count(program, "counted_hit")
    guard, _ = count(program, "counted_guard")
    outside = verify - hmac
    allocations = {kind: int(number) for kind, number in re.findall(r"(\w+): (\d+)", printed)}
    print(f"instructions: {verify:.0f} per verification, {hmac:.0f} of them HMAC; "
          f"{outside:.0f} outside it, {MOST_INSTRUCTIONS} at most")
    print(f"instructions: {hit:.0f} per hit in the verdict cache, {MOST_INSTRUCTIONS_OF_A_HIT} at most")
    print(f"instructions: {guard - hit:.0f} per guard beyond such a hit, "
          f"{MOST_INSTRUCTIONS_OF_A_GUARD} at most")
    print(f"allocations in {TIMES}: {allocations}, {MOST_ALLOCATIONS} at most")
    if hmac < 1000 or hit < 100 or guard < hit + 100:  # so little is none of that: something else was counted
        return 1
    if set(allocations) != {"verifications", "hits", "guards"}:
        return 1
    return 0 if (outside <= MOST_INSTRUCTIONS and hit <= MOST_INSTRUCTIONS_OF_A_HIT
                 and guard - hit <= MOST_INSTRUCTIONS_OF_A_GUARD
                 and max(allocations.values()) <= MOST_ALLOCATIONS) else 1


if __name__ == "__main__":
    sys.exit(main())
