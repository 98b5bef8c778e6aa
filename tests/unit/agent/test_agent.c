/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/agent/test_agent.c - what the agent writes, readers know at once, whatever happens to
 * the file meanwhile. */
#include "world.h"

#define WAIT_MS 20000

static void pause_ms(unsigned ms)
{
    (void)usleep(ms * 1000);
}

/* ---- revocations ---------------------------------------------------------------------------- */

static void an_entry_refuses_the_tokens_it_is_about_and_no_others(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jt_revoked kind;
        unsigned number;  /* of a user or a session */
        const char *name; /* of a client or a token */
        world_token stands, falls;
    } cases[] = {
        {"a session",
         JT_REVOKED_SESSION,
         7,
         NULL,
         {.user = 1, .session = 8},
         {.user = 1, .session = 7}},
        {"a session, whatever the number",
         JT_REVOKED_SESSION,
         7,
         NULL,
         {.user = 1, .session = 8},
         {.user = 1, .session = 7, .rev = 99}},
        {"a user",
         JT_REVOKED_SUBJECT,
         1,
         NULL,
         {.user = 2, .session = 7},
         {.user = 1, .session = 7}},
        {"a user who has logged in again",
         JT_REVOKED_SUBJECT,
         1,
         NULL,
         {.user = 1, .session = 7, .rev = 1},
         {.user = 1, .session = 7}},
        {"all",
         JT_REVOKED_ALL,
         0,
         NULL,
         {.user = 1, .session = 7, .rev = 1},
         {.user = 1, .session = 7}},
        {"a client",
         JT_REVOKED_CLIENT,
         0,
         "web",
         {.user = 1, .session = 7, .client = "app"},
         {.user = 1, .session = 7, .client = "web"}},
        {"a client's own", JT_REVOKED_CLIENT, 0, "web", {.client = "app"}, {.client = "web"}},
        {"a token",
         JT_REVOKED_TOKEN,
         0,
         "aaaaaaaaaaaaaaaa",
         {.user = 1, .session = 7},
         {.user = 1, .session = 7, .jti = "aaaaaaaaaaaaaaaa"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        world *w = world_new();
        uint8_t id[JT_REVOKED_ID];
        world_id(cases[i].number, id);
        if (cases[i].kind == JT_REVOKED_TOKEN)
            assert_true(jt_revoked_token(jeton_str(cases[i].name), id));
        else if (cases[i].name != NULL)
            jt_revoked_name(jeton_str(cases[i].name), id);
        assert_int_equal(world_judge(w, &cases[i].falls), JETON_OK);
        world_apply(w, cases[i].kind, id);
        assert_int_equal(world_judge(w, &cases[i].stands), JETON_OK);
        assert_int_equal(world_judge(w, &cases[i].falls), JETON_E_REVOKED);
        assert_int_equal(world_info(w).log_head, 1);
        world_free(w);
    }
}

static void a_key_is_revoked_by_its_kid(void **state)
{
    (void)state;
    world *w = world_new();
    uint8_t id[JT_REVOKED_ID];
    world_publish(w, 0, 2);
    jt_revoked_name(jeton_key_id(w->keys[0]), id);
    world_apply(w, JT_REVOKED_KEY, id);
    jeton_text *by_first = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_text *by_second = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    assert_int_equal(world_verify(w, by_first), JETON_E_REVOKED);
    assert_int_equal(world_verify(w, by_second), JETON_OK);
    jeton_text_free(&by_first);
    jeton_text_free(&by_second);
    world_free(w);
}

static void an_unknown_kind_is_a_mark_for_everything(void **state)
{
    (void)state;
    world *w = world_new();
    const jt_revocation entry = {.n = 5, .kind = (jt_revoked)77, .expires = INT64_MAX};
    jd_agent_revoke(w->agent, &entry);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7, .rev = 4}),
                     JETON_E_REVOKED);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7, .rev = 5}), JETON_OK);
    world_free(w);
}

static void a_token_that_is_not_of_jeton_serve_is_refused(void **state)
{
    (void)state;
    world *w = world_new();
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7}), JETON_OK);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7, .jti = "short"}),
                     JETON_E_CLAIM);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7, .rev = -1}),
                     JETON_E_CLAIM);
    world_free(w);
}

/* ---- other files ---------------------------------------------------------------------------- */

static void readers_follow_a_file_that_grows(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    world *w = world_new();
    const jeton_segment_info before = world_info(w);
    jeton_text *last = world_sign(w, 0, &(world_token){.user = 1, .session = MANY});
    jeton_text *other = world_sign(w, 0, &(world_token){.user = 1, .session = MANY + 1});
    assert_int_equal(world_verify(w, last), JETON_OK);
    for (unsigned i = 1; i <= MANY; i++)
        world_end_session(w, i);
    assert_int_equal(world_verify(w, last), JETON_E_REVOKED);
    assert_int_equal(world_verify(w, other), JETON_OK);
    for (unsigned i = 1; i <= MANY; i += 97)
        assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = i}), JETON_E_REVOKED);
    const jeton_segment_info after = world_info(w);
    assert_int_equal(after.entries, MANY);
    assert_int_equal(after.sessions, MANY);
    assert_true(after.generation > before.generation && after.bytes > before.bytes);
    assert_int_equal(after.keys_generation, before.keys_generation);
    assert_int_equal(after.lost, 0);
    jeton_text_free(&last);
    jeton_text_free(&other);
    world_free(w);
}

static void readers_follow_a_change_of_keys(void **state)
{
    (void)state;
    world *w = world_new();
    jeton_cache_counts counts;
    uint64_t numbers[3];
    jeton_keyset *set = BOGUS;
    jeton_text *by_first = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_text *by_second = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    assert_int_equal(jeton_segment_keys(w->segment, &set, &numbers[0], NULL), JETON_OK);
    assert_int_equal(jeton_keyset_count(set), 1);
    jeton_keyset_free(&set);
    assert_int_equal(world_verify(w, by_second), JETON_E_KEY_UNKNOWN);
    assert_int_equal(world_verify(w, by_first), JETON_OK);
    assert_int_equal(world_verify(w, by_first), JETON_OK);
    jeton_cache_stats(w->cache, &counts);
    assert_int_equal(counts.hits, 1);

    world_publish(w, 1, 1); /* what was remembered is not good any more */
    assert_int_equal(world_verify(w, by_first), JETON_E_KEY_UNKNOWN);
    assert_int_equal(world_verify(w, by_second), JETON_OK);
    assert_int_equal(jeton_segment_keys(w->segment, &set, &numbers[1], NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_key_id(jeton_keyset_get(set, 0)), jeton_key_id(w->keys[1])));
    jeton_keyset_free(&set);
    assert_int_not_equal(numbers[0], numbers[1]);

    world_publish(w, 1, 1); /* the same once more: nothing is forgotten */
    assert_int_equal(world_verify(w, by_second), JETON_OK);
    jeton_cache_stats(w->cache, &counts);
    assert_int_equal(counts.hits, 2);
    assert_int_equal(jeton_segment_keys(w->segment, &set, &numbers[2], NULL), JETON_OK);
    assert_int_equal(numbers[1], numbers[2]);
    jeton_keyset_free(&set);
    jeton_text_free(&by_first);
    jeton_text_free(&by_second);
    world_free(w);
}

static void a_verdict_keeps_its_key_when_keys_change(void **state)
{
    (void)state;
    world *w = world_new();
    jeton_verdict *other = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &other, NULL), JETON_OK);
    jeton_text *by_first = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_text *by_second = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    assert_int_equal(world_verify(w, by_first), JETON_OK);
    world_publish(w, 1, 1);
    assert_int_equal(jeton_verify(w->verifier, jeton_text_span(by_second), other), JETON_OK);
    /* its key set is nobody else's any more, and asking about it again must not let it go */
    assert_int_equal(jeton_segment_check(w->segment, NULL, w->verdict), JETON_OK);
    assert_true(
        jeton_span_equal(jeton_key_id(jeton_verdict_key(w->verdict)), jeton_key_id(w->keys[0])));
    jeton_text_free(&by_first);
    jeton_text_free(&by_second);
    jeton_verdict_free(&other);
    world_free(w);
}

static void readers_follow_a_writer_that_is_started_again(void **state)
{
    (void)state;
    world *w = world_new();
    world_end_session(w, 7);
    const jeton_segment_info before = world_info(w);
    assert_false(before.stopped);
    jd_agent_close(&w->agent);
    assert_true(world_info(w).stopped);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 8}),
                     JETON_OK); /* not stale yet */
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7}), JETON_E_REVOKED);
    /* while it was away, a mark for the user number 0 */
    const jt_revocation entry = {.n = ++w->n, .kind = JT_REVOKED_SUBJECT, .expires = INT64_MAX};
    assert_int_equal(jt_revocations_apply(w->revocations, &entry, NULL), JETON_OK);
    world_start(w);
    assert_int_equal(world_judge(w, &(world_token){.user = 0, .session = 8}), JETON_E_REVOKED);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 8}), JETON_OK);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7}), JETON_E_REVOKED);
    const jeton_segment_info after = world_info(w);
    assert_int_equal(after.generation, before.generation + 1);
    assert_int_equal(after.keys_generation, before.keys_generation);
    assert_int_equal(after.log_head, 2);
    world_free(w);
}

/* The old file could not be told: its writer was killed in between. */
static void readers_find_a_new_file_when_theirs_has_become_stale(void **state)
{
    (void)state;
    world *w = world_new();
    char kept[80];
    const jeton_stale_rule rule = {.after_ms = 200};
    const world_token of = {.user = 1, .session = 7};
    jeton_text *token = world_sign(w, 0, &of);
    assert_int_equal(world_verify(w, token), JETON_OK);
    jd_agent_close(&w->agent);
    (void)snprintf(kept, sizeof kept, "%s.kept", w->path);
    assert_int_equal(rename(w->path, kept), 0);
    jt_revocation entry = {.n = ++w->n, .kind = JT_REVOKED_SESSION, .expires = INT64_MAX};
    world_id(7, entry.id);
    assert_int_equal(jt_revocations_apply(w->revocations, &entry, NULL), JETON_OK);
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_OK);
    world_publish(w, 0, 1);
    jeton_status status = jeton_segment_check(w->segment, &rule, w->verdict);
    for (unsigned i = 0; i < WAIT_MS / 10 && status != JETON_E_REVOKED; i++) {
        assert_true(status == JETON_OK || status == JETON_E_STALE);
        pause_ms(10);
        status = jeton_segment_check(w->segment, &rule, w->verdict);
    }
    assert_int_equal(status, JETON_E_REVOKED);
    assert_int_equal(unlink(kept), 0);
    jeton_text_free(&token);
    world_free(w);
}

/* The old file says that it is over, and what is there instead is not one. */
static void a_file_that_cannot_be_taken_up_leaves_the_old_one_stale_at_once(void **state)
{
    (void)state;
    static const jeton_stale_rule patient = {.after_ms = 3600000};
    static const jeton_stale_rule allow = {
        .then = JETON_STALE_ALLOW_UNTIL, .after_ms = 3600000, .until = 3600};
    world *w = world_new();
    char kept[80];
    (void)snprintf(kept, sizeof kept, "%s.kept", w->path);
    jeton_text *token = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    assert_int_equal(world_verify(w, token), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_OK);
    world_publish(w, 0, 2);
    assert_int_equal(rename(w->path, kept), 0);
    assert_int_equal(symlink("/dev/null", w->path), 0);
    jeton_verifier_on_revocation(w->verifier, NULL, NULL);
    assert_int_equal(world_verify(w, token), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    assert_int_equal(jeton_segment_check(w->segment, &allow, w->verdict), JETON_OK);
    assert_int_equal(rename(kept, w->path), 0);
    for (unsigned i = 0;
         i < WAIT_MS / 10 && jeton_segment_check(w->segment, &patient, w->verdict) != JETON_OK; i++)
        pause_ms(10);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_OK);
    jeton_text_free(&token);
    world_free(w);
}

/* ---- a lease -------------------------------------------------------------------------------- */

/* Long: how loaded the machine is makes no difference to a test of what it means. */
#define LEASE_MS 600000U

static void open_leased(world *w, jd_lease *lease)
{
    const jd_agent_options options = {
        .path = w->path, .group = "", .revocations = w->revocations, .lease = lease};
    jd_agent_close(&w->agent);
    assert_int_equal(jd_agent_open(&options, &w->agent, NULL), JETON_OK);
    world_publish(w, 0, 1);
}

static void a_lease_is_what_makes_it_fresh_and_no_rule_makes_it_longer(void **state)
{
    (void)state;
    static const jeton_stale_rule patient = {.after_ms = 2 * LEASE_MS};
    static const jeton_stale_rule hasty = {.after_ms = LEASE_MS / 4};
    world *w = world_new();
    jd_lease lease = {.ms = LEASE_MS};
    jeton_segment_info info;
    jeton_text *token = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_text *by_other = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    jeton_verifier_on_revocation(w->verifier, NULL, NULL);
    open_leased(w, &lease);
    assert_int_equal(world_verify(w, token), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    assert_false(jd_lease_holds(&lease));
    /* Its key may have come meanwhile, so nothing bad is said of the token. */
    assert_int_equal(world_verify(w, by_other), JETON_E_STALE);

    jd_lease_renew(&lease, jt_boot_now());
    jd_agent_beat(w->agent);
    assert_int_equal(world_verify(w, by_other), JETON_E_KEY_UNKNOWN);
    assert_int_equal(world_verify(w, token), JETON_OK);
    assert_true(jd_lease_holds(&lease));
    assert_int_equal(jeton_segment_check(w->segment, NULL, w->verdict), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_OK);
    jeton_segment_describe(w->segment, &info);
    assert_int_equal(info.stale_ms, LEASE_MS);

    jd_lease_renew(&lease, jt_boot_now() - (uint64_t)LEASE_MS / 2 * 1000000U);
    jd_agent_beat(w->agent);
    assert_int_equal(jeton_segment_check(w->segment, NULL, w->verdict), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &hasty, w->verdict), JETON_E_STALE);

    jd_lease_renew(&lease, jt_boot_now() - (uint64_t)(LEASE_MS + 1000) * 1000000U);
    jd_agent_beat(w->agent);
    assert_false(jd_lease_holds(&lease));
    assert_int_equal(jeton_segment_check(w->segment, NULL, w->verdict), JETON_E_STALE);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    pause_ms(JT_SEGMENT_BEAT_MS + 200); /* its own thread does not make it fresh … */
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    world_publish(w, 0, 2); /* … nor does a new file */
    assert_int_equal(world_verify(w, token), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    jd_lease_renew(&lease, jt_boot_now());
    jd_agent_beat(w->agent);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_OK);
    jd_lease_renew(&lease, 0);
    jd_agent_beat(w->agent);
    assert_int_equal(jeton_segment_check(w->segment, &patient, w->verdict), JETON_E_STALE);
    jeton_text_free(&by_other);
    jeton_text_free(&token);
    world_free(w);
}

/* It may be the key that everybody else has switched to meanwhile. */
static void a_key_that_a_stale_segment_lacks_is_not_called_unknown(void **state)
{
    (void)state;
    world *w = world_new();
    jd_lease lease = {.ms = LEASE_MS};
    jeton_text *token = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    open_leased(w, &lease);
    assert_int_equal(world_verify(w, token), JETON_E_STALE);
    assert_null(jeton_verdict_key(w->verdict));

    jd_lease_renew(&lease, jt_boot_now());
    jd_agent_beat(w->agent);
    assert_int_equal(world_verify(w, token), JETON_E_KEY_UNKNOWN);

    jd_lease_renew(&lease, jt_boot_now() - (uint64_t)(LEASE_MS + 1000) * 1000000U);
    jd_agent_beat(w->agent);
    assert_int_equal(world_verify(w, token), JETON_E_STALE);

    jd_lease_renew(&lease, jt_boot_now());
    world_publish(w, 0, 2);
    jd_agent_beat(w->agent);
    assert_int_equal(world_verify(w, token), JETON_OK);
    jeton_text_free(&token);
    world_free(w);
}

/* A run that ended while it was fresh, and a good token. */
typedef struct restart {
    world *w;
    jd_lease lease;
    jeton_text *good;
    uint64_t generation;
} restart;

static jeton_status judge(const restart *of)
{
    const jeton_status status = world_verify(of->w, of->good);
    return status == JETON_OK ? jeton_segment_check(of->w->segment, NULL, of->w->verdict) : status;
}

static uint64_t generation(const restart *of)
{
    jd_agent_counts counts;
    while (!jd_agent_count(of->w->agent, &counts))
        pause_ms(1);
    return counts.generation;
}

static restart run_once(void)
{
    restart of = {.w = world_new(), .lease = {.ms = LEASE_MS}};
    of.good = world_sign(of.w, 0, &(world_token){.user = 1, .session = 7});
    jeton_verifier_on_revocation(of.w->verifier, NULL, NULL);
    open_leased(of.w, &of.lease);
    jd_lease_renew(&of.lease, jt_boot_now());
    jd_agent_beat(of.w->agent);
    assert_int_equal(judge(&of), JETON_OK);
    of.generation = generation(&of);
    jd_lease_renew(&of.lease, 0); /* nothing is known at the start */
    return of;
}

static void run_ends(restart *of)
{
    jeton_text_free(&of->good);
    world_free(of->w);
}

/* It is good for as long as it was, and nobody says that it is for longer. */
static void expect_the_old_one(const restart *of)
{
    const int64_t age = jeton_segment_age_ms(of->w->segment);
    assert_int_equal(judge(of), JETON_OK);
    assert_int_equal(generation(of), of->generation);
    pause_ms(JT_SEGMENT_BEAT_MS + 200);
    jd_agent_beat(of->w->agent);
    assert_true(jeton_segment_age_ms(of->w->segment) >= age + JT_SEGMENT_BEAT_MS);
    assert_int_equal(judge(of), JETON_OK);
}

static void the_file_of_the_last_run_stays_until_the_lease_holds(void **state)
{
    (void)state;
    restart of = run_once();
    open_leased(of.w, &of.lease);
    expect_the_old_one(&of);
    world_publish(of.w, 0, 1); /* the same keys */
    expect_the_old_one(&of);
    jd_lease_renew(&of.lease, jt_boot_now());
    jd_agent_beat(of.w->agent);
    while (generation(&of) == of.generation)
        pause_ms(1);
    assert_int_equal(generation(&of), of.generation + 1);
    assert_int_equal(judge(&of), JETON_OK);
    world_end_session(of.w, 7);
    assert_int_equal(judge(&of), JETON_E_REVOKED);
    run_ends(&of);
}

static void what_we_revoke_ourselves_ends_the_file_of_the_last_run(void **state)
{
    (void)state;
    restart of = run_once();
    open_leased(of.w, &of.lease);
    world_end_session(of.w, 8); /* somebody else has done that: it is refused in time */
    expect_the_old_one(&of);
    world_end_session(of.w, 7);
    jd_agent_settle(of.w->agent);
    assert_int_equal(judge(&of), JETON_E_REVOKED);
    jeton_text *other = world_sign(of.w, 0, &(world_token){.user = 1, .session = 9});
    assert_int_equal(world_verify(of.w, other), JETON_OK);
    assert_int_equal(jeton_segment_check(of.w->segment, NULL, of.w->verdict), JETON_E_STALE);
    jd_agent_settle(of.w->agent); /* nothing is left to do */
    assert_int_equal(generation(&of), of.generation + 1);
    jeton_text_free(&other);
    run_ends(&of);
}

static void a_file_that_cannot_be_replaced_is_made_void(void **state)
{
    (void)state;
    for (unsigned by_lease = 0; by_lease < 2; by_lease++) {
        restart of = run_once();
        assert_int_equal(mkdir(of.w->in_the_way, S_IRWXU), 0);
        open_leased(of.w, &of.lease);
        expect_the_old_one(&of);
        if (by_lease != 0) {
            jd_lease_renew(&of.lease, jt_boot_now());
            jd_agent_beat(of.w->agent);
        } else {
            jd_agent_settle(of.w->agent);
        }
        while (judge(&of) == JETON_OK && by_lease != 0)
            pause_ms(1);
        assert_int_not_equal(judge(&of), JETON_OK); /* nothing is trusted any more */
        run_ends(&of);
    }
}

static void change_keys(restart *of)
{
    jd_agent_close(&of->w->agent);
    jeton_key *first = of->w->keys[0];
    of->w->keys[0] = of->w->keys[1];
    of->w->keys[1] = first;
}

static void change_length(restart *of)
{
    of->lease.ms = LEASE_MS / 2;
}

static void write_at(const restart *of, size_t at, uint64_t value)
{
    const int fd = open(of->w->path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &value, sizeof value, (off_t)at), sizeof value);
    (void)close(fd);
}

static void let_it_run_out(restart *of)
{
    jd_agent_close(&of->w->agent);
    write_at(of, JT_SEGMENT_LIVE_AT + offsetof(jt_segment_live, fresh),
             jt_boot_now() - (uint64_t)LEASE_MS * 1000000U);
}

static void move(restart *of)
{
    jd_agent_close(&of->w->agent);
    write_at(of, JT_SEGMENT_LIVE_AT + offsetof(jt_segment_live, state), JT_SEGMENT_MOVED);
}

static void boot_again(restart *of)
{
    jd_agent_close(&of->w->agent);
    write_at(of, offsetof(jt_segment_head, boot), 0x3030303030303030U);
}

static void some_files_of_the_last_run_do_not_stay(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*change)(restart *of);
    } rows[] = {{"other keys", change_keys},
                {"a lease of another length", change_length},
                {"its lease has run out", let_it_run_out},
                {"it is over already", move},
                {"the machine was started since", boot_again}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        restart of = run_once();
        rows[i].change(&of);
        open_leased(of.w, &of.lease);
        assert_int_equal(generation(&of), of.generation + 1);
        jeton_segment_info info = world_info(of.w);
        assert_true(info.age_ms >= (int64_t)LEASE_MS / 2);
        run_ends(&of);
    }
}

/* The only node of a store. */
static void without_a_lease_it_always_holds(void **state)
{
    (void)state;
    jd_lease none = {.ms = 0};
    assert_true(jd_lease_holds(&none));
    jd_lease_renew(&none, 0);
    assert_true(jd_lease_holds(&none));
}

/* ---- staleness ------------------------------------------------------------------------------ */

static void what_is_stale_goes_by_the_rule(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_stale_rule rule;
        jeton_status want;
    } cases[] = {
        {"not stale yet", {.after_ms = 3600000}, JETON_OK},
        {"reject", {.after_ms = 1}, JETON_E_STALE},
        {"allow_until, not over",
         {.then = JETON_STALE_ALLOW_UNTIL, .after_ms = 1, .until = 3600},
         JETON_OK},
        {"allow_until, over", {.then = JETON_STALE_ALLOW_UNTIL, .after_ms = 1}, JETON_E_STALE},
        {"allow", {.then = JETON_STALE_ALLOW, .after_ms = 1}, JETON_OK},
        {"no such rule", {.then = (jeton_stale)9, .after_ms = 1, .until = 3600}, JETON_E_STALE},
    };
    world *w = world_new();
    world_end_session(w, 7);
    jeton_text *stands = world_sign(w, 0, &(world_token){.user = 1, .session = 8});
    jeton_text *falls = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_verifier_on_revocation(w->verifier, NULL, NULL);
    jd_agent_close(&w->agent);
    pause_ms(20);
    for (size_t i = 0; i < COUNT(cases); i++) {
        print_message("  %s\n", cases[i].why);
        assert_int_equal(world_verify(w, stands), JETON_OK);
        assert_int_equal(jeton_segment_check(w->segment, &cases[i].rule, w->verdict),
                         cases[i].want);
        assert_int_equal(world_verify(w, falls), JETON_OK);
        assert_int_equal(jeton_segment_check(w->segment, &cases[i].rule, w->verdict),
                         JETON_E_REVOKED); /* what is known is known */
    }
    assert_in_range(jeton_segment_age_ms(w->segment), 20, 3600000);
    jeton_text_free(&stands);
    jeton_text_free(&falls);
    world_free(w);
}

/* Somebody who knows more, and what he is asked. */
typedef struct knows {
    jeton_status says;
    unsigned asked, deadline;
    jeton_span token;
} knows;

static jeton_status ask_him(void *user, jeton_span token, unsigned deadline_ms)
{
    knows *of = user;
    of->asked++;
    of->deadline = deadline_ms;
    of->token = token;
    return of->says;
}

static void a_stale_segment_has_somebody_asked(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_status says, want;
    } answers[] = {
        {"it stands", JETON_OK, JETON_OK},
        {"it does not", JETON_E_REVOKED, JETON_E_REVOKED},
        {"he says nothing", JETON_E_STALE, JETON_E_STALE},
        {"he says something else", JETON_E_EXPIRED, JETON_E_STALE},
        {"he says nonsense", (jeton_status)9999, JETON_E_STALE},
    };
    world *w = world_new();
    knows of = {.says = JETON_E_REVOKED};
    jeton_stale_rule rule = {
        .then = JETON_STALE_INTROSPECT, .after_ms = 3600000, .introspect = ask_him, .user = &of};
    world_end_session(w, 7);
    jeton_text *stands = world_sign(w, 0, &(world_token){.user = 1, .session = 8});
    jeton_text *falls = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    jeton_verifier_on_revocation(w->verifier, NULL, NULL);
    assert_int_equal(world_verify(w, stands), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &rule, w->verdict), JETON_OK);
    assert_int_equal(of.asked, 0); /* what is fresh need not be asked */
    jd_agent_close(&w->agent);
    pause_ms(20);
    rule.after_ms = 1;
    for (size_t i = 0; i < COUNT(answers); i++) {
        print_message("  %s\n", answers[i].why);
        of = (knows){.says = answers[i].says};
        rule.deadline_ms = (unsigned)i * 10;
        assert_int_equal(world_verify(w, stands), JETON_OK);
        assert_int_equal(jeton_segment_check(w->segment, &rule, w->verdict), answers[i].want);
        assert_int_equal(of.asked, 1);
        assert_int_equal(of.deadline, i == 0 ? 50 : i * 10);
        assert_true(jeton_span_equal(of.token, jeton_text_span(stands)));
        assert_int_equal(world_verify(w, falls), JETON_OK);
        assert_int_equal(jeton_segment_check(w->segment, &rule, w->verdict), JETON_E_REVOKED);
        assert_int_equal(of.asked, 1); /* what is known is known */
    }
    rule.introspect = NULL;
    assert_int_equal(world_verify(w, stands), JETON_OK);
    assert_int_equal(jeton_segment_check(w->segment, &rule, w->verdict), JETON_E_STALE);
    /* as a hook of a verifier, which asks before the verdict is accepted */
    jeton_segment_use use = {.segment = w->segment, .rule = rule};
    use.rule.introspect = ask_him;
    of.says = JETON_E_REVOKED;
    jeton_verifier_on_revocation(w->verifier, jeton_segment_revocation, &use);
    assert_int_equal(world_verify(w, stands), JETON_E_REVOKED);
    of.says = JETON_OK;
    assert_int_equal(world_verify(w, stands), JETON_OK);
    jeton_verifier_on_revocation(w->verifier, NULL, NULL);
    jeton_text_free(&stands);
    jeton_text_free(&falls);
    world_free(w);
}

static void it_is_kept_fresh(void **state)
{
    (void)state;
    world *w = world_new();
    int64_t youngest = INT64_MAX;
    pause_ms(JT_SEGMENT_BEAT_MS + 100);
    for (unsigned i = 0; i < WAIT_MS / 10 && youngest > JT_SEGMENT_BEAT_MS; i++) {
        const int64_t age = jeton_segment_age_ms(w->segment);
        youngest = age < youngest ? age : youngest;
        pause_ms(10);
    }
    assert_true(youngest <= JT_SEGMENT_BEAT_MS); /* it is older than that itself */
    world_free(w);
}

static void a_file_may_come_later(void **state)
{
    (void)state;
    world *w = world_new();
    char kept[80];
    const jeton_segment_options later = {.may_come = true};
    jeton_segment *segment = BOGUS;
    jeton_verifier *verifier = NULL;
    jeton_keyset *keys = BOGUS;
    jeton_text *token = world_sign(w, 0, &(world_token){.user = 1, .session = 7});
    (void)snprintf(kept, sizeof kept, "%s.kept", w->path);
    assert_int_equal(rename(w->path, kept), 0);
    assert_int_equal(jeton_segment_open(NULL, w->path, NULL, &segment, NULL), JETON_E_NOT_FOUND);
    assert_null(segment);
    assert_int_equal(jeton_segment_open(NULL, w->path, &later, &segment, NULL), JETON_OK);
    assert_int_equal(jeton_segment_verifier_new(NULL, NULL, segment, NULL, &verifier, NULL),
                     JETON_OK);
    assert_int_equal(jeton_verify(verifier, jeton_text_span(token), w->verdict), JETON_E_STALE);
    assert_int_equal(jeton_segment_keys(segment, &keys, NULL, NULL), JETON_E_STALE);
    assert_null(keys);
    assert_true(jeton_segment_age_ms(segment) == INT64_MAX);
    jeton_segment_info info;
    jeton_segment_describe(segment, &info);
    assert_false(info.is_there);

    assert_int_equal(world_verify(w, token), JETON_OK); /* of another verifier */
    assert_int_equal(jeton_segment_check(segment, NULL, w->verdict), JETON_E_STALE);
    const jeton_stale_rule allow = {.then = JETON_STALE_ALLOW};
    assert_int_equal(jeton_segment_check(segment, &allow, w->verdict), JETON_OK);

    assert_int_equal(rename(kept, w->path), 0);
    jeton_status status = JETON_E_STALE;
    for (unsigned i = 0; i < WAIT_MS / 10 && status != JETON_OK; i++) {
        status = jeton_verify(verifier, jeton_text_span(token), w->verdict);
        pause_ms(10);
    }
    assert_int_equal(status, JETON_OK);
    jeton_verifier_free(&verifier);
    jeton_segment_free(&segment);
    jeton_text_free(&token);
    world_free(w);
}

/* ---- when there is no room ------------------------------------------------------------------ */

static void what_there_is_no_room_for_refuses_everything_from_before(void **state)
{
    (void)state;
    enum { SLOTS = 1024, MORE = 40 };
    world *w = world_new();
    assert_int_equal(mkdir(w->in_the_way, 0700), 0);
    for (unsigned i = 1; i < SLOTS; i++)
        world_end_session(w, i);
    const world_token old = {.user = 1, .session = SLOTS + MORE + 1, .rev = SLOTS - 1};
    const world_token young = {.user = 1, .session = SLOTS + MORE + 1, .rev = SLOTS + MORE - 1};
    assert_int_equal(world_info(w).lost, 0);
    assert_int_equal(world_judge(w, &old), JETON_OK);
    for (unsigned i = SLOTS; i < SLOTS + MORE; i++)
        world_end_session(w, i);
    assert_int_equal(world_info(w).lost, MORE);
    assert_int_equal(world_judge(w, &old), JETON_E_REVOKED); /* a good one */
    assert_int_equal(world_judge(w, &young), JETON_OK);
    for (unsigned i = 1; i < SLOTS + MORE; i += 13)
        assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = i}), JETON_E_REVOKED);

    assert_int_equal(rmdir(w->in_the_way), 0);
    for (unsigned i = 0; i < WAIT_MS / 10 && world_info(w).lost > 0; i++)
        pause_ms(10);
    assert_int_equal(world_info(w).lost, 0);
    assert_int_equal(world_judge(w, &old), JETON_OK);
    for (unsigned i = 1; i < SLOTS + MORE; i += 13)
        assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = i}), JETON_E_REVOKED);
    world_free(w);
}

static void keys_that_cannot_be_published_are_not_trusted(void **state)
{
    (void)state;
    world *w = world_new();
    jeton_text *by_first =
        world_sign(w, 0, &(world_token){.user = 1, .session = 7, .rev = 1000000});
    jeton_text *by_second = world_sign(w, 1, &(world_token){.user = 1, .session = 7});
    assert_int_equal(world_verify(w, by_first), JETON_OK);
    assert_int_equal(mkdir(w->in_the_way, 0700), 0);
    world_publish(w, 1, 1); /* the first one was stolen */
    assert_int_equal(world_verify(w, by_first), JETON_E_STALE);
    assert_int_equal(world_verify(w, by_second), JETON_E_STALE);
    assert_int_equal(rmdir(w->in_the_way), 0);
    for (unsigned i = 0; i < WAIT_MS / 10 && world_verify(w, by_second) != JETON_OK; i++)
        pause_ms(10);
    assert_int_equal(world_verify(w, by_second), JETON_OK);
    assert_int_equal(world_verify(w, by_first), JETON_E_KEY_UNKNOWN);
    jeton_text_free(&by_first);
    jeton_text_free(&by_second);
    world_free(w);
}

static void sweeping_makes_a_smaller_file(void **state)
{
    (void)state;
    world *w = world_new();
    for (unsigned i = 1; i <= 20000; i++) {
        jt_revocation entry = {.n = ++w->n, .kind = JT_REVOKED_SESSION, .expires = 1000};
        world_id(i, entry.id);
        assert_int_equal(jt_revocations_apply(w->revocations, &entry, NULL), JETON_OK);
        jd_agent_revoke(w->agent, &entry);
    }
    const jt_revocation all = {.n = ++w->n, .kind = JT_REVOKED_ALL, .expires = 1000};
    assert_int_equal(jt_revocations_apply(w->revocations, &all, NULL), JETON_OK);
    jd_agent_revoke(w->agent, &all);
    world_end_session(w, 7);
    const jeton_segment_info before = world_info(w);
    assert_int_equal(before.mark, 20001);
    jt_revocations_sweep(w->revocations, 2000);
    jd_agent_sweep(w->agent);
    const jeton_segment_info after = world_info(w);
    assert_true(after.bytes < before.bytes);
    assert_int_equal(after.entries, 1);
    assert_int_equal(after.mark, 0);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 7}), JETON_E_REVOKED);
    assert_int_equal(world_judge(w, &(world_token){.user = 1, .session = 8}), JETON_OK);
    world_free(w);
}

/* ---- opening -------------------------------------------------------------------------------- */

static void only_one_writes(void **state)
{
    (void)state;
    world *w = world_new();
    jd_agent *other;
    assert_int_equal(world_try_agent(w, "", &other), JETON_E_BUSY);
    jd_agent_close(&w->agent);
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_OK);
    world_free(w);
}

static void what_is_no_segment_is_not_replaced(void **state)
{
    (void)state;
    world *w = world_new();
    struct stat found;
    jd_agent_close(&w->agent);
    assert_int_equal(unlink(w->path), 0);
    const int fd = open(w->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "root:x:0:0\n", 11), 11);
    (void)close(fd);
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_E_SYSTEM);
    assert_int_equal(stat(w->path, &found), 0);
    assert_int_equal(found.st_size, 11);
    world_free(w);
}

static void a_segment_that_others_can_write_is_not_taken_over(void **state)
{
    (void)state;
    world *w = world_new();
    char other[80];
    (void)snprintf(other, sizeof other, "%s.other", w->path);
    jd_agent_close(&w->agent);
    assert_int_equal(chmod(w->path, 0660), 0);
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_E_SYSTEM);
    assert_int_equal(chmod(w->path, 0600), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(w->path, 12345, (gid_t)-1), 0);
        assert_int_equal(world_try_agent(w, "", &w->agent), JETON_E_SYSTEM);
        assert_int_equal(chown(w->path, 0, (gid_t)-1), 0);
    }
    assert_int_equal(rename(w->path, other), 0);
    assert_int_equal(symlink(other, w->path), 0);
    assert_int_equal(world_try_agent(w, "", &w->agent), JETON_E_SYSTEM);
    assert_int_equal(rename(other, w->path), 0);
    world_start(w);
    world_free(w);
}

static void a_segment_that_is_damaged_is_replaced(void **state)
{
    (void)state;
    world *w = world_new();
    jd_agent_close(&w->agent);
    assert_int_equal(truncate(w->path, 100), 0); /* while nobody has mapped more */
    jeton_verifier_free(&w->verifier);
    jeton_segment_free(&w->segment);
    jeton_verdict_free(&w->verdict);
    world_start(w);
    assert_int_equal(jeton_segment_open(NULL, w->path, NULL, &w->segment, NULL), JETON_OK);
    world_free(w);
}

static void the_group_may_read_and_nobody_else(void **state)
{
    (void)state;
    world *w = world_new();
    struct stat found;
    char group[24];
    jd_agent *agent;
    assert_int_equal(stat(w->path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0600);
    jd_agent_close(&w->agent);
    assert_int_equal(world_try_agent(w, "no-such-group", &agent), JETON_E_SYSTEM);
    assert_int_equal(world_try_agent(w, "12x", &agent), JETON_E_SYSTEM);
    (void)snprintf(group, sizeof group, "%u", (unsigned)getgid());
    assert_int_equal(world_try_agent(w, group, &w->agent), JETON_OK);
    world_publish(w, 0, 1);
    assert_int_equal(stat(w->path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0640);
    assert_int_equal(found.st_gid, getgid());
    world_free(w);
}

static void a_secret_never_comes_in(void **state)
{
    (void)state;
    world *w = world_new();
    static const char secret[] = "a secret of thirty-two bytes or so";
    jeton_key *oct = NULL;
    jeton_keyset *set = NULL;
    uint8_t bytes[65536];
    assert_int_equal(
        jeton_key_from_secret(NULL, JETON_HS256, jeton_str(secret), jeton_str("s"), &oct, NULL),
        JETON_OK);
    const jeton_key *keys[] = {w->keys[0], oct};
    assert_int_equal(jeton_keyset_new(NULL, keys, 2, &set, NULL), JETON_OK);
    assert_int_equal(jd_agent_keys(w->agent, set, NULL), JETON_OK);
    const int fd = open(w->path, O_RDONLY | O_CLOEXEC);
    const ssize_t len = read(fd, bytes, sizeof bytes);
    (void)close(fd);
    assert_true(len > 4096);
    assert_non_null(memmem(bytes, (size_t)len, "\"x\":\"", 5)); /* this is where keys are */
    assert_null(memmem(bytes, (size_t)len, "\"d\":", 4));
    assert_null(memmem(bytes, (size_t)len, "\"k\":", 4));
    assert_null(memmem(bytes, (size_t)len, "\"oct\"", 5));
    assert_null(memmem(bytes, (size_t)len, secret, strlen(secret)));
    jeton_keyset_free(&set);
    jeton_key_free(&oct);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_refuses_the_tokens_it_is_about_and_no_others),
        cmocka_unit_test(a_key_is_revoked_by_its_kid),
        cmocka_unit_test(an_unknown_kind_is_a_mark_for_everything),
        cmocka_unit_test(a_token_that_is_not_of_jeton_serve_is_refused),
        cmocka_unit_test(readers_follow_a_file_that_grows),
        cmocka_unit_test(readers_follow_a_change_of_keys),
        cmocka_unit_test(a_verdict_keeps_its_key_when_keys_change),
        cmocka_unit_test(readers_follow_a_writer_that_is_started_again),
        cmocka_unit_test(readers_find_a_new_file_when_theirs_has_become_stale),
        cmocka_unit_test(a_file_that_cannot_be_taken_up_leaves_the_old_one_stale_at_once),
        cmocka_unit_test(a_lease_is_what_makes_it_fresh_and_no_rule_makes_it_longer),
        cmocka_unit_test(a_key_that_a_stale_segment_lacks_is_not_called_unknown),
        cmocka_unit_test(the_file_of_the_last_run_stays_until_the_lease_holds),
        cmocka_unit_test(what_we_revoke_ourselves_ends_the_file_of_the_last_run),
        cmocka_unit_test(a_file_that_cannot_be_replaced_is_made_void),
        cmocka_unit_test(some_files_of_the_last_run_do_not_stay),
        cmocka_unit_test(without_a_lease_it_always_holds),
        cmocka_unit_test(what_is_stale_goes_by_the_rule),
        cmocka_unit_test(a_stale_segment_has_somebody_asked),
        cmocka_unit_test(it_is_kept_fresh),
        cmocka_unit_test(a_file_may_come_later),
        cmocka_unit_test(what_there_is_no_room_for_refuses_everything_from_before),
        cmocka_unit_test(keys_that_cannot_be_published_are_not_trusted),
        cmocka_unit_test(sweeping_makes_a_smaller_file),
        cmocka_unit_test(only_one_writes),
        cmocka_unit_test(what_is_no_segment_is_not_replaced),
        cmocka_unit_test(a_segment_that_others_can_write_is_not_taken_over),
        cmocka_unit_test(a_segment_that_is_damaged_is_replaced),
        cmocka_unit_test(the_group_may_read_and_nobody_else),
        cmocka_unit_test(a_secret_never_comes_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
