#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools/test-summary.py FAILURES WHAT=LOG...: adds up meson's test logs for tools/test.

A program that reports like cmocka counts with each of its test functions, any other as one test.
FAILURES are builds and runs that failed before there was a log. Names what failed and what was
skipped; the last line is the sum. Exit status 0 only if something passed and nothing failed.
"""
import collections
import json
import re
import sys

MARK = re.compile(r"^\[ *(RUN|OK|SKIPPED) *\] (.*)", re.M)


def functions(test):
    """How many test functions of a program passed, failed and were skipped."""
    seen = collections.Counter()
    for mark, _ in MARK.findall(test.get("stdout", "") + "\n" + test.get("stderr", "")):
        seen[mark] += 1
    # What was begun and neither passed nor was skipped has failed, even if it took the whole
    # program down before it could say so.
    return seen["OK"], seen["RUN"] - seen["OK"] - seen["SKIPPED"], seen["SKIPPED"]


def outcome(test):
    passed, failed, skipped = functions(test)
    if test["result"] in ("OK", "EXPECTEDFAIL"):
        return max(passed, 0 if skipped else 1), failed, skipped
    if test["result"] == "SKIP":
        return 0, 0, 1
    # a leak found at the end or a time-out: the program failed though its functions did not
    return passed, max(failed, 1), skipped


def main():
    total = [0, int(sys.argv[1]), 0]
    for argument in sys.argv[2:]:
        what, _, path = argument.partition("=")
        try:
            with open(path, encoding="utf-8", errors="replace") as log:
                tests = [json.loads(line) for line in log]
        except FileNotFoundError:
            tests = []
        if not tests:
            print(f"test: {what}: no test ran")
        for test in tests:
            counts = outcome(test)
            total = [a + b for a, b in zip(total, counts)]
            if counts[1]:
                print(f"test: FAILED: {test['name']} ({what})")
            if counts[2]:
                print(f"test: skipped: {test['name']} ({what})")
    print("%d passed, %d failed, %d skipped" % tuple(total), flush=True)
    return 0 if total[0] > 0 and total[1] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
