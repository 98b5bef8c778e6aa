/* SPDX-License-Identifier: Apache-2.0 */
/* http/tls.c - reads a certificate chain and its key, and hands them out. */
#include "http/tls.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/disk.h"

#include <assert.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <string.h>

#define FILE_BYTES ((size_t)256 * 1024)
#define ID_BYTES   32U /* SHA-256 */

struct jd_tls {
    pthread_mutex_t lock;
    jd_tls_pair *pair; /* under the lock */
};

/* ---- reading ---- */

static jeton_status fail(jeton_err *err, const char *what, const char *path, int why)
{
    if (why == GNUTLS_E_MEMORY_ERROR)
        return jt_fail(err, JETON_E_NOMEM, "TLS");
    return jt_fail(err, JETON_E_SYSTEM, "%.80s %s: %s", path, what, gnutls_strerror(why));
}

/* A file of ours that is not there is no different from one that cannot be read. */
static jeton_status load(const char *path, jt_secret *file, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_file_load(NULL, path, FILE_BYTES, file, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status == JETON_E_NOMEM ? status : JETON_E_SYSTEM, "%s", why.text);
}

static jeton_status read_chain(const char *path, jd_tls_pair *pair, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret file = {0};
    JT_TRY(load(path, &file, err));
    const gnutls_datum_t text = {.data = file.ptr, .size = (unsigned)file.len};
    unsigned count = JD_TLS_CHAIN;
    const int why = gnutls_pcert_list_import_x509_raw(
        pair->chain, &count, &text, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_SORT);
    if (why == GNUTLS_E_SHORT_MEMORY_BUFFER)
        return jt_fail(err, JETON_E_SYSTEM, "%.80s holds more than %u certificates", path,
                       JD_TLS_CHAIN);
    if (why < 0 || count == 0)
        return fail(err, "holds no certificate in PEM", path, why);
    pair->count = count;
    return JETON_OK;
}

static jeton_status read_dates(const char *path, jd_tls_pair *pair, jeton_err *err)
{
    gnutls_x509_crt_t own;
    const int why = gnutls_pcert_export_x509(&pair->chain[0], &own);
    if (why < 0)
        return fail(err, "is no X.509 certificate", path, why);
    pair->begins = gnutls_x509_crt_get_activation_time(own);
    pair->ends = gnutls_x509_crt_get_expiration_time(own);
    gnutls_x509_crt_deinit(own);
    return JETON_OK;
}

static jeton_status read_key(const char *path, jd_tls_pair *pair, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret file = {0};
    JT_TRY(load(path, &file, err));
    JT_TRY(jd_file_check_private(path, err));
    const gnutls_datum_t text = {.data = file.ptr, .size = (unsigned)file.len};
    int why = gnutls_privkey_init(&pair->key);
    if (why >= 0)
        why = gnutls_privkey_import_x509_raw(pair->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
    if (why == GNUTLS_E_DECRYPTION_FAILED)
        return jt_fail(err, JETON_E_SYSTEM,
                       "%.80s is encrypted, and nobody is there to ask for the "
                       "passphrase when a server starts",
                       path);
    return why >= 0 ? JETON_OK : fail(err, "holds no private key in PEM", path, why);
}

static int public_id(gnutls_pubkey_t key, uint8_t id[ID_BYTES])
{
    size_t len = ID_BYTES;
    return gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &len);
}

/* Whether the certificate is about this key: both public keys are the same. */
static bool belong_together(const jd_tls_pair *pair)
{
    uint8_t of_cert[ID_BYTES];
    uint8_t of_key[ID_BYTES];
    gnutls_pubkey_t made;
    if (gnutls_pubkey_init(&made) < 0)
        return false;
    const bool same =
        gnutls_pubkey_import_privkey(made, pair->key, 0, 0) >= 0 && public_id(made, of_key) >= 0 &&
        public_id(pair->chain[0].pubkey, of_cert) >= 0 && memcmp(of_cert, of_key, ID_BYTES) == 0;
    gnutls_pubkey_deinit(made);
    return same;
}

jeton_status jd_tls_pair_read(const char *cert, const char *key, jd_tls_pair **pair, jeton_err *err)
{
    *pair = NULL;
    JT_AUTO(jd_tls_pair_drop) jd_tls_pair *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "TLS");
    atomic_store(&made->users, 1);
    JT_TRY(read_chain(cert, made, err));
    JT_TRY(read_dates(cert, made, err));
    JT_TRY(read_key(key, made, err));
    if (!belong_together(made))
        return jt_fail(err, JETON_E_SYSTEM,
                       "the key in %.60s is not the one of the certificate in "
                       "%.60s",
                       key, cert);
    *pair = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- handing out ---- */

jd_tls_pair *jd_tls_pair_use(jd_tls *tls)
{
    pthread_mutex_lock(&tls->lock);
    jd_tls_pair *pair = tls->pair;
    atomic_fetch_add(&pair->users, 1);
    pthread_mutex_unlock(&tls->lock);
    return pair;
}

void jd_tls_pair_drop(jd_tls_pair **pair)
{
    jd_tls_pair *own = *pair;
    *pair = NULL;
    if (own == NULL || atomic_fetch_sub(&own->users, 1) > 1)
        return;
    for (unsigned i = 0; i < own->count; i++)
        gnutls_pcert_deinit(&own->chain[i]);
    if (own->key != NULL)
        gnutls_privkey_deinit(own->key);
    jt_release(NULL, own);
}

void jd_tls_dates(jd_tls *tls, int64_t *begins, int64_t *ends)
{
    jd_tls_pair *pair = jd_tls_pair_use(tls);
    *begins = pair->begins;
    *ends = pair->ends;
    jd_tls_pair_drop(&pair);
}

/* ---- the whole ---- */

jeton_status jd_tls_open(const char *cert, const char *key, jd_tls **tls, jeton_err *err)
{
    *tls = NULL;
    JT_AUTO(jd_tls_pair_drop) jd_tls_pair *pair = NULL;
    JT_TRY(jd_tls_pair_read(cert, key, &pair, err));
    jd_tls *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL || pthread_mutex_init(&made->lock, NULL) != 0) {
        jt_release(NULL, made);
        return jt_fail(err, JETON_E_NOMEM, "TLS");
    }
    made->pair = pair;
    pair = NULL; /* ownership has moved to what was made */
    *tls = made;
    return JETON_OK;
}

void jd_tls_exchange(jd_tls *tls, jd_tls_pair **pair)
{
    pthread_mutex_lock(&tls->lock);
    jd_tls_pair *before = tls->pair;
    tls->pair = *pair;
    pthread_mutex_unlock(&tls->lock);
    *pair = NULL;
    jd_tls_pair_drop(&before);
}

void jd_tls_free(jd_tls **tls)
{
    jd_tls *own = *tls;
    *tls = NULL;
    if (own == NULL)
        return;
    assert(atomic_load(&own->pair->users) == 1); /* no connection is left */
    jd_tls_pair_drop(&own->pair);
    pthread_mutex_destroy(&own->lock);
    jt_release(NULL, own);
}
