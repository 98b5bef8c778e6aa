/* SPDX-License-Identifier: Apache-2.0 */
/* http/handshake.h - TLS of one connection: what it begins with, and what it came to.
 *
 * libmicrohttpd drives the handshake; it asks us for the certificate. Loop thread only. */
#ifndef JD_HTTP_HANDSHAKE_H
#define JD_HTTP_HANDSHAKE_H

#include "http/connection.h"

/* TLS 1.3 and 1.2, with forward secrecy and authenticated encryption only, and no groups whose
 * arithmetic costs us much more than the client. The order is ours. */
#define JD_TLS_PRIORITIES                                                                          \
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-CIPHER-ALL:"      \
    "+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-GROUP-DH-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:"  \
    "%SERVER_PRECEDENCE:%NO_TICKETS"

/* A connection has been opened. Without TLS nothing happens. */
void jd_handshake_begin(jd_connection *connection, struct MHD_Connection *mhd);

/* MHD_OPTION_HTTPS_CERT_CALLBACK. */
int jd_handshake_choose(gnutls_session_t session, const gnutls_datum_t *authorities,
                        int authorities_count, const gnutls_pk_algorithm_t *algorithms,
                        int algorithms_count, gnutls_pcert_st **chain, unsigned *chain_count,
                        gnutls_privkey_t *key);

/* The connection has ended: counts a handshake that never did. */
void jd_handshake_end(jd_connection *connection);

#endif
