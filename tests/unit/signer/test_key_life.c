/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signer/test_key_life.c - keys come and go on time, on a clock that the tests set. */
#include "core/base64url.h"
#include "folder.h"
#include "signer/signer.h"
#include "store/keys.h"
#include "store/revoke.h"
#include "json/json.h"

#define START  ((jeton_time)1893456000000)
#define SECOND ((jeton_time)1000)
#define MINUTE (60 * SECOND)
#define DAY    (1440 * MINUTE)

static const uint8_t master[JD_MASTER_BYTES] = "a master key of thirty-two bytes";

/* A signer whose keys sign for an hour and may be kept for five minutes. */
typedef struct life {
    folder *data;
    jeton_ctx *ctx;
    jd_sealer *sealer;
    jd_signer *signer;
    jt_arena arena;
    jd_stored_keys keys;
} life;

static jeton_time now;

static jeton_time read_clock(void *user)
{
    (void)user;
    return now;
}

static void reopen(life *of, int64_t max_age)
{
    const jd_signer_options options = {
        .alg = "ES256", .max_age = max_age, .active = 3600, .leeway = 10};
    jd_signer_free(&of->signer);
    assert_int_equal(
        jd_signer_open(of->ctx, &options, of->data->store, of->sealer, &of->signer, NULL),
        JETON_OK);
}

static int begin(void **state)
{
    const jeton_ctx_options options = {.now = read_clock};
    life *of = calloc(1, sizeof *of);
    assert_non_null(of);
    now = START;
    void *data = NULL;
    assert_int_equal(folder_make(&data), 0);
    of->data = data;
    assert_int_equal(jeton_ctx_new(&options, &of->ctx, NULL), JETON_OK);
    assert_int_equal(jd_sealer_new(NULL, jeton_bytes(master, sizeof master), &of->sealer, NULL),
                     JETON_OK);
    reopen(of, 300);
    *state = of;
    return 0;
}

static int end(void **state)
{
    life *of = *state;
    void *data = of->data;
    jd_signer_free(&of->signer);
    jd_sealer_free(&of->sealer);
    jt_arena_done(&of->arena);
    jeton_ctx_free(&of->ctx);
    free(of);
    return folder_remove(&data);
}

/* Does what is due; when something is due again. */
static jeton_time tend(life *of)
{
    jeton_time due = 7;
    assert_int_equal(jd_signer_tend(of->signer, &due, NULL), JETON_OK);
    assert_true(due > now);
    return due;
}

/* How many keys have that state; *found is the last. */
static size_t count(life *of, const char *state, jd_stored_key *found)
{
    size_t n = 0;
    assert_int_equal(jd_signer_list(of->signer, &of->arena, &of->keys, NULL), JETON_OK);
    for (size_t i = 0; i < of->keys.count; i++) {
        assert_int_equal(of->keys.at[i].sealed.len, 0);
        if (!jeton_span_equal(of->keys.at[i].state, jeton_str(state)))
            continue;
        n++;
        *found = of->keys.at[i];
    }
    return n;
}

static jd_stored_key only(life *of, const char *state)
{
    jd_stored_key found = {0};
    assert_int_equal(count(of, state, &found), 1);
    return found;
}

static size_t sealed_bytes(life *of, jeton_span kid)
{
    jd_stored_keys keys;
    assert_int_equal(jd_store_key_list(of->data->store, &of->arena, &keys, NULL), JETON_OK);
    for (size_t i = 0; i < keys.count; i++)
        if (jeton_span_equal(keys.at[i].kid, kid))
            return keys.at[i].sealed.len;
    fail();
    return 0;
}

static jeton_status sign(life *of, const char *alg, const char *client, jeton_time expires,
                         jeton_text **token)
{
    jeton_claims *claims = NULL;
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    jeton_claims_set_text(claims, "sub", jeton_str("alice"));
    const jd_signing how = {.alg = jeton_str(alg), .client = jeton_str(client), .expires = expires};
    *token = BOGUS;
    const jeton_status status = jd_signer_sign(of->signer, &how, claims, token, NULL);
    jeton_claims_free(&claims);
    return status;
}

/* Signs with that, and expects the header to name this key. */
static void assert_signs(life *of, const char *alg, const char *client, jeton_span kid)
{
    jeton_text *token;
    uint8_t header[512] = "";
    char want[80];
    assert_int_equal(sign(of, alg, client, now + MINUTE, &token), JETON_OK);
    const char *chars = jeton_text_chars(token);
    const jeton_span part = jeton_bytes(chars, strcspn(chars, "."));
    assert_true(jt_base64url_bytes(part.len) < sizeof header);
    assert_true(jt_base64url_parse(part, header));
    (void)snprintf(want, sizeof want, "\"kid\":\"%.*s\"", (int)kid.len, (const char *)kid.ptr);
    assert_non_null(strstr((const char *)header, want));
    jeton_text_free(&token);
}

static bool is_published(life *of, jeton_span kid)
{
    jd_jwks jwks;
    assert_int_equal(jd_signer_jwks(of->signer, &of->arena, &jwks, NULL), JETON_OK);
    return memmem(jwks.json.ptr, jwks.json.len, kid.ptr, kid.len) != NULL;
}

/* --- the schedule --------------------------------------------------------------------------- */

static void next_key_is_published_long_before_it_signs(void **state)
{
    life *of = *state;
    const jeton_time due = tend(of);
    const jd_stored_key active = only(of, "active");
    const jd_stored_key next = only(of, "next");
    assert_true(is_published(of, active.kid) && is_published(of, next.kid));
    assert_true(next.ready >= START + 300 * SECOND);
    assert_int_equal(due, START + 3600 * SECOND);
    now = due - 1;
    assert_int_equal(tend(of), due);
    assert_signs(of, "", "", active.kid);
    now = due;
    (void)tend(of);
    assert_signs(of, "ES256", "", next.kid);
    assert_true(jeton_span_equal(only(of, "retiring").kid, active.kid));
    assert_true(is_published(of, active.kid));
    assert_int_equal(sealed_bytes(of, active.kid), 0); /* its private half is no more */
    assert_true(sealed_bytes(of, next.kid) > 0);
}

static void retiring_key_goes_when_its_last_token_has_expired(void **state)
{
    life *of = *state;
    jeton_text *token;
    (void)tend(of);
    const jd_stored_key first = only(of, "active");
    const jeton_time last = START + 2 * 3600 * SECOND;
    assert_int_equal(sign(of, "", "", last, &token), JETON_OK);
    jeton_text_free(&token);
    assert_signs(of, "", "", first.kid); /* one that expires sooner changes nothing */
    now = START + 3600 * SECOND;
    (void)tend(of);
    const jd_stored_key retiring = only(of, "retiring");
    assert_int_equal(retiring.until, last + 10 * SECOND + MINUTE);
    now = retiring.until - 1;
    (void)tend(of);
    assert_true(is_published(of, first.kid));
    now = retiring.until;
    (void)tend(of);
    assert_true(jeton_span_equal(only(of, "withdrawn").kid, first.kid));
    assert_false(is_published(of, first.kid));
}

static void tokens_of_an_earlier_run_are_thought_to_live_as_long_as_any_may(void **state)
{
    life *of = *state;
    (void)tend(of);
    now += MINUTE;
    reopen(of, 300);
    now = START + 3600 * SECOND;
    (void)tend(of);
    assert_int_equal(only(of, "retiring").until, START + MINUTE + DAY + 10 * SECOND + MINUTE);
}

static void what_was_promised_before_a_restart_is_kept(void **state)
{
    life *of = *state;
    reopen(of, 1); /* from now on a second; until now five minutes */
    (void)tend(of);
    assert_true(only(of, "next").ready >= START + 300 * SECOND);
    reopen(of, 1);
    jd_key_news news;
    assert_int_equal(jd_signer_rotate(of->signer, jeton_str(""), &news, NULL), JETON_OK);
    assert_true(news.signs_from >= START + 300 * SECOND);
    now = news.signs_from;
    (void)tend(of);
    assert_int_equal(only(of, "next").ready, now + 2 * SECOND); /* that is over */
}

/* --- rotate --------------------------------------------------------------------------------- */

static void rotation_waits_until_everybody_knows_the_key(void **state)
{
    life *of = *state;
    jd_key_news news;
    (void)tend(of);
    const jd_stored_key active = only(of, "active");
    const jd_stored_key next = only(of, "next");
    assert_int_equal(jd_signer_rotate(of->signer, jeton_str("ES256"), &news, NULL), JETON_OK);
    assert_true(jeton_span_equal(jeton_str(news.kid), next.kid));
    assert_int_equal(news.signs_from, next.ready);
    assert_signs(of, "", "", active.kid);
    assert_int_equal(tend(of), next.ready);
    reopen(of, 300); /* a restart does not forget it */
    assert_int_equal(tend(of), next.ready);
    now = next.ready;
    (void)tend(of);
    assert_signs(of, "", "", next.kid);
}

static void rotation_is_at_once_when_the_key_is_known(void **state)
{
    life *of = *state;
    jd_key_news news;
    (void)tend(of);
    const jd_stored_key next = only(of, "next");
    now = next.ready;
    assert_int_equal(jd_signer_rotate(of->signer, jeton_str(""), &news, NULL), JETON_OK);
    assert_int_equal(news.signs_from, now);
    assert_signs(of, "", "", next.kid);
    (void)tend(of);
    assert_true(only(of, "next").ready > now);
}

static void rotation_of_what_there_is_not_is_refused(void **state)
{
    static const char *const rows[] = {"RS256", "HS256", "none"};
    life *of = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        jd_key_news news = {.signs_from = 7};
        assert_int_equal(jd_signer_rotate(of->signer, jeton_str(rows[i]), &news, NULL),
                         JETON_E_NOT_FOUND);
        assert_int_equal(news.signs_from, 0);
        assert_string_equal(news.kid, "");
    }
}

/* --- withdraw ------------------------------------------------------------------------------- */

static const jd_revoking mark = {.kind = JT_REVOKED_KEY, .expires = START + DAY};

static void withdrawn_active_key_has_its_successor_sign_at_once(void **state)
{
    life *of = *state;
    jt_revocation entry;
    (void)tend(of);
    const jd_stored_key active = only(of, "active");
    const jd_stored_key next = only(of, "next");
    assert_int_equal(jd_signer_withdraw(of->signer, active.kid, &mark, &entry, NULL), JETON_OK);
    assert_int_equal(entry.n, 4); /* behind notices: two keys were made, and this */
    assert_signs(of, "", "", next.kid);
    assert_false(is_published(of, active.kid));
    assert_int_equal(sealed_bytes(of, active.kid), 0);
    assert_int_equal(jd_signer_withdraw(of->signer, active.kid, &mark, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(entry.n, 0);
    assert_int_equal(jd_signer_withdraw(of->signer, jeton_str("x"), &mark, &entry, NULL),
                     JETON_E_NOT_FOUND);
}

static void withdrawn_active_key_gets_a_successor_made_for_it(void **state)
{
    life *of = *state;
    jt_revocation entry;
    const jd_stored_key active = only(of, "active");
    assert_int_equal(jd_signer_withdraw(of->signer, active.kid, &mark, &entry, NULL), JETON_OK);
    assert_signs(of, "", "", only(of, "active").kid);
}

static void withdrawn_next_key_is_replaced(void **state)
{
    life *of = *state;
    jt_revocation entry;
    (void)tend(of);
    const jd_stored_key active = only(of, "active");
    const jd_stored_key next = only(of, "next");
    assert_int_equal(jd_signer_withdraw(of->signer, next.kid, &mark, &entry, NULL), JETON_OK);
    (void)tend(of);
    assert_false(jeton_span_equal(only(of, "next").kid, next.kid));
    assert_signs(of, "", "", active.kid);
}

/* --- secrets -------------------------------------------------------------------------------- */

#define SECRET "a secret of more than thirty-two bytes"

static void secret_signs_for_its_client_and_is_not_published(void **state)
{
    life *of = *state;
    jd_stored_key key = {0};
    jeton_text *token;
    jd_jwks before;
    jd_jwks after;
    assert_int_equal(jd_signer_jwks(of->signer, &of->arena, &before, NULL), JETON_OK);
    now += SECOND; /* it is the youngest */
    assert_int_equal(jd_signer_add_secret(of->signer, jeton_str("shop"), jeton_str(SECRET), NULL),
                     JETON_OK);
    assert_int_equal(jd_signer_jwks(of->signer, &of->arena, &after, NULL), JETON_OK);
    assert_true(memmem(after.json.ptr, after.json.len, "\"oct\"", 5) == NULL);
    assert_true(after.json.len >= before.json.len);
    assert_int_equal(count(of, "active", &key), 2);
    assert_true(jeton_span_equal(key.client, jeton_str("shop")));
    assert_false(is_published(of, key.kid));
    assert_signs(of, "HS256", "shop", key.kid);
    assert_int_equal(sign(of, "HS256", "other", now, &token), JETON_E_KEY);
    assert_null(token);
    assert_true(jd_signer_owns(of->signer, key.kid, jeton_str("shop")));
    assert_false(jd_signer_owns(of->signer, key.kid, jeton_str("other")));
    assert_false(jd_signer_owns(of->signer, key.kid, jeton_str("")));
    assert_false(jd_signer_owns(of->signer, of->keys.at[0].kid, jeton_str("")));
}

static void second_secret_signs_and_the_first_verifies_for_a_while(void **state)
{
    life *of = *state;
    jd_stored_key first = {0};
    jd_stored_key second = {0};
    jt_revocation entry;
    now += SECOND; /* they are the youngest, each younger than the one before */
    assert_int_equal(jd_signer_add_secret(of->signer, jeton_str("shop"), jeton_str(SECRET), NULL),
                     JETON_OK);
    (void)count(of, "active", &first);
    assert_int_equal(
        jd_signer_add_secret(of->signer, jeton_str("shop"), jeton_str(SECRET "!"), NULL), JETON_OK);
    (void)count(of, "active", &second);
    assert_true(jeton_span_equal(only(of, "retiring").kid, first.kid));
    assert_true(sealed_bytes(of, first.kid) > 0); /* it is needed to verify */
    assert_signs(of, "HS256", "shop", second.kid);
    assert_int_equal(jd_signer_withdraw(of->signer, second.kid, &mark, &entry, NULL),
                     JETON_E_REQUEST);
    assert_int_equal(jd_signer_withdraw(of->signer, first.kid, &mark, &entry, NULL), JETON_OK);
    assert_int_equal(sealed_bytes(of, first.kid), 0);
}

static void secrets_have_a_length(void **state)
{
    life *of = *state;
    static const uint8_t bytes[JD_SECRET_MOST + 1] = {1};
    static const struct {
        size_t len;
        jeton_status want;
    } rows[] = {{0, JETON_E_REQUEST},
                {JD_SECRET_LEAST - 1, JETON_E_REQUEST},
                {JD_SECRET_LEAST, JETON_OK},
                {JD_SECRET_MOST, JETON_OK},
                {JD_SECRET_MOST + 1, JETON_E_REQUEST}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(jd_signer_add_secret(of->signer, jeton_str("shop"),
                                              jeton_bytes(bytes, rows[i].len), NULL),
                         rows[i].want);
}

static void every_algorithm_of_the_list_signs(void **state)
{
    life *of = *state;
    const char *const *algs = jd_signer_algs();
    for (size_t i = 0; algs[i] != NULL; i++) {
        jeton_text *token;
        print_message("  %s\n", algs[i]);
        const bool secret = strcmp(algs[i], "HS256") == 0;
        if (strcmp(algs[i], "ES256") != 0)
            assert_int_equal(sign(of, algs[i], "", now, &token), JETON_E_KEY);
        assert_int_equal(jd_signer_need(of->signer, jeton_str(algs[i]), NULL),
                         secret ? JETON_E_REQUEST : JETON_OK);
        if (secret)
            continue;
        assert_int_equal(sign(of, algs[i], "", now, &token), JETON_OK);
        jeton_text_free(&token);
    }
    assert_int_equal(jd_signer_need(of->signer, jeton_str("none"), NULL), JETON_E_REQUEST);
    assert_int_equal(jd_signer_need(of->signer, jeton_str(""), NULL), JETON_E_REQUEST);
}

/* --- watchers ------------------------------------------------------------------------------- */

typedef struct seen {
    size_t calls, published, all;
    jeton_status answer;
} seen;

static jeton_status look(void *user, const jeton_keyset *published, const jeton_keyset *all,
                         jeton_err *err)
{
    seen *of = user;
    (void)err;
    of->calls++;
    of->published = jeton_keyset_count(published);
    of->all = jeton_keyset_count(all);
    return of->answer;
}

static void watcher_is_told_of_every_change_and_may_stop_it(void **state)
{
    life *of = *state;
    jd_key_news news;
    seen told = {.answer = JETON_OK};
    assert_int_equal(jd_signer_watch(of->signer, look, &told, NULL), JETON_OK);
    assert_int_equal(told.calls, 1);
    assert_int_equal(jd_signer_add_secret(of->signer, jeton_str("shop"), jeton_str(SECRET), NULL),
                     JETON_OK);
    (void)tend(of);
    assert_int_equal(told.published, 2);
    assert_int_equal(told.all, 3);

    const jd_stored_key next = only(of, "next");
    now = next.ready;
    told.answer = JETON_E_NOMEM;
    assert_int_equal(jd_signer_rotate(of->signer, jeton_str(""), &news, NULL), JETON_E_NOMEM);
    told.answer = JETON_OK;
    (void)tend(of); /* what did not work is made up for */
    assert_signs(of, "", "", next.kid);
    const size_t calls = told.calls;
    assert_int_equal(jd_signer_watch(of->signer, NULL, NULL, NULL), JETON_OK);
    assert_int_equal(jd_signer_need(of->signer, jeton_str("EdDSA"), NULL), JETON_OK);
    assert_int_equal(told.calls, calls);
}

#define LIVES(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVES(next_key_is_published_long_before_it_signs),
        LIVES(retiring_key_goes_when_its_last_token_has_expired),
        LIVES(tokens_of_an_earlier_run_are_thought_to_live_as_long_as_any_may),
        LIVES(what_was_promised_before_a_restart_is_kept),
        LIVES(rotation_waits_until_everybody_knows_the_key),
        LIVES(rotation_is_at_once_when_the_key_is_known),
        LIVES(rotation_of_what_there_is_not_is_refused),
        LIVES(withdrawn_active_key_has_its_successor_sign_at_once),
        LIVES(withdrawn_active_key_gets_a_successor_made_for_it),
        LIVES(withdrawn_next_key_is_replaced),
        LIVES(secret_signs_for_its_client_and_is_not_published),
        LIVES(second_secret_signs_and_the_first_verifies_for_a_while),
        LIVES(secrets_have_a_length),
        LIVES(every_algorithm_of_the_list_signs),
        LIVES(watcher_is_told_of_every_change_and_may_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
