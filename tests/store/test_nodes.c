/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_nodes.c - nodes say what they have and read what they have not; what they hold
 * copies of tells them when it changes. */
#include "store/audit.h"
#include "store/bans.h"
#include "store/clients.h"
#include "store/keys.h"
#include "store/log.h"
#include "store/nodes.h"
#include "store/purge.h"
#include "store/revoke.h"
#include "suite.h"

#include <string.h>

static jd_beat beat_of(uint8_t byte, uint64_t applied)
{
    return (jd_beat){.id = suite_id(byte),
                     .name = jeton_str("host"),
                     .kind = jeton_str("serve"),
                     .version = jeton_str("1"),
                     .applied = applied,
                     .lease = 2000,
                     .from = applied,
                     .most = 100};
}

static void add_entries(suite *s, size_t count, jeton_time expires)
{
    for (size_t i = 0; i < count; i++) {
        jt_revocation entry = {.kind = JT_REVOKED_SESSION, .id = {(uint8_t)i}, .expires = expires};
        assert_ok(jd_store_log_add(s->store, &entry, NULL));
    }
}

static jd_beat_answer beat(suite *s, const jd_beat *asked)
{
    jd_beat_answer answer = {.head = 77, .entries = {BOGUS, 7}};
    assert_ok(jd_store_node_beat(s->store, asked, &s->arena, &answer, NULL));
    return answer;
}

static jd_nodes list(suite *s)
{
    jd_nodes nodes = {.at = BOGUS, .count = 7};
    assert_ok(jd_store_node_list(s->store, &s->arena, &nodes, NULL));
    return nodes;
}

static void a_beat_gives_the_head_the_clock_and_the_entries_from_a_number_on(void **state)
{
    suite *s = *state;
    jd_beat asked = beat_of(1, 0);
    jd_beat_answer answer = beat(s, &asked);
    assert_int_equal(answer.head, 0);
    assert_int_equal(answer.pruned, 0);
    assert_int_equal(answer.entries.count, 0);
    assert_true(answer.now > 1700000000000); /* milliseconds, and after 2023 */

    add_entries(s, 5, NOW);
    static const struct {
        uint64_t from, first;
        size_t most, count;
    } rows[] = {{0, 1, 100, 5}, {1, 1, 100, 5}, {3, 3, 100, 3}, {5, 5, 100, 1},
                {6, 0, 100, 0}, {2, 2, 2, 2},   {1, 0, 0, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  from %d, at most %zu\n", (int)rows[i].from, rows[i].most);
        asked.from = rows[i].from;
        asked.most = rows[i].most;
        answer = beat(s, &asked);
        assert_int_equal(answer.head, 5);
        assert_int_equal(answer.entries.count, rows[i].count);
        if (rows[i].count > 0)
            assert_int_equal(answer.entries.at[0].n, rows[i].first);
    }
}

static void a_node_is_listed_with_what_it_said_last(void **state)
{
    suite *s = *state;
    jd_beat a = beat_of(1, 0);
    jd_beat b = beat_of(2, 0);
    a.name = jeton_str("b-host");
    b.name = jeton_str("a-host");
    b.kind = jeton_str("agent");
    const jd_beat_answer first = beat(s, &a);
    (void)beat(s, &b);
    add_entries(s, 3, NOW);
    a.applied = 2;
    a.lease = 500;
    (void)beat(s, &a);

    suite_reopen(s);
    const jd_nodes nodes = list(s);
    assert_int_equal(nodes.count, 2);
    assert_int_equal(nodes.head, 3);
    unit_assert_span(nodes.at[0].name, "a-host");
    unit_assert_span(nodes.at[0].kind, "agent");
    assert_int_equal(nodes.at[0].applied, 0);
    const jd_node *node = &nodes.at[1];
    assert_true(jd_id_equal(&node->id, &a.id));
    unit_assert_span(node->name, "b-host");
    unit_assert_span(node->kind, "serve");
    unit_assert_span(node->version, "1");
    assert_int_equal(node->applied, 2);
    assert_int_equal(node->lease, 500);
    assert_in_range(node->began, first.now - MINUTE, first.now);
    assert_in_range(node->seen, node->began, nodes.now + 10); /* it rises with each beat */
}

static void a_node_of_another_kind_is_refused(void **state)
{
    suite *s = *state;
    jd_beat asked = beat_of(1, 0);
    jd_beat_answer answer = {.head = 77};
    asked.kind = jeton_str("served");
    assert_int_equal(jd_store_node_beat(s->store, &asked, &s->arena, &answer, NULL),
                     JETON_E_ARGUMENT);
    assert_int_equal(answer.head, 0);
    assert_int_equal(list(s).count, 0);
}

/* Whoever was away while entries were pruned must be able to tell. */
static void what_was_pruned_is_remembered(void **state)
{
    suite *s = *state;
    add_entries(s, 2, NOW - DAY);
    add_entries(s, 1, NOW + DAY);
    add_entries(s, 1, NOW - DAY);
    add_entries(s, 1, NOW + DAY);
    size_t removed = 99;
    const jd_beat asked = beat_of(1, 0);
    assert_ok(jd_store_purge(s->store, NOW - 2 * DAY, &removed, NULL));
    assert_int_equal(removed, 0);
    assert_int_equal(beat(s, &asked).pruned, 0);

    assert_ok(jd_store_purge(s->store, NOW, &removed, NULL));
    assert_int_equal(removed, 3);
    const jd_beat_answer answer = beat(s, &asked);
    assert_int_equal(answer.pruned, 4);
    assert_int_equal(answer.head, 5);
    assert_int_equal(answer.entries.count, 2);
    assert_int_equal(answer.entries.at[0].n, 3);
    assert_int_equal(answer.entries.at[1].n, 5);
    assert_int_equal(list(s).count, 1); /* a node that was just seen stays */
}

/* ---- notices -------------------------------------------------------------------------------- */

static void add_key(suite *s)
{
    const jd_stored_key key = {.kid = jeton_str("k"),
                               .alg = jeton_str("ES256"),
                               .state = jeton_str("next"),
                               .public = jeton_str("{}"),
                               .sealed = jeton_str("sealed"),
                               .created = NOW};
    assert_ok(jd_store_key_add(s->store, &key, NULL));
}

static void change_key(suite *s)
{
    const jd_key_change change = {
        .kid = jeton_str("k"), .from = jeton_str("next"), .to = jeton_str("active")};
    jt_revocation entry;
    assert_ok(jd_store_key_change(s->store, &change, 1, NULL, &entry, NULL));
}

static const jd_client client = {.id = {(const uint8_t *)"c", 1},
                                 .name = {(const uint8_t *)"C", 1},
                                 .secret = {(const uint8_t *)"s", 1},
                                 .grants = {(const uint8_t *)"password", 8}};

static void add_client(suite *s)
{
    assert_ok(jd_store_client_add(s->store, &client, NULL));
}

static void change_client(suite *s)
{
    jd_client becomes = client;
    becomes.name = jeton_str("D");
    assert_ok(jd_store_client_change(s->store, &client, &becomes, NULL));
}

static void change_secret(suite *s)
{
    assert_ok(jd_store_client_set_secret(s->store, client.id, jeton_str("t"), NULL));
}

static jd_revoking revoking(void)
{
    return (jd_revoking){
        .kind = JT_REVOKED_CLIENT, .client = client.id, .now = NOW, .expires = NOW + DAY};
}

static void disable_client(suite *s)
{
    const jd_revoking asked = revoking();
    jt_revocation entry;
    assert_ok(jd_store_client_disable(s->store, &asked, &entry, NULL));
}

static void enable_client(suite *s)
{
    assert_ok(jd_store_client_enable(s->store, client.id, NULL));
}

static void remove_client(suite *s)
{
    const jd_revoking asked = revoking();
    jt_revocation entry;
    assert_ok(jd_store_client_remove(s->store, &asked, &entry, NULL));
}

static void add_ban(suite *s)
{
    const jd_ban ban = {.network = jeton_str("192.0.2.0/24"), .made = NOW};
    assert_ok(jd_store_ban_add(s->store, &ban, NULL));
}

static void lift_ban(suite *s)
{
    assert_ok(jd_store_ban_lift(s->store, jeton_str("192.0.2.0/24"), NULL));
}

static void add_user(suite *s)
{
    suite_add_user(s, 1);
}

static void what_nodes_hold_copies_of_tells_them_when_it_changes(void **state)
{
    static const struct {
        const char *name;
        void (*run)(suite *s);
        jt_revoked notice; /* 0: none */
    } rows[] = {
        {"a key is added", add_key, JT_NOTICE_KEYS},
        {"a key is changed", change_key, JT_NOTICE_KEYS},
        {"a client is added", add_client, JT_NOTICE_CLIENTS},
        {"a client is changed", change_client, JT_NOTICE_CLIENTS},
        {"a client gets a secret", change_secret, JT_NOTICE_CLIENTS},
        {"a client is disabled", disable_client, JT_NOTICE_CLIENTS},
        {"a client is enabled", enable_client, JT_NOTICE_CLIENTS},
        {"a client is removed", remove_client, JT_NOTICE_CLIENTS},
        {"a ban is added", add_ban, JT_NOTICE_BANS},
        {"a ban is lifted", lift_ban, JT_NOTICE_BANS},
        {"a user is added", add_user, (jt_revoked)0},
    };
    suite *s = *state;
    uint64_t seen = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].name);
        jd_entries entries;
        size_t notices = 0;
        rows[i].run(s);
        assert_ok(jd_store_log_after(s->store, seen, 10, &s->arena, &entries, NULL));
        for (size_t k = 0; k < entries.count; k++) {
            notices += jt_is_notice(entries.at[k].kind);
            if (jt_is_notice(entries.at[k].kind))
                assert_int_equal(entries.at[k].kind, rows[i].notice);
            seen = entries.at[k].n;
        }
        assert_int_equal(notices, rows[i].notice != 0);
    }
}

static void what_changes_nothing_tells_nobody(void **state)
{
    suite *s = *state;
    uint64_t head = 99;
    assert_int_equal(jd_store_client_enable(s->store, client.id, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_ban_lift(s->store, jeton_str("192.0.2.0/24"), NULL),
                     JETON_E_NOT_FOUND);
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 0);
}

/* ---- many revocations ----------------------------------------------------------------------- */

static void many_revocations_are_one_transaction(void **state)
{
    suite *s = *state;
    const jd_audit_who who = {.actor = "op", .address = "192.0.2.1", .request = "r"};
    jd_revoke_one ones[70];
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    for (size_t i = 0; i < COUNT(ones); i++)
        ones[i] = (jd_revoke_one){.asked = {.kind = JT_REVOKED_TOKEN,
                                            .id = {(uint8_t)i, 1},
                                            .now = NOW,
                                            .expires = NOW + DAY},
                                  .who = i == 3 ? &who : NULL};
    const jd_id user = suite_id(1);
    ones[5].asked.kind = JT_REVOKED_SUBJECT;
    memcpy(ones[5].asked.id, user.bytes, sizeof user.bytes);
    assert_ok(jd_store_revoke_many(s->store, ones, COUNT(ones), NULL));

    jd_entries kept;
    jd_audit_rows rows;
    jd_audit_head head;
    assert_ok(jd_store_log_after(s->store, 0, 100, &s->arena, &kept, NULL));
    assert_ok(jd_store_audit_list(s->store, 0, 100, &s->arena, &rows, NULL));
    assert_int_equal(kept.count, COUNT(ones));
    const size_t before = rows.count - COUNT(ones); /* of the user and the session */
    for (size_t i = 0; i < COUNT(ones); i++) {
        assert_int_equal(ones[i].entry.n, i + 1);
        assert_int_equal(kept.at[i].kind, ones[i].asked.kind);
        assert_memory_equal(kept.at[i].id, ones[i].asked.id, JT_REVOKED_ID);
        unit_assert_span(rows.at[before + i].action, "revoke");
    }
    unit_assert_span(rows.at[before + 3].actor, "op");
    unit_assert_span(rows.at[before + 3].address, "192.0.2.1");
    unit_assert_span(rows.at[before + 4].actor, "");
    unit_assert_span(rows.at[before + 5].detail, "user");
    assert_ok(jd_store_audit_check(s->store, &head, NULL));
    jd_session_view view;
    const jd_id session = suite_id(11);
    assert_ok(jd_store_session_get(s->store, &session, &s->arena, &view, NULL));
    assert_int_equal(view.session.ended, NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_beat_gives_the_head_the_clock_and_the_entries_from_a_number_on),
        cmocka_unit_test(a_node_is_listed_with_what_it_said_last),
        cmocka_unit_test(a_node_of_another_kind_is_refused),
        cmocka_unit_test(what_was_pruned_is_remembered),
        cmocka_unit_test(what_nodes_hold_copies_of_tells_them_when_it_changes),
        cmocka_unit_test(what_changes_nothing_tells_nobody),
        cmocka_unit_test(many_revocations_are_one_transaction),
    };
    return suite_run("nodes", tests, COUNT(tests));
}
