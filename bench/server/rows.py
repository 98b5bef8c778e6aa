# SPDX-License-Identifier: Apache-2.0
"""rows.py - what was measured beside what it must be, as a table and as JSON."""
import json


class Row:
    """One number. `must` and `aim` are bounds, upper ones unless `at_least`; None: for information."""

    def __init__(self, name, what, unit, measured, must=None, aim=None, at_least=False):
        self.name, self.what, self.unit, self.measured = name, what, unit, measured
        self.must, self.aim, self.at_least = must, aim, at_least

    def keeps(self, bound):
        return self.measured >= bound if self.at_least else self.measured <= bound

    @property
    def verdict(self):
        if self.must is None:
            return ""
        if not self.keeps(self.must):
            return "FAIL"
        return "pass" if self.aim is None or self.keeps(self.aim) else "pass, aim missed"

    def as_json(self):
        bounds = {"must": self.must, "aim": self.aim}
        return {"name": self.name, "what": self.what, "unit": self.unit,
                "measured": round(self.measured, 4), "at_least": self.at_least,
                **{key: bound for key, bound in bounds.items() if bound is not None},
                **({"pass": self.keeps(self.must)} if self.must is not None else {})}


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def bound(row, value):
    return "" if value is None else ("≥ " if row.at_least else "≤ ") + number(value)


def table(rows):
    """Lines of a table; each column is as wide as its widest cell."""
    cells = [("", "measured", "", "must", "aim", "")]
    cells += [(row.what, number(row.measured), row.unit, bound(row, row.must), bound(row, row.aim),
               row.verdict) for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    for what, measured, unit, must, aim, verdict in cells:
        yield "  ".join((what.ljust(widths[0]), measured.rjust(widths[1]), unit.ljust(widths[2]),
                         must.rjust(widths[3]), aim.rjust(widths[4]), verdict)).rstrip()


def as_json(rows, machine):
    return json.dumps({"machine": machine, "pass": failures(rows) == 0,
                       "rows": [row.as_json() for row in rows]}, indent=1)


def failures(rows):
    return sum(row.verdict == "FAIL" for row in rows)
