# SPDX-License-Identifier: Apache-2.0
"""test_mutations.py - whether the simulation would notice: follower and waiter, each with one rule broken,
in the same schedules. Each must be found out. Rules that guard against numbers given twice are not here:
nothing is promised then, and the unit tests have them."""
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SCHEDULES = "10000"
SEED = "1"

FOLLOW, WAIT = "follow.c", "wait.c"

# What is broken, where, the text and what takes its place.
MUTATIONS = [
    ("fresh from the answer, not from the request", FOLLOW,
     "    follow->answered = ticket;\n",
     "    follow->answered = ticket;\n    request.sent = now;\n"),
    ("fresh without what the answer told of", FOLLOW,
     "if (of->applied < answer->head) {", "if (false) {"),
    ("fresh although a notice has not been read", FOLLOW,
     "} else if (of->unread != 0) {", "} else if (false) {"),
    ("read, although more notices came meanwhile", FOLLOW,
     "if (follow->reading_of != follow->notices)", "if (false)"),
    ("notices confirmed before they are read", FOLLOW,
     "return of->unread != 0 && of->unread <= of->applied ? of->unread - 1 : of->applied;",
     "return of->applied;"),
    ("applied goes over a hole", FOLLOW,
     "    advance(follow);\n    if (news",
     "    if (last > follow->applied)\n        follow->applied = last;\n    if (news"),
    ("what the bus says is not checked", FOLLOW,
     "return entry->n != 0 && of->set.sink.is_genuine(of->set.sink.user, entry);",
     "return entry->n != 0;"),
    ("a wrong clock does not matter", FOLLOW,
     "const bool off = jd_clock_is_off(&look, follow->set.leeway_ms);",
     "const bool off = jd_clock_is_off(&look, follow->set.leeway_ms) && false;"),
    ("one connection that stands still is waited for", FOLLOW,
     "#define PATIENCE_PART 4", "#define PATIENCE_PART 1"),
    ("an answer that has been given up counts from now", FOLLOW,
     "    *request = *found;\n",
     "    *request = *found;\n    if (of->pending != ticket)\n        request->sent = of->last_sent;\n"),
    ("no margin for clocks", WAIT,
     "return jd_ms(lease_ms) / 100 * (100 + JD_LEASE_RATE) + jd_ms(SPAN_MORE_MS);",
     "return jd_ms(lease_ms);"),
    ("early, although the server is new", WAIT,
     "return watch->met + jd_lease_span(watch->lease_ms) <= now;", "return true;"),
    ("who is silent is not waited for", WAIT,
     "return known->since + jd_lease_span(known->row.lease_ms) <= by;",
     "return known->since <= by;"),
    ("silence counted from the first time it was seen", WAIT,
     "return a->seen == b->seen && a->applied == b->applied && a->lease_ms == b->lease_ms;",
     "return a->lease_ms == b->lease_ms;"),
    ("a list from before the commit", WAIT,
     "return watch->has_server && watch->asked >= waiter->committed;",
     "return watch->has_server;"),
    ("what a failover lost is not looked for", WAIT,
     "if (!is_kept(watch, waiter))", "if (false)"),
    ("the server at the time of the answer, not of the request", WAIT,
     "return watch->met <= waiter->began ||", "return watch->met <= waiter->committed ||"),
    ("over half of the time", WAIT,
     "return waiter->committed + jd_lease_span(watch->lease_ms);",
     "return waiter->committed + jd_lease_span(watch->lease_ms) / 2;"),
]

SIMULATION = ["bus.c", "faults.c", "judge.c", "main.c", "proc.c", "sim.c", "store.c"]


def compile_all(folder):
    """The simulation once; what it runs on is put in later."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    flags = ["-O2", "-std=gnu17", "-D_GNU_SOURCE", "-w",
             f"-I{ROOT}/include", f"-I{ROOT}/src", f"-I{HERE}"]
    sources = [os.path.join(HERE, name) for name in SIMULATION]
    sources += [os.path.join(ROOT, "src/agent", name) for name in (FOLLOW, WAIT)]
    subprocess.run([*compiler, *flags, "-c", *sources], cwd=folder, check=True)
    return compiler, flags


def read(name):
    with open(os.path.join(ROOT, "src/agent", name), encoding="utf-8") as file:
        return file.read()


def build(folder, compiler, flags, name, text):
    source = os.path.join(folder, "mutant_" + name)
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run([*compiler, *flags, "-c", source], cwd=folder, check=True)
    objects = [one.replace(".c", ".o") for one in [*SIMULATION, FOLLOW, WAIT] if one != name]
    subprocess.run([*compiler, "-o", "mutant", *objects, "mutant_" + name.replace(".c", ".o")],
                   cwd=folder, check=True)
    return os.path.join(folder, "mutant")


def main():
    survived = []
    with tempfile.TemporaryDirectory() as folder:
        compiler, flags = compile_all(folder)
        for why, name, old, new in MUTATIONS:
            text = read(name)
            if text.count(old) != 1:
                sys.exit(f"{why}: {name} has {text.count(old)} times: {old}")
            mutant = build(folder, compiler, flags, name, text.replace(old, new))
            env = {**os.environ, "JETON_SCHEDULES": SCHEDULES, "JETON_SEED": SEED}
            run = subprocess.run([mutant], env=env, capture_output=True, text=True, check=False)
            found = [line for line in run.stdout.splitlines() if line.startswith("schedule ")]
            print(f"{why}: {found[0] if found else 'NOT FOUND'}", flush=True)
            if run.returncode == 0 or not found:
                survived.append(why)
    if survived:
        sys.exit(f"the simulation does not notice: {survived}")
    print(f"{len(MUTATIONS)} broken rules, all found")


main()
