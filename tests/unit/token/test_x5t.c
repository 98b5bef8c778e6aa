/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_x5t.c - a token that names its key by "x5t#S256": only where it has no kid,
 * and only among keys of ours. */
#include "token/jws.h"

#include "core/ctx.h"

#include "tokens.h"

#define ONE   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TWO   "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER "CAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
    const char *why, *members; /* of the header, behind alg */
    jeton_status want;
} rows[] = {
    {"no name at all", "", JETON_OK},
    {"its certificate", ",\"x5t#S256\":\"" TWO "\"", JETON_OK},
    {"the certificate of the other key", ",\"x5t#S256\":\"" ONE "\"", JETON_E_SIGNATURE},
    {"a certificate that is not known", ",\"x5t#S256\":\"" OTHER "\"", JETON_E_KEY_UNKNOWN},
    {"an empty text", ",\"x5t#S256\":\"\"", JETON_OK},
    {"a number", ",\"x5t#S256\":1", JETON_E_HEADER},
    {"its kid, and another certificate", ",\"kid\":\"two\",\"x5t#S256\":\"" ONE "\"", JETON_OK},
    {"another kid, and its certificate", ",\"kid\":\"one\",\"x5t#S256\":\"" TWO "\"",
     JETON_E_SIGNATURE},
    {"SHA-1 names nothing", ",\"x5t\":\"" ONE "\"", JETON_OK},
};

static void a_key_is_found_by_its_certificate_where_there_is_no_kid(void **state)
{
    (void)state;
    jeton_key *fresh = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str("one"), &fresh, NULL),
                     JETON_OK);
    jeton_key *two = NULL;
    jeton_key *named = NULL;
    jeton_key *one = token_key_like(fresh, false, "\"x5t#S256\":\"" ONE "\",");
    assert_int_equal(jeton_key_generate(NULL, JETON_ES256, jeton_str("two"), &two, NULL), JETON_OK);
    named = token_key_like(two, false, "\"x5t#S256\":\"" TWO "\",");
    const jeton_key *const keys[] = {one, named};
    jeton_keyset *set = NULL;
    assert_int_equal(jeton_keyset_new(NULL, keys, COUNT(keys), &set, NULL), JETON_OK);
    jt_jws jws = jt_jws_init(NULL); /* one for all: what is remembered must not mislead */
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < COUNT(rows); i++) {
            print_message("  %s\n", rows[i].why);
            char header[200];
            (void)snprintf(header, sizeof header, "{\"alg\":\"ES256\"%s}", rows[i].members);
            char *token = token_forge(two, JETON_ES256, header, "{}");
            for (size_t again = 0; again < 2; again++) {
                jeton_err err = {0};
                assert_int_equal(
                    jt_jws_verify(jt_limits(NULL), set, 0, NULL, jeton_str(token), &jws, &err),
                    rows[i].want);
                if (rows[i].want == JETON_OK)
                    assert_ptr_equal(jws.key, named);
            }
            free(token);
        }
    }
    jt_jws_done(&jws);
    jeton_keyset_free(&set);
    jeton_key_free(&named);
    jeton_key_free(&two);
    jeton_key_free(&one);
    jeton_key_free(&fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_by_its_certificate_where_there_is_no_kid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
