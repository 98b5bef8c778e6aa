/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_issuer.c - tokens of an issuer pass the guard of the same settings and say
 * what they are to say. */
#include "issuers.h"

/* The payload and header of a token that was made, as text; freed by the caller. */
static char *decoded(const jeton_issued *issued, unsigned part)
{
    const char *at = jeton_text_chars(issued->token);
    while (part-- > 0)
        at = strchr(at, '.') + 1;
    const jeton_span segment = jeton_bytes(at, strcspn(at, "."));
    jt_buf bytes = jt_buf_init(NULL);
    assert_int_equal(jt_buf_reserve(&bytes, segment.len + 1, NULL), JETON_OK);
    assert_true(jt_base64url_parse(segment, bytes.ptr));
    char *text = strndup((const char *)bytes.ptr, jt_base64url_bytes(segment.len));
    jt_buf_done(&bytes);
    return text;
}

static const jeton_guard_settings flask = {.preset = JETON_GUARD_FLASK};
static const jeton_guard_settings named = {
    .issuer = "https://i", .audiences = {"a"}, .csrf = JETON_OFF, .not_before = JETON_ON};
static const jeton_guard_settings many = {.audiences = {"a", "b"}, .access_life = JETON_FOREVER};

static const struct {
    const char *why;
    const jeton_guard_settings *settings;
    bool refresh;
    jeton_grant grant;
    const char *has[8], *has_not[6];
} claims[] = {
    {"strict, after a login",
     NULL,
     false,
     {ALICE, .fresh = true},
     {"\"sub\":\"alice\"", "\"type\":\"access\"", "\"fresh\":true", "\"iat\":1700000000",
      "\"exp\":1700000900", "\"auth_time\":1700000000", "\"csrf\":\"", "\"jti\":\""},
     {"\"nbf\"", "\"iss\"", "\"aud\""}},
    {"strict, after a refresh",
     NULL,
     false,
     {ALICE, .auth_time = 1690000000000},
     {"\"fresh\":false", "\"auth_time\":1690000000"},
     {"\"fresh\":true"}},
    {"nothing is known of the login", NULL, false, {ALICE}, {"\"fresh\":false"}, {"auth_time"}},
    {"fresh for a minute",
     NULL,
     false,
     {ALICE, .fresh_for = 60},
     {"\"fresh\":1700000060", "\"auth_time\":1700000000"},
     {NULL}},
    {"a refresh token",
     NULL,
     true,
     {ALICE},
     {"\"type\":\"refresh\"", "\"exp\":1702592000"},
     {NULL}},
    {"a refresh token after a login is not fresh, and knows when that was",
     NULL,
     true,
     {ALICE, .fresh = true},
     {"\"fresh\":false", "\"auth_time\":1700000000"},
     {"\"fresh\":true"}},
    {"nor is it for a while",
     NULL,
     true,
     {ALICE, .fresh_for = 60},
     {"\"fresh\":false"},
     {"\"fresh\":17"}},
    {"a life of its own", NULL, false, {ALICE, .life = 5}, {"\"exp\":1700000005"}, {NULL}},
    {"for ever", NULL, false, {ALICE, .life = JETON_FOREVER}, {"\"sub\""}, {"\"exp\""}},
    {"issuer and audience, no CSRF",
     &named,
     false,
     {ALICE},
     {"\"iss\":\"https://i\"", "\"aud\":\"a\"", "\"nbf\":1700000000"},
     {"csrf"}},
    {"two audiences, for ever", &many, false, {ALICE}, {"\"aud\":[\"a\",\"b\"]"}, {"\"exp\""}},
    {"flask",
     &flask,
     false,
     {ALICE, .fresh = true},
     {"\"fresh\":true", "\"nbf\":1700000000", "\"csrf\":\"", "\"exp\":1700000900"},
     {"auth_time"}},
    {"further claims go over ours",
     NULL,
     false,
     {ALICE, .claims = "{\"type\":\"odd\",\"roles\":[\"a\"]}"},
     {"\"type\":\"odd\"", "\"roles\":[\"a\"]"},
     {"\"type\":\"access\""}},
};

static void tokens_say_what_they_are_to_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(claims); i++) {
        print_message("  %s\n", claims[i].why);
        jeton_issuer *issuer = new_issuer(claims[i].settings, NULL);
        jeton_issued issued;
        memset(&issued, 0x5a, sizeof issued);
        assert_int_equal((claims[i].refresh ? jeton_issuer_refresh : jeton_issuer_access)(
                             issuer, &claims[i].grant, &issued, NULL),
                         JETON_OK);
        char *payload = decoded(&issued, 1);
        for (size_t k = 0; k < COUNT(claims[i].has) && claims[i].has[k] != NULL; k++)
            if (strstr(payload, claims[i].has[k]) == NULL)
                fail_msg("%s is not in %s", claims[i].has[k], payload);
        for (size_t k = 0; k < COUNT(claims[i].has_not) && claims[i].has_not[k] != NULL; k++)
            if (strstr(payload, claims[i].has_not[k]) != NULL)
                fail_msg("%s is in %s", claims[i].has_not[k], payload);
        assert_true((issued.csrf[0] != '\0') == (strstr(payload, "\"csrf\"") != NULL));
        free(payload);
        jeton_text_free(&issued.token);
        jeton_issuer_free(&issuer);
    }
}

static jeton_status odd_identity(void *user, jeton_span identity, jeton_claims *to, jeton_err *err)
{
    (void)user;
    (void)err;
    unit_assert_span(identity, "alice");
    jeton_claims_set_int(to, "sub", 42);
    return JETON_OK;
}

static jeton_status more_claims(void *user, jeton_span identity, jeton_claims *to, jeton_err *err)
{
    (void)identity;
    (void)err;
    jeton_claims_set_text(to, "a", jeton_str(user));
    jeton_claims_set_text(to, "b", jeton_str(user));
    return JETON_OK;
}

static jeton_status refuse(void *user, jeton_span identity, jeton_claims *to, jeton_err *err)
{
    (void)user;
    (void)identity;
    (void)to;
    (void)err;
    return JETON_E_REFUSED;
}

static void callbacks_add_claims_and_header_members(void **state)
{
    (void)state;
    char x[] = "x";
    const jeton_issuer_options options = {
        .user = x, .identity = odd_identity, .claims = more_claims, .header = more_claims};
    jeton_issuer *issuer = new_issuer(NULL, &options);
    jeton_issued issued;
    const jeton_grant grant = {ALICE, .claims = "{\"b\":1}", .header = "{\"b\":2,\"typ\":\"T\"}"};
    assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), JETON_OK);
    char *payload = decoded(&issued, 1);
    char *header = decoded(&issued, 0);
    assert_non_null(strstr(payload, "\"sub\":42"));
    assert_non_null(strstr(payload, "\"a\":\"x\""));
    assert_non_null(strstr(payload, "\"b\":1"));
    assert_non_null(strstr(header, "\"alg\":\"HS256\""));
    assert_non_null(strstr(header, "\"typ\":\"T\""));
    assert_non_null(strstr(header, "\"a\":\"x\""));
    assert_non_null(strstr(header, "\"b\":2"));
    free(payload);
    free(header);
    jeton_text_free(&issued.token);
    jeton_issuer_free(&issuer);
}

/* A callback that sets what no claim can be. */
static jeton_status bad_claims(void *user, jeton_span identity, jeton_claims *to, jeton_err *err)
{
    (void)user;
    (void)identity;
    (void)err;
    jeton_claims_set_text(to, "a", jeton_str("\xff"));
    return JETON_OK;
}

static void what_cannot_be_made_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_issuer_options options;
        jeton_grant grant;
        jeton_status want;
    } bad[] = {
        {"no identity", {0}, {.fresh = true}, JETON_E_ARGUMENT},
        {"claims that are no object", {0}, {ALICE, .claims = "[]"}, JETON_E_SYNTAX},
        {"claims that are no JSON", {0}, {ALICE, .claims = "{"}, JETON_E_SYNTAX},
        {"a header that says alg", {0}, {ALICE, .header = "{\"alg\":\"none\"}"}, JETON_E_ARGUMENT},
        {"a header that is no object", {0}, {ALICE, .header = "1"}, JETON_E_SYNTAX},
        {"a name with a NUL", {0}, {ALICE, .claims = "{\"a\\u0000b\":1}"}, JETON_E_ARGUMENT},
        {"identity refused", {.identity = refuse}, {ALICE}, JETON_E_REFUSED},
        {"claims refused", {.claims = refuse}, {ALICE}, JETON_E_REFUSED},
        {"header refused", {.header = refuse}, {ALICE}, JETON_E_REFUSED},
        {"claims that are no UTF-8", {.claims = bad_claims}, {ALICE}, JETON_E_SYNTAX},
        {"a header that is no UTF-8", {.header = bad_claims}, {ALICE}, JETON_E_SYNTAX},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        print_message("  %s\n", bad[i].why);
        jeton_issuer *issuer = new_issuer(NULL, &bad[i].options);
        jeton_issued issued;
        memset(&issued, 0x5a, sizeof issued);
        assert_int_equal(jeton_issuer_access(issuer, &bad[i].grant, &issued, NULL), bad[i].want);
        assert_null(issued.token);
        assert_string_equal(issued.csrf, "");
        jeton_issuer_free(&issuer);
    }
    jeton_issuer *issuer = BOGUS;
    jeton_key *public_key = NULL;
    jeton_text *jwk = NULL;
    assert_int_equal(jeton_key_print(token_key(JETON_ES256), JETON_KEY_PUBLIC, &jwk, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_parse(NULL, jeton_text_span(jwk), &public_key, NULL), JETON_OK);
    assert_int_equal(jeton_issuer_new(NULL, public_key, JETON_ES256, NULL, NULL, &issuer, NULL),
                     JETON_E_KEY_USE);
    assert_null(issuer);
    jeton_key *unbound = token_key_like(token_key(JETON_HS256), true, "");
    assert_int_equal(jeton_issuer_new(NULL, unbound, JETON_ALG_UNSET, NULL, NULL, &issuer, NULL),
                     JETON_E_ALG);
    assert_int_equal(jeton_issuer_new(NULL, unbound, JETON_HS256,
                                      &(const jeton_guard_settings){.access_cookie = ""}, NULL,
                                      &issuer, NULL),
                     JETON_E_ARGUMENT);
    jeton_key_free(&unbound);
    jeton_key_free(&public_key);
    jeton_text_free(&jwk);
    jeton_issuer_free(NULL);
}

/* The draw of that number fails, and all before it give zeros. */
static bool few_draws(void *user, void *to, size_t len)
{
    unsigned *left = user;
    memset(to, 0, len);
    return *left > 0 && (*left)-- > 0;
}

static void without_randomness_there_is_no_token(void **state)
{
    (void)state;
    unsigned left = 0;
    jeton_ctx *ctx = NULL;
    const jeton_ctx_options options = {.random = few_draws, .user = &left};
    const jeton_guard_settings no_csrf = {.csrf = JETON_OFF};
    static const struct {
        unsigned draws;
        bool csrf;
        jeton_status want;
    } rows[] = {{0, true, JETON_E_RANDOM},
                {1, true, JETON_E_RANDOM},
                {2, true, JETON_OK},
                {0, false, JETON_E_RANDOM},
                {1, false, JETON_OK}};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        jeton_issuer *issuer = NULL;
        jeton_issued issued;
        const jeton_grant grant = {ALICE};
        left = UINT32_MAX;
        assert_int_equal(jeton_issuer_new(ctx, token_key(JETON_HS256), JETON_ALG_UNSET,
                                          rows[i].csrf ? NULL : &no_csrf, NULL, &issuer, NULL),
                         JETON_OK);
        memset(&issued, 0x5a, sizeof issued);
        left = rows[i].draws;
        assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), rows[i].want);
        assert_int_equal(issued.token != NULL, rows[i].want == JETON_OK);
        assert_int_equal(issued.csrf[0] != '\0', rows[i].want == JETON_OK && rows[i].csrf);
        jeton_text_free(&issued.token);
        jeton_issuer_free(&issuer);
    }
    jeton_ctx_free(&ctx);
}

static void names_of_members_have_a_limit(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        char further[JT_LIMIT_MEMBER_NAME + 16] = "{\"";
        const size_t len = JT_LIMIT_MEMBER_NAME + over;
        memset(further + 2, 'a', len);
        memcpy(further + 2 + len, "\":1}", 5);
        jeton_issuer *issuer = new_issuer(NULL, NULL);
        jeton_issued issued;
        const jeton_grant grant = {ALICE, .claims = further};
        assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL),
                         over == 0 ? JETON_OK : JETON_E_ARGUMENT);
        jeton_text_free(&issued.token);
        jeton_issuer_free(&issuer);
    }
}

static void a_list_of_audiences_may_be_full(void **state)
{
    (void)state;
    jeton_guard_settings settings = {0};
    for (size_t i = 0; i < JETON_POLICY_NAMES; i++)
        settings.audiences[i] = "a";
    jeton_issuer *issuer = new_issuer(&settings, NULL);
    jeton_issued issued;
    const jeton_grant grant = {ALICE};
    assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), JETON_OK);
    char *payload = decoded(&issued, 1);
    const char *at = strstr(payload, "\"aud\":[");
    assert_non_null(at);
    size_t count = 1;
    for (; *at != ']'; at++)
        count += *at == ',';
    assert_int_equal(count, JETON_POLICY_NAMES);
    free(payload);
    jeton_text_free(&issued.token);
    jeton_issuer_free(&issuer);
}

/* ---- there and back ------------------------------------------------------------------------- */

/* What the guard says about a token of the issuer with the same settings, in the header. */
static jeton_status send_back(const jeton_guard *guard, const jeton_route *route,
                              const jeton_issued *issued)
{
    static char header[5000];
    static request_sent sent;
    snprintf(header, sizeof header, "Authorization: Bearer %s", jeton_text_chars(issued->token));
    sent = (request_sent){.headers = {header}};
    request_begin(&sent);
    return request_check(guard, route);
}

static void a_guard_of_the_same_settings_takes_the_tokens(void **state)
{
    (void)state;
    static const jeton_route fresh = {.fresh = true};
    static const jeton_route young = {.fresh_within = 60};
    static const jeton_route refresh = {.type = JETON_REFRESH};
    const jeton_guard_settings *const all[] = {NULL, &flask};
    for (size_t i = 0; i < COUNT(all); i++) {
        jeton_issuer *issuer = new_issuer(all[i], NULL);
        jeton_guard *guard = request_guard(all[i]);
        jeton_issued access;
        jeton_issued token;
        const jeton_grant login = {ALICE, .fresh = true};
        const jeton_grant later = {ALICE, .auth_time = (jeton_time)(NOW - 61) * 1000};
        assert_int_equal(jeton_issuer_access(issuer, &login, &access, NULL), JETON_OK);
        assert_int_equal(jeton_issuer_refresh(issuer, &login, &token, NULL), JETON_OK);
        assert_int_equal(send_back(guard, NULL, &access), JETON_OK);
        unit_assert_span(decision.identity, "alice");
        unit_assert_span(jeton_decision_csrf(&decision), access.csrf);
        assert_int_equal(send_back(guard, &fresh, &access), JETON_OK);
        assert_int_equal(send_back(guard, &young, &access), JETON_OK);
        assert_int_equal(send_back(guard, &refresh, &access), JETON_E_TYP);
        assert_int_equal(send_back(guard, NULL, &token), JETON_E_TYP);
        assert_int_equal(send_back(guard, &refresh, &token), JETON_OK);
        jeton_text_free(&access.token);
        assert_int_equal(jeton_issuer_access(issuer, &later, &access, NULL), JETON_OK);
        assert_int_equal(send_back(guard, NULL, &access), JETON_OK);
        assert_int_equal(send_back(guard, &fresh, &access), JETON_E_NOT_FRESH);
        assert_int_equal(send_back(guard, &young, &access), JETON_E_NOT_FRESH);
        jeton_text_free(&access.token);
        jeton_text_free(&token.token);
        jeton_guard_free(&guard);
        jeton_issuer_free(&issuer);
    }
}

static void a_token_is_renewed_before_its_end(void **state)
{
    (void)state;
    jeton_issuer *issuer = new_issuer(NULL, NULL);
    jeton_guard *guard = request_guard(NULL);
    static const jeton_route refresh = {.type = JETON_REFRESH};
    const struct {
        const char *why;
        jeton_grant grant;
        bool refresh, renewed;
        const char *has;
    } rows[] = {
        {"901 s before", {ALICE, .life = 901}, false, false, NULL},
        {"899 s before", {ALICE, .life = 899}, false, true, "\"exp\":1700000900"},
        {"fresh stays fresh", {ALICE, .life = 9, .fresh = true}, false, true, "\"fresh\":true"},
        {"and not fresh not", {ALICE, .life = 9}, false, true, "\"fresh\":false"},
        {"fresh for a while",
         {ALICE, .life = 9, .fresh_for = 7},
         false,
         true,
         "\"fresh\":1700000007"},
        {"the login stays",
         {ALICE, .life = 9, .auth_time = 1690000000000},
         false,
         true,
         "\"auth_time\":1690000000"},
        {"for ever", {ALICE, .life = JETON_FOREVER}, false, false, NULL},
        {"a refresh token", {ALICE, .life = 9}, true, false, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_issued old;
        jeton_issued made;
        memset(&made, 0x5a, sizeof made);
        assert_int_equal((rows[i].refresh ? jeton_issuer_refresh : jeton_issuer_access)(
                             issuer, &rows[i].grant, &old, NULL),
                         JETON_OK);
        if (rows[i].grant.life == JETON_FOREVER) {
            jeton_text_free(&old.token); /* no policy here takes it */
            continue;
        }
        assert_int_equal(send_back(guard, rows[i].refresh ? &refresh : NULL, &old), JETON_OK);
        assert_int_equal(jeton_issuer_renew(issuer, &decision, 900, &made, NULL), JETON_OK);
        assert_int_equal(made.token != NULL, rows[i].renewed);
        if (rows[i].renewed) {
            char *payload = decoded(&made, 1);
            assert_non_null(strstr(payload, rows[i].has));
            assert_non_null(strstr(payload, "\"sub\":\"alice\""));
            free(payload);
        }
        jeton_text_free(&made.token);
        jeton_text_free(&old.token);
    }
    jeton_issued made;
    assert_int_equal(
        jeton_issuer_renew(issuer, &(const jeton_decision){.allowed = true}, 9, &made, NULL),
        JETON_OK);
    assert_null(made.token);
    static const jeton_route fresh = {.fresh = true};
    jeton_issued old;
    const jeton_grant soon = {ALICE, .life = 9};
    assert_int_equal(jeton_issuer_access(issuer, &soon, &old, NULL), JETON_OK);
    assert_int_equal(send_back(guard, &fresh, &old), JETON_E_NOT_FRESH);
    assert_non_null(decision.verdict); /* good, and yet the request was refused */
    assert_int_equal(jeton_issuer_renew(issuer, &decision, 900, &made, NULL), JETON_OK);
    assert_null(made.token);
    jeton_text_free(&old.token);
    assert_int_equal(jeton_decision_csrf(&(const jeton_decision){0}).len, 0);
    jeton_guard_free(&guard);
    jeton_issuer_free(&issuer);
}

static void flask_ids_are_uuids(void **state)
{
    (void)state;
    jeton_issuer *issuer = new_issuer(&flask, NULL);
    jeton_issued issued;
    const jeton_grant grant = {ALICE};
    assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), JETON_OK);
    assert_int_equal(strlen(issued.csrf), 36);
    assert_int_equal(issued.csrf[14], '4');
    assert_non_null(strchr("89ab", issued.csrf[19]));
    for (size_t i = 0; i < 36; i++)
        assert_true((issued.csrf[i] == '-') == (i == 8 || i == 13 || i == 18 || i == 23));
    jeton_text_free(&issued.token);
    jeton_issuer_free(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_say_what_they_are_to_say),
        cmocka_unit_test(callbacks_add_claims_and_header_members),
        cmocka_unit_test(what_cannot_be_made_is_refused),
        cmocka_unit_test(without_randomness_there_is_no_token),
        cmocka_unit_test(names_of_members_have_a_limit),
        cmocka_unit_test(a_list_of_audiences_may_be_full),
        cmocka_unit_test(a_guard_of_the_same_settings_takes_the_tokens),
        cmocka_unit_test(a_token_is_renewed_before_its_end),
        cmocka_unit_test(flask_ids_are_uuids),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
