/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/client.c - the clients in memory, and what operators do with them. */
#include "accounts/client.h"

#include "accounts/key.h"
#include "accounts/revoke.h"
#include "accounts/words.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/utf8.h"
#include "core/words.h"
#include "crypto/hmac.h"
#include "store/meta.h"
#include "store/revoke.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <pthread.h>
#include <stdio.h>

#define KEY_NAME     "client_secret_key" /* in the store's meta */
#define KEY_BYTES    32U
#define SECRET_BYTES 32U
#define HASH_BYTES   32U
#define PAGE         1000U

/* The list is replaced as a whole when a client changes. */
struct jd_clients {
    pthread_mutex_t
        reading; /* from asking the store to having the answer here: the last one wins */
    pthread_rwlock_t lock;
    jt_hmac_key key;
    jt_arena arena;
    jd_client_list list; /* in the order of ids */
};

/* ---- the list in memory --------------------------------------------------------------------- */

static jeton_status load(jd_accounts *accounts, jt_arena *arena, jd_client_list *all,
                         jeton_err *err)
{
    jd_client *at = jt_arena_alloc(arena, PAGE * sizeof *at);
    size_t room = PAGE;
    size_t count = 0;
    jd_client_list page = {.count = PAGE};
    while (at != NULL && page.count == PAGE) {
        const jeton_span after = count > 0 ? at[count - 1].id : jeton_str("");
        JT_TRY(jd_store_client_list(accounts->store, after, PAGE, arena, &page, err));
        if (count + page.count > room) {
            room *= 2;
            jd_client *larger = jt_arena_alloc(arena, room * sizeof *larger);
            if (larger != NULL)
                memcpy(larger, at, count * sizeof *larger);
            at = larger;
        }
        if (at != NULL && page.count > 0)
            memcpy(at + count, page.at, page.count * sizeof *at);
        count += page.count;
    }
    if (at == NULL)
        return jt_fail(err, JETON_E_NOMEM, "clients");
    *all = (jd_client_list){at, count};
    return JETON_OK;
}

static jeton_status reload(jd_accounts *accounts, jeton_err *err)
{
    jd_clients *clients = accounts->clients;
    jt_arena arena = jt_arena_init(NULL);
    jd_client_list list;
    (void)pthread_mutex_lock(&clients->reading);
    const jeton_status status = load(accounts, &arena, &list, err);
    if (status == JETON_OK) {
        (void)pthread_rwlock_wrlock(&clients->lock);
        const jt_arena old = clients->arena;
        clients->arena = arena;
        clients->list = list;
        (void)pthread_rwlock_unlock(&clients->lock);
        arena = old;
    }
    (void)pthread_mutex_unlock(&clients->reading);
    jt_arena_done(&arena);
    return status;
}

static int compare(jeton_span a, jeton_span b)
{
    const size_t len = a.len < b.len ? a.len : b.len;
    const int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static const jd_client *search(const jd_client_list *list, jeton_span id)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare(id, list->at[middle].id);
        if (order == 0)
            return &list->at[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* A copy of its own. False without memory. */
static bool copy(const jd_client *from, jt_arena *arena, jd_client *to)
{
    jd_client made = *from;
    jeton_span *const texts[] = {&made.id,     &made.name,   &made.secret, &made.audience,
                                 &made.scopes, &made.grants, &made.alg};
    for (size_t i = 0; i < JT_COUNT(texts); i++) {
        const char *kept = jt_arena_text(arena, *texts[i]);
        if (kept == NULL)
            return false;
        *texts[i] = jeton_bytes(kept, texts[i]->len);
    }
    *to = made;
    return true;
}

static const jd_client builtin = {
    .id = {(const uint8_t *)JD_CLIENT, sizeof JD_CLIENT - 1},
    .grants = {(const uint8_t *)"password refresh_token", 22},
};

jeton_status jd_client_find(const jd_accounts *accounts, jeton_span id, jt_arena *arena,
                            jd_client *client, jeton_err *err)
{
    jd_clients *clients = accounts->clients;
    *client = (jd_client){0};
    if (id.len == 0 || jeton_span_equal(id, builtin.id)) {
        *client = builtin;
        return JETON_OK;
    }
    (void)pthread_rwlock_rdlock(&clients->lock);
    const jd_client *found = search(&clients->list, id);
    const bool known = found != NULL && !found->disabled;
    const bool copied = known && copy(found, arena, client);
    (void)pthread_rwlock_unlock(&clients->lock);
    if (!known)
        return jt_fail(err, JETON_E_CLIENT, "%s", jeton_status_text(JETON_E_CLIENT));
    return copied ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "client");
}

/* ---- secrets -------------------------------------------------------------------------------- */

/* The hash is bound to the id, so that a row cannot be given the secret of another one. */
static void hash_secret(const jd_accounts *accounts, jeton_span id, jeton_span secret,
                        uint8_t hash[HASH_BYTES])
{
    jt_sha2 running;
    jt_hmac_begin(&accounts->clients->key, &running);
    jt_sha2_update(&running, id);
    jt_sha2_update(&running, jeton_bytes("", 1));
    jt_sha2_update(&running, secret);
    jt_hmac_sign_end(&accounts->clients->key, &running, hash);
}

bool jd_client_is_public(const jd_client *client)
{
    return client->secret.len == 0;
}

bool jd_client_has_secret(const jd_accounts *accounts, const jd_client *client, jeton_span secret)
{
    uint8_t hash[HASH_BYTES];
    if (jd_client_is_public(client))
        return false;
    hash_secret(accounts, client->id, secret, hash);
    return jt_equal_ct(jeton_bytes(hash, sizeof hash), client->secret);
}

static jeton_status make_secret(const jd_accounts *accounts, jeton_span id,
                                char secret[JD_CLIENT_SECRET_CHARS + 1], uint8_t hash[HASH_BYTES],
                                jeton_err *err)
{
    uint8_t random[SECRET_BYTES];
    JT_TRY(jt_random(NULL, random, sizeof random, err));
    jt_base64url_print(jeton_bytes(random, sizeof random), secret);
    secret[JD_CLIENT_SECRET_CHARS] = '\0';
    jt_wipe(random, sizeof random);
    hash_secret(accounts, id, jeton_str(secret), hash);
    return JETON_OK;
}

/* ---- open and close ------------------------------------------------------------------------- */

static jd_place place_of_key(void)
{
    return (jd_place){.column = "meta.value", .row = jeton_str(KEY_NAME)};
}

/* A new key, sealed, as text. */
static jeton_status make_key(const jd_accounts *accounts, jt_arena *arena, jeton_span *text,
                             jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(NULL);
    JT_TRY(jt_secret_new(NULL, KEY_BYTES, &key, err));
    JT_TRY(jt_random(NULL, key.ptr, key.len, err));
    JT_TRY(jd_sealer_seal(accounts->sealer, place_of_key(), jt_secret_span(&key), &sealed, err));
    const size_t len = jt_base64url_chars(sealed.len);
    char *chars = jt_arena_alloc(arena, len);
    if (chars == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key of the clients");
    jt_base64url_print(jt_buf_span(&sealed), chars);
    *text = jeton_bytes(chars, len);
    return JETON_OK;
}

static jeton_status open_key(jd_accounts *accounts, jeton_span text, jt_arena *arena,
                             jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    uint8_t *sealed = jt_arena_alloc(arena, text.len);
    if (sealed == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key of the clients");
    if (!jt_base64url_parse(text, sealed))
        return jt_fail(err, JETON_E_STORE, "the key of the clients is damaged");
    JT_TRY(jd_sealer_open(accounts->sealer, place_of_key(),
                          jeton_bytes(sealed, jt_base64url_bytes(text.len)), &key, err));
    jt_hmac_init(&accounts->clients->key, JT_SHA256, jt_secret_span(&key));
    return JETON_OK;
}

static jeton_status load_key(jd_accounts *accounts, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span text;
    jeton_err none = {0};
    jeton_status status = jd_store_meta_get(accounts->store, KEY_NAME, &arena, &text, &none);
    if (status == JETON_E_NOT_FOUND) {
        jeton_span made;
        JT_TRY(make_key(accounts, &arena, &made, err));
        status = jd_store_meta_claim(accounts->store, KEY_NAME, made, &arena, &text, &none);
    }
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", none.text);
    return open_key(accounts, text, &arena, err);
}

jeton_status jd_clients_open(jd_accounts *accounts, jeton_err *err)
{
    accounts->clients = jt_zalloc(NULL, sizeof *accounts->clients);
    if (accounts->clients == NULL)
        return jt_fail(err, JETON_E_NOMEM, "clients");
    (void)pthread_rwlock_init(&accounts->clients->lock, NULL);
    (void)pthread_mutex_init(&accounts->clients->reading, NULL);
    JT_TRY(load_key(accounts, err));
    return reload(accounts, err);
}

jeton_status jd_clients_renew(jd_accounts *accounts, jeton_err *err)
{
    return reload(accounts, err);
}

void jd_clients_close(jd_accounts *accounts)
{
    if (accounts->clients == NULL)
        return;
    jt_hmac_done(&accounts->clients->key);
    jt_arena_done(&accounts->clients->arena);
    (void)pthread_rwlock_destroy(&accounts->clients->lock);
    (void)pthread_mutex_destroy(&accounts->clients->reading);
    jt_release(NULL, accounts->clients);
    accounts->clients = NULL;
}

/* ---- what may be ---------------------------------------------------------------------------- */

static bool is_id_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._~-", c) != NULL);
}

static jeton_status id_may_be(jeton_span id, jeton_err *err)
{
    bool good = id.len > 0 && id.len <= JD_CLIENT_ID_MAX && id.ptr[0] != '-';
    for (size_t i = 0; good && i < id.len; i++)
        good = is_id_char(id.ptr[i]);
    if (!good)
        return jt_fail(err, JETON_E_REQUEST,
                       "a client's id has 1 to %u letters, digits and . _ ~ - characters",
                       JD_CLIENT_ID_MAX);
    if (jeton_span_equal(id, builtin.id))
        return jt_fail(err, JETON_E_EXISTS, "jeton is the client of those who name none");
    return JETON_OK;
}

static jeton_status grants_may_be(const jd_client *client, bool public, jeton_err *err)
{
    static const char known[] = "password refresh_token client_credentials";
    jeton_span rest = client->grants;
    jeton_span grant;
    if (rest.len == 0 || !jd_words_are_good(rest))
        return jt_fail(err, JETON_E_REQUEST, "a client needs a grant type");
    while (jd_words_next(&rest, &grant))
        if (!jt_words_have(jeton_str(known), grant))
            return jt_fail(err, JETON_E_REQUEST, "grant types are: %s", known);
    /* RFC 6749 §4.4: whoever has no secret cannot act in his own name */
    if (public && jt_words_have(client->grants, jeton_str("client_credentials")))
        return jt_fail(err, JETON_E_REQUEST, "a public client cannot use client_credentials");
    return JETON_OK;
}

static jeton_status text_may_be(jeton_span text, size_t most, const char *what, jeton_err *err)
{
    bool good = text.len <= most && jt_is_utf8(text);
    for (size_t i = 0; good && i < text.len; i++)
        good = text.ptr[i] >= ' ' && text.ptr[i] != 0x7f;
    return good ? JETON_OK
                : jt_fail(err, JETON_E_REQUEST,
                          "%s has at most %zu bytes of UTF-8 without control characters", what,
                          most);
}

static jeton_status lives_may_be(const jd_client *client, jeton_err *err)
{
    if (client->access_ttl < 0 || client->access_ttl > JD_ACCESS_TTL_MAX)
        return jt_fail(err, JETON_E_REQUEST, "an access token lives for a day at most");
    if (client->refresh_ttl < 0 || client->refresh_ttl > 400 * JD_DAY || client->session_ttl < 0 ||
        client->session_ttl > 400 * JD_DAY)
        return jt_fail(err, JETON_E_REQUEST, "a session lives for 400 days at most");
    return JETON_OK;
}

static jeton_status may_be(const jd_client *client, bool public, jeton_err *err)
{
    JT_TRY(id_may_be(client->id, err));
    JT_TRY(text_may_be(client->name, JD_CLIENT_NAME_MAX, "a client's name", err));
    JT_TRY(text_may_be(client->audience, JD_CONFIG_TEXT - 1, "an audience", err));
    if (client->scopes.len > JD_CLIENT_WORDS_MAX || !jd_words_are_good(client->scopes))
        return jt_fail(err, JETON_E_REQUEST, "scopes are words parted by single spaces");
    JT_TRY(grants_may_be(client, public, err));
    return lives_may_be(client, err);
}

/* ---- how its tokens are signed ------------------------------------------------------------- */

static bool is_shared(const jd_client *client)
{
    return jeton_span_equal(client->alg, jeton_str("HS256"));
}

/* Who has the secret can make tokens of any user: so they must be worth nothing to the server
 * itself, nor to services of others. */
static jeton_status signing_may_be(const jd_accounts *accounts, const jd_client *client,
                                   jeton_span signing, jeton_err *err)
{
    if (!is_shared(client))
        return signing.len == 0
                   ? JETON_OK
                   : jt_fail(err, JETON_E_REQUEST, "only HS256 goes with a secret to sign with");
    if (client->audience.len == 0 ||
        jeton_span_equal(client->audience, jeton_str(accounts->audience)) ||
        jeton_span_equal(client->audience, jeton_str(accounts->issuer)))
        return jt_fail(err, JETON_E_REQUEST,
                       "HS256 needs an audience of the client's own: who has the secret can make "
                       "tokens for it");
    return JETON_OK;
}

/* The key comes before the client: one without could get no token. */
static jeton_status provide_key(const jd_accounts *accounts, const jd_client *client,
                                jeton_span signing, jeton_err *err)
{
    if (is_shared(client))
        return jd_key_add_secret(accounts, client->id, signing, err);
    return client->alg.len > 0 ? jd_key_need(accounts, client->alg, err) : JETON_OK;
}

/* ---- changes -------------------------------------------------------------------------------- */

/* As it stands in the list, disabled or not. */
static jeton_status is_known(const jd_accounts *accounts, jeton_span id, bool *public,
                             jeton_err *err)
{
    (void)pthread_rwlock_rdlock(&accounts->clients->lock);
    const jd_client *found = search(&accounts->clients->list, id);
    *public = found != NULL && jd_client_is_public(found);
    (void)pthread_rwlock_unlock(&accounts->clients->lock);
    return found != NULL ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such client");
}

static jeton_status is_free(const jd_accounts *accounts, jeton_span id, jeton_err *err)
{
    bool public;
    return is_known(accounts, id, &public, NULL) == JETON_E_NOT_FOUND
               ? JETON_OK
               : jt_fail(err, JETON_E_EXISTS, "there is a client of that id");
}

/* A random id for a client that brings none; `made` is what it then points to. */
static jeton_status choose_id(jd_client *client, char made[JD_CLIENT_ID_MAX + 1], jeton_err *err)
{
    jd_id random;
    char text[JD_ID_CHARS + 1];
    if (client->id.len > 0)
        return JETON_OK;
    JT_TRY(jd_id_new(NULL, &random, err));
    jd_id_print(&random, text);
    (void)snprintf(made, JD_CLIENT_ID_MAX + 1, "%s", text);
    client->id = jeton_str(made);
    return JETON_OK;
}

static jeton_status may_be_added(const jd_accounts *accounts, const jd_client *client, bool public,
                                 jeton_span signing, jeton_err *err)
{
    JT_TRY(may_be(client, public, err));
    JT_TRY(signing_may_be(accounts, client, signing, err));
    return is_free(accounts, client->id, err);
}

jeton_status jd_client_add(jd_accounts *accounts, const jd_client *client, bool public,
                           jeton_span signing, char made[JD_CLIENT_ID_MAX + 1],
                           char secret[JD_CLIENT_SECRET_CHARS + 1], jeton_err *err)
{
    uint8_t hash[HASH_BYTES];
    jd_client added = *client;
    made[0] = '\0';
    secret[0] = '\0';
    JT_TRY(choose_id(&added, made, err));
    JT_TRY(may_be_added(accounts, &added, public, signing, err));
    if (client->id.len > 0)
        (void)snprintf(made, JD_CLIENT_ID_MAX + 1, "%.*s", (int)added.id.len,
                       (const char *)added.id.ptr);
    added.created = jd_now();
    if (!public) {
        JT_TRY(make_secret(accounts, added.id, secret, hash, err));
        added.secret = jeton_bytes(hash, sizeof hash);
    }
    JT_TRY(provide_key(accounts, &added, signing, err));
    JT_TRY(jd_store_client_add(accounts->store, &added, err));
    jd_log(JD_INFO, EV_CLIENT_ADDED, JD_SPAN("client", added.id));
    return reload(accounts, err);
}

/* A client's own alg that stays needs no key. Where HS256 comes new, there is a secret. */
static jeton_status rekey(const jd_accounts *accounts, const jd_client *was,
                          const jd_client *becomes, jeton_span signing, jeton_err *err)
{
    JT_TRY(signing_may_be(accounts, becomes, signing, err));
    if (jeton_span_equal(was->alg, becomes->alg))
        return signing.len == 0 ? JETON_OK
                                : jt_fail(err, JETON_E_REQUEST,
                                          "the alg stays as it is: another "
                                          "secret is set by itself");
    return provide_key(accounts, becomes, signing, err);
}

jeton_status jd_client_change(jd_accounts *accounts, const jd_client *was, const jd_client *becomes,
                              jeton_span signing, jeton_err *err)
{
    JT_TRY(may_be(becomes, jd_client_is_public(was), err));
    JT_TRY(rekey(accounts, was, becomes, signing, err));
    JT_TRY(jd_store_client_change(accounts->store, was, becomes, err));
    jd_log(JD_INFO, EV_CLIENT_CHANGED, JD_SPAN("client", was->id));
    return reload(accounts, err);
}

jeton_status jd_client_get(const jd_accounts *accounts, jeton_span id, jt_arena *arena,
                           jd_client *client, jeton_err *err)
{
    jd_clients *clients = accounts->clients;
    *client = (jd_client){0};
    (void)pthread_rwlock_rdlock(&clients->lock);
    const jd_client *found = search(&clients->list, id);
    const bool known = found != NULL;
    const bool copied = known && copy(found, arena, client);
    (void)pthread_rwlock_unlock(&clients->lock);
    if (!known)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such client");
    return copied ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "client");
}

jeton_status jd_client_new_secret(jd_accounts *accounts, jeton_span id,
                                  char secret[JD_CLIENT_SECRET_CHARS + 1], jeton_err *err)
{
    uint8_t hash[HASH_BYTES];
    bool public;
    secret[0] = '\0';
    JT_TRY(is_known(accounts, id, &public, err));
    if (public)
        return jt_fail(err, JETON_E_REQUEST, "it is a public client: it has no secret");
    JT_TRY(make_secret(accounts, id, secret, hash, err));
    JT_TRY(jd_store_client_set_secret(accounts->store, id, jeton_bytes(hash, sizeof hash), err));
    jd_log(JD_INFO, EV_CLIENT_SECRET, JD_SPAN("client", id));
    return reload(accounts, err);
}

/* Whether or not the list can be read again, the tokens are refused: that comes first. */
static jeton_status end(jd_accounts *accounts, jeton_span id,
                        jeton_status (*in_store)(jd_store *store, const jd_revoking *revoking,
                                                 jt_revocation *entry, jeton_err *err),
                        jeton_err *err)
{
    jt_revocation entry;
    const jd_revoking revoking = jd_revoking_client(id, jd_now());
    JT_TRY(in_store(accounts->store, &revoking, &entry, err));
    jd_accounts_revoke(accounts, &entry);
    return reload(accounts, err);
}

jeton_status jd_client_disable(jd_accounts *accounts, jeton_span id, jeton_err *err)
{
    JT_TRY(end(accounts, id, jd_store_client_disable, err));
    jd_log(JD_INFO, EV_CLIENT_DISABLED, JD_SPAN("client", id));
    return JETON_OK;
}

jeton_status jd_client_remove(jd_accounts *accounts, jeton_span id, jeton_err *err)
{
    JT_TRY(end(accounts, id, jd_store_client_remove, err));
    jd_log(JD_INFO, EV_CLIENT_REMOVED, JD_SPAN("client", id));
    return JETON_OK;
}

jeton_status jd_client_enable(jd_accounts *accounts, jeton_span id, jeton_err *err)
{
    JT_TRY(jd_store_client_enable(accounts->store, id, err));
    jd_log(JD_INFO, EV_CLIENT_ENABLED, JD_SPAN("client", id));
    return reload(accounts, err);
}
