/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_bans.c - bans are kept until their end, or until they are lifted. */
#include "store/bans.h"
#include "suite.h"

#include <stdio.h>

static jd_ban ban_of(const char *network, jeton_time until)
{
    return (jd_ban){
        .network = jeton_str(network), .why = jeton_str("why"), .until = until, .made = NOW};
}

static jd_ban_list list(suite *s, jeton_time now)
{
    jd_ban_list bans = {BOGUS, 9};
    assert_ok(jd_store_ban_list(s->store, now, &s->arena, &bans, NULL));
    return bans;
}

static void a_ban_is_listed_until_its_end(void **state)
{
    suite *s = *state;
    const jd_ban ends = ban_of("192.0.2.0/24", NOW + MINUTE);
    const jd_ban stays = ban_of("2001:db8::/32", 0);
    assert_int_equal(list(s, NOW).count, 0);
    assert_ok(jd_store_ban_add(s->store, &stays, NULL));
    assert_ok(jd_store_ban_add(s->store, &ends, NULL));
    suite_reopen(s);
    const jd_ban_list bans = list(s, NOW);
    assert_int_equal(bans.count, 2);
    assert_true(jeton_span_equal(bans.at[0].network, ends.network));
    assert_true(jeton_span_equal(bans.at[0].why, ends.why));
    assert_int_equal(bans.at[0].until, NOW + MINUTE);
    assert_int_equal(bans.at[0].made, NOW);
    assert_int_equal(list(s, NOW + MINUTE - 1).count, 2);
    assert_int_equal(list(s, NOW + MINUTE).count, 1);
}

static void a_ban_of_the_same_network_replaces_it(void **state)
{
    suite *s = *state;
    const jd_ban first = ban_of("192.0.2.7", NOW + MINUTE);
    const jd_ban second = ban_of("192.0.2.7", 0);
    assert_ok(jd_store_ban_add(s->store, &first, NULL));
    assert_ok(jd_store_ban_add(s->store, &second, NULL));
    assert_int_equal(list(s, NOW).count, 1);
    assert_int_equal(list(s, NOW + DAY).count, 1);
}

static void a_ban_is_lifted_once(void **state)
{
    suite *s = *state;
    const jd_ban ban = ban_of("192.0.2.7", 0);
    assert_int_equal(jd_store_ban_lift(s->store, ban.network, NULL), JETON_E_NOT_FOUND);
    assert_ok(jd_store_ban_add(s->store, &ban, NULL));
    assert_int_equal(jd_store_ban_lift(s->store, jeton_str("192.0.2.8"), NULL), JETON_E_NOT_FOUND);
    assert_ok(jd_store_ban_lift(s->store, ban.network, NULL));
    assert_int_equal(list(s, NOW).count, 0);
    assert_int_equal(jd_store_ban_lift(s->store, ban.network, NULL), JETON_E_NOT_FOUND);
}

static void there_is_an_end_to_bans_and_expired_ones_make_room(void **state)
{
    suite *s = *state;
    char network[32];
    for (unsigned i = 0; i < JD_BANS_MAX; i++) {
        (void)snprintf(network, sizeof network, "10.0.%u.%u", i / 200, i % 200);
        const jd_ban ban = ban_of(network, i == 0 ? NOW + MINUTE : 0);
        assert_ok(jd_store_ban_add(s->store, &ban, NULL));
    }
    jd_ban late = ban_of("192.0.2.7", 0);
    assert_int_equal(jd_store_ban_add(s->store, &late, NULL), JETON_E_LIMIT);
    late.made = NOW + MINUTE;
    assert_ok(jd_store_ban_add(s->store, &late, NULL));
    assert_int_equal(list(s, NOW + MINUTE).count, JD_BANS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ban_is_listed_until_its_end),
        cmocka_unit_test(a_ban_of_the_same_network_replaces_it),
        cmocka_unit_test(a_ban_is_lifted_once),
        cmocka_unit_test(there_is_an_end_to_bans_and_expired_ones_make_room),
    };
    return suite_run("bans", tests, COUNT(tests));
}
