/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/store/test_postgres.c - addresses of PostgreSQL: which are none, and that no outcome
 * repeats a password. What operations do is in tests/store, with a server. */
#include "store/store.h"

#include "../unit.h"

#include <string.h>

static const struct {
    const char *why, *address;
    jeton_status want;
} refused[] = {
    {"a port that is none", "postgres://jeton:hidden@localhost:port/jeton", JETON_E_STORE},
    {"a bracket left open", "postgres://jeton:hidden@[::1/jeton", JETON_E_ARGUMENT},
    {"an option that is none", "postgres://jeton:hidden@/jeton?colour=hidden", JETON_E_ARGUMENT},
    {"half of an escape", "postgresql://jeton:hidden%2@/jeton", JETON_E_ARGUMENT},
    {"a password with a NUL", "postgresql://jeton:hidden%00@/jeton", JETON_E_ARGUMENT},
    {"a socket that is not there", "postgres://jeton:hidden@/jeton?host=/nowhere/at/all",
     JETON_E_STORE},
    {"no answer there", "postgresql://jeton:hidden@127.0.0.1:1/jeton?password=hidden",
     JETON_E_STORE},
};

static void addresses_that_lead_nowhere_are_refused_without_their_password(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_store *store = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jd_store_open(NULL, refused[i].address, &store, &err), refused[i].want);
        assert_null(store);
        assert_int_equal(err.status, refused[i].want);
        assert_null(strstr(err.text, "hidden"));
    }
}

static void a_password_file_that_is_not_there_is_told(void **state)
{
    (void)state;
    jd_store *store = BOGUS;
    assert_int_equal(setenv("JETON_STORE_PASSWORD_FILE", "/nowhere/at/all", 1), 0);
    assert_int_equal(jd_store_open(NULL, "postgres://jeton@/jeton?host=/nowhere", &store, NULL),
                     JETON_E_NOT_FOUND);
    assert_null(store);
    assert_int_equal(unsetenv("JETON_STORE_PASSWORD_FILE"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_lead_nowhere_are_refused_without_their_password),
        cmocka_unit_test(a_password_file_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
