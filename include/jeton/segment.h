/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/segment.h - what has been revoked, and the keys of this moment, without a question over the
 * network.
 *
 * jeton serve keeps a file of shared memory on its host, the segment. Whoever may read it opens it
 * once and then knows, at the cost of a few loads from memory, what the server knows: a revocation
 * that the server has answered is in force here already. No private key and no secret is in it.
 *
 * Nothing needs to be reopened. When the file is replaced, because it grew, keys changed or the
 * server was started again, the next call takes the new one. Reader and writer never wait for each
 * other, and a writer that is stopped or killed at any point leaves what it had written.
 *
 * While it lives the writer says so every half second. When it has been silent for longer than 2 s
 * (jeton_stale_rule), revocations may be missing, and the rule says what happens then.
 *
 * This is the one part of libjeton that asks the system for something: a file is opened and mapped,
 * and the boot-time clock is read. What is trusted is the path: who can put a file there decides
 * which keys are good, so its folder belongs to the server or to root. A file that others than its
 * owner may write is refused. Its owner must not cut it short; jeton never does.
 *
 * Threads: any number may use a segment at once, each with a verdict of its own. A verdict that was
 * used with it keeps what it has seen mapped until it is used again or freed.
 */
#ifndef JETON_SEGMENT_H
#define JETON_SEGMENT_H

#include <jeton/keyset.h>
#include <jeton/policy.h>
#include <jeton/verdict.h>
#include <jeton/verifier.h>

typedef struct jeton_segment jeton_segment;

/* What to do with a token that is not known to be revoked while the segment is stale. */
typedef enum jeton_stale {
    JETON_STALE_REJECT,      /* refuse it */
    JETON_STALE_ALLOW_UNTIL, /* go by what is known, until that is `until` seconds old; then refuse
                              */
    JETON_STALE_ALLOW, /* go by what is known, whatever its age, and if nothing is known accept:
                          whoever can stop the server then undoes all revocations to come */
    JETON_STALE_INTROSPECT, /* ask somebody who knows, by a function of the program */
} jeton_stale;

/* Asks about a token that is good and not known to be revoked, for JETON_STALE_INTROSPECT: another
 * `jeton serve`, by GET /verify or POST /introspect (examples/mhd/ask_serve.h). The thread that
 * verifies waits for it.
 *
 * token        as it was sent
 * deadline_ms  how long the answer may take
 *
 * JETON_OK         it stands
 * JETON_E_REVOKED  it does not
 * all else         nobody has answered in time: refused with JETON_E_STALE */
typedef jeton_status (*jeton_introspect)(void *user, jeton_span token, unsigned deadline_ms);

/* Zeros are the default: refuse when the writer has been silent for two seconds. */
typedef struct jeton_stale_rule {
    jeton_stale then;
    unsigned after_ms; /* silence from which on it is stale, in milliseconds; 0: what the writer
                          says, usually 2000. Where it is one of several nodes, which hold leases,
                          no longer time than theirs counts */
    unsigned until;    /* seconds, for JETON_STALE_ALLOW_UNTIL */
    /* for JETON_STALE_INTROSPECT */
    jeton_introspect introspect; /* NULL: nobody answers */
    void *user;                  /* handed to it; NULL in a route: jeton_guard_settings.user */
    unsigned deadline_ms;        /* 0: 50 */
} jeton_stale_rule;

typedef struct jeton_segment_options {
    bool may_come; /* the file need not be there yet, nor be a good one: until it is, the segment is
                      stale and has no keys */
} jeton_segment_options;

/* What can be told about a segment. */
typedef struct jeton_segment_info {
    bool is_there;            /* false: no file could be opened so far, and all else is 0 */
    bool stopped;             /* its writer has said that it stops */
    uint64_t generation;      /* of the file: one more with each new file in that place */
    uint64_t keys_generation; /* one more with each change of keys */
    uint64_t log_head;        /* number of the last entry of the log that was taken in */
    uint64_t mark;            /* tokens with a lower "rev" are refused, all of them; 0: none */
    uint64_t entries;         /* things that are revoked, each of these added up: */
    uint64_t sessions, subjects, clients, keys, tokens;
    uint64_t lost;      /* entries for which there was no room: `mark` covers them */
    uint64_t bytes;     /* size of the file */
    uint64_t room;      /* entries there is room for before a larger file is made */
    int64_t age_ms;     /* jeton_segment_age_ms() */
    int64_t stale_ms;   /* the age from which on it is stale, unless a rule says otherwise */
    jeton_time created; /* when this file was made */
    int64_t writer;     /* the writer's process id */
} jeton_segment_info;

/* For jeton_segment_revocation(). */
typedef struct jeton_segment_use {
    const jeton_segment *segment;
    jeton_stale_rule rule;
} jeton_segment_use;

JETON_BEGIN

/* Opens the segment at `path`, which is copied. One for each path and process is enough.
 *
 * ctx      may be NULL
 * options  may be NULL
 * segment  set to NULL first; on JETON_OK the caller owns it: jeton_segment_free()
 *
 * JETON_E_NOT_FOUND    there is no such file
 * JETON_E_SYSTEM       it cannot be read, or others than its owner may write it
 * JETON_E_SYNTAX       not a segment, or a damaged one
 * JETON_E_UNSUPPORTED  a segment of another version of jeton
 * JETON_E_NOMEM
 *
 * With options->may_come only the last one is left. */
JETON_API JETON_MUST jeton_status jeton_segment_open(const jeton_ctx *ctx, const char *path,
                                                     const jeton_segment_options *options,
                                                     jeton_segment **segment, jeton_err *err);

/* Gives the caller's reference back and sets *segment to NULL. Verifiers and verdicts have
 * references of their own. */
JETON_API void jeton_segment_free(jeton_segment **segment);

/* Whether an accepted token of jeton serve stands: by its jti, sid, sub, client_id, the kid of its
 * key and its rev. Also to be called in hooks, where the verdict is not accepted yet.
 *
 * rule     may be NULL: the default
 * verdict  accepted, or about to be. The token that was verified has to be where it was when the
 *          rule is JETON_STALE_INTROSPECT
 *
 * JETON_OK         not revoked, as far as the rule demands it to be known
 * JETON_E_REVOKED  revoked
 * JETON_E_STALE    what is known is too old for the rule
 * JETON_E_CLAIM    it lacks what a token of jeton serve says, or is not accepted */
JETON_API JETON_MUST jeton_status jeton_segment_check(const jeton_segment *segment,
                                                      const jeton_stale_rule *rule,
                                                      const jeton_verdict *verdict);

/* The same as a hook for jeton_verifier_on_revocation(): for a verifier with keys of its own. `use`
 * is a jeton_segment_use, borrowed for as long as the verifier lives. */
JETON_API JETON_MUST jeton_status jeton_segment_revocation(void *use, const jeton_verdict *verdict);

/* A verifier whose keys are those of the segment, at each verification those of that moment, and
 * which asks it whether a token is revoked. It never needs to be replaced. A verdict cache knows
 * nothing any more when the keys have changed. Freed by jeton_verifier_free().
 *
 * rule  may be NULL: the default. Copied. To ask by yourself, later or not at all, take the hook
 *       away: jeton_verifier_on_revocation(verifier, NULL, NULL)
 *
 * The outcomes of jeton_verifier_new(). As long as there is no segment, jeton_verify() answers
 * JETON_E_STALE. */
JETON_API JETON_MUST jeton_status
jeton_segment_verifier_new(const jeton_ctx *ctx, const jeton_policy *policy, jeton_segment *segment,
                           const jeton_stale_rule *rule, jeton_verifier **verifier, jeton_err *err);

/* The public keys of this moment, parsed once for all callers.
 *
 * keys        set to NULL first; on JETON_OK the caller has a reference: jeton_keyset_free()
 * generation  may be NULL; set to a number that changes when the keys do, never 0
 *
 * JETON_E_STALE  there is no segment yet */
JETON_API JETON_MUST jeton_status jeton_segment_keys(const jeton_segment *segment,
                                                     jeton_keyset **keys, uint64_t *generation,
                                                     jeton_err *err);

/* How long ago the segment was known to be complete, in milliseconds; INT64_MAX when that is not
 * known: there is none, or it is from before the machine was started. */
JETON_API int64_t jeton_segment_age_ms(const jeton_segment *segment);

/* Fills in *info. */
JETON_API void jeton_segment_describe(const jeton_segment *segment, jeton_segment_info *info);

JETON_END

#endif
