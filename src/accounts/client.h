/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/client.h - clients: the applications that get tokens. Added, looked up, their secrets
 * made and checked.
 *
 * A server has few clients and asks for one in every request to /token and /introspect, so all of
 * them are in memory (jd_clients, a part of jd_accounts) and the store is read when they change. A
 * secret is made here from 256 random bits and told once; kept is its HMAC under a key that only
 * this installation has. It needs no slow hash, since nobody can guess it.
 */
#ifndef JD_ACCOUNTS_CLIENT_H
#define JD_ACCOUNTS_CLIENT_H

#include "accounts/accounts.h"
#include "store/clients.h"

#define JD_CLIENT              "jeton" /* the client of those who name none: public, not in the store */
#define JD_CLIENT_ID_MAX       64U
#define JD_CLIENT_NAME_MAX     128U
#define JD_CLIENT_WORDS_MAX    1024U /* bytes of its scopes */
#define JD_CLIENT_SECRET_CHARS 43U
#define JD_CLIENTS_MAX         10000U

/* Loads the clients and their key; part of jd_accounts_open(). */
JETON_MUST jeton_status jd_clients_open(jd_accounts *accounts, jeton_err *err);

/* Takes up what is in the store now: another node has changed it. */
JETON_MUST jeton_status jd_clients_renew(jd_accounts *accounts, jeton_err *err);
void jd_clients_close(jd_accounts *accounts);

/* The client of that id, its texts copied into the arena. An empty id is JD_CLIENT.
 *
 * JETON_E_CLIENT  there is none, or it is disabled */
JETON_MUST jeton_status jd_client_find(const jd_accounts *accounts, jeton_span id, jt_arena *arena,
                                       jd_client *client, jeton_err *err);

/* Whether it has a secret to authenticate with. */
bool jd_client_is_public(const jd_client *client);

/* Whether the secret is the client's. A public client has none, so false. Constant time. */
JETON_MUST bool jd_client_has_secret(const jd_accounts *accounts, const jd_client *client,
                                     jeton_span secret);

/* Adds a client.
 *
 * client      an empty id: one is made, which is then in *made; no secret, disabled or created. An
 *             alg of its own has a key afterwards
 * public      it gets no secret
 * signing     the secret its tokens are signed with, for HS256 only
 * made        the id of the client
 * secret      its secret and a NUL; "" for a public one. The caller wipes it
 *
 * JETON_E_REQUEST  a text may not be: ids are letters, digits and . _ ~ - characters; scopes and
 *                  grants are words; a public client cannot use client_credentials; lives are
 *                  bounded like the settings; HS256 needs an audience that is not the server's
 * JETON_E_EXISTS
 */
JETON_MUST jeton_status jd_client_add(jd_accounts *accounts, const jd_client *client, bool public,
                                      jeton_span signing, char made[JD_CLIENT_ID_MAX + 1],
                                      char secret[JD_CLIENT_SECRET_CHARS + 1], jeton_err *err);

/* A client of the store, disabled or not; its texts copied into the arena. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_client_get(const jd_accounts *accounts, jeton_span id, jt_arena *arena,
                                      jd_client *client, jeton_err *err);

/* Changes a client, with effect on every token issued from now on; what was issued says what was
 * true then.
 *
 * was      of jd_client_get()
 * becomes  the same, with another name, audience, alg, other scopes, grants or lives
 * signing  the secret its tokens are signed with, when its alg becomes HS256; empty otherwise
 *
 * JETON_E_REQUEST    as with jd_client_add()
 * JETON_E_NOT_FOUND  it is not there, or somebody has changed it meanwhile
 */
JETON_MUST jeton_status jd_client_change(jd_accounts *accounts, const jd_client *was,
                                         const jd_client *becomes, jeton_span signing,
                                         jeton_err *err);

/* Gives it another secret; the old one is worth nothing from then on.
 * JETON_E_NOT_FOUND; JETON_E_REQUEST: it is a public one. */
JETON_MUST jeton_status jd_client_new_secret(jd_accounts *accounts, jeton_span id,
                                             char secret[JD_CLIENT_SECRET_CHARS + 1],
                                             jeton_err *err);

/* Disables or removes it: no tokens any more, its sessions ended, its access tokens refused at
 * once. Or enables it again; what was revoked stays so. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_client_disable(jd_accounts *accounts, jeton_span id, jeton_err *err);
JETON_MUST jeton_status jd_client_remove(jd_accounts *accounts, jeton_span id, jeton_err *err);
JETON_MUST jeton_status jd_client_enable(jd_accounts *accounts, jeton_span id, jeton_err *err);

#endif
