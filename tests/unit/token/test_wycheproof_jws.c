/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_wycheproof_jws.c - the JWS cases of Wycheproof: all are answered as they
 * are labelled but for the eight that a strict library answers otherwise. */
#include "core/ctx.h"
#include "token/jws.h"
#include "json/json.h"

#include "../../vectors/vectors.h"
#include "tokens.h"

static const char *folder;

/* The cases that a strict library answers otherwise than they are labelled. */
static const struct {
    int64_t id;
    const char *why;
} exceptions[] = {
    {367, "labelled invalid, and byte for byte the token of 357, which is labelled valid"},
    {370, "labelled invalid, and byte for byte the token of 357, which is labelled valid"},
    {372, "labelled valid, with a '?' in the header: RFC 7515 §2 and §5.2 refuse it"},
    {373, "labelled valid, with a '?' in the payload: RFC 7515 §2 and §5.2 refuse it"},
    {346, "labelled valid, and the token says PS384 where the key is bound to PS256"},
    {350, "labelled valid, and the token says PS384 where the key is bound to PS256"},
    {347, "labelled valid, and the key says ES521, which is no registered name"},
    {351, "labelled valid, and the key says ES521, which is no registered name"},
};

static const char *exception(int64_t id)
{
    for (size_t i = 0; i < COUNT(exceptions); i++)
        if (exceptions[i].id == id)
            return exceptions[i].why;
    return NULL;
}

typedef struct tally {
    unsigned cases, as_labelled, excepted, wrong;
} tally;

/* A key that is bound to no algorithm gets a policy that names all of ours. */
static jeton_status judge(const jeton_key *key, jeton_span token)
{
    const uint32_t algs = jeton_key_alg(key) == JETON_ALG_UNSET ? token_alg_bits() : 0;
    jeton_keyset *keys = token_keyset(key);
    jt_jws jws = jt_jws_init(NULL);
    const jeton_status status = jt_jws_verify(jt_limits(NULL), keys, algs, NULL, token, &jws, NULL);
    jt_jws_done(&jws);
    jeton_keyset_free(&keys);
    return status;
}

/* Without a key, which was refused, nothing verifies. */
static void run_case(const jt_val *test, const jeton_key *key, tally *counts)
{
    int64_t id = 0;
    assert_true(jt_val_int(jt_get(test, "tcId"), &id));
    const jeton_status status =
        key != NULL ? judge(key, jt_get_text(test, "jws")) : JETON_E_UNSUPPORTED;
    const bool valid = jeton_span_equal(jt_get_text(test, "result"), jeton_str("valid"));
    const bool as_labelled = (status == JETON_OK) == valid;
    counts->cases++;
    counts->as_labelled += as_labelled;
    counts->excepted += !as_labelled && exception(id) != NULL;
    if (exception(id) != NULL)
        print_message("  %d answered %s: %s\n", (int)id, jeton_status_name(status), exception(id));
    if (as_labelled == (exception(id) != NULL)) {
        print_message("  %d answered %s, which is wrong\n", (int)id, jeton_status_name(status));
        counts->wrong++;
    }
}

/* The one name in the file that is not registered (RFC 7518 §3.1). */
static bool is_known(jeton_span alg)
{
    return !jeton_span_equal(alg, jeton_str("ES521"));
}

static void run_group(const jt_val *group, tally *counts)
{
    const jt_val *jwk = jt_get(group, "public");
    if (jwk == NULL)
        jwk = jt_get(group, "private");
    jeton_key *key = BOGUS;
    const jeton_status status = token_key_of(jwk, &key);
    assert_int_equal(status, is_known(jt_get_text(jwk, "alg")) ? JETON_OK : JETON_E_UNSUPPORTED);
    for (jt_iter it = jt_iter_of(jt_get(group, "tests")); jt_iter_next(&it);)
        run_case(it.val, key, counts);
    jeton_key_free(&key);
}

static void jws_agrees_with_wycheproof(void **state)
{
    (void)state;
    const jeton_ctx_options options = {.limits = {.json = (size_t)1 << 20}};
    jeton_ctx *ctx = NULL;
    jt_json *doc = NULL;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    const jeton_span text = vectors_read(folder, "wycheproof/json_web_signature_test.json");
    assert_int_equal(jt_json_parse(ctx, text, &doc, NULL), JETON_OK);
    free((void *)(uintptr_t)text.ptr);

    tally counts = {0};
    const jt_val *root = jt_json_root(doc);
    for (jt_iter it = jt_iter_of(jt_get(root, "testGroups")); jt_iter_next(&it);)
        run_group(it.val, &counts);
    print_message("  %u cases: %u as labelled, %u exceptions\n", counts.cases, counts.as_labelled,
                  counts.excepted);

    int64_t said = 0;
    assert_true(jt_val_int(jt_get(root, "numberOfTests"), &said));
    assert_int_equal(counts.cases, said);
    assert_int_equal(counts.wrong, 0);
    assert_int_equal(counts.excepted, COUNT(exceptions));
    assert_int_equal(counts.as_labelled, 393);
    jt_json_free(&doc);
    jeton_ctx_free(&ctx);
}

int main(void)
{
    folder = vectors_folder("token.wycheproof_jws");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jws_agrees_with_wycheproof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
