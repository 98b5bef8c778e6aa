/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_clients.c - clients, and marks that end the sessions they concern. */
#include "store/clients.h"
#include "store/log.h"
#include "store/revoke.h"
#include "suite.h"

static jd_client client_of(const char *id)
{
    return (jd_client){
        .id = jeton_str(id),
        .name = jeton_str("A shop"),
        .secret = {(const uint8_t *)"hash\0of it", 10},
        .audience = jeton_str("https://shop.example"),
        .scopes = jeton_str("orders:read orders:write"),
        .grants = jeton_str("password refresh_token"),
        .alg = jeton_str("RS256"),
        .access_ttl = 60,
        .refresh_ttl = 3600,
        .session_ttl = 7200,
        .created = NOW,
    };
}

static jd_client_list list(suite *s, const char *after, size_t most)
{
    jd_client_list clients = {BOGUS, 9};
    assert_ok(jd_store_client_list(s->store, jeton_str(after), most, &s->arena, &clients, NULL));
    return clients;
}

static void client_is_listed_as_it_was_added(void **state)
{
    suite *s = *state;
    const jd_client shop = client_of("shop");
    assert_int_equal(list(s, "", 10).count, 0);
    assert_ok(jd_store_client_add(s->store, &shop, NULL));
    assert_int_equal(jd_store_client_add(s->store, &shop, NULL), JETON_E_EXISTS);
    suite_reopen(s);
    const jd_client_list clients = list(s, "", 10);
    assert_int_equal(clients.count, 1);
    const jd_client *got = &clients.at[0];
    assert_true(jeton_span_equal(got->id, shop.id));
    assert_true(jeton_span_equal(got->name, shop.name));
    assert_true(jeton_span_equal(got->secret, shop.secret));
    assert_true(jeton_span_equal(got->audience, shop.audience));
    assert_true(jeton_span_equal(got->scopes, shop.scopes));
    assert_true(jeton_span_equal(got->grants, shop.grants));
    assert_true(jeton_span_equal(got->alg, shop.alg));
    assert_int_equal(got->access_ttl, 60);
    assert_int_equal(got->refresh_ttl, 3600);
    assert_int_equal(got->session_ttl, 7200);
    assert_int_equal(got->created, NOW);
    assert_false(got->disabled);
}

static void clients_come_in_pages_in_the_order_of_their_ids(void **state)
{
    suite *s = *state;
    static const char *const ids[] = {"b", "a", "c"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        const jd_client client = client_of(ids[i]);
        assert_ok(jd_store_client_add(s->store, &client, NULL));
    }
    const jd_client_list first = list(s, "", 2);
    assert_int_equal(first.count, 2);
    unit_assert_span(first.at[0].id, "a");
    unit_assert_span(first.at[1].id, "b");
    const jd_client_list rest = list(s, "b", 2);
    assert_int_equal(rest.count, 1);
    unit_assert_span(rest.at[0].id, "c");
}

static void client_gets_another_secret(void **state)
{
    suite *s = *state;
    const jd_client shop = client_of("shop");
    const jd_client other = client_of("other");
    assert_ok(jd_store_client_add(s->store, &shop, NULL));
    assert_ok(jd_store_client_add(s->store, &other, NULL));
    assert_ok(jd_store_client_set_secret(s->store, shop.id, jeton_str("new"), NULL));
    assert_int_equal(
        jd_store_client_set_secret(s->store, jeton_str("none"), jeton_str("new"), NULL),
        JETON_E_NOT_FOUND);
    const jd_client_list clients = list(s, "", 10);
    assert_true(jeton_span_equal(clients.at[0].secret, other.secret));
    unit_assert_span(clients.at[1].secret, "new");
}

/* --- marks ----------------------------------------------------------------------------------- */

static void client_is_changed_while_it_is_what_it_was(void **state)
{
    suite *s = *state;
    const jd_client was = client_of("shop");
    jd_client becomes = was;
    assert_int_equal(jd_store_client_change(s->store, &was, &becomes, NULL), JETON_E_NOT_FOUND);
    assert_ok(jd_store_client_add(s->store, &was, NULL));
    becomes.name = jeton_str("Another shop");
    becomes.alg = jeton_str("");
    becomes.session_ttl = 9000;
    becomes.secret = jeton_str("not looked at");
    assert_ok(jd_store_client_change(s->store, &was, &becomes, NULL));
    suite_reopen(s);
    const jd_client *got = &list(s, "", 10).at[0];
    assert_true(jeton_span_equal(got->name, becomes.name));
    assert_int_equal(got->alg.len, 0);
    assert_int_equal(got->session_ttl, 9000);
    assert_true(jeton_span_equal(got->scopes, was.scopes));
    assert_true(jeton_span_equal(got->secret, was.secret));
    /* somebody who has read the old one comes too late */
    assert_int_equal(jd_store_client_change(s->store, &was, &was, NULL), JETON_E_NOT_FOUND);
}

static void add_session_of(suite *s, uint8_t session, uint8_t user, const char *client)
{
    jd_session added = suite_session(session, user);
    uint64_t rev;
    added.client = jeton_str(client);
    added.scope = jeton_str("orders:read");
    assert_ok(jd_store_session_add(s->store, &added, &rev, NULL));
}

static bool is_live(suite *s, uint8_t session)
{
    const jd_id id = suite_id(session);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &id, &s->arena, &view, NULL));
    unit_assert_span(view.session.scope, "orders:read");
    return view.session.ended == 0;
}

/* Users 1 and 2; sessions 11 of 1 by a, 12 of 1 by b, 13 of 2 by a. */
static void make_sessions(suite *s)
{
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    add_session_of(s, 11, 1, "a");
    add_session_of(s, 12, 1, "b");
    add_session_of(s, 13, 2, "a");
}

static const struct {
    jt_revoked kind;
    bool left[3]; /* of 11, 12, 13 */
} marks[] = {
    {JT_REVOKED_SUBJECT, {false, false, true}}, {JT_REVOKED_CLIENT, {false, true, false}},
    {JT_REVOKED_ALL, {false, false, false}},    {JT_REVOKED_KEY, {true, true, true}},
    {JT_REVOKED_TOKEN, {true, true, true}},
};

static void a_mark_ends_the_sessions_it_concerns(void **state)
{
    suite *s = *state;
    make_sessions(s);
    for (size_t i = 0; i < COUNT(marks); i++) {
        print_message("  kind %d\n", marks[i].kind);
        jd_revoking asked = {
            .kind = marks[i].kind, .client = jeton_str("a"), .now = NOW, .expires = NOW + DAY};
        memset(asked.id, 1, sizeof asked.id);
        jt_revocation entry;
        memset(&entry, 0x5a, sizeof entry);
        suite_reopen(s);
        assert_ok(jd_store_revoke(s->store, &asked, &entry, NULL));
        assert_int_equal(entry.n, i + 1);
        assert_int_equal(entry.kind, marks[i].kind);
        assert_int_equal(entry.expires, NOW + DAY);
        assert_memory_equal(entry.id, asked.id, sizeof asked.id);
        for (uint8_t k = 0; k < 3; k++)
            if (!marks[i].left[k])
                assert_false(is_live(s, (uint8_t)(11 + k)));
        if (marks[i].kind == JT_REVOKED_SUBJECT)
            assert_true(is_live(s, 13));
    }
}

static void a_mark_about_one_thing_ends_no_session(void **state)
{
    suite *s = *state;
    make_sessions(s);
    const jt_revoked kinds[] = {JT_REVOKED_KEY, JT_REVOKED_TOKEN};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        jt_revocation entry;
        const jd_revoking asked = {.kind = kinds[i], .now = NOW, .expires = NOW};
        assert_ok(jd_store_revoke(s->store, &asked, &entry, NULL));
    }
    for (uint8_t session = 11; session <= 13; session++)
        assert_true(is_live(s, session));
}

static void a_client_that_is_disabled_or_removed_loses_its_sessions(void **state)
{
    suite *s = *state;
    const jd_client a = client_of("a");
    const jd_client b = client_of("b");
    make_sessions(s);
    assert_ok(jd_store_client_add(s->store, &a, NULL));
    assert_ok(jd_store_client_add(s->store, &b, NULL));
    jd_revoking asked = {.kind = JT_REVOKED_CLIENT, .client = a.id, .now = NOW, .expires = NOW};
    jt_revocation entry;
    assert_ok(jd_store_client_disable(s->store, &asked, &entry, NULL));
    assert_int_equal(entry.n, 4); /* behind a notice of each change */
    assert_false(is_live(s, 11));
    assert_true(is_live(s, 12));
    assert_false(is_live(s, 13));
    assert_true(list(s, "", 10).at[0].disabled);
    assert_ok(jd_store_client_enable(s->store, a.id, NULL));
    assert_false(list(s, "", 10).at[0].disabled);
    assert_false(is_live(s, 11));

    asked.client = b.id;
    assert_ok(jd_store_client_remove(s->store, &asked, &entry, NULL));
    assert_int_equal(entry.n, 7);
    assert_false(is_live(s, 12));
    assert_int_equal(list(s, "", 10).count, 1);
}

static void a_client_that_is_not_there_leaves_no_mark(void **state)
{
    suite *s = *state;
    const jd_revoking asked = {.kind = JT_REVOKED_CLIENT, .client = jeton_str("a"), .now = NOW};
    jt_revocation entry;
    uint64_t head = 9;
    assert_int_equal(jd_store_client_disable(s->store, &asked, &entry, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(entry.n, 0);
    assert_int_equal(jd_store_client_remove(s->store, &asked, &entry, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_client_enable(s->store, asked.client, NULL), JETON_E_NOT_FOUND);
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_is_listed_as_it_was_added),
        cmocka_unit_test(clients_come_in_pages_in_the_order_of_their_ids),
        cmocka_unit_test(client_gets_another_secret),
        cmocka_unit_test(client_is_changed_while_it_is_what_it_was),
        cmocka_unit_test(a_mark_ends_the_sessions_it_concerns),
        cmocka_unit_test(a_mark_about_one_thing_ends_no_session),
        cmocka_unit_test(a_client_that_is_disabled_or_removed_loses_its_sessions),
        cmocka_unit_test(a_client_that_is_not_there_leaves_no_mark),
    };
    return suite_run("clients", tests, COUNT(tests));
}
