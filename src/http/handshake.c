/* SPDX-License-Identifier: Apache-2.0 */
/* http/handshake.c - GnuTLS's questions while it shakes hands. */
#include "http/handshake.h"

#include "http/loop.h"
#include "sys/metrics.h"

/* GnuTLS hands its functions a session and nothing else. The pointer for a session cache is the
 * one that libmicrohttpd leaves alone; there is no session cache. */
static jd_connection *connection_of(gnutls_session_t session)
{
    return gnutls_db_get_ptr(session);
}

/* The client's Finished is the last message that we wait for (RFC 8446 §2, RFC 5246 §7.3). */
static int on_finished(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                       const gnutls_datum_t *message)
{
    (void)type;
    (void)when;
    (void)message;
    jd_connection *connection = connection_of(session);
    if (incoming == 0 || connection->phase != JD_SHAKING)
        return 0;
    jd_metric_add(JD_METRIC_HANDSHAKES, JD_HANDSHAKE_DONE, 0);
    connection->has_shaken = true;
    jd_connection_enter(connection, JD_IDLE);
    return 0;
}

void jd_handshake_begin(jd_connection *connection, struct MHD_Connection *mhd)
{
    if (connection->loop->options->tls == NULL || connection->is_unix)
        return;
    gnutls_session_t session =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
    gnutls_db_set_ptr(session, connection);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
                                       on_finished);
    connection->session = session;
    jd_connection_enter(connection, JD_SHAKING);
}

/* The pair belongs to the connection from now on: it is borrowed by GnuTLS. */
int jd_handshake_choose(gnutls_session_t session, const gnutls_datum_t *authorities,
                        int authorities_count, const gnutls_pk_algorithm_t *algorithms,
                        int algorithms_count, gnutls_pcert_st **chain, unsigned *chain_count,
                        gnutls_privkey_t *key)
{
    (void)authorities;
    (void)authorities_count;
    (void)algorithms;
    (void)algorithms_count;
    jd_connection *connection = connection_of(session);
    if (connection == NULL) /* there was no memory for it, and it has been cut */
        return -1;
    if (connection->pair == NULL)
        connection->pair = jd_tls_pair_use(connection->loop->options->tls);
    *chain = connection->pair->chain;
    *chain_count = connection->pair->count;
    *key = connection->pair->key;
    return 0;
}

void jd_handshake_end(jd_connection *connection)
{
    if (connection->session == NULL)
        return;
    if (!connection->has_shaken)
        jd_metric_add(JD_METRIC_HANDSHAKES, JD_HANDSHAKE_FAILED, 0);
    jd_tls_pair_drop(&connection->pair);
}
