/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_jws_verify.c - JWSs of every form: what is accepted, what it gives out, and
 * what differs in one thing and is refused. */
#include "token/jws_inside.h"

#include "core/ctx.h"

#include "tokens.h"

#define ANY_FORM (JETON_JWS_COMPACT | JETON_JWS_FLATTENED | JETON_JWS_GENERAL)

static const jeton_jws_form forms[] = {JETON_JWS_COMPACT, JETON_JWS_FLATTENED, JETON_JWS_GENERAL};

static const jeton_jws_policy usual = {.forms = ANY_FORM};
static const jeton_jws_policy lax = {.forms = ANY_FORM, .allow = JETON_JWS_ALLOW_UNENCODED};

static char *sign(const jeton_key *key, const jeton_jws_options *options, jeton_span payload)
{
    const jeton_jws_signature by = {.key = key};
    jeton_text *text = NULL;
    assert_int_equal(jeton_jws_sign(NULL, &by, 1, payload, options, &text, NULL), JETON_OK);
    char *copy = strdup(jeton_text_chars(text));
    jeton_text_free(&text);
    return copy;
}

static jeton_status judge(const jeton_key *key, const jeton_jws_policy *policy, const char *text,
                          const jeton_span *detached, const char *payload)
{
    jeton_keyset *keys = token_keyset(key);
    jeton_jws *jws = BOGUS;
    jeton_err err = {0};
    const jeton_status status =
        jeton_jws_verify(NULL, keys, policy, jeton_str(text), detached, &jws, &err);
    assert_int_equal(err.status, status);
    assert_true((jws != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        unit_assert_span(jeton_jws_payload(jws), payload);
        assert_ptr_equal(jeton_jws_key(jws, 0), key);
        assert_int_equal(jeton_jws_count(jws), 1);
    }
    jeton_jws_free(&jws);
    jeton_keyset_free(&keys);
    return status;
}

/* ---- there and back ------------------------------------------------------------------------- */

/* The text with one character of its signature changed, which is in the middle of it. */
static void spoil(char *text)
{
    char *at =
        strrchr(text, '.') != NULL ? strrchr(text, '.') + 20 : strstr(text, "\"signature\"") + 30;
    *at = *at == 'A' ? 'B' : 'A';
}

static void assert_there_and_back(jeton_alg alg, const jeton_jws_options *options)
{
    const jeton_key *key = token_key(alg);
    const jeton_key *other = token_key(alg == JETON_ES384 ? JETON_ES256 : JETON_ES384);
    const jeton_span payload = jeton_str("octets");
    const jeton_span changed = jeton_str("octetz");
    char *text = sign(key, options, payload);
    const jeton_span *apart = options->detached ? &payload : NULL;
    const char *given = options->detached ? "" : "octets";
    const jeton_jws_policy typed = {.forms = ANY_FORM, .typ = "t", .allow = lax.allow};
    assert_int_equal(judge(key, &lax, text, apart, given), JETON_OK);
    assert_int_equal(judge(key, &usual, text, apart, given),
                     options->unencoded ? JETON_E_CRIT : JETON_OK);
    assert_int_equal(judge(other, &lax, text, apart, given), JETON_E_ALG);
    assert_int_equal(judge(key, &typed, text, apart, given), JETON_E_TYP);
    assert_int_equal(judge(key, &lax, text, &changed, given),
                     options->detached ? JETON_E_SIGNATURE : JETON_E_SYNTAX);
    spoil(text);
    assert_int_equal(judge(key, &lax, text, apart, given), JETON_E_SIGNATURE);
    free(text);
}

static void jws_of_every_algorithm_form_and_way_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        print_message("  %s\n", jeton_alg_name(token_algs[i]));
        for (size_t f = 0; f < COUNT(forms); f++)
            for (int way = 0; way < 4; way++) {
                const jeton_jws_options options = {
                    .form = forms[f], .detached = (way & 1) != 0, .unencoded = (way & 2) != 0};
                assert_there_and_back(token_algs[i], &options);
            }
    }
}

/* ---- JSON texts that are refused ------------------------------------------------------------ */

#define HEAD "eyJhbGciOiJIUzI1NiJ9" /* {"alg":"HS256"} */

static const struct {
    const char *why, *text;
    jeton_status want;
} malformed[] = {
    {"nothing", "", JETON_E_SYNTAX},
    {"white space", " \n", JETON_E_SYNTAX},
    {"an array", "[]", JETON_E_SYNTAX},
    {"no member", "{}", JETON_E_SYNTAX},
    {"bytes behind", "{\"payload\":\"\",\"signature\":\"AA\"}x", JETON_E_SYNTAX},
    {"a member twice", "{\"payload\":\"\",\"signature\":\"AA\",\"payload\":\"\"}", JETON_E_SYNTAX},
    {"twice once unescaped", "{\"payload\":\"\",\"signature\":\"AA\",\"p\\u0061yload\":\"\"}",
     JETON_E_SYNTAX},
    {"no signature", "{\"payload\":\"\"}", JETON_E_SYNTAX},
    {"no payload", "{\"signature\":\"AA\"}", JETON_E_SYNTAX},
    {"a number for payload", "{\"payload\":1,\"signature\":\"AA\"}", JETON_E_SYNTAX},
    {"null for payload", "{\"payload\":null,\"signature\":\"AA\"}", JETON_E_SYNTAX},
    {"a number for signature", "{\"payload\":\"\",\"signature\":1}", JETON_E_SYNTAX},
    {"an empty signature", "{\"payload\":\"\",\"signature\":\"\"}", JETON_E_SYNTAX},
    {"a number for protected", "{\"payload\":\"\",\"signature\":\"AA\",\"protected\":1}",
     JETON_E_SYNTAX},
    {"an empty protected", "{\"payload\":\"\",\"signature\":\"AA\",\"protected\":\"\"}",
     JETON_E_SYNTAX},
    {"a text for header", "{\"payload\":\"\",\"signature\":\"AA\",\"header\":\"{}\"}",
     JETON_E_SYNTAX},
    {"both forms", "{\"payload\":\"\",\"signature\":\"AA\",\"signatures\":[]}", JETON_E_SYNTAX},
    {"signatures and protected",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"signatures\":[{\"signature\":\"AA\"}]}",
     JETON_E_SYNTAX},
    {"signatures and header",
     "{\"payload\":\"\",\"header\":{},\"signatures\":[{\"signature\":\"AA\"}]}", JETON_E_SYNTAX},
    {"signatures that are none", "{\"payload\":\"\",\"signatures\":[]}", JETON_E_SYNTAX},
    {"signatures that are no list", "{\"payload\":\"\",\"signatures\":{}}", JETON_E_SYNTAX},
    {"a signature that is no object", "{\"payload\":\"\",\"signatures\":[\"AA\"]}", JETON_E_SYNTAX},
    {"a signature that is half of one",
     "{\"payload\":\"\",\"signatures\":[{\"protected\":\"" HEAD "\"}]}", JETON_E_SYNTAX},
    {"a header that is not JSON", "{\"payload\":\"\",\"protected\":\"AAAA\",\"signature\":\"AA\"}",
     JETON_E_SYNTAX},
    {"a header that is an array", "{\"payload\":\"\",\"protected\":\"W10\",\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a header that is not base64url",
     "{\"payload\":\"\",\"protected\":\"" HEAD "=\",\"signature\":\"AA\"}", JETON_E_ENCODING},
    {"a signature that is not base64url",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"signature\":\"A+\"}", JETON_E_ENCODING},
    {"a payload that is not base64url",
     "{\"payload\":\"A\",\"protected\":\"" HEAD "\",\"signature\":\"AA\"}", JETON_E_ENCODING},
    {"an alg that is not protected",
     "{\"payload\":\"\",\"header\":{\"alg\":\"HS256\"},\"signature\":\"AA\"}", JETON_E_HEADER},
    {"no alg", "{\"payload\":\"\",\"header\":{},\"signature\":\"AA\"}", JETON_E_HEADER},
    {"alg in both headers",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"alg\":\"HS256\"},"
     "\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a name of no other meaning in both headers, once escaped",
     "{\"payload\":\"\",\"protected\":\"eyJhbGciOiJIUzI1NiIsIngiOjF9\",\"header\":{\"\\u0078\":2},"
     "\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a name in one header, and another in the other",
     "{\"payload\":\"\",\"protected\":\"eyJhbGciOiJIUzI1NiIsIngiOjF9\",\"header\":{\"X\":1},"
     "\"signature\":\"AA\"}",
     JETON_E_SIGNATURE},
    {"crit that is not protected",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"crit\":[\"b64\"]},"
     "\"signature\":\"AA\"}",
     JETON_E_CRIT},
    {"b64 that is not protected",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"b64\":false},"
     "\"signature\":\"AA\"}",
     JETON_E_CRIT},
    {"a kid that is no text",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"kid\":1},\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a typ that is no text",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"typ\":1},\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a cty that is no text",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"cty\":1},\"signature\":\"AA\"}",
     JETON_E_HEADER},
    {"a signature that does not match",
     "{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{\"x\":1},\"signature\":\"AA\"}",
     JETON_E_SIGNATURE},
    {"four segments", HEAD ".AA.AA.AA", JETON_E_SYNTAX},
    {"a compact text without header", ".AA.AA", JETON_E_HEADER},
    {"a compact text in braces", "{" HEAD ".AA.AA}", JETON_E_SYNTAX},
    {"white space around a compact text", " " HEAD ".AA.AA", JETON_E_ENCODING},
};

static void jws_that_is_malformed_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(malformed); i++) {
        print_message("  %s\n", malformed[i].why);
        assert_int_equal(judge(token_key(JETON_HS256), &lax, malformed[i].text, NULL, NULL),
                         malformed[i].want);
    }
}

static void jws_of_a_form_that_is_not_taken_is_refused(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT(forms); f++) {
        const jeton_jws_options options = {.form = forms[f]};
        char *text = sign(token_key(JETON_HS256), &options, jeton_str("octets"));
        for (unsigned taken = 0; taken <= ANY_FORM; taken++) {
            const jeton_jws_policy policy = {.forms = taken};
            const unsigned really = taken != 0 ? taken : JETON_JWS_COMPACT;
            assert_int_equal(judge(token_key(JETON_HS256), &policy, text, NULL, "octets"),
                             (really & forms[f]) != 0 ? JETON_OK : JETON_E_SYNTAX);
        }
        free(text);
    }
    assert_int_equal(judge(token_key(JETON_HS256), NULL, "{}", NULL, NULL), JETON_E_SYNTAX);
}

/* ---- the extension -------------------------------------------------------------------------- */

static const struct {
    const char *why, *header;
    jeton_status want;
} extensions[] = {
    {"b64 false", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", JETON_OK},
    {"b64 without crit", "{\"alg\":\"HS256\",\"b64\":false}", JETON_E_CRIT},
    {"b64 true without crit", "{\"alg\":\"HS256\",\"b64\":true}", JETON_E_CRIT},
    {"crit without b64", "{\"alg\":\"HS256\",\"crit\":[\"b64\"]}", JETON_E_CRIT},
    {"b64 no boolean", "{\"alg\":\"HS256\",\"b64\":0,\"crit\":[\"b64\"]}", JETON_E_CRIT},
    {"crit empty", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[]}", JETON_E_CRIT},
    {"crit no list", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":\"b64\"}", JETON_E_CRIT},
    {"crit null", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":null}", JETON_E_CRIT},
    {"crit of no texts", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[1]}", JETON_E_CRIT},
    {"a name twice", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\",\"b64\"]}", JETON_E_CRIT},
    {"a name too many", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\",\"exp\"],\"exp\":1}",
     JETON_E_CRIT},
    {"a registered name", "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\",\"alg\"]}",
     JETON_E_CRIT},
    {"b64 false, alg unknown", "{\"alg\":\"HS257\",\"b64\":false,\"crit\":[\"b64\"]}", JETON_E_ALG},
};

/* A text whose payload is not encoded, with a good signature whatever its header says. */
static char *forge_bare(const char *header, const char *payload)
{
    uint8_t sig[64];
    size_t len = sizeof sig;
    char *head = token_encode(jeton_str(header));
    char *input = NULL;
    assert_true(asprintf(&input, "%s.%s", head, payload) > 0);
    assert_int_equal(
        jt_key_sign(token_key(JETON_HS256), JETON_HS256, jeton_str(input), sig, &len, NULL),
        JETON_OK);
    char *tail = token_encode(jeton_bytes(sig, len));
    char *text = token_join(head, payload, tail);
    free(head);
    free(input);
    free(tail);
    return text;
}

static void jws_is_bare_only_as_a_protected_crit_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(extensions); i++) {
        print_message("  %s\n", extensions[i].why);
        char *text = forge_bare(extensions[i].header, "AAAA");
        assert_int_equal(judge(token_key(JETON_HS256), &lax, text, NULL, "AAAA"),
                         extensions[i].want);
        assert_int_not_equal(judge(token_key(JETON_HS256), &usual, text, NULL, NULL), JETON_OK);
        free(text);
    }
    char *text = forge_bare("{\"alg\":\"HS256\",\"b64\":true,\"crit\":[\"b64\"]}", "QUFB");
    assert_int_equal(judge(token_key(JETON_HS256), &lax, text, NULL, "AAA"), JETON_OK);
    assert_int_equal(judge(token_key(JETON_HS256), &usual, text, NULL, NULL), JETON_E_CRIT);
    free(text);
}

static void jws_in_compact_form_has_room_for_printable_payloads(void **state)
{
    (void)state;
    static const char header[] = "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}";
    static const struct {
        const char *payload;
        jeton_status want;
    } rows[] = {{" ~!$", JETON_OK},
                {"a\x1f", JETON_E_SYNTAX},
                {"\x7f", JETON_E_SYNTAX},
                {"\xc3\xa9", JETON_E_SYNTAX},
                {"a.b", JETON_E_SYNTAX}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = forge_bare(header, rows[i].payload);
        assert_int_equal(judge(token_key(JETON_HS256), &lax, text, NULL, rows[i].payload),
                         rows[i].want);
        free(text);
    }
}

static void jws_in_json_may_stand_behind_the_white_space_of_json_only(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        jeton_status want;
    } rows[] = {
        {"", JETON_OK},
        {" ", JETON_OK},
        {"\t", JETON_OK},
        {"\r", JETON_OK},
        {"\n", JETON_OK},
        {" \t\r\n ", JETON_OK},
        {"\v", JETON_E_SYNTAX},
        {"\f", JETON_E_SYNTAX},
        {" \xc2\xa0", JETON_E_SYNTAX}, /* a space of Unicode's */
        {"\xef\xbb\xbf", JETON_E_SYNTAX},
    };
    const jeton_jws_options options = {.form = JETON_JWS_FLATTENED};
    const jeton_jws_policy policy = {.forms = ANY_FORM};
    const jeton_key *key = token_key(JETON_HS256);
    char *made = sign(key, &options, jeton_str("AAAA"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = NULL;
        assert_true(asprintf(&text, "%s%s", rows[i].before, made) > 0);
        assert_int_equal(judge(key, &policy, text, NULL, "AAAA"), rows[i].want);
        free(text);
    }
    free(made);
}

/* ---- several signatures --------------------------------------------------------------------- */

/* The signatures of two keys over one payload. */
static char *two(const jeton_jws_options *a, const jeton_jws_options *b)
{
    char *parts[2];
    const jeton_jws_options *ways[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        char *text =
            sign(token_key(i == 0 ? JETON_HS256 : JETON_ES256), ways[i], jeton_str("AAAA"));
        parts[i] = strdup(strchr(text, ',') + 1); /* what stands behind the payload */
        free(text);
    }
    char *text = NULL;
    assert_true(asprintf(&text, "{\"payload\":\"%s\",\"signatures\":[{%s,{%s]}",
                         a->unencoded ? "AAAA" : "QUFBQQ", parts[0], parts[1]) > 0);
    free(parts[0]);
    free(parts[1]);
    return text;
}

static const jeton_jws_options flat = {.form = JETON_JWS_FLATTENED};
static const jeton_jws_options bare = {.form = JETON_JWS_FLATTENED, .unencoded = true};

typedef struct outcome {
    jeton_status status, each[2];
    jeton_err err;
} outcome;

static outcome judge_two(const jeton_key *const *keys, size_t count, bool all, const char *text)
{
    const jeton_jws_policy policy = {
        .forms = ANY_FORM, .all = all, .allow = JETON_JWS_ALLOW_UNENCODED};
    outcome got = {0};
    jeton_keyset *set = NULL;
    jeton_jws *jws = BOGUS;
    assert_int_equal(jeton_keyset_new(NULL, keys, count, &set, NULL), JETON_OK);
    got.status = jeton_jws_verify(NULL, set, &policy, jeton_str(text), NULL, &jws, &got.err);
    for (size_t i = 0; jws != NULL && i < 2; i++) {
        got.each[i] = jeton_jws_status(jws, i);
        assert_true((jeton_jws_why(jws, i)[0] == '\0') == (got.each[i] == JETON_OK));
        assert_true((jeton_jws_protected(jws, i).len > 0) == (got.each[i] == JETON_OK));
    }
    jeton_jws_free(&jws);
    jeton_keyset_free(&set);
    return got;
}

/* Unlike a signature that is only not good. */
static void jws_with_a_kid_too_long_is_refused_beside_a_good_signature(void **state)
{
    (void)state;
    const jeton_key *keys[] = {token_key(JETON_HS256), token_key(JETON_ES256)};
    char *text = two(&flat, &flat);
    for (int len = 1024; len <= 1025; len++) {
        char *more = NULL;
        const size_t before = strlen(text) - strlen("]}");
        assert_true(asprintf(&more,
                             "%.*s,{\"protected\":\"" HEAD
                             "\",\"header\":{\"kid\":\"%0*d\"},\"signature\":\"AA\"}%s",
                             (int)before, text, len, 0, text + before) > 0);
        assert_int_equal(judge_two(keys, 2, false, more).status,
                         len > 1024 ? JETON_E_LIMIT : JETON_OK);
        free(more);
    }
    free(text);
}

static void jws_with_several_signatures_needs_any_or_all(void **state)
{
    (void)state;
    const jeton_key *keys[] = {token_key(JETON_HS256), token_key(JETON_ES256)};
    char *text = two(&flat, &flat);
    outcome got = judge_two(keys, 2, true, text);
    assert_int_equal(got.status, JETON_OK);
    got = judge_two(keys, 1, false, text);
    assert_int_equal(got.status, JETON_OK);
    assert_int_equal(got.each[0], JETON_OK);
    assert_int_equal(got.each[1], JETON_E_ALG);
    got = judge_two(keys + 1, 1, false, text);
    assert_int_equal(got.status, JETON_OK);
    assert_int_equal(got.each[0], JETON_E_ALG);
    got = judge_two(keys, 1, true, text);
    assert_int_equal(got.status, JETON_E_ALG);
    assert_non_null(strstr(got.err.text, "signature 2 of 2"));
    const jeton_key *other = token_key(JETON_RS256);
    got = judge_two(&other, 1, false, text);
    assert_int_equal(got.status, JETON_E_ALG);
    assert_non_null(strstr(got.err.text, "signature 1 of 2"));

    char *last = strstr(strstr(text, "\"signature\":") + 1, "\"signature\":") + 30;
    *last = *last == 'A' ? 'B' : 'A';
    got = judge_two(keys, 2, true, text);
    assert_int_equal(got.status, JETON_E_SIGNATURE);
    got = judge_two(keys, 2, false, text);
    assert_int_equal(got.status, JETON_OK);
    assert_int_equal(got.each[1], JETON_E_SIGNATURE);
    free(text);
}

static void jws_whose_signatures_disagree_about_b64_is_refused(void **state)
{
    (void)state;
    const jeton_key *keys[] = {token_key(JETON_HS256), token_key(JETON_ES256)};
    char *both = two(&bare, &bare);
    char *mixed = two(&bare, &flat);
    char *dexim = two(&flat, &bare);
    assert_int_equal(judge_two(keys, 2, true, both).status, JETON_OK);
    assert_int_equal(judge_two(keys, 2, false, mixed).status, JETON_E_CRIT);
    assert_int_equal(judge_two(keys, 2, false, dexim).status, JETON_E_CRIT);
    free(both);
    free(mixed);
    free(dexim);
}

/* ---- limits --------------------------------------------------------------------------------- */

static jeton_status judge_within(const jeton_limits *limits, const char *text)
{
    const jeton_ctx_options options = {.limits = *limits};
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    jeton_ctx *ctx = NULL;
    jeton_jws *jws = BOGUS;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    const jeton_status status =
        jeton_jws_verify(ctx, keys, &lax, jeton_str(text), NULL, &jws, NULL);
    jeton_jws_free(&jws);
    jeton_ctx_free(&ctx);
    jeton_keyset_free(&keys);
    return status;
}

static void jws_beyond_a_limit_is_refused(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT(forms); f++)
        for (int way = 0; way < 2; way++) {
            const jeton_jws_options options = {.form = forms[f], .unencoded = way == 1};
            char *text = sign(token_key(JETON_HS256), &options, jeton_str("octets"));
            const size_t header =
                way == 1 ? 44 : 15; /* {"alg":"HS256","b64":false,"crit":["b64"]} */
            const jeton_limits enough = {.token = strlen(text), .header = header, .payload = 6};
            jeton_limits limits = enough;
            assert_int_equal(judge_within(&enough, text), JETON_OK);
            limits.token--;
            assert_int_equal(judge_within(&limits, text), JETON_E_LIMIT);
            limits = enough;
            limits.header = 12;
            assert_int_equal(judge_within(&limits, text), JETON_E_LIMIT);
            limits = enough;
            limits.payload--;
            assert_int_equal(judge_within(&limits, text), JETON_E_LIMIT);
            free(text);
        }
}

/* `each`, which has one number in it, that many times; freed by the caller. */
static char *repeated(const char *start, const char *each, const char *behind, size_t count,
                      const char *end)
{
    jt_buf text = jt_buf_init(NULL);
    assert_int_equal(jt_buf_addf(&text, NULL, "%s", start), JETON_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(jt_buf_addf(&text, NULL, "%s%s%02zu%s", i > 0 ? "," : "", each, i, behind),
                         JETON_OK);
    assert_int_equal(jt_buf_addf(&text, NULL, "%s", end), JETON_OK);
    char *copy = strndup((const char *)text.ptr, text.len);
    jt_buf_done(&text);
    return copy;
}

static void jws_of_too_many_things_is_refused(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        char *text = repeated("{\"payload\":\"\",\"signatures\":[",
                              "{\"protected\":\"" HEAD "\",\"signature\":\"AA", "\"}",
                              JT_LIMIT_SIGNATURES + more, "]}");
        const jeton_status want = more == 0 ? JETON_E_SIGNATURE : JETON_E_LIMIT;
        assert_int_equal(judge(token_key(JETON_HS256), &usual, text, NULL, NULL), want);
        free(text);
        text = repeated("{\"payload\":\"\",\"protected\":\"" HEAD "\",\"header\":{", "\"", "\":0",
                        JT_LIMIT_MEMBERS + more, "},\"signature\":\"AA\"}");
        assert_int_equal(judge(token_key(JETON_HS256), &usual, text, NULL, NULL), want);
        free(text);
    }
}

/* ---- arguments and results ------------------------------------------------------------------ */

static void jws_policy_without_meaning_is_refused(void **state)
{
    (void)state;
    static const jeton_jws_policy rows[] = {{.forms = 8}, {.allow = 4}, {.algs = 1U << 31}};
    char *text = sign(token_key(JETON_HS256), NULL, jeton_str("x"));
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(judge(token_key(JETON_HS256), &rows[i], text, NULL, NULL),
                         JETON_E_ARGUMENT);
    jeton_jws *jws = BOGUS;
    assert_int_equal(jeton_jws_verify(NULL, NULL, NULL, jeton_str(text), NULL, &jws, NULL),
                     JETON_E_ARGUMENT);
    assert_null(jws);
    free(text);
}

static void jws_tells_what_it_found_and_nothing_past_it(void **state)
{
    (void)state;
    jeton_key *key = token_key_like(token_key(JETON_ES256), false, "\"kid\":\"k\",");
    const jeton_jws_signature by = {
        .key = key, .typ = "application/x", .unprotected = jeton_str("{ \"z\": [null] }")};
    const jeton_jws_options options = {.form = JETON_JWS_GENERAL};
    const jeton_jws_policy typed = {.forms = ANY_FORM, .typ = "X"};
    jeton_text *text = NULL;
    jeton_keyset *keys = token_keyset(key);
    jeton_jws *jws = NULL;
    assert_int_equal(jeton_jws_sign(NULL, &by, 1, jeton_str(""), &options, &text, NULL), JETON_OK);
    assert_int_equal(jeton_jws_verify(NULL, keys, &typed, jeton_text_span(text), NULL, &jws, NULL),
                     JETON_OK);
    jeton_text_free(&text); /* the result does not need it, nor the set */
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
    unit_assert_span(jeton_key_id(jeton_jws_key(jws, 0)), "k");
    assert_int_equal(jeton_jws_alg(jws, 0), JETON_ES256);
    unit_assert_span(jeton_jws_protected(jws, 0),
                     "{\"alg\":\"ES256\",\"typ\":\"application/x\",\"kid\":\"k\"}");
    unit_assert_span(jeton_jws_unprotected(jws, 0), "{\"z\":[null]}");
    assert_int_equal(jeton_jws_payload(jws).len, 0);
    assert_int_equal(jeton_jws_status(jws, 1), JETON_E_ARGUMENT);
    assert_string_equal(jeton_jws_why(jws, 1), "");
    assert_null(jeton_jws_key(jws, 1));
    assert_int_equal(jeton_jws_alg(jws, 1), JETON_ALG_UNSET);
    assert_int_equal(jeton_jws_protected(jws, 1).len, 0);
    assert_int_equal(jeton_jws_unprotected(jws, 1).len, 0);
    jeton_jws_free(&jws);
    jeton_jws_free(&jws);
    jeton_jws_free(NULL);
}

/* The typ of a header that anybody can change is no answer to a policy that asks for one. */
static void jws_typ_counts_only_where_it_is_protected(void **state)
{
    (void)state;
    const jeton_jws_signature by = {.key = token_key(JETON_HS256),
                                    .unprotected = jeton_str("{\"typ\":\"x\"}")};
    const jeton_jws_policy typed = {.forms = ANY_FORM, .typ = "x"};
    jeton_text *text = NULL;
    assert_int_equal(jeton_jws_sign(NULL, &by, 1, jeton_str("p"), &flat, &text, NULL), JETON_OK);
    assert_int_equal(judge(by.key, &usual, jeton_text_chars(text), NULL, "p"), JETON_OK);
    assert_int_equal(judge(by.key, &typed, jeton_text_chars(text), NULL, "p"), JETON_E_TYP);
    const jeton_jws_policy empty = {.forms = ANY_FORM, .typ = ""}; /* is one, that nothing has */
    assert_int_equal(judge(by.key, &empty, jeton_text_chars(text), NULL, "p"), JETON_E_TYP);
    jeton_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jws_of_every_algorithm_form_and_way_is_taken),
        cmocka_unit_test(jws_that_is_malformed_is_refused),
        cmocka_unit_test(jws_of_a_form_that_is_not_taken_is_refused),
        cmocka_unit_test(jws_is_bare_only_as_a_protected_crit_says),
        cmocka_unit_test(jws_in_compact_form_has_room_for_printable_payloads),
        cmocka_unit_test(jws_in_json_may_stand_behind_the_white_space_of_json_only),
        cmocka_unit_test(jws_with_a_kid_too_long_is_refused_beside_a_good_signature),
        cmocka_unit_test(jws_with_several_signatures_needs_any_or_all),
        cmocka_unit_test(jws_whose_signatures_disagree_about_b64_is_refused),
        cmocka_unit_test(jws_beyond_a_limit_is_refused),
        cmocka_unit_test(jws_of_too_many_things_is_refused),
        cmocka_unit_test(jws_policy_without_meaning_is_refused),
        cmocka_unit_test(jws_tells_what_it_found_and_nothing_past_it),
        cmocka_unit_test(jws_typ_counts_only_where_it_is_protected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
