/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_memory.c - operations with allocation 0, 1, 2, … failing, until they have all
 * they want: each says JETON_E_NOMEM, leaves its results empty, and works the next time. What
 * SQLite and libpq allocate is theirs and does not fail here. */
#include "operations.h"
#include "signer/published.h"
#include "store/keys.h"
#include "store/log.h"

#include <jeton/key.h>
#include <jeton/keyset.h>
#include <jeton/text.h>

#define MOST 300U

/* Stand in for those of libc in what is linked statically, which is all of ours. The names are the
 * linker's (--wrap). */
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
void *__real_malloc(size_t size);
void *__real_realloc(void *ptr, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *ptr, size_t size);

static _Thread_local bool armed, fired;
static _Thread_local unsigned left;

static bool fails(void)
{
    if (!armed)
        return false;
    fired = fired || left == 0;
    left -= left > 0;
    return fired;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *ptr, size_t size)
{
    return fails() ? NULL : __real_realloc(ptr, size);
}

// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)

/* --- the operations: each says whether something is in its result ----------------------------- */

static jeton_status read_user(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_user user = {.role_count = 9};
    const jd_id id = suite_id(1);
    const jeton_status status = jd_store_user_get(s->store, &id, arena, &user, err);
    *had = user.name.len > 0 || user.role_count > 0;
    return status;
}

static jeton_status find_user(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_user user = {.role_count = 9};
    const jeton_status status =
        jd_store_user_find(s->store, jeton_str("user-001"), arena, &user, err);
    *had = user.name.len > 0 || user.role_count > 0;
    return status;
}

static jeton_status list_users(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_users users = {.count = 9};
    const jd_user_page page = {.most = 10};
    const jeton_status status = jd_store_user_list(s->store, &page, arena, &users, err);
    *had = users.count > 0;
    return status;
}

static jeton_status read_session(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_session_view view = {.rev = 9};
    const jd_id id = suite_id(1);
    const jeton_status status = jd_store_session_get(s->store, &id, arena, &view, err);
    *had = view.session.client.len > 0 || view.user.role_count > 0;
    return status;
}

static jeton_status read_log(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_entries entries = {.count = 9};
    const jeton_status status = jd_store_log_after(s->store, 0, 100, arena, &entries, err);
    *had = entries.count > 0;
    return status;
}

static jeton_status list_keys(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    jd_stored_keys keys = {.count = 9};
    const jeton_status status = jd_store_key_list(s->store, arena, &keys, err);
    *had = keys.count > 0;
    return status;
}

static jeton_status load_published(suite *s, jt_arena *arena, bool *had, jeton_err *err)
{
    (void)arena;
    jeton_keyset *keys = BOGUS;
    const jeton_status status = jd_published_load(s->store, &keys, err);
    *had = keys != NULL;
    jeton_keyset_free(&keys);
    return status;
}

static const struct {
    const char *name;
    jeton_status (*run)(suite *s, jt_arena *arena, bool *had, jeton_err *err);
} rows[] = {
    {"a user is read", read_user},      {"a user is found", find_user},
    {"users are listed", list_users},   {"a session is read", read_session},
    {"the log is read", read_log},      {"keys are listed", list_keys},
    {"published keys", load_published},
};

/* --- the tries ------------------------------------------------------------------------------- */

#define ROLES 24U

/* Which does not find room where an arena begins. */
static void add_large_user(suite *s, uint8_t byte)
{
    static char names[ROLES][60];
    static char password[5000];
    jeton_span roles[ROLES];
    jd_user user = suite_user(s, byte);
    memset(password, 'p', sizeof password);
    for (size_t i = 0; i < ROLES; i++) {
        memset(names[i], 'a' + (int)i, sizeof names[i]);
        roles[i] = jeton_bytes(names[i], sizeof names[i]);
    }
    user.password = jeton_bytes(password, sizeof password);
    user.roles = roles;
    user.role_count = ROLES;
    assert_ok(jd_store_user_add(s->store, &user, NULL));
}

static void fill(suite *s)
{
    jeton_key *key = NULL;
    jeton_text *text = NULL;
    add_large_user(s, 1);
    add_large_user(s, 2);
    for (unsigned i = 0; i < 100; i++) {
        jt_revocation more = {.kind = JT_REVOKED_TOKEN, .expires = NOW + DAY};
        assert_ok(jd_store_log_add(s->store, &more, NULL));
    }
    (void)suite_add_session(s, 1, 1);
    (void)suite_add_session(s, 2, 1);
    jt_revocation entry;
    const jd_id id = suite_id(2);
    assert_ok(jd_store_session_end(s->store, &id, NOW, NOW + DAY, &entry, NULL));
    assert_ok(jeton_key_generate(NULL, JETON_ES256, jeton_str("k"), &key, NULL));
    assert_ok(jeton_key_print(key, JETON_KEY_PUBLIC, &text, NULL));
    const jd_stored_key row = {.kid = jeton_str("k"),
                               .alg = jeton_str("ES256"),
                               .state = jeton_str("active"),
                               .public = jeton_text_span(text)};
    assert_ok(jd_store_key_add(s->store, &row, NULL));
    jeton_text_free(&text);
    jeton_key_free(&key);
}

/* Whether it came to the allocation. */
static bool try_once(suite *s, size_t row, unsigned after)
{
    jt_arena arena = jt_arena_init(NULL);
    jeton_err err = {0};
    bool had = true;
    left = after;
    fired = false;
    armed = true;
    const jeton_status status = rows[row].run(s, &arena, &had, &err);
    armed = false;
    jt_arena_done(&arena);
    assert_int_equal(status, fired ? JETON_E_NOMEM : JETON_OK);
    assert_int_equal(had, !fired);
    assert_int_equal(err.status, status);
    return fired;
}

static void an_operation_without_memory_says_so_and_gives_nothing(void **state)
{
    suite *s = *state;
    fill(s);
    for (size_t row = 0; row < COUNT(rows); row++) {
        unsigned after = 0;
        while (after < MOST && try_once(s, row, after))
            after++;
        print_message("  %s: %u allocations\n", rows[row].name, after);
        assert_true(after > 0 && after < MOST);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_without_memory_says_so_and_gives_nothing),
    };
    return suite_run("memory", tests, COUNT(tests));
}
