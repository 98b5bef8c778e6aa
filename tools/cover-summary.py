#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools/cover-summary.py REPORT [FOLDER=PERCENT...]: lines and branches covered, by folder.

REPORT is gcovr's JSON summary. Each FOLDER named must be in it with at least PERCENT of its branches
covered; the files of one that has fewer are listed. Exit status 1 when one has, or is not there.
"""
import collections
import json
import sys

COUNTS = ("line_covered", "line_total", "branch_covered", "branch_total")


def share(covered, total):
    return 100 * covered / total if total else 100.0


def percent(covered, total):
    return f"{share(covered, total):5.1f} %" if total else "      -"


def show(name, counts, demanded=""):
    print(f"{name:26}  {percent(*counts[:2])}   {percent(*counts[2:])}   "
          f"{counts[2]:5} of {counts[3]:5}{demanded}")


def main():
    with open(sys.argv[1], encoding="utf-8") as report:
        files = {file["filename"]: [file[name] for name in COUNTS]
                 for file in json.load(report)["files"]}
    demands = {folder: float(least)
               for folder, least in (argument.split("=") for argument in sys.argv[2:])}

    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for name, counts in files.items():
        for folder in (name.rsplit("/", 1)[0], "all"):
            folders[folder] = [a + b for a, b in zip(folders[folder], counts)]

    print(f"{'folder':26}  {'lines':>7}   {'branches':>7}")
    for folder in sorted(folders, key=lambda name: (name == "all", name)):
        demanded = f"   {demands[folder]:g} % demanded" if folder in demands else ""
        show(folder, folders[folder], demanded)

    # rounded numbers are for reading: what decides is not rounded
    short = [folder for folder, least in demands.items()
             if folder not in folders or share(*folders[folder][2:]) < least]
    for folder in short:
        print(f"\ntoo few branches of {folder}: {demands[folder]:g} % are demanded")
        for name in sorted(files):
            if name.startswith(folder + "/"):
                show(name, files[name])
    return 1 if short or not files else 0


if __name__ == "__main__":
    sys.exit(main())
