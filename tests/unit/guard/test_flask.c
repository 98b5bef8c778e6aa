/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_flask.c - the preset flask: statuses and messages of Flask-JWT-Extended 4,
 * for what its own tests ask of it. */
#include "requests.h"

#include "guard/flask.h"

#define H                                                                                          \
    {                                                                                              \
        JETON_IN_HEADER                                                                            \
    }
#define C                                                                                          \
    {                                                                                              \
        JETON_IN_COOKIE                                                                            \
    }
#define Q                                                                                          \
    {                                                                                              \
        JETON_IN_QUERY                                                                             \
    }
#define J                                                                                          \
    {                                                                                              \
        JETON_IN_JSON                                                                              \
    }
#define ALL                                                                                        \
    {                                                                                              \
        JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON                            \
    }
#define JSON  "Content-Type: application/json"
#define VALUE "abcdefghijklmnopqrstuvwxyz012345"
#define FORM  "Content-Type: application/x-www-form-urlencoded"

static jeton_status refuse(void *user, const jeton_verdict *verdict, jeton_err *err)
{
    (void)user;
    (void)err;
    return jeton_verdict_has(verdict, "sub", jeton_str("alice")) ? JETON_E_REFUSED : JETON_OK;
}

static jeton_status revoke(void *user, const jeton_verdict *verdict, const jeton_stale_rule *stale)
{
    (void)user;
    (void)stale;
    return jeton_verdict_has(verdict, "sub", jeton_str("alice")) ? JETON_E_REVOKED : JETON_OK;
}

static void *find_bob(void *user, const jeton_verdict *verdict, jeton_span identity)
{
    static int bob;
    (void)user;
    (void)verdict;
    return jeton_span_equal(identity, jeton_str("bob")) ? &bob : NULL;
}

#define FLASK .preset = JETON_GUARD_FLASK

static const struct {
    const char *why;
    jeton_guard_settings settings;
    jeton_route route;
    request_sent sent;
    unsigned http;
    const char *says; /* the message; where allowed, the identity */
} rows[] = {
    /* clang-format off */
    /* headers */
    {"a good token", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access"}}, 200, "alice"},
    {"no header", {FLASK}, {0}, {.headers = {NULL}}, 401, "Missing Authorization Header"},
    {"an empty header", {FLASK}, {0}, {.headers = {"Authorization: "}}, 401, "Missing Authorization Header"},
    {"commas alone", {FLASK}, {0}, {.headers = {"Authorization: ,,"}}, 401, "Missing Authorization Header"},
    {"another scheme", {FLASK}, {0}, {.headers = {"Authorization: Basic @access"}}, 401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"},
    {"the scheme in another case", {FLASK}, {0}, {.headers = {"Authorization: bearer @access"}}, 401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"},
    {"no scheme", {FLASK}, {0}, {.headers = {"Authorization: @access"}}, 401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"},
    {"no scheme, where the route takes that", {FLASK}, {.bare_token = true}, {.headers = {"Authorization: @access"}}, 200, "alice"},
    {"the scheme alone", {FLASK}, {0}, {.headers = {"Authorization: Bearer"}}, 422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"},
    {"three words", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access more"}}, 422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"},
    {"several spaces", {FLASK}, {0}, {.headers = {"Authorization:   Bearer   @access "}}, 200, "alice"},
    {"a list with one of the scheme", {FLASK}, {0}, {.headers = {"Authorization: Basic abc, Bearer @access"}}, 200, "alice"},
    {"first in a list", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access, Basic abc"}}, 200, "alice"},
    {"a list with an empty field", {FLASK}, {0}, {.headers = {"Authorization: ,Bearer @access,,Basic a"}}, 200, "alice"},
    {"two of the scheme", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access, Bearer @access"}}, 401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"},
    {"two headers", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access", "Authorization: Bearer @access"}}, 401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"},
    {"a header and scheme of its own", {FLASK, .header = "Foo", .scheme = "Bar"}, {0}, {.headers = {"Foo: Bar @access"}}, 200, "alice"},
    {"a header of its own, missing", {FLASK, .header = "Foo"}, {0}, {.headers = {"Authorization: Bearer @access"}}, 401, "Missing Foo Header"},
    {"a header of its own, another scheme", {FLASK, .header = "Foo", .scheme = "Bar"}, {0}, {.headers = {"Foo: Bearer @access"}}, 401, "Missing 'Bar' type in 'Foo' header. Expected 'Foo: Bar <JWT>'"},
    {"no scheme by the settings", {FLASK, .scheme = ""}, {0}, {.headers = {"Authorization: @access"}}, 200, "alice"},
    {"a scheme where there is none", {FLASK, .scheme = ""}, {0}, {.headers = {"Authorization: Bearer @access"}}, 422, "Bad Authorization header. Expected 'Authorization: <JWT>'"},
    /* tokens */
    {"expired", {FLASK}, {0}, {.headers = {"Authorization: Bearer @expired"}}, 401, "Token has expired"},
    {"not yet good", {FLASK}, {0}, {.headers = {"Authorization: Bearer @notyet"}}, 422, "The token is not yet valid (nbf)"},
    {"a bad signature", {FLASK}, {0}, {.headers = {"Authorization: Bearer @forged"}}, 422, "Signature verification failed"},
    {"not enough segments", {FLASK}, {0}, {.headers = {"Authorization: Bearer abc"}}, 422, "Not enough segments"},
    {"too many segments", {FLASK}, {0}, {.headers = {"Authorization: Bearer a.b.c.d"}}, 422, "Invalid header padding"},
    {"three segments of nothing", {FLASK}, {0}, {.headers = {"Authorization: Bearer aaaaa.bbbbb.ccccc"}}, 422, "Invalid header padding"},
    {"strange characters in the signature", {FLASK}, {0}, {.headers = {"Authorization: Bearer @access!!"}}, 422, "Signature verification failed"},
    {"a token that is empty", {FLASK, .locations = J}, {0}, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":7}"}, 422, "Not enough segments"},
    {"an empty identity is one", {FLASK}, {0}, {.headers = {"Authorization: Bearer @empty"}}, 200, ""},
    {"no identity", {FLASK}, {0}, {.headers = {"Authorization: Bearer @nobody"}}, 422, "Missing claim: sub"},
    {"no identity under another name", {FLASK, .identity_claim = "who"}, {0}, {.headers = {"Authorization: Bearer @access"}}, 422, "Missing claim: who"},
    {"an identity that is a number", {FLASK}, {.number_identity = true}, {.headers = {"Authorization: Bearer @number"}}, 200, "42"},
    /* types */
    {"a refresh token for access", {FLASK}, {0}, {.headers = {"Authorization: Bearer @refresh"}}, 422, "Only non-refresh tokens are allowed"},
    {"an access token for refresh", {FLASK}, {.type = JETON_REFRESH}, {.headers = {"Authorization: Bearer @access"}}, 422, "Only refresh tokens are allowed"},
    {"no type is access", {FLASK}, {0}, {.headers = {"Authorization: Bearer @bob"}}, 200, "bob"},
    {"another type is access, too", {FLASK}, {0}, {.headers = {"Authorization: Bearer @oddtype"}}, 200, "alice"},
    {"a refresh token", {FLASK}, {.type = JETON_REFRESH}, {.headers = {"Authorization: Bearer @refresh"}}, 200, "alice"},
    {"any type", {FLASK}, {.type = JETON_EITHER}, {.headers = {"Authorization: Bearer @refresh"}}, 200, "alice"},
    /* freshness */
    {"fresh", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @fresh"}}, 200, "alice"},
    {"not fresh", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @unfresh"}}, 401, "Fresh token required"},
    {"not said to be fresh", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @iat300"}}, 401, "Fresh token required"},
    {"fresh for a while", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @freshuntil"}}, 200, "alice"},
    {"fresh until then", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @freshpast"}}, 401, "Fresh token required"},
    {"the type comes before freshness", {FLASK}, {.fresh = true}, {.headers = {"Authorization: Bearer @refresh"}}, 422, "Only non-refresh tokens are allowed"},
    /* optional and OPTIONS */
    {"optional, no token", {FLASK}, {.optional = true}, {.headers = {NULL}}, 200, ""},
    {"optional, another scheme", {FLASK}, {.optional = true}, {.headers = {"Authorization: Basic x"}}, 200, ""},
    {"optional, a good one", {FLASK}, {.optional = true}, {.headers = {"Authorization: Bearer @access"}}, 200, "alice"},
    {"optional, expired", {FLASK}, {.optional = true}, {.headers = {"Authorization: Bearer @expired"}}, 401, "Token has expired"},
    {"optional, a bad header", {FLASK}, {.optional = true}, {.headers = {"Authorization: Bearer"}}, 422, "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'"},
    {"OPTIONS", {FLASK}, {0}, {.method = "OPTIONS"}, 200, ""},
    /* cookies */
    {"a cookie", {FLASK, .locations = C}, {0}, {.headers = {"Cookie: access_token_cookie=@access"}}, 200, "alice"},
    {"no cookie", {FLASK, .locations = C}, {0}, {.headers = {NULL}}, 401, "Missing cookie \"access_token_cookie\""},
    {"an empty cookie", {FLASK, .locations = C}, {0}, {.headers = {"Cookie: access_token_cookie="}}, 401, "Missing cookie \"access_token_cookie\""},
    {"a cookie twice", {FLASK, .locations = C}, {0}, {.headers = {"Cookie: access_token_cookie=@bob; access_token_cookie=@access"}}, 200, "bob"},
    {"no refresh cookie", {FLASK, .locations = C}, {.type = JETON_REFRESH}, {.headers = {"Cookie: access_token_cookie=@refresh"}}, 401, "Missing cookie \"refresh_token_cookie\""},
    {"a refresh cookie", {FLASK, .locations = C}, {.type = JETON_REFRESH}, {.headers = {"Cookie: refresh_token_cookie=@refresh"}}, 200, "alice"},
    {"a cookie of its own name", {FLASK, .locations = C, .access_cookie = "c"}, {0}, {.headers = {"Cookie: c=@access"}}, 200, "alice"},
    {"POST without a CSRF value", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access"}}, 401, "Missing CSRF token"},
    {"POST with it", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", "X-CSRF-TOKEN: " VALUE}}, 200, "alice"},
    {"POST with another", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", "X-CSRF-TOKEN: banana"}}, 401, "CSRF double submit tokens do not match"},
    {"POST with a token without one", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@nocsrf", "X-CSRF-TOKEN: banana"}}, 422, "Missing claim: csrf"},
    {"a method that is not listed", {FLASK, .locations = C}, {0}, {.method = "BREW", .headers = {"Cookie: access_token_cookie=@access"}}, 200, "alice"},
    {"listed methods of its own", {FLASK, .locations = C, .csrf_methods = {"GET"}}, {0}, {.headers = {"Cookie: access_token_cookie=@access"}}, 401, "Missing CSRF token"},
    {"CSRF off", {FLASK, .locations = C, .csrf = JETON_OFF}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access"}}, 200, "alice"},
    {"in a header of its own", {FLASK, .locations = C, .access_csrf_header = "FOO"}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", "FOO: " VALUE}}, 200, "alice"},
    {"in a form, unasked", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", FORM}, .body = "csrf_token=" VALUE}, 401, "Missing CSRF token"},
    {"in a form", {FLASK, .locations = C, .csrf_form = JETON_ON}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", FORM}, .body = "csrf_token=" VALUE}, 200, "alice"},
    {"in a field of its own", {FLASK, .locations = C, .csrf_form = JETON_ON, .access_csrf_field = "f"}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", FORM}, .body = "f=" VALUE}, 200, "alice"},
    {"a CSRF failure ends the search", {FLASK, .locations = {JETON_IN_COOKIE, JETON_IN_HEADER}}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", "Authorization: Bearer @bob"}}, 401, "Missing CSRF token"},
    /* queries */
    {"in the query twice", {FLASK, .locations = Q}, {0}, {.query = "jwt=@bob&jwt=@access"}, 200, "bob"},
    {"two CSRF values", {FLASK, .locations = C}, {0}, {.method = "POST", .headers = {"Cookie: access_token_cookie=@access", "X-CSRF-TOKEN: " VALUE, "X-CSRF-TOKEN: banana"}}, 200, "alice"},
    {"in the query", {FLASK, .locations = Q}, {0}, {.query = "jwt=@access"}, 200, "alice"},
    {"not in the query", {FLASK, .locations = Q}, {0}, {.query = "foo=@access"}, 401, "Missing 'jwt' query paramater"},
    {"a query of its own", {FLASK, .locations = Q, .query = "Foo"}, {0}, {.query = "Foo=@access"}, 200, "alice"},
    {"a prefix", {FLASK, .locations = Q, .query_prefix = "Bearer "}, {0}, {.query = "jwt=Bearer%20@access"}, 200, "alice"},
    {"no prefix", {FLASK, .locations = Q, .query_prefix = "Bearer "}, {0}, {.query = "jwt=@access"}, 422, "Invalid value for query parameter 'jwt'. Expected the value to start with 'Bearer '"},
    /* JSON */
    {"in JSON", {FLASK, .locations = J}, {0}, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"@access\"}"}, 200, "alice"},
    {"not said to be JSON", {FLASK, .locations = J}, {0}, {.method = "POST", .headers = {NULL}, .body = "{\"access_token\":\"@access\"}"}, 401, "Invalid content-type. Must be application/json."},
    {"no member", {FLASK, .locations = J}, {0}, {.method = "POST", .headers = {JSON}, .body = "{}"}, 401, "Missing \"access_token\" key in json data."},
    {"no JSON", {FLASK, .locations = J}, {0}, {.method = "POST", .headers = {JSON}, .body = "{"}, 401, "Missing \"access_token\" key in json data."},
    {"no refresh member", {FLASK, .locations = J}, {.type = JETON_REFRESH}, {.method = "POST", .headers = {JSON}, .body = "{}"}, 401, "Missing \"refresh_token\" key in json data."},
    {"members of its own", {FLASK, .locations = J, .refresh_member = "R"}, {.type = JETON_REFRESH}, {.method = "POST", .headers = {JSON}, .body = "{\"R\":\"@refresh\"}"}, 200, "alice"},
    /* several places */
    {"two places, nothing", {FLASK, .locations = {JETON_IN_HEADER, JETON_IN_COOKIE}}, {0}, {.headers = {NULL}}, 401, "Missing JWT in headers or cookies (Missing Authorization Header; Missing cookie \"access_token_cookie\")"},
    {"all places, nothing", {FLASK, .locations = ALL}, {0}, {.headers = {NULL}}, 401, "Missing JWT in headers, cookies, query_string or json (Missing Authorization Header; Missing cookie \"access_token_cookie\"; Missing 'jwt' query paramater; Invalid content-type. Must be application/json.)"},
    {"the first place wins", {FLASK, .locations = ALL}, {0}, {.headers = {"Authorization: Bearer @access", "Cookie: access_token_cookie=@bob"}}, 200, "alice"},
    {"the order is the program's", {FLASK, .locations = {JETON_IN_COOKIE, JETON_IN_HEADER}}, {0}, {.headers = {"Authorization: Bearer @access", "Cookie: access_token_cookie=@bob"}}, 200, "bob"},
    {"a bad token ends the search", {FLASK, .locations = ALL}, {0}, {.headers = {"Authorization: Bearer @expired", "Cookie: access_token_cookie=@bob"}}, 401, "Token has expired"},
    {"another scheme does not", {FLASK, .locations = ALL}, {0}, {.headers = {"Authorization: Basic x", "Cookie: access_token_cookie=@bob"}}, 200, "bob"},
    {"a route has places of its own", {FLASK, .locations = ALL}, {.locations = C}, {.headers = {"Authorization: Bearer @access"}}, 401, "Missing cookie \"access_token_cookie\""},
    {"headers alone", {FLASK, .locations = C}, {.locations = H}, {.headers = {"Authorization: Bearer @access"}}, 200, "alice"},
    /* callbacks */
    {"revoked", {FLASK, .revoked = revoke}, {0}, {.headers = {"Authorization: Bearer @access"}}, 401, "Token has been revoked"},
    {"not revoked", {FLASK, .revoked = revoke}, {0}, {.headers = {"Authorization: Bearer @bob"}}, 200, "bob"},
    {"revoked, and nobody asks", {FLASK, .revoked = revoke}, {.skip_revocation = true}, {.headers = {"Authorization: Bearer @access"}}, 200, "alice"},
    {"freshness comes before revocation", {FLASK, .revoked = revoke}, {.fresh = true}, {.headers = {"Authorization: Bearer @unfresh"}}, 401, "Fresh token required"},
    {"revocation comes before the program's check", {FLASK, .revoked = revoke, .accept = refuse}, {0}, {.headers = {"Authorization: Bearer @access"}}, 401, "Token has been revoked"},
    {"the program's check", {FLASK, .accept = refuse}, {0}, {.headers = {"Authorization: Bearer @access"}}, 400, "User claims verification failed"},
    {"the program's check comes before the user", {FLASK, .accept = refuse, .lookup = find_bob}, {0}, {.headers = {"Authorization: Bearer @access"}}, 400, "User claims verification failed"},
    {"no such user", {FLASK, .lookup = find_bob}, {0}, {.headers = {"Authorization: Bearer @access"}}, 401, "Error loading the user alice"},
    {"a user", {FLASK, .lookup = find_bob}, {0}, {.headers = {"Authorization: Bearer @bob"}}, 200, "bob"},
    /* clang-format on */
};

static void assert_says(const char *member, const char *says)
{
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, decision.body, &doc, NULL), JETON_OK);
    unit_assert_span(jt_get_text(jt_json_root(doc), member), says);
    assert_int_equal(jt_val_count(jt_json_root(doc)), 1);
    jt_json_free(&doc);
    assert_string_equal(decision.why, says);
    assert_null(decision.challenge);
}

static void the_preset_answers_as_that_library(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        (void)!request_judge(&rows[i].settings, &rows[i].route, &rows[i].sent);
        assert_int_equal(decision.http, rows[i].http);
        if (rows[i].http == 200)
            unit_assert_span(decision.identity, rows[i].says);
        else
            assert_says("msg", rows[i].says);
    }
}

/* JWT_DECODE_AUDIENCE, JWT_DECODE_ISSUER, JWT_DECODE_LEEWAY and JWT_DECODE_ALGORITHMS are the
 * verifier's policy. */
#define PYJWT .preset = JETON_PRESET_PYJWT

static const struct {
    const char *why;
    jeton_policy policy;
    const char *token;
    unsigned http;
    const char *says;
} judged[] = {
    {"no audience expected or said", {PYJWT}, "access", 200, "alice"},
    {"an audience that is expected", {PYJWT, .audiences = {"x", "a"}}, "aud", 200, "alice"},
    {"expected and not said",
     {PYJWT, .audiences = {"a"}},
     "access",
     422,
     "Token is missing the \"aud\" claim"},
    {"another one", {PYJWT, .audiences = {"b"}}, "aud", 422, "Audience doesn't match"},
    {"nobody expects one, and PyJWT refuses it", {PYJWT}, "aud", 422, "Audience doesn't match"},
    {"nobody expects one, as JWT_DECODE_AUDIENCE has it",
     {PYJWT, .allow = JETON_ALLOW_ANY_AUD},
     "aud",
     200,
     "alice"},
    {"one is expected, whatever is allowed",
     {PYJWT, .audiences = {"b"}, .allow = JETON_ALLOW_ANY_AUD},
     "aud",
     422,
     "Audience doesn't match"},
    {"the issuer", {PYJWT, .issuers = {"i"}}, "iss", 200, "alice"},
    {"no issuer", {PYJWT, .issuers = {"i"}}, "access", 422, "Token is missing the \"iss\" claim"},
    {"another issuer", {PYJWT, .issuers = {"j"}}, "iss", 422, "Invalid issuer"},
    {"an algorithm that is not taken",
     {PYJWT, .algs = JETON_ALG_BIT(JETON_HS512)},
     "access",
     422,
     "The specified alg value is not allowed"},
    {"expired ten seconds ago", {PYJWT}, "late10", 401, "Token has expired"},
    {"… with leeway", {PYJWT, .leeway = 11}, "late10", 200, "alice"},
    {"good in ten seconds", {PYJWT}, "soon10", 422, "The token is not yet valid (nbf)"},
    {"… with leeway", {PYJWT, .leeway = 11}, "soon10", 200, "alice"},
};

static void a_policy_says_what_pyjwt_says(void **state)
{
    (void)state;
    static const jeton_guard_settings settings = {FLASK};
    jeton_verifier *usual = request_verifier;
    for (size_t i = 0; i < COUNT(judged); i++) {
        print_message("  %s\n", judged[i].why);
        char header[64];
        (void)snprintf(header, sizeof header, "Authorization: Bearer @%s", judged[i].token);
        const request_sent sent = {.headers = {header}};
        assert_int_equal(jeton_verifier_new(token_ctx(), &judged[i].policy, request_keys,
                                            &request_verifier, NULL),
                         JETON_OK);
        (void)!request_judge(&settings, NULL, &sent);
        assert_int_equal(decision.http, judged[i].http);
        if (judged[i].http == 200)
            unit_assert_span(decision.identity, judged[i].says);
        else
            assert_says("msg", judged[i].says);
        jeton_verifier_free(&request_verifier);
    }
    request_verifier = usual;
}

static void the_member_of_the_message_is_a_setting(void **state)
{
    (void)state;
    const jeton_guard_settings settings = {FLASK, .error_member = "message"};
    const request_sent sent = {.headers = {NULL}};
    assert_int_equal(request_judge(&settings, NULL, &sent), JETON_E_MISSING);
    assert_says("message", "Missing Authorization Header");
}

/* The visit of a request whose token is in none of four places; each has a reason of its own. */
static void a_message_without_memory_is_none(void **state)
{
    (void)state;
    static const struct {
        jt_fault fault;
        const char *begins;
    } said[] = {{JT_FAULT_NO_HEADER, "Missing JWT in headers, cookies"},
                {JT_FAULT_NO_USER, "Error loading the user alice"}};
    const jeton_guard_settings all = {FLASK, .locations = ALL};
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    for (size_t i = 0; i < COUNT(said); i++) {
        jt_settings settings;
        const request_sent sent = {.headers = {NULL}};
        assert_int_equal(jt_settings_init(&settings, NULL, &all, NULL), JETON_OK);
        assert_int_equal(request_judge(&all, NULL, &sent), JETON_E_MISSING);
        request_visit->identity = jeton_str("alice");
        bool made = false;
        for (size_t room = 0; !made; room++) {
            jt_buf to = jt_buf_init(ctx);
            heap.left = 1;
            assert_int_equal(jt_buf_reserve(&to, 512, NULL), JETON_OK);
            const size_t before = to.len = to.cap - room;
            const jeton_status status =
                jt_flask_say(&settings, request_visit, said[i].fault, &decision, &to);
            made = status == JETON_OK;
            assert_true(made || status == JETON_E_NOMEM);
            if (made)
                assert_memory_equal(to.ptr + before, said[i].begins, strlen(said[i].begins));
            jt_buf_done(&to);
        }
        jt_settings_done(&settings);
    }
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_preset_answers_as_that_library),
        cmocka_unit_test(a_policy_says_what_pyjwt_says),
        cmocka_unit_test(the_member_of_the_message_is_a_setting),
        cmocka_unit_test(a_message_without_memory_is_none),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
