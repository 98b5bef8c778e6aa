/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench.h - what jeton bench cluster measures: numbers that are known by a row of a table, and
 * the parts that find them out. */
#ifndef JD_CLI_BENCH_H
#define JD_CLI_BENCH_H

#include "cli/args.h"
#include "store/scratch.h"
#include "sys/disk.h"
#include "sys/metrics.h" /* jd_nanoseconds() */

#define JD_BENCH_TOKENS_LEAST ((uint64_t)10000)
#define JD_BENCH_TOKENS_MOST  ((uint64_t)1000000000)
#define JD_BENCH_FOLLOWERS    8U
#define JD_BENCH_LEASE_MS     2000U /* that of docs/revocation.md, and the setting's default */

/* The tokens that bounds of sizes are stated for. */
#define JD_BENCH_STATED ((double)100000000)

typedef enum jd_bench_number {
    JD_BENCH_STATE,         /* bytes of memory, a hundredth of the tokens being revoked */
    JD_BENCH_SEGMENT,       /* bytes of the file that the host's services read */
    JD_BENCH_PRINTS,        /* bytes of a tenth as many fingerprints */
    JD_BENCH_WARM,          /* ns of a look-up: of a thousand tokens */
    JD_BENCH_ANY,           /* of any of all tokens */
    JD_BENCH_COLD,          /* of one whose list and bit are in no cache */
    JD_BENCH_EVICTED,       /* the same after everything else was evicted, too */
    JD_BENCH_SNAPSHOT_SAVE, /* ms */
    JD_BENCH_SNAPSHOT_LOAD, /* ms, until there is a segment */
    JD_BENCH_VERIFY,        /* verifications a second by the segment */
    JD_BENCH_VERIFY_SHARE,  /* percent of them that are left at 10,000 revocations a second */
    JD_BENCH_SERVER,        /* the same in a server */
    JD_BENCH_SERVER_SHARE,  /* … */
    JD_BENCH_REVOCATIONS,   /* a second, in batches, in the store */
    JD_BENCH_BEATS,         /* requests of nodes a second that the store answers */
    JD_BENCH_REACH_P50,     /* ms from the commit until the last follower has applied it */
    JD_BENCH_REACH_P99,     /* … */
    JD_BENCH_REACH_MOST,    /* … */
    JD_BENCH_NUMBERS,
} jd_bench_number;

typedef struct jd_bench {
    uint64_t tokens;   /* live ones, with an index */
    int64_t ns;        /* how long each rate is measured */
    const char *store; /* where; NULL: no store is measured */
    const char *bus;   /* likewise */
    const char *bus_ca_file;
    bool prints;    /* each number when it is known, for people */
    bool has_head;  /* and the line above them all */
    jd_path folder; /* of our own, for files of ours; empty: there is none yet */
    jd_scratch scratch;
    struct {
        bool known;
        double value;
    } numbers[JD_BENCH_NUMBERS];
} jd_bench;

/* Keeps a number; shows it to people. */
void jd_bench_note(jd_bench *of, jd_bench_number number, double value);

/* All that are known, as JSON; the exit status. */
int jd_bench_print_json(const jd_args *args, const jd_bench *of);

/* False when somebody has pressed control-C: whoever loops ends, everybody tidies up. */
bool jd_bench_goes_on(void);

/* The value in the middle; sorts. `count` is not 0. */
double jd_bench_middle(double *values, size_t count);

/* The value that `share` of them do not exceed, of sorted ones. */
double jd_bench_cut(const double *sorted, size_t count, double share);
void jd_bench_sort(double *values, size_t count);

/* A path in the folder. JETON_E_LIMIT. */
JETON_MUST jeton_status jd_bench_path(const jd_bench *of, const char *name, jd_path *path,
                                      jeton_err *err);

/* The parts, in the order in which they run. Each notes what it has found out; it notes nothing
 * when it was interrupted. */
JETON_MUST jeton_status jd_bench_prints(jd_bench *of, jeton_err *err);
JETON_MUST jeton_status jd_bench_state(jd_bench *of, jeton_err *err);
JETON_MUST jeton_status jd_bench_store(jd_bench *of, jeton_err *err);
JETON_MUST jeton_status jd_bench_reach(jd_bench *of, jeton_err *err);

#endif
