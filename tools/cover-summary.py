#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools/cover-summary.py REPORT: lines and branches covered, folder by folder (gcovr's JSON)."""
import collections
import json
import sys


def percent(covered, total):
    return f"{100 * covered / total:5.1f} %" if total else "      -"


def main():
    with open(sys.argv[1], encoding="utf-8") as report:
        files = json.load(report)["files"]
    names = ("line_covered", "line_total", "branch_covered", "branch_total")
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for file in files:
        for folder in (file["filename"].rsplit("/", 1)[0], "all"):
            folders[folder] = [a + file[b] for a, b in zip(folders[folder], names)]
    print(f"{'folder':16}  {'lines':>7}  {'branches':>8}")
    for folder, (lines, all_lines, branches, all_branches) in sorted(
            folders.items(), key=lambda item: (item[0] == "all", item[0])):
        print(f"{folder:16}  {percent(lines, all_lines)}   {percent(branches, all_branches)}")
    return 0 if files else 1


if __name__ == "__main__":
    sys.exit(main())
