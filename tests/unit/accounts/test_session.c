/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_session.c - the life of sessions: the table of DESIGN.md §5, row by row.
 */
#include "world.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "store/log.h"
#include "store/sessions.h"

static jeton_status refresh(world *on, const char *text, jd_tokens *tokens)
{
    memset(tokens, 0x5a, sizeof *tokens);
    const jd_client client = world_client(on);
    const jd_refreshing refreshing = {.client = &client, .token = jeton_str(text)};
    return jd_session_refresh(&on->accounts, &refreshing, tokens, NULL);
}

static void a_login_gives_an_access_token_that_verifies(void **state)
{
    world *on = *state;
    jd_tokens tokens = world_log_in(on);
    jeton_span sub;
    char id[JD_ID_CHARS + 1];
    assert_int_equal(world_verify(on, &tokens), JETON_OK);
    assert_true(jeton_verdict_text(on->verdict, "sub", &sub));
    jd_id_print(&on->alice.id, id);
    unit_assert_span(sub, id);
    assert_int_equal(tokens.expires_in, 900);
    jd_tokens_done(&tokens);
}

static void the_current_token_gives_the_next_pair(void **state)
{
    world *on = *state;
    jd_tokens first = world_log_in(on);
    jd_tokens second;
    jd_tokens third;
    assert_int_equal(refresh(on, first.refresh, &second), JETON_OK);
    assert_string_not_equal(first.refresh, second.refresh);
    assert_int_equal(world_verify(on, &second), JETON_OK);
    assert_int_equal(refresh(on, second.refresh, &third), JETON_OK);
    jd_tokens_done(&first);
    jd_tokens_done(&second);
    jd_tokens_done(&third);
}

static void one_behind_within_the_grace_window_gives_the_same_successor(void **state)
{
    world *on = *state;
    jd_tokens first = world_log_in(on);
    jd_tokens second;
    jd_tokens again;
    assert_int_equal(refresh(on, first.refresh, &second), JETON_OK);
    assert_int_equal(refresh(on, first.refresh, &again), JETON_OK);
    assert_string_equal(second.refresh, again.refresh);
    assert_int_equal(world_verify(on, &second), JETON_OK);
    assert_int_equal(world_verify(on, &again), JETON_OK);
    jd_tokens_done(&first);
    jd_tokens_done(&second);
    jd_tokens_done(&again);
}

static void one_behind_after_the_grace_window_ends_the_session(void **state)
{
    world *on = *state;
    jd_tokens first = world_log_in(on);
    jd_tokens second;
    jd_tokens none;
    on->config.refresh_grace = -1; /* every window is over */
    assert_int_equal(refresh(on, first.refresh, &second), JETON_OK);
    assert_int_equal(refresh(on, first.refresh, &none), JETON_E_REPLAY);
    assert_null(none.access);
    assert_int_equal(none.refresh[0], '\0');
    assert_int_equal(refresh(on, second.refresh, &none), JETON_E_SESSION);
    assert_int_equal(world_verify(on, &first), JETON_E_REVOKED);
    assert_int_equal(world_verify(on, &second), JETON_E_REVOKED);
    world_reopen(on);
    assert_int_equal(world_verify(on, &second), JETON_E_REVOKED); /* it was committed */
    jd_tokens_done(&first);
    jd_tokens_done(&second);
}

/* A clock that was set back must not keep the window open until it has caught up. */
static void one_behind_a_rotation_in_the_far_future_ends_the_session(void **state)
{
    world *on = *state;
    jd_tokens first = world_log_in(on);
    jd_tokens none;
    uint64_t rev;
    const jeton_time later = jt_now(NULL) + (jeton_time)3600 * 1000;
    const jd_rotation rotation = {
        .session = first.session, .now = later, .idle_expires = later + 1000};
    assert_int_equal(jd_store_session_rotate(on->accounts.store, &rotation, &rev, NULL), JETON_OK);
    assert_int_equal(refresh(on, first.refresh, &none), JETON_E_REPLAY);
    assert_int_equal(world_verify(on, &first), JETON_E_REVOKED);
    jd_tokens_done(&first);
}

static void two_behind_ends_the_session_even_within_the_grace_window(void **state)
{
    world *on = *state;
    jd_tokens first = world_log_in(on);
    jd_tokens second;
    jd_tokens third;
    jd_tokens none;
    assert_int_equal(refresh(on, first.refresh, &second), JETON_OK);
    assert_int_equal(refresh(on, second.refresh, &third), JETON_OK);
    assert_int_equal(refresh(on, first.refresh, &none), JETON_E_REPLAY);
    assert_int_equal(world_verify(on, &third), JETON_E_REVOKED);
    jd_tokens_done(&first);
    jd_tokens_done(&second);
    jd_tokens_done(&third);
}

static void a_token_that_was_never_issued_changes_nothing(void **state)
{
    world *on = *state;
    jd_tokens tokens = world_log_in(on);
    jd_tokens none;
    jd_tokens next;
    char forged[JD_REFRESH_CHARS + 1];
    uint8_t key[JD_REFRESH_KEY] = {0};
    jd_refresh_token_print(&tokens.session, 0, jeton_bytes(key, sizeof key), forged);
    assert_int_equal(refresh(on, "", &none), JETON_E_SESSION);
    assert_int_equal(refresh(on, "garbage", &none), JETON_E_SESSION);
    assert_int_equal(refresh(on, forged, &none), JETON_E_SESSION);
    assert_null(none.access);
    assert_int_equal(world_verify(on, &tokens), JETON_OK);
    assert_int_equal(refresh(on, tokens.refresh, &next), JETON_OK);
    jd_tokens_done(&tokens);
    jd_tokens_done(&next);
}

static void a_session_that_was_not_used_for_too_long_is_over(void **state)
{
    world *on = *state;
    jd_tokens none;
    on->config.refresh_ttl = 0;
    jd_tokens tokens = world_log_in(on);
    assert_int_equal(refresh(on, tokens.refresh, &none), JETON_E_SESSION);
    jd_tokens_done(&tokens);
}

static void an_access_token_does_not_outlive_its_session(void **state)
{
    world *on = *state;
    jeton_time exp;
    on->config.session_ttl = 60;
    const jeton_time before = jt_now(NULL);
    jd_tokens tokens = world_log_in(on);
    assert_int_equal(world_verify(on, &tokens), JETON_OK);
    assert_true(jeton_verdict_date(on->verdict, "exp", &exp));
    assert_true(exp <= jt_now(NULL) + 60000);
    assert_true(exp >= before + 59000); /* whole seconds, rounded down */
    assert_in_range(tokens.expires_in, 59, 60);
    jd_tokens_done(&tokens);
}

static const struct {
    const char *why;
    jd_sessions_which which;
    jeton_status mine, others;
} ends[] = {
    {"this one", JD_SESSIONS_THIS, JETON_E_REVOKED, JETON_OK},
    {"the others", JD_SESSIONS_OTHERS, JETON_OK, JETON_E_REVOKED},
    {"all", JD_SESSIONS_ALL, JETON_E_REVOKED, JETON_E_REVOKED},
};

static void ending_sessions_refuses_their_access_tokens_at_once(void **state)
{
    world *on = *state;
    for (size_t i = 0; i < COUNT(ends); i++) {
        print_message("  %s\n", ends[i].why);
        jd_tokens mine = world_log_in(on);
        jd_tokens other = world_log_in(on);
        assert_int_equal(
            jd_session_end(&on->accounts, &on->alice.id, &mine.session, ends[i].which, NULL),
            JETON_OK);
        assert_int_equal(world_verify(on, &mine), ends[i].mine);
        assert_int_equal(world_verify(on, &other), ends[i].others);
        world_reopen(on);
        assert_int_equal(world_verify(on, &mine), ends[i].mine);
        assert_int_equal(world_verify(on, &other), ends[i].others);
        jd_tokens_done(&mine);
        jd_tokens_done(&other);
    }
}

static void disabling_a_user_refuses_tokens_and_enabling_does_not_bring_them_back(void **state)
{
    world *on = *state;
    jd_tokens tokens = world_log_in(on);
    jd_tokens none;
    assert_int_equal(jd_user_disable(&on->accounts, &on->alice, NULL), JETON_OK);
    assert_int_equal(world_verify(on, &tokens), JETON_E_REVOKED);
    assert_int_equal(refresh(on, tokens.refresh, &none), JETON_E_SESSION);
    assert_int_equal(world_begin(on, &none, NULL), JETON_E_CREDENTIALS);
    assert_int_equal(jd_user_enable(&on->accounts, &on->alice, NULL), JETON_OK);
    assert_int_equal(world_verify(on, &tokens), JETON_E_REVOKED);
    jd_tokens_done(&tokens);
    tokens = world_log_in(on); /* within the same millisecond or not: marks are no times */
    assert_int_equal(world_verify(on, &tokens), JETON_OK);
    jd_tokens_done(&tokens);
}

/* A restart under a shorter life must not make the revocation of a longer-lived token expire. */
static void a_revocation_outlives_every_access_token_that_settings_allow(void **state)
{
    world *on = *state;
    jd_tokens tokens = world_log_in(on);
    on->config.access_ttl = 1;
    world_reopen(on);
    assert_int_equal(
        jd_session_end(&on->accounts, &on->alice.id, &tokens.session, JD_SESSIONS_THIS, NULL),
        JETON_OK);
    jd_accounts_sweep(&on->accounts, jt_now(NULL) + (jeton_time)600 * 1000);
    world_reopen(on);
    assert_int_equal(world_verify(on, &tokens), JETON_E_REVOKED);
    jd_tokens_done(&tokens);
}

/* A session that was not refreshed is over before its access tokens are, and a logout has to find
 * it. */
static void a_session_that_expired_can_be_ended_while_its_access_tokens_live(void **state)
{
    world *on = *state;
    on->config.refresh_ttl = 0;
    jd_tokens tokens = world_log_in(on);
    assert_int_equal(world_verify(on, &tokens), JETON_OK);
    jd_accounts_sweep(&on->accounts, jt_now(NULL) + 1000);
    assert_int_equal(
        jd_session_end(&on->accounts, &on->alice.id, &tokens.session, JD_SESSIONS_THIS, NULL),
        JETON_OK);
    assert_int_equal(world_verify(on, &tokens), JETON_E_REVOKED);
    jd_tokens_done(&tokens);
}

/* One purge of the store removes a bounded number of rows. */
static void a_sweep_leaves_nothing_behind_that_expired_long_ago(void **state)
{
    world *on = *state;
    const size_t many = 1001; /* one more than that number */
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries left;
    for (size_t i = 0; i < many; i++) {
        jt_revocation entry = {.kind = JT_REVOKED_SESSION, .expires = 1};
        assert_int_equal(jd_store_log_add(on->accounts.store, &entry, NULL), JETON_OK);
    }
    jd_accounts_sweep(&on->accounts, jt_now(NULL));
    assert_int_equal(jd_store_log_after(on->accounts.store, 0, many, &arena, &left, NULL),
                     JETON_OK);
    for (size_t i = 0; i < left.count; i++)
        assert_int_equal(left.at[i].kind, JT_NOTICE_KEYS); /* of just now */
}

/* ---- cookies -------------------------------------------------------------------------------- */

static jd_tokens log_in_by_cookie(world *on)
{
    jd_tokens tokens;
    const jd_client client = world_client(on);
    const jd_beginning beginning = {
        .user = &on->alice, .client = &client, .address = "192.0.2.1", .cookies = true};
    assert_int_equal(jd_session_begin(&on->accounts, &beginning, &tokens, NULL), JETON_OK);
    return tokens;
}

static jeton_status refresh_by_cookie(world *on, const char *text, const char *csrf,
                                      jd_tokens *tokens)
{
    memset(tokens, 0x5a, sizeof *tokens);
    const jd_client client = world_client(on);
    const jd_refreshing refreshing = {
        .client = &client, .token = jeton_str(text), .cookies = true, .csrf = jeton_str(csrf)};
    return jd_session_refresh(&on->accounts, &refreshing, tokens, NULL);
}

static void tokens_for_cookies_are_bound_to_the_session_s_value(void **state)
{
    world *on = *state;
    jeton_span claim;
    jd_tokens first = log_in_by_cookie(on);
    jd_tokens second;
    assert_int_equal(world_verify(on, &first), JETON_OK);
    assert_true(jeton_verdict_text(on->verdict, JD_CSRF_CLAIM, &claim));
    unit_assert_span(claim, first.csrf);
    assert_int_equal(refresh_by_cookie(on, first.refresh, first.csrf, &second), JETON_OK);
    assert_string_equal(first.csrf, second.csrf);
    assert_in_range(second.refresh_expires_in, first.refresh_expires_in - 1,
                    first.refresh_expires_in + 1); /* whole seconds from other moments */
    jd_tokens_done(&first);
    jd_tokens_done(&second);
    jd_tokens plain = world_log_in(on);
    assert_int_equal(plain.csrf[0], '\0');
    assert_int_equal(world_verify(on, &plain), JETON_OK);
    assert_false(jeton_verdict_text(on->verdict, JD_CSRF_CLAIM, &claim));
    jd_tokens_done(&plain);
}

static void a_cookie_without_the_right_copy_changes_nothing_whatever_its_counter(void **state)
{
    world *on = *state;
    jd_tokens first = log_in_by_cookie(on);
    jd_tokens other = log_in_by_cookie(on);
    jd_tokens second;
    jd_tokens third;
    jd_tokens none;
    assert_int_equal(refresh_by_cookie(on, first.refresh, first.csrf, &second), JETON_OK);
    assert_int_equal(refresh_by_cookie(on, second.refresh, first.csrf, &third), JETON_OK);
    const char *const counters[] = {first.refresh, second.refresh, third.refresh};
    const char *const copies[] = {"", "x", other.csrf};
    for (size_t i = 0; i < COUNT(counters); i++) {
        for (size_t j = 0; j < COUNT(copies); j++) {
            assert_int_equal(refresh_by_cookie(on, counters[i], copies[j], &none), JETON_E_CSRF);
            assert_null(none.access);
            assert_int_equal(none.refresh[0] | none.csrf[0], '\0');
        }
    }
    assert_int_equal(refresh_by_cookie(on, third.refresh, first.csrf, &none), JETON_OK);
    jd_tokens_done(&none);
    assert_int_equal(refresh_by_cookie(on, first.refresh, first.csrf, &none), JETON_E_REPLAY);
    jd_tokens_done(&first);
    jd_tokens_done(&second);
    jd_tokens_done(&third);
    jd_tokens_done(&other);
}

static void the_value_of_a_session_is_told_for_a_good_refresh_token_only(void **state)
{
    world *on = *state;
    char csrf[JD_CSRF_CHARS + 1];
    jd_id user;
    jd_id session;
    jd_tokens tokens = log_in_by_cookie(on);
    const jd_client client = world_client(on);
    assert_int_equal(jd_session_csrf(&on->accounts, &client, jeton_str(tokens.refresh), &user,
                                     &session, csrf, NULL),
                     JETON_OK);
    assert_string_equal(csrf, tokens.csrf);
    assert_true(jd_id_equal(&user, &on->alice.id));
    assert_true(jd_id_equal(&session, &tokens.session));
    assert_int_equal(
        jd_session_end(&on->accounts, &on->alice.id, &tokens.session, JD_SESSIONS_THIS, NULL),
        JETON_OK);
    const char *const bad[] = {tokens.refresh, "", "x"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        memset(csrf, 0x5a, sizeof csrf);
        assert_int_equal(
            jd_session_csrf(&on->accounts, &client, jeton_str(bad[i]), &user, &session, csrf, NULL),
            JETON_E_SESSION);
        assert_int_equal(csrf[0], '\0');
        assert_true(jd_id_equal(&session, &(jd_id){{0}}));
    }
    jd_tokens_done(&tokens);
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_login_gives_an_access_token_that_verifies),
        WORLD_TEST(the_current_token_gives_the_next_pair),
        WORLD_TEST(one_behind_within_the_grace_window_gives_the_same_successor),
        WORLD_TEST(one_behind_after_the_grace_window_ends_the_session),
        WORLD_TEST(one_behind_a_rotation_in_the_far_future_ends_the_session),
        WORLD_TEST(two_behind_ends_the_session_even_within_the_grace_window),
        WORLD_TEST(a_token_that_was_never_issued_changes_nothing),
        WORLD_TEST(a_session_that_was_not_used_for_too_long_is_over),
        WORLD_TEST(an_access_token_does_not_outlive_its_session),
        WORLD_TEST(ending_sessions_refuses_their_access_tokens_at_once),
        WORLD_TEST(disabling_a_user_refuses_tokens_and_enabling_does_not_bring_them_back),
        WORLD_TEST(a_revocation_outlives_every_access_token_that_settings_allow),
        WORLD_TEST(a_session_that_expired_can_be_ended_while_its_access_tokens_live),
        WORLD_TEST(a_sweep_leaves_nothing_behind_that_expired_long_ago),
        WORLD_TEST(tokens_for_cookies_are_bound_to_the_session_s_value),
        WORLD_TEST(a_cookie_without_the_right_copy_changes_nothing_whatever_its_counter),
        WORLD_TEST(the_value_of_a_session_is_told_for_a_good_refresh_token_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
