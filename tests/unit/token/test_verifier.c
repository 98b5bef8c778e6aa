/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_verifier.c - the whole decision about a token, in its one order. */
#include "tokens.h"

#include <jeton/verifier.h>

#define EXP  "\"exp\":1700000900"
#define GOOD "{" EXP ",\"sub\":\"alice\"}"

static jeton_keyset *keys;
static jeton_verdict *verdict;

static int set_up(void **state)
{
    (void)state;
    keys = token_keyset(token_key(JETON_HS256));
    return jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    jeton_keyset_free(&keys);
    jeton_verdict_free(&verdict);
    return 0;
}

static char *forge(const char *header, const char *payload)
{
    return token_forge(token_key(JETON_HS256), JETON_HS256, header, payload);
}

static jeton_verifier *new_verifier(const jeton_ctx *ctx, const jeton_policy *policy)
{
    jeton_verifier *verifier = BOGUS;
    assert_int_equal(jeton_verifier_new(ctx, policy, keys, &verifier, NULL), JETON_OK);
    assert_non_null(verifier);
    return verifier;
}

/* ---- what is around the token --------------------------------------------------------------- */

/* The good token with something done to its text. */
static const struct {
    const char *why, *before, *behind;
    jeton_status want;
} around[] = {
    {"nothing", "", "", JETON_OK},
    {"a blank behind", "", " ", JETON_E_ENCODING},
    {"a line feed behind", "", "\n", JETON_E_ENCODING},
    {"padding behind", "", "=", JETON_E_ENCODING},
    {"a letter behind", "", "A", JETON_E_SIGNATURE},
    {"a dot behind", "", ".", JETON_E_SYNTAX},
    {"two segments behind", "", ".aa.bb", JETON_E_SYNTAX},
    {"a blank before", " ", "", JETON_E_ENCODING},
    {"a tab before", "\t", "", JETON_E_ENCODING},
    {"the scheme before", "Bearer ", "", JETON_E_ENCODING},
    {"a byte order mark before", "\xef\xbb\xbf", "", JETON_E_ENCODING},
    {"quotes around", "\"", "\"", JETON_E_ENCODING},
    {"a dot before", ".", "", JETON_E_SYNTAX},
};

static void verifier_takes_exactly_the_token(void **state)
{
    (void)state;
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    for (size_t i = 0; i < COUNT(around); i++) {
        print_message("  %s\n", around[i].why);
        char *text = NULL;
        assert_true(asprintf(&text, "%s%s%s", around[i].before, token, around[i].behind) > 0);
        assert_int_equal(token_judge(NULL, keys, jeton_str(text), verdict), around[i].want);
        free(text);
    }
    const jeton_span with_nul = jeton_bytes(token, strlen(token) + 1);
    assert_int_equal(token_judge(NULL, keys, with_nul, verdict), JETON_E_ENCODING);
    free(token);
}

/* A second text for the same bytes: unused bits that are not zero, padding, the other alphabet. */
static void verifier_takes_one_encoding_of_each_segment(void **state)
{
    (void)state;
    /* lengths that leave unused bits: 16, 33 and 32 bytes */
    static const char header[] = "{\"alg\":\"HS256\" }";
    static const char payload[] = "{\"exp\":1700000900,\"sub\":\"a\",\"b\":22}";
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int segment = 0; segment < 3; segment++) {
        char *token = forge(header, payload);
        char *end = token;
        for (int i = 0; i < segment; i++)
            end = strchr(end, '.') + 1;
        end += strcspn(end, ".") - 1;
        assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), JETON_OK);
        const char *was = strchr(letters, *end);
        assert_int_equal((was - letters) % 4, 0); /* two bits at least are unused */
        for (int bits = 1; bits < 4; bits++) {
            *end = was[bits];
            assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), JETON_E_ENCODING);
        }
        free(token);
    }
}

/* ---- what is in the segments ---------------------------------------------------------------- */

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
    const char *why, *text;
    size_t len;
    jeton_status want;
} payloads[] = {
    {"an object", TEXT(GOOD), JETON_OK},
    {"white space around it", TEXT(" " GOOD "\r\n"), JETON_OK},
    {"an array", TEXT("[1700000900]"), JETON_E_CLAIM},
    {"a text", TEXT("\"{}\""), JETON_E_CLAIM},
    {"a number", TEXT("1700000900"), JETON_E_CLAIM},
    {"null", TEXT("null"), JETON_E_CLAIM},
    {"true", TEXT("true"), JETON_E_CLAIM},
    {"nothing", TEXT(""), JETON_E_SYNTAX},
    {"not JSON", TEXT("exp=1700000900"), JETON_E_SYNTAX},
    {"an object cut off", TEXT("{" EXP), JETON_E_SYNTAX},
    {"a raw NUL behind", TEXT(GOOD "\0"), JETON_E_SYNTAX},
    {"a raw NUL and text behind", TEXT(GOOD "\0{}"), JETON_E_SYNTAX},
    {"text behind", TEXT(GOOD "x"), JETON_E_SYNTAX},
    {"a second object behind", TEXT(GOOD GOOD), JETON_E_SYNTAX},
    {"a raw NUL in a text", TEXT("{" EXP ",\"sub\":\"a\0b\"}"), JETON_E_SYNTAX},
    {"a byte order mark", TEXT("\xef\xbb\xbf" GOOD), JETON_E_SYNTAX},
    {"bad UTF-8", TEXT("{" EXP ",\"sub\":\"\xff\"}"), JETON_E_SYNTAX},
    {"a lone surrogate", TEXT("{" EXP ",\"sub\":\"\\ud800\"}"), JETON_E_SYNTAX},
    {"a claim twice", TEXT("{\"exp\":1," EXP "}"), JETON_E_SYNTAX},
    {"a claim twice, once escaped", TEXT("{\"\\u0065xp\":1," EXP "}"), JETON_E_SYNTAX},
    {"another claim twice", TEXT("{" EXP ",\"x\":1,\"x\":1}"), JETON_E_SYNTAX},
    {"an inner name twice", TEXT("{" EXP ",\"x\":{\"y\":1,\"y\":1}}"), JETON_E_SYNTAX},
    {"too deep", TEXT("{" EXP ",\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}"), JETON_E_LIMIT},
    {"just deep enough", TEXT("{" EXP ",\"x\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}"), JETON_OK},
};

static void verifier_wants_a_strict_object_as_payload(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(payloads); i++) {
        print_message("  %s\n", payloads[i].why);
        char *token =
            token_forge_bytes(token_key(JETON_HS256), JETON_HS256, jeton_str("{\"alg\":\"HS256\"}"),
                              jeton_bytes(payloads[i].text, payloads[i].len));
        assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), payloads[i].want);
        assert_ptr_equal(jeton_verdict_key(verdict), token_key(JETON_HS256));
        free(token);
    }
}

static const struct {
    const char *header;
    jeton_status want;
} headers[] = {
    {"{\"alg\":\"HS256\",\"typ\":\"JWT\"}", JETON_OK},
    {"{\"alg\":\"none\"}", JETON_E_ALG},
    {"{\"alg\":\"HS384\"}", JETON_E_ALG},
    {"{\"alg\":\"HS256\",\"alg\":\"HS256\"}", JETON_E_SYNTAX},
    {"{\"alg\":\"HS256\",\"crit\":[]}", JETON_E_CRIT},
    {"{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", JETON_E_CRIT},
    {"{\"alg\":\"HS256\",\"b64\":false}", JETON_E_CRIT},
    {"{\"typ\":\"JWT\"}", JETON_E_HEADER},
    {"[]", JETON_E_HEADER},
    {"", JETON_E_SYNTAX},
};

static void verifier_looks_at_the_header_before_the_signature(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        print_message("  %s\n", headers[i].header);
        char *token = forge(headers[i].header, GOOD);
        assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), headers[i].want);
        if (headers[i].want != JETON_OK)
            assert_null(jeton_verdict_key(verdict));
        free(token);
    }
}

/* ---- sizes ---------------------------------------------------------------------------------- */

/* A signed token whose payload or header is padded with blanks to `len`. */
static char *forge_long(size_t header_len, size_t payload_len)
{
    char *header = malloc(header_len + 1);
    char *payload = malloc(payload_len + 1);
    assert_true(header != NULL && payload != NULL);
    memset(header, ' ', header_len);
    memset(payload, ' ', payload_len);
    memcpy(header, "{\"alg\":\"HS256\"}", 15);
    memcpy(payload, GOOD, sizeof GOOD - 1);
    header[header_len] = payload[payload_len] = '\0';
    char *token = forge(header, payload);
    free(header);
    free(payload);
    return token;
}

static const struct {
    const char *why;
    size_t header, payload;
    jeton_status want;
} sizes[] = {
    {"header as long as may be", JT_LIMIT_HEADER, 100, JETON_OK},
    {"header longer", JT_LIMIT_HEADER + 1, 100, JETON_E_LIMIT},
    {"header of 200 KiB", 200 << 10, 100, JETON_E_LIMIT},
    {"payload of 47 KiB", 20, 47 << 10, JETON_OK},
    {"payload longer than may be", 20, JT_LIMIT_PAYLOAD + 1, JETON_E_LIMIT},
    {"payload of 16 MiB", 20, (size_t)16 << 20, JETON_E_LIMIT},
};

static void verifier_holds_sizes_against_their_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        print_message("  %s\n", sizes[i].why);
        char *token = forge_long(sizes[i].header, sizes[i].payload);
        assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), sizes[i].want);
        free(token);
    }
}

static void verifier_refuses_a_million_dots(void **state)
{
    (void)state;
    char *dots = malloc(1000000);
    assert_non_null(dots);
    memset(dots, '.', 1000000);
    assert_int_equal(token_judge(NULL, keys, jeton_bytes(dots, 1000000), verdict), JETON_E_LIMIT);
    assert_int_equal(token_judge(NULL, keys, jeton_bytes(dots, 60000), verdict), JETON_E_SYNTAX);
    free(dots);
}

static void verifier_refuses_nesting_of_two_thousand(void **state)
{
    (void)state;
    char *payload = malloc(5000);
    assert_non_null(payload);
    char *at = payload + snprintf(payload, 5000, "{" EXP ",\"x\":");
    memset(at, '[', 2000);
    memset(at + 2000, ']', 2000);
    memcpy(at + 4000, "}", 2);
    char *token = forge("{\"alg\":\"HS256\"}", payload);
    assert_int_equal(token_judge(NULL, keys, jeton_str(token), verdict), JETON_E_LIMIT);
    free(token);
    free(payload);
}

/* The limits are the verifier's: whoever gives the verdict cannot make them wider. */
static void verifier_has_the_limits_of_its_own_context(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_limits limits;
    } rows[] = {
        {"token", {.token = 120}},
        {"header", {.header = 16}},
        {"payload", {.payload = 30}},
        {"depth", {.depth = 1}},
    };
    char *token = forge("{\"alg\":\"HS256\",\"x\":{}}", "{" EXP ",\"sub\":\"alice\",\"x\":[]}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const jeton_ctx_options options = {.now = token_now, .limits = rows[i].limits};
        jeton_ctx *ctx = NULL;
        assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
        jeton_verifier *verifier = new_verifier(ctx, NULL);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_LIMIT);
        jeton_verifier_free(&verifier);

        jeton_verdict *narrow = NULL;
        assert_int_equal(jeton_verdict_new(ctx, &narrow, NULL), JETON_OK);
        assert_int_equal(token_judge(NULL, keys, jeton_str(token), narrow), JETON_OK);
        jeton_verdict_free(&narrow);
        jeton_ctx_free(&ctx);
    }
    free(token);
}

/* ---- the order ------------------------------------------------------------------------------ */

/* Each row is wrong in one more thing than the row below it, and the first wrong thing counts. */
static const struct {
    const char *why, *header, *payload;
    bool forged;
    jeton_status want;
} order[] = {
    {"crit, forged, expired", "{\"alg\":\"HS256\",\"crit\":[]}", "{\"exp\":1}", true, JETON_E_CRIT},
    {"other algorithm, forged, expired", "{\"alg\":\"ES256\"}", "{\"exp\":1}", true, JETON_E_ALG},
    {"forged and expired", "{\"alg\":\"HS256\"}", "{\"exp\":1}", true, JETON_E_SIGNATURE},
    {"forged and no JSON", "{\"alg\":\"HS256\"}", "no JSON", true, JETON_E_SIGNATURE},
    {"forged", "{\"alg\":\"HS256\"}", GOOD, true, JETON_E_SIGNATURE},
    {"expired", "{\"alg\":\"HS256\"}", "{\"exp\":1}", false, JETON_E_EXPIRED},
    {"good", "{\"alg\":\"HS256\"}", GOOD, false, JETON_OK},
};

typedef struct witness {
    unsigned calls;
    jeton_status answer;
    bool saw_sub;
    jeton_status status;
} witness;

static jeton_status watch(void *user, const jeton_verdict *about)
{
    witness *w = user;
    jeton_span sub;
    w->calls++;
    w->saw_sub =
        jeton_verdict_text(about, "sub", &sub) && jeton_span_equal(sub, jeton_str("alice"));
    w->status = jeton_verdict_status(about);
    return w->answer;
}

static void verifier_keeps_its_order_and_asks_the_hook_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(order); i++) {
        print_message("  %s\n", order[i].why);
        witness w = {0};
        jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
        jeton_verifier_on_revocation(verifier, watch, &w);
        char *token = token_forge(token_key(order[i].forged ? JETON_HS384 : JETON_HS256),
                                  JETON_HS256, order[i].header, order[i].payload);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), order[i].want);
        assert_int_equal(w.calls, order[i].want == JETON_OK ? 1 : 0);
        assert_int_equal(w.saw_sub, order[i].want == JETON_OK);
        free(token);
        jeton_verifier_free(&verifier);
    }
}

static void verifier_does_not_ask_the_hook_about_what_is_no_token(void **state)
{
    (void)state;
    static const char *const tokens[] = {"", "..", "a.b", "a.b.c.d.e", "!.!.!", "e30.e30.e30"};
    witness w = {0};
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    jeton_verifier_on_revocation(verifier, watch, &w);
    for (size_t i = 0; i < COUNT(tokens); i++)
        assert_int_not_equal(jeton_verify(verifier, jeton_str(tokens[i]), verdict), JETON_OK);
    assert_int_equal(w.calls, 0);
    jeton_verifier_free(&verifier);
}

static void verifier_does_not_ask_the_hook_when_any_check_failed(void **state)
{
    (void)state;
    static const char *const claims[] = {"{\"exp\":1}",
                                         "{" EXP ",\"nbf\":1700000001}",
                                         "{" EXP ",\"iat\":1700000001}",
                                         "{" EXP ",\"iss\":1}",
                                         "{" EXP ",\"aud\":1}",
                                         "{" EXP ",\"sub\":1}",
                                         "{" EXP ",\"jti\":1}",
                                         "{}",
                                         "[]"};
    witness w = {0};
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    jeton_verifier_on_revocation(verifier, watch, &w);
    for (size_t i = 0; i < COUNT(claims); i++) {
        char *token = forge("{\"alg\":\"HS256\"}", claims[i]);
        assert_int_not_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        free(token);
    }
    assert_int_equal(w.calls, 0);
    jeton_verifier_free(&verifier);
}

static void verifier_follows_the_hook(void **state)
{
    (void)state;
    static const jeton_status answers[] = {JETON_E_REVOKED, JETON_E_STORE, (jeton_status)99};
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    jeton_span sub;
    for (size_t i = 0; i < COUNT(answers); i++) {
        witness w = {.answer = answers[i]};
        jeton_verifier_on_revocation(verifier, watch, &w);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), answers[i]);
        assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_REVOKED);
        assert_false(jeton_verdict_text(verdict, "sub", &sub));
        assert_true(w.saw_sub);
        assert_int_not_equal(w.status, JETON_OK); /* not accepted while it is being asked */
    }
    jeton_verifier_on_revocation(verifier, NULL, NULL);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    free(token);
    jeton_verifier_free(&verifier);
}

/* ---- the hook of the program ---------------------------------------------------------------- */

typedef struct judge {
    witness witness;
    const char *why; /* NULL: none */
} judge;

static jeton_status decide(void *user, const jeton_verdict *about, jeton_err *err)
{
    judge *j = user;
    assert_int_equal(err->status, JETON_OK);
    assert_string_equal(err->text, "");
    if (j->why != NULL)
        memset(err->text, '!', sizeof err->text); /* as a careless one would: without an end */
    if (j->why != NULL && j->why[0] != '\0')
        snprintf(err->text, sizeof err->text, "%s", j->why);
    return watch(&j->witness, about);
}

static void verifier_asks_the_program_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(order); i++) {
        print_message("  %s\n", order[i].why);
        judge j = {0};
        jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
        jeton_verifier_on_accept(verifier, decide, &j);
        char *token = token_forge(token_key(order[i].forged ? JETON_HS384 : JETON_HS256),
                                  JETON_HS256, order[i].header, order[i].payload);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), order[i].want);
        assert_int_equal(j.witness.calls, order[i].want == JETON_OK ? 1 : 0);
        assert_int_equal(j.witness.saw_sub, order[i].want == JETON_OK);
        free(token);
        jeton_verifier_free(&verifier);
    }
}

static void verifier_does_not_ask_the_program_about_a_revoked_token(void **state)
{
    (void)state;
    judge j = {0};
    witness w = {.answer = JETON_E_REVOKED};
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    jeton_verifier_on_accept(verifier, decide, &j);
    jeton_verifier_on_revocation(verifier, watch, &w);
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_REVOKED);
    assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_REVOKED);
    assert_int_equal(j.witness.calls, 0);
    w.answer = JETON_OK;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(j.witness.calls, 1);
    free(token);
    jeton_verifier_free(&verifier);
}

static const struct {
    jeton_status answer;
    const char *why, *said;
} decisions[] = {
    {JETON_E_REFUSED, NULL, "hook: the application refuses the token"},
    {JETON_E_REFUSED, "not on Sundays", "hook: not on Sundays"},
    {JETON_E_STORE, "the list is gone", "hook: the list is gone"},
    {(jeton_status)99, NULL, "hook: unknown outcome"},
    {JETON_E_REFUSED, "", "hook: !!!!"},
};

static void verifier_follows_the_program_and_keeps_its_reason(void **state)
{
    (void)state;
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    jeton_span sub;
    for (size_t i = 0; i < COUNT(decisions); i++) {
        judge j = {.witness.answer = decisions[i].answer, .why = decisions[i].why};
        jeton_verifier_on_accept(verifier, decide, &j);
        assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), decisions[i].answer);
        assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_HOOK);
        assert_string_equal(jeton_verdict_claim(verdict), "hook");
        assert_int_equal(
            strncmp(jeton_verdict_why(verdict), decisions[i].said, strlen(decisions[i].said)), 0);
        assert_false(jeton_verdict_text(verdict, "sub", &sub));
        assert_true(j.witness.saw_sub);
        assert_int_not_equal(j.witness.status, JETON_OK);
    }
    judge j = {.why = "a reason for nothing"};
    jeton_verifier_on_accept(verifier, decide, &j);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_string_equal(jeton_verdict_why(verdict), "");
    jeton_verifier_on_accept(verifier, NULL, NULL);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    assert_int_equal(j.witness.calls, 1);
    free(token);
    jeton_verifier_free(&verifier);
}

/* ---- using one verdict and one verifier for many -------------------------------------------- */

static void verifier_forgets_the_token_before(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a.b.c", "a.b.c.d.e"};
    char *good = forge("{\"alg\":\"HS256\"}", GOOD);
    char *expired = forge("{\"alg\":\"HS256\"}", "{\"exp\":1,\"sub\":\"alice\"}");
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    jeton_span sub;
    for (size_t i = 0; i < COUNT(bad) + 1; i++) {
        assert_int_equal(jeton_verify(verifier, jeton_str(good), verdict), JETON_OK);
        assert_true(jeton_verdict_text(verdict, "sub", &sub));
        const char *token = i < COUNT(bad) ? bad[i] : expired;
        assert_int_not_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
        assert_false(jeton_verdict_text(verdict, "sub", &sub));
        assert_null(sub.ptr);
        assert_int_equal(jeton_verdict_payload(verdict).len, 0);
    }
    assert_int_equal(jeton_verdict_failed(verdict), JETON_CHECK_EXP);
    assert_int_equal(jeton_verify(verifier, jeton_str(""), verdict), JETON_E_SYNTAX);
    assert_int_equal(jeton_verdict_failed(verdict), 0);
    assert_string_equal(jeton_verdict_claim(verdict), "");
    free(good);
    free(expired);
    jeton_verifier_free(&verifier);
}

static void verifier_keeps_the_keys_alive(void **state)
{
    (void)state;
    jeton_keyset *set = token_keyset(token_key(JETON_HS256));
    jeton_verifier *verifier = BOGUS;
    assert_int_equal(jeton_verifier_new(token_ctx(), NULL, set, &verifier, NULL), JETON_OK);
    jeton_keyset_free(&set);
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    free(token);
    jeton_verifier_free(&verifier);
    assert_null(verifier);
    jeton_verifier_free(&verifier);
    jeton_verifier_free(NULL);
}

static void verifier_asks_the_clock_each_time(void **state)
{
    (void)state;
    const jeton_time was = token_clock;
    jeton_verifier *verifier = new_verifier(token_ctx(), NULL);
    char *token = forge("{\"alg\":\"HS256\"}", GOOD);
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    token_clock = 1700000900000;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_E_EXPIRED);
    token_clock = was;
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    free(token);
    jeton_verifier_free(&verifier);
}

static void verifier_new_needs_keys(void **state)
{
    (void)state;
    jeton_verifier *verifier = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_verifier_new(NULL, NULL, NULL, &verifier, &err), JETON_E_ARGUMENT);
    assert_null(verifier);
    assert_int_equal(err.status, JETON_E_ARGUMENT);
}

/* A token of now, judged by the system's clock. */
static void verifier_without_a_context_is_complete(void **state)
{
    (void)state;
    jeton_verifier *verifier = new_verifier(NULL, NULL);
    char *old = forge("{\"alg\":\"HS256\"}", "{\"exp\":1500000000}");
    char *young = forge("{\"alg\":\"HS256\"}", "{\"exp\":253402300799}");
    assert_int_equal(jeton_verify(verifier, jeton_str(old), verdict), JETON_E_EXPIRED);
    assert_int_equal(jeton_verify(verifier, jeton_str(young), verdict), JETON_OK);
    free(old);
    free(young);
    jeton_verifier_free(&verifier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifier_takes_exactly_the_token),
        cmocka_unit_test(verifier_takes_one_encoding_of_each_segment),
        cmocka_unit_test(verifier_wants_a_strict_object_as_payload),
        cmocka_unit_test(verifier_looks_at_the_header_before_the_signature),
        cmocka_unit_test(verifier_holds_sizes_against_their_limits),
        cmocka_unit_test(verifier_refuses_a_million_dots),
        cmocka_unit_test(verifier_refuses_nesting_of_two_thousand),
        cmocka_unit_test(verifier_has_the_limits_of_its_own_context),
        cmocka_unit_test(verifier_keeps_its_order_and_asks_the_hook_last),
        cmocka_unit_test(verifier_does_not_ask_the_hook_about_what_is_no_token),
        cmocka_unit_test(verifier_does_not_ask_the_hook_when_any_check_failed),
        cmocka_unit_test(verifier_follows_the_hook),
        cmocka_unit_test(verifier_asks_the_program_last),
        cmocka_unit_test(verifier_does_not_ask_the_program_about_a_revoked_token),
        cmocka_unit_test(verifier_follows_the_program_and_keeps_its_reason),
        cmocka_unit_test(verifier_forgets_the_token_before),
        cmocka_unit_test(verifier_keeps_the_keys_alive),
        cmocka_unit_test(verifier_asks_the_clock_each_time),
        cmocka_unit_test(verifier_new_needs_keys),
        cmocka_unit_test(verifier_without_a_context_is_complete),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
