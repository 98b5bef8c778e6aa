/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/world.h - open accounts in a folder of their own, with a cheap password hash.
 */
#ifndef JD_UNIT_ACCOUNTS_WORLD_H
#define JD_UNIT_ACCOUNTS_WORLD_H

#include "accounts/access_token.h"
#include "accounts/session.h"
#include "accounts/user.h"
#include "store/clients.h"
#include "store/users.h"
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

typedef struct world {
    char folder[64];
    jd_config config;
    jd_accounts accounts;
    jd_user alice;
    jeton_verifier *verifier;
    jeton_verdict *verdict;
} world;

/* The keys are others now. */
static inline jeton_status world_take_keys(void *user, const jeton_keyset *published,
                                           const jeton_keyset *all, jeton_err *err)
{
    world *on = user;
    (void)all;
    jeton_verifier_free(&on->verifier);
    return jd_access_token_verifier(&on->accounts, JD_TAKE_OURS, published, &on->verifier, err);
}

static inline void world_open(world *on)
{
    jeton_err err = {0};
    if (jd_accounts_open(&on->config, &on->accounts, &err) != JETON_OK)
        fail_msg("%s", err.text);
    on->accounts.config = &on->config; /* which tests may change */
    assert_int_equal(jd_accounts_expect_logins(&on->accounts, &err), JETON_OK);
    assert_int_equal(jd_accounts_name(&on->accounts, "http://127.0.0.1:1", &err), JETON_OK);
    assert_int_equal(jd_signer_watch(on->accounts.signer, world_take_keys, on, &err), JETON_OK);
}

static inline void world_close(world *on)
{
    jeton_verifier_free(&on->verifier);
    jd_accounts_close(&on->accounts);
}

/* As after a restart. */
static inline void world_reopen(world *on)
{
    world_close(on);
    world_open(on);
}

/* Adds a user, in both steps. */
static inline jeton_status world_add(world *on, const jd_new_user *asked, jd_user *user,
                                     jeton_err *err)
{
    char hash[JT_PWHASH_TEXT];
    const jeton_status status = jd_user_hash(&on->accounts, asked, hash, err);
    return status == JETON_OK ? jd_user_add(&on->accounts, asked, hash, user, err) : status;
}

static inline int world_setup(void **state)
{
    world *on = calloc(1, sizeof *on);
    assert_non_null(on);
    (void)snprintf(on->folder, sizeof on->folder, "/tmp/jeton-unit-XXXXXX");
    assert_non_null(mkdtemp(on->folder));
    jd_config_init(&on->config);
    on->config.hash_memory = 8 * JD_MIB;
    on->config.hash_passes = 1;
    on->config.log_level = JD_ERROR;
    jd_log_start(STDERR_FILENO, JD_ERROR);
    (void)snprintf(on->config.data, sizeof on->config.data, "%s", on->folder);
    world_open(on);
    assert_int_equal(jeton_verdict_new(NULL, &on->verdict, NULL), JETON_OK);
    const jd_new_user alice = {.name = jeton_str("alice"),
                               .password = jeton_str("a long password")};
    assert_int_equal(world_add(on, &alice, &on->alice, NULL), JETON_OK);
    *state = on;
    return 0;
}

static inline int world_remove(const char *path, const struct stat *stat, int type,
                               struct FTW *where)
{
    (void)stat;
    (void)type;
    (void)where;
    return remove(path);
}

static inline int world_teardown(void **state)
{
    world *on = *state;
    jeton_verdict_free(&on->verdict);
    world_close(on);
    (void)nftw(on->folder, world_remove, 8, FTW_DEPTH | FTW_PHYS);
    free(on);
    return 0;
}

static inline jd_client world_client(world *on)
{
    jd_client client;
    assert_int_equal(jd_client_find(&on->accounts, jeton_str(JD_CLIENT), NULL, &client, NULL),
                     JETON_OK);
    return client;
}

static inline jeton_status world_begin(world *on, jd_tokens *tokens, jeton_err *err)
{
    const jd_client client = world_client(on);
    const jd_beginning beginning = {.user = &on->alice,
                                    .client = &client,
                                    .device = jeton_str("a browser"),
                                    .address = "192.0.2.1"};
    return jd_session_begin(&on->accounts, &beginning, tokens, err);
}

static inline jd_tokens world_log_in(world *on)
{
    jd_tokens tokens;
    jeton_err err = {0};
    memset(&tokens, 0x5a, sizeof tokens);
    if (world_begin(on, &tokens, &err) != JETON_OK)
        fail_msg("%s", err.text);
    return tokens;
}

/* What a verifier says of the access token. */
static inline jeton_status world_verify(world *on, const jd_tokens *tokens)
{
    return jeton_verify(on->verifier, jeton_text_span(tokens->access), on->verdict);
}

#endif
