/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_verify.c - what revoking ten thousand a second leaves of the verifications of one
 * thread. The tokens are known to the verdict cache, so each verification is hardly more than the
 * question whether the token is revoked: whatever else is done makes the difference smaller.
 *
 * Idle and busy take turns, for a tenth of a second or less each, and each busy turn is compared
 * with the idle one beside it: so what else the machine does weighs on both. Time during which the
 * thread could have run, and others had the processor, does not count; waiting for a lock does. */
#include "cli/bench_state.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "revoke/names.h"
#include "sys/id.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jeton/cache.h>
#include <jeton/claims.h>
#include <jeton/segment.h>
#include <jeton/signer.h>
#include <jeton/text.h>
#include <jeton/verifier.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define TOKENS     1000U
#define PER_SECOND 10000
#define TICK_NS    1000000L
#define TURNS_MOST 256U
#define TURN_NS    INT64_C(100000000)
#define TURNS      INT64_C(8) /* of each kind at least, if they have to be shorter for it */
#define LOOK_EVERY 64U        /* verifications between two looks at the clock */
#define EXPIRES    INT64_C(4102444800) /* 2100 */

typedef struct verifying {
    const jd_bench_tokens *of;
    jeton_cache *cache;
    jeton_segment *segment;
    jeton_verifier *verifier;
    jeton_verdict *verdict;
    jeton_text *tokens[TOKENS];
    jeton_status failed; /* of a token that is good */
    int schedstat;       /* -1: the system does not say */
    pthread_t thread;
    atomic_bool busy, over;
    uint64_t n;                 /* of the last entry: the thread's */
    atomic_ullong made;         /* entries, since it was set to 0 */
    double rate[2][TURNS_MOST]; /* idle, busy */
    size_t turns;
} verifying;

/* ---- whoever revokes ------------------------------------------------------------------------ */

static void take_id(uint64_t number, uint8_t id[JT_REVOKED_ID])
{
    for (size_t i = 0; i < JT_REVOKED_ID; i++, number = number * UINT64_C(0x9E3779B97F4A7C15) + 1)
        id[i] = (uint8_t)(number >> 56);
}

/* Half of them tokens with an index, the rest sessions: as an agent takes them in. None is one of
 * those that are verified. */
static void revoke_next(verifying *of)
{
    jt_revocation entry = {.n = ++of->n, .kind = JT_REVOKED_SESSION, .expires = INT64_MAX};
    take_id(of->n, entry.id);
    if (of->n % 2 == 0) {
        const uint64_t random = of->n * UINT64_C(0x9E3779B97F4A7C15) % of->of->bench->tokens;
        entry.kind = JT_REVOKED_INDEX;
        jt_revoked_index(jd_bench_index(random - random % JD_BENCH_ONE_IN), entry.id);
    }
    const jeton_status taken = jt_revocations_apply(of->of->restored, &entry, NULL);
    (void)taken; /* there is less memory then, and a mark: the verifications tell */
    jd_agent_revoke(of->of->agent, &entry);
    atomic_fetch_add_explicit(&of->made, 1, memory_order_relaxed);
}

/* As many as are due by now, however long the pause was. */
static void *keep_revoking(void *user)
{
    verifying *of = user;
    const struct timespec tick = {.tv_nsec = TICK_NS};
    int64_t due = 0; /* when the next one is */
    while (!atomic_load(&of->over)) {
        const int64_t now = jd_nanoseconds();
        if (!atomic_load(&of->busy) || due == 0)
            due = now;
        for (; due < now && !atomic_load(&of->over); due += 1000000000 / PER_SECOND)
            revoke_next(of);
        (void)nanosleep(&tick, NULL);
    }
    return NULL;
}

/* ---- whoever verifies ----------------------------------------------------------------------- */

static void verify_next(verifying *of, size_t number)
{
    const jeton_span token = jeton_text_span(of->tokens[number % TOKENS]);
    const jeton_status said = jeton_verify(of->verifier, token, of->verdict);
    if (said != JETON_OK && of->failed == JETON_OK)
        of->failed = said;
}

/* What others have taken of this thread's time so far, as the kernel counts it: the second number.
 */
static int64_t taken_ns(const verifying *of)
{
    char text[96];
    char *end;
    const ssize_t len = of->schedstat >= 0 ? pread(of->schedstat, text, sizeof text - 1, 0) : -1;
    if (len <= 0)
        return 0;
    text[len] = '\0';
    (void)strtoll(text, &end, 10);
    return strtoll(end, NULL, 10);
}

/* A busy turn is over when all that were to come have come, however late the other thread is. */
static bool is_over(const verifying *of, bool busy, int64_t passed, int64_t ns)
{
    const uint64_t due = busy ? (uint64_t)ns * PER_SECOND / 1000000000 : 0;
    return passed >= ns && atomic_load_explicit(&of->made, memory_order_relaxed) >= due;
}

static double time_turn(verifying *of, bool busy, int64_t ns)
{
    uint64_t done = 0;
    atomic_store(&of->made, 0);
    atomic_store(&of->busy, busy);
    const int64_t taken = taken_ns(of);
    const int64_t began = jd_nanoseconds();
    int64_t now = began;
    for (; !is_over(of, busy, now - began, ns); now = jd_nanoseconds())
        for (unsigned i = 0; i < LOOK_EVERY; i++)
            verify_next(of, done++);
    const int64_t own = now - began - (taken_ns(of) - taken);
    return (double)done / ((double)(own > 0 ? own : 1) / 1e9);
}

/* Every second pair the other way round: what slowly changes weighs on neither. */
static void time_pair(verifying *of, int64_t ns)
{
    const bool first = of->turns % 2 != 0;
    of->rate[first][of->turns] = time_turn(of, first, ns);
    of->rate[!first][of->turns] = time_turn(of, !first, ns);
    of->turns++;
}

static jeton_status take_turns(verifying *of, jeton_err *err)
{
    const int64_t all = of->of->bench->ns;
    const int64_t ns = all / (2 * TURNS) < TURN_NS ? all / (2 * TURNS) : TURN_NS;
    const int64_t end = jd_nanoseconds() + all;
    of->turns = 0;
    for (size_t i = 0; i < TOKENS; i++)
        verify_next(of, i); /* from now on the cache has them */
    const int failed = pthread_create(&of->thread, NULL, keep_revoking, of);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "no thread to be had");
    do
        time_pair(of, ns);
    while (of->turns < TURNS_MOST && jd_nanoseconds() < end && jd_bench_goes_on());
    atomic_store(&of->over, true);
    (void)pthread_join(of->thread, NULL);
    atomic_store(&of->over, false);
    return of->failed == JETON_OK ? JETON_OK
                                  : jt_fail(err, JETON_E_SYSTEM, "a good token was refused: %s",
                                            jeton_status_text(of->failed));
}

static jeton_status compare(verifying *of, jd_bench_number rate, jd_bench_number share,
                            jeton_err *err)
{
    double shares[TURNS_MOST];
    JT_TRY(take_turns(of, err));
    for (size_t i = 0; i < of->turns; i++)
        shares[i] = 100 * of->rate[1][i] / of->rate[0][i];
    jd_bench_note(of->of->bench, rate, jd_bench_middle(of->rate[0], of->turns));
    jd_bench_note(of->of->bench, share, jd_bench_middle(shares, of->turns));
    return JETON_OK;
}

/* ---- tokens --------------------------------------------------------------------------------- */

/* As jeton serve makes them; the index is not a revoked one. */
static jeton_status print_claims(const verifying *of, uint64_t number, char *to, size_t size,
                                 jeton_err *err)
{
    jd_id user;
    jd_id session;
    char names[2][JD_ID_CHARS + 1];
    const uint64_t among = of->of->bench->tokens / JD_BENCH_ONE_IN;
    const uint64_t token = number * UINT64_C(0x9E3779B97F4A7C15) % among * JD_BENCH_ONE_IN + 1;
    JT_TRY(jd_id_new(NULL, &user, err));
    JT_TRY(jd_id_new(NULL, &session, err));
    jd_id_print(&user, names[0]);
    jd_id_print(&session, names[1]);
    (void)snprintf(to, size,
                   "{\"iss\":\"https://login.example\",\"aud\":\"https://login.example\","
                   "\"sub\":\"%s\",\"sid\":\"%s\",\"jti\":\"%.16s\",\"client_id\":\"web\","
                   "\"iat\":1700000000,\"exp\":%" PRId64 ",\"rev\":%" PRId64 ",\"idx\":%" PRIu64
                   ",\"roles\":[\"editor\"],\"scope\":\"read\"}",
                   names[0], names[1], names[1], EXPIRES, INT64_MAX >> 8, jd_bench_index(token));
    return JETON_OK;
}

static jeton_status make_token(verifying *of, const jeton_signer *signer, size_t i, jeton_err *err)
{
    char text[512];
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_TRY(print_claims(of, i, text, sizeof text, err));
    JT_TRY(jeton_claims_parse(NULL, jeton_str(text), &claims, err));
    return jeton_sign(signer, claims, &of->tokens[i], err);
}

static jeton_status make_tokens(verifying *of, jeton_err *err)
{
    static const jeton_token_defaults defaults = {.typ = "at+jwt"};
    JT_AUTO(jeton_signer_free) jeton_signer *signer = NULL;
    JT_TRY(jeton_signer_new(NULL, of->of->key, JETON_ES256, &defaults, &signer, err));
    for (size_t i = 0; i < TOKENS; i++)
        JT_TRY(make_token(of, signer, i, err));
    return JETON_OK;
}

/* ---- two kinds of readers ------------------------------------------------------------------- */

static jeton_status by_segment(verifying *of, jeton_err *err)
{
    jd_path path;
    JT_TRY(jd_bench_path(of->of->bench, "segment", &path, err));
    JT_TRY(jeton_segment_open(NULL, path.chars, NULL, &of->segment, err));
    JT_TRY(jeton_segment_verifier_new(NULL, NULL, of->segment, NULL, &of->verifier, err));
    jeton_verifier_use_cache(of->verifier, of->cache);
    JT_TRY(compare(of, JD_BENCH_VERIFY, JD_BENCH_VERIFY_SHARE, err));
    jeton_verifier_free(&of->verifier);
    return JETON_OK;
}

/* What jeton serve asks itself (accounts/access_token.c). */
static jeton_status ask(void *user, const jeton_verdict *verdict)
{
    jt_names_of_token names;
    const jt_revoked_state state = jt_revocations_state(user);
    return jt_revoked_names(verdict, &names) ? jt_revoked_ask(&state, &names) : JETON_E_CLAIM;
}

static jeton_status by_server(verifying *of, jeton_err *err)
{
    const jeton_key *const keys[] = {of->of->key};
    JT_AUTO(jeton_keyset_free) jeton_keyset *set = NULL;
    JT_TRY(jeton_keyset_new(NULL, keys, 1, &set, err));
    JT_TRY(jeton_verifier_new(NULL, NULL, set, &of->verifier, err));
    jeton_verifier_on_revocation(of->verifier, ask, of->of->restored);
    jeton_verifier_use_cache(of->verifier, of->cache);
    return compare(of, JD_BENCH_SERVER, JD_BENCH_SERVER_SHARE, err);
}

static jeton_status run(verifying *of, jeton_err *err)
{
    JT_TRY(jeton_cache_new(NULL, NULL, &of->cache, err));
    JT_TRY(jeton_verdict_new(NULL, &of->verdict, err));
    JT_TRY(make_tokens(of, err));
    JT_TRY(by_segment(of, err));
    return by_server(of, err);
}

jeton_status jd_bench_verify(jd_bench_tokens *tokens, jeton_err *err)
{
    verifying *of = jt_zalloc(NULL, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "verifications");
    of->of = tokens;
    of->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    of->n = jt_revocations_head(tokens->restored);
    const jeton_status status = run(of, err);
    for (size_t i = 0; i < TOKENS; i++)
        jeton_text_free(&of->tokens[i]);
    jeton_verdict_free(&of->verdict);
    jeton_verifier_free(&of->verifier);
    jeton_segment_free(&of->segment);
    jeton_cache_free(&of->cache);
    if (of->schedstat >= 0)
        (void)close(of->schedstat);
    jt_release(NULL, of);
    return status;
}
