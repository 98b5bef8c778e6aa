# SPDX-License-Identifier: Apache-2.0
"""judge.py - whether a cluster kept its promises, judged afterwards by what was written down.

All times are of the machine's monotonic clock, in nanoseconds. Each is taken so that delays of a loaded
machine cannot make an honest cluster look guilty: a decision is dated by the moment before it was begun,
a revocation by the moment after its answer was there, when it was certainly committed.
"""
import dataclasses

# Clocks of two processes may run at rates that differ so much at most; it is what the lease allows for.
RATE = 0.01


@dataclasses.dataclass(frozen=True)
class Decision:
    """What a guard said about a token."""
    guard: str
    token: str
    before: int
    after: int
    status: str  # the name of the outcome: OK, E_REVOKED, E_STALE, ...


@dataclasses.dataclass
class Token:
    """What is known of a token. A time that never came is None."""
    name: str
    issued: int              # its answer was there
    revoking: int | None = None  # the first request that revokes it was sent; acknowledged or not
    revoked: int | None = None   # ... and the first good answer was there
    strict: int | None = None    # the first good answer to a strict one was there
    doomed: bool = False     # something else may end it: nothing is expected of it but to stay revoked

    def falls_with(self, revoking, revoked):
        """What it was issued under was revoked as well."""
        self.revoking = earlier(self.revoking, revoking)
        self.revoked = earlier(self.revoked, revoked)


def earlier(one, other):
    """Of two times that may never have come."""
    return min((time for time in (one, other) if time is not None), default=None)


@dataclasses.dataclass
class Race:
    """Many who refreshed with one and the same token at the same time."""
    name: str
    successors: list  # the refresh tokens that were answered


@dataclasses.dataclass
class Record:
    """All that is written down of a schedule."""
    tokens: dict      # Token by name
    decisions: list   # of guards and nodes, while faults happened
    ends: list        # the guards' last word about each token, when all was well and everybody fresh
    sessions: dict    # that nobody ended: name -> the status that a refresh had when all was well
    users: set        # acknowledged ...
    found: set        # ... and there when all was well
    races: list       # Race
    strange: list     # answers that nobody should ever get, as sentences


def judge_record(record, lease):
    """All that was broken, as sentences."""
    return [*judge(record.tokens, record.decisions, lease, record.ends), *judge_kept(record),
            *judge_races(record.races), *(f"strange: {what}" for what in record.strange)]


def judge_kept(record):
    """Sessions and users that were acknowledged are there."""
    for name, status in record.sessions.items():
        if status != 200:
            yield f"the session of {name} is lost: {status}"
    for name in sorted(record.users - record.found):
        yield f"the user {name} is lost"


def judge_races(races):
    for race in races:
        if len(set(race.successors)) > 1:
            yield (f"a race of {len(race.successors)} with one refresh token, {race.name}, has "
                   f"{len(set(race.successors))} successors")


def read_decisions(guard, lines):
    """From what guard_reader has written; a last line that was cut by a kill is no decision."""
    found = []
    for line in lines:
        words = line.split()
        if len(words) == 4 and line.endswith("\n"):
            found.append(Decision(guard, words[0], int(words[1]), int(words[2]), words[3]))
    return found


def judge(tokens, decisions, lease, ends=()):
    """What was broken, as sentences; an empty list is an acquittal.

    lease  Δ in seconds
    ends   the guards' last word about each token, when all was well again and everybody fresh:
           Decisions too
    """
    broken = []
    bound = round(lease * (1 + RATE) * 1e9)
    for one in decisions:
        broken += judge_one(tokens[one.token], one, bound)
    for one in ends:
        token = tokens[one.token]
        if token.revoked is not None and one.status == "OK":
            broken.append(f"{one.guard} has lost the revocation of {token.name}, which was "
                          f"acknowledged: {one}")
        if token.revoking is None and not token.doomed and one.status != "OK":
            broken.append(f"{one.guard} refuses {token.name} for good, which nobody revoked: {one}")
    return broken


def judge_one(token, one, bound):
    if one.status == "OK":
        if token.strict is not None and one.before > token.strict:
            late = (one.before - token.strict) / 1e6
            yield (f"{one.guard} accepted {token.name}, and began to look at it {late:.3f} ms after a "
                   f"strict revocation had been answered: {one}")
        elif token.revoked is not None and one.before > token.revoked + bound:
            late = (one.before - token.revoked) / 1e6
            yield (f"{one.guard} accepted {token.name}, and began to look at it {late:.3f} ms after its "
                   f"revocation had been committed: {one}")
    elif one.status != "E_STALE" and not token.doomed:
        if token.revoking is None or one.after < token.revoking:
            yield f"{one.guard} refused {token.name}, a good token, while it was fresh: {one}"
    return


def reach(tokens, decisions):
    """Guard by guard and token by token, in milliseconds: how long after the answer to its revocation
    the last verification was begun that still accepted it; 0 when none was."""
    last = {}
    for one in decisions:
        token = tokens[one.token]
        if token.revoked is not None:
            late = one.before - token.revoked if one.status == "OK" else 0
            key = (one.guard, one.token)
            last[key] = max(last.get(key, 0), late)
    return sorted(late / 1e6 for late in last.values())
