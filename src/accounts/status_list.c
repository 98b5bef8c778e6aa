/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/status_list.c - made under one lock, found under another. */
#include "accounts/status_list.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/sha2.h"
#include "sys/clock.h"
#include "sys/deflate.h"
#include "json/tree.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#define KEPT      64U  /* lists: more than one server has at a time, short of a billion tokens */
#define FRESH_MS  5000 /* for so long nothing is made anew, whatever has changed … */
#define ANEW_PART 2    /* … and when nothing has, for this part of the ttl */
#define LIFE      4    /* of a token, in ttls: a cache that never asks again is noticed by then */
#define BYTES     (JT_BITS_PLACES / 8)

typedef struct kept {
    uint64_t number;
    uint64_t changes;  /* of the list, when it was made */
    int64_t made, ttl; /* jd_monotonic(), milliseconds */
    jeton_text *token;
    char etag[JD_STATUS_ETAG + 3];
} kept;

struct jd_status_lists {
    const jd_accounts *accounts;
    pthread_mutex_t lock;   /* of what is kept: for moments */
    pthread_mutex_t making; /* one is made at a time */
    kept at[KEPT];
    uint8_t bits[BYTES]; /* of the one that is made */
};

jeton_status jd_status_lists_open(const jd_accounts *accounts, jd_status_lists **lists,
                                  jeton_err *err)
{
    *lists = NULL;
    if (accounts->indexes == NULL)
        return JETON_OK;
    jd_status_lists *made = jt_alloc(NULL, sizeof *made); /* `bits` is not touched yet */
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "status lists");
    made->accounts = accounts;
    memset(made->at, 0, sizeof made->at);
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail without attributes */
    (void)pthread_mutex_init(&made->making, NULL);
    *lists = made;
    return JETON_OK;
}

void jd_status_lists_close(jd_status_lists **lists)
{
    if (lists == NULL || *lists == NULL)
        return;
    for (size_t i = 0; i < KEPT; i++)
        jeton_text_free(&(*lists)->at[i].token);
    (void)pthread_mutex_destroy(&(*lists)->lock);
    (void)pthread_mutex_destroy(&(*lists)->making);
    jt_release(NULL, *lists);
    *lists = NULL;
}

/* ---- names ---------------------------------------------------------------------------------- */

static void print_uri(const jd_accounts *accounts, const char *behind, char uri[JD_STATUS_URI])
{
    jeton_span issuer = jeton_str(accounts->issuer);
    if (issuer.len > 0 && issuer.ptr[issuer.len - 1] == '/')
        issuer.len--;
    (void)snprintf(uri, JD_STATUS_URI, "%.*s" JD_STATUS_LIST_PATH "%s", (int)issuer.len,
                   (const char *)issuer.ptr, behind);
}

void jd_status_uri(const jd_accounts *accounts, uint64_t number, char uri[JD_STATUS_URI])
{
    char behind[24];
    (void)snprintf(behind, sizeof behind, "/%" PRIu64, number);
    print_uri(accounts, behind, uri);
}

/* A value of many members. A failure is kept by the claims. */
static void set_tree(jeton_claims *claims, const char *name, const jt_tree *tree,
                     const jt_node *root)
{
    jeton_err none = {0};
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    const jeton_status printed = jt_tree_print(tree, root, JT_COMPACT, &text, &none);
    jeton_claims_set_json(claims, name, printed == JETON_OK ? jt_buf_span(&text) : jeton_str(NULL));
}

void jd_status_claim(const jd_accounts *accounts, uint64_t index, jeton_claims *claims)
{
    char uri[JD_STATUS_URI];
    jeton_err none = {0};
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    if (jt_tree_new(NULL, &tree, &none) != JETON_OK) {
        jeton_claims_set_json(claims, "status", jeton_str(NULL)); /* which it keeps as a failure */
        return;
    }
    jd_status_uri(accounts, jt_index_list(index), uri);
    jt_node *list = jt_tree_object(tree);
    jt_node *status = jt_tree_object(tree);
    jt_put_int(tree, list, "idx", (int64_t)jt_index_place(index));
    jt_put_text(tree, list, "uri", jeton_str(uri));
    jt_put_node(tree, status, "status_list", list);
    set_tree(claims, "status", tree, status);
}

/* ---- making --------------------------------------------------------------------------------- */

static jeton_status put_bits(jd_status_lists *lists, jeton_claims *claims, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf packed = jt_buf_init(NULL);
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    char all[JD_STATUS_URI];
    print_uri(lists->accounts, "", all);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    JT_TRY(jd_deflate(jeton_bytes(lists->bits, BYTES), &packed, err));
    JT_TRY(jt_buf_reserve(&text, jt_base64url_chars(packed.len), err));
    jt_base64url_print(jt_buf_span(&packed), (char *)text.ptr);
    text.len = jt_base64url_chars(packed.len);
    jt_node *list = jt_tree_object(tree);
    jt_put_int(tree, list, "bits", 1);
    jt_put_text(tree, list, "lst", jt_buf_span(&text));
    jt_put_text(tree, list, "aggregation_uri", jeton_str(all));
    set_tree(claims, "status_list", tree, list);
    return JETON_OK;
}

static jeton_status sign(jd_status_lists *lists, uint64_t number, int64_t ttl, jeton_text **token,
                         jeton_err *err)
{
    char uri[JD_STATUS_URI];
    const jeton_time now = jd_now();
    const jd_signing how = {.expires = now + LIFE * ttl * 1000, .status_list = true};
    JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
    JT_TRY(jeton_claims_new(NULL, &claims, err));
    jd_status_uri(lists->accounts, number, uri);
    jeton_claims_set_text(claims, "iss", jeton_str(lists->accounts->issuer));
    jeton_claims_set_text(claims, "sub", jeton_str(uri));
    jeton_claims_set_date(claims, "iat", now);
    jeton_claims_set_date(claims, "exp", how.expires);
    jeton_claims_set_int(claims, "ttl", ttl);
    JT_TRY(put_bits(lists, claims, err));
    JT_TRY(jd_signer_sign(lists->accounts->signer, &how, claims, token, err));
    return jd_accounts_stand_by(lists->accounts, token, err);
}

static void print_etag(jeton_span token, char etag[JD_STATUS_ETAG + 3])
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(JT_SHA256, token, digest);
    etag[0] = '"';
    for (size_t i = 0; i < JD_STATUS_ETAG / 2; i++)
        (void)snprintf(etag + 1 + 2 * i, 3, "%02x", digest[i]);
    etag[JD_STATUS_ETAG + 1] = '"';
    etag[JD_STATUS_ETAG + 2] = '\0';
}

/* ---- keeping -------------------------------------------------------------------------------- */

static kept *find(jd_status_lists *lists, uint64_t number)
{
    for (size_t i = 0; i < KEPT; i++)
        if (lists->at[i].token != NULL && lists->at[i].number == number)
            return &lists->at[i];
    return NULL;
}

/* The one of that list, a free one, or the oldest. */
static kept *place_for(jd_status_lists *lists, uint64_t number)
{
    kept *oldest = find(lists, number);
    for (size_t i = 0; i < KEPT && oldest == NULL; i++)
        if (lists->at[i].token == NULL)
            oldest = &lists->at[i];
    if (oldest != NULL)
        return oldest;
    oldest = &lists->at[0];
    for (size_t i = 1; i < KEPT; i++)
        if (lists->at[i].made < oldest->made)
            oldest = &lists->at[i];
    return oldest;
}

static bool is_good(const kept *of, const jt_bitmap_info *now, int64_t ttl)
{
    const int64_t age = jd_monotonic() - of->made;
    const int64_t fresh = ttl * 1000 / 4 < FRESH_MS ? ttl * 1000 / 4 : FRESH_MS;
    if (of->ttl != ttl)
        return false;
    return age < fresh || (of->changes == now->changes && age < ttl * 1000 / ANEW_PART);
}

/* In whole seconds, and never more than what is left of the ttl. */
static jeton_status give(const kept *of, jt_arena *arena, jd_status_list *list, jeton_err *err)
{
    const jeton_span token = jeton_text_span(of->token);
    const char *text = jt_arena_text(arena, token);
    if (text == NULL)
        return jt_fail(err, JETON_E_NOMEM, "status list");
    const int64_t age = (jd_monotonic() - of->made + 999) / 1000;
    list->token = jeton_bytes(text, token.len);
    list->max_age = age < of->ttl ? of->ttl - age : 0;
    memcpy(list->etag, of->etag, sizeof list->etag);
    return JETON_OK;
}

static bool is_there(const jd_status_lists *lists, uint64_t number, jt_bitmap_info *info)
{
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(lists->accounts->revocations);
    return jt_bitmaps_copy(bitmaps, number, NULL, info) && info->announced > 0;
}

jeton_status jd_status_list_find(jd_status_lists *lists, uint64_t number, jt_arena *arena,
                                 jd_status_list *list, jeton_err *err)
{
    jt_bitmap_info info;
    *list = (jd_status_list){.max_age = 0};
    if (lists == NULL || !is_there(lists, number, &info))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such status list");
    (void)pthread_mutex_lock(&lists->lock);
    const kept *of = find(lists, number);
    jeton_status status = JETON_E_BUSY;
    if (of != NULL && is_good(of, &info, lists->accounts->config->status_ttl))
        status = give(of, arena, list, err);
    (void)pthread_mutex_unlock(&lists->lock);
    return status;
}

static jeton_status make(jd_status_lists *lists, uint64_t number, jeton_err *err)
{
    jt_bitmap_info info;
    kept fresh = {.number = number, .ttl = lists->accounts->config->status_ttl};
    fresh.made = jd_monotonic(); /* before the bits are read */
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(lists->accounts->revocations);
    if (!jt_bitmaps_copy(bitmaps, number, lists->bits, &info))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such status list");
    fresh.changes = info.changes;
    JT_TRY(sign(lists, number, fresh.ttl, &fresh.token, err));
    print_etag(jeton_text_span(fresh.token), fresh.etag);
    (void)pthread_mutex_lock(&lists->lock);
    kept *to = place_for(lists, number);
    jeton_text *old = to->token;
    *to = fresh;
    (void)pthread_mutex_unlock(&lists->lock);
    jeton_text_free(&old);
    return JETON_OK;
}

jeton_status jd_status_list_make(jd_status_lists *lists, uint64_t number, jt_arena *arena,
                                 jd_status_list *list, jeton_err *err)
{
    (void)pthread_mutex_lock(&lists->making);
    /* Somebody else may have made it while we waited. */
    jeton_err why = {0};
    jeton_status status = jd_status_list_find(lists, number, arena, list, &why);
    if (status == JETON_E_BUSY) {
        why = (jeton_err){0};
        status = make(lists, number, &why);
        if (status == JETON_OK)
            status = jd_status_list_find(lists, number, arena, list, &why);
    }
    (void)pthread_mutex_unlock(&lists->making);
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}
