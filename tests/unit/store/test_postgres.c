/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/store/test_postgres.c - addresses of PostgreSQL: which are none, and that no outcome
 * repeats a password. What operations do is in tests/store, with a server. */
#include "store/postgres.h"

#include "../unit.h"

#include <stdio.h>
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
    jeton_err err = {0};
    assert_int_equal(setenv("JETON_STORE_PASSWORD_FILE", "/nowhere/at/all", 1), 0);
    assert_int_equal(jd_store_open(NULL, "postgres://jeton@/jeton?host=/nowhere", &store, &err),
                     JETON_E_SYSTEM);
    assert_null(store);
    assert_non_null(strstr(err.text, "JETON_STORE_PASSWORD_FILE"));
    assert_int_equal(unsetenv("JETON_STORE_PASSWORD_FILE"), 0);
}

static const struct {
    const char *why, *address, *places; /* host/address:port, with blanks between them */
} found[] = {
    {"one by its address", "postgres://jeton@127.0.0.1:1/jeton", "127.0.0.1/127.0.0.1:1 "},
    {"several, each with its port", "postgres://jeton@127.0.0.1:1,[::1]:2/jeton",
     "127.0.0.1/127.0.0.1:1 ::1/::1:2 "},
    {"one port for all", "postgres:///jeton?host=127.0.0.1,127.0.0.2&port=5",
     "127.0.0.1/127.0.0.1:5 127.0.0.2/127.0.0.2:5 "},
    {"a socket has no address", "postgres:///jeton?host=/run/a,/run/b", "/run/a/: /run/b/: "},
    {"an address that is given is not looked up", "postgres://db.invalid/jeton?hostaddr=127.0.0.9",
     "db.invalid/127.0.0.9: "},
    {"a name that nobody knows is left to libpq", "postgres://db.invalid/jeton", "db.invalid/: "},
    {"nothing is said", "postgres:///jeton", "/: "},
    {"more ports than hosts: libpq refuses it", "postgres:///jeton?host=a,b&port=1,2,3", "/: "},
    {"more addresses than hosts: libpq refuses it",
     "postgres:///jeton?host=127.0.0.1&hostaddr=127.0.0.1,127.0.0.2", "/: "},
    {"no address at all", "postgres://[", "/: "},
};

static void an_address_may_lead_to_several_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(found); i++) {
        char said[512] = "";
        jd_pg_place places[JD_PG_PLACES];
        print_message("  %s\n", found[i].why);
        memset(places, 0xa5, sizeof places);
        const size_t count = jd_pg_places(found[i].address, places);
        assert_in_range(count, 1, JD_PG_PLACES);
        size_t len = 0;
        for (size_t k = 0; k < count; k++) {
            const int more = snprintf(said + len, sizeof said - len, "%s/%s:%s ", places[k].host,
                                      places[k].address, places[k].port);
            assert_in_range(more, 1, sizeof said - len - 1);
            len += (size_t)more;
        }
        assert_string_equal(said, found[i].places);
    }
}

static void there_are_no_more_places_than_there_is_room_for(void **state)
{
    (void)state;
    char address[512] = "postgres://127.0.0.1";
    jd_pg_place places[JD_PG_PLACES];
    for (size_t i = 0; i < 2 * JD_PG_PLACES; i++)
        (void)strcat(address, ",127.0.0.2");
    assert_int_equal(jd_pg_places(address, places), JD_PG_PLACES);
    assert_string_equal(places[0].host, "127.0.0.1");
    assert_string_equal(places[JD_PG_PLACES - 1].host, "127.0.0.2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_lead_nowhere_are_refused_without_their_password),
        cmocka_unit_test(a_password_file_that_is_not_there_is_told),
        cmocka_unit_test(an_address_may_lead_to_several_places),
        cmocka_unit_test(there_are_no_more_places_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
