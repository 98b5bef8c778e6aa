/* SPDX-License-Identifier: Apache-2.0 */
/* http/tls.h - the server's certificate and private key: read, checked, exchanged at run time.
 *
 * What a handshake was given stays as it is until its connection has ended, so an exchange
 * disturbs nobody: connections go on, and the next handshake gets the new pair.
 *
 * Threads: any, for everything but free.
 */
#ifndef JD_HTTP_TLS_H
#define JD_HTTP_TLS_H

#include <jeton/error.h>

#include <gnutls/abstract.h>
#include <stdatomic.h>

#define JD_TLS_CHAIN 16U /* certificates of a chain */

typedef struct jd_tls jd_tls;

/* Reads both files, PEM.
 *
 * cert  the server's certificate, then those of the chain to the root, in any order
 * key   its private key, not encrypted, that no other user of the machine may read
 * tls   set to NULL first; on JETON_OK the caller owns it: jd_tls_free()
 *
 * JETON_E_SYSTEM  a file cannot be read, holds nothing of the kind, the key is open to others, or
 * the two do not belong together; the sentence says which JETON_E_NOMEM
 *
 * A certificate that has expired is taken: an hour of warnings in browsers is better than none of
 * service. jd_tls_dates() tells. */
JETON_MUST jeton_status jd_tls_open(const char *cert, const char *key, jd_tls **tls,
                                    jeton_err *err);

/* Since when and until when the certificate is good: seconds since 1970. */
void jd_tls_dates(jd_tls *tls, int64_t *begins, int64_t *ends);

/* Not before every server that uses it is closed. *tls is NULL then; a NULL *tls is fine. */
void jd_tls_free(jd_tls **tls);

/* ---- exchanging ---- */

typedef struct jd_tls_pair {
    atomic_uint users;
    gnutls_pcert_st chain[JD_TLS_CHAIN]; /* the server's own is the first */
    unsigned count;
    gnutls_privkey_t key;
    int64_t begins, ends;
} jd_tls_pair;

/* Reads both files, as jd_tls_open() does; jd_tls_pair_drop() is due. */
JETON_MUST jeton_status jd_tls_pair_read(const char *cert, const char *key, jd_tls_pair **pair,
                                         jeton_err *err);

/* Hands out this pair from now on, and drops the one before. Takes *pair over. */
void jd_tls_exchange(jd_tls *tls, jd_tls_pair **pair);

/* The pair of this moment; jd_tls_pair_drop() is due. */
jd_tls_pair *jd_tls_pair_use(jd_tls *tls);

/* The last one frees it. Sets *pair to NULL; a NULL *pair is fine. */
void jd_tls_pair_drop(jd_tls_pair **pair);

#endif
