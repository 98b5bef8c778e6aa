/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password.h - which passwords may be set, whether one is right, and how one is replaced.
 *
 * A password is its normal form NFC (UAX #15): the same text typed on two keyboards is the same
 * password. What hashes is for the hash lane only; what keeps is for the commit lane.
 */
#ifndef JD_ACCOUNTS_PASSWORD_H
#define JD_ACCOUNTS_PASSWORD_H

#include "accounts/accounts.h"
#include "store/passwords.h"
#include "store/users.h"

#define JD_PASSWORD_MIN 8U /* bytes, in NFC */
#define JD_PASSWORD_MAX 256U

/* Whether this user may set this password: 8 to 256 bytes of UTF-8 without NUL, not one of the
 * common ones (accounts/common_password.h), and not the name or the e-mail with or without some
 * digits and marks around it. `user` needs a name and an e-mail, no more.
 * JETON_E_REQUEST with a sentence for its owner. */
JETON_MUST jeton_status jd_password_may_be(const jd_user *user, jeton_span password,
                                           jeton_err *err);

/* Hashes a password that may be set. `hash` becomes "" first. What jd_password_may_be() gives;
 * JETON_E_NOMEM. */
JETON_MUST jeton_status jd_password_new(const jd_accounts *accounts, const jd_user *user,
                                        jeton_span password, char hash[JT_PWHASH_TEXT],
                                        jeton_err *err);

/* A hash of today's cost for a password that was right, when `hash` is of less; "" otherwise, and
 * when it cannot be made, which harms nobody. */
void jd_password_upgrade(const jd_accounts *accounts, jeton_span hash, jeton_span password,
                         char better[JT_PWHASH_TEXT]);

/* Whether `password` is the one behind `hash`. An empty hash (no such user) takes as long and is
 * always wrong. A password that is not in NFC is tried as it was typed, too: other software has
 * hashed it that way, and so had we once.
 * JETON_E_CREDENTIALS; JETON_E_NOMEM. */
JETON_MUST jeton_status jd_password_check(const jd_accounts *accounts, jeton_span hash,
                                          jeton_span password, jeton_err *err);

/* Replaces the password of a user as he was read when the old one (or the code) was checked. His
 * other sessions are ended and their access tokens refused when this returns.
 *
 * hash  of jd_password_new()
 * code  the digest of jd_reset_find(), which is used up; empty: none was needed
 * keep  the session that goes on, or NULL
 *
 * JETON_E_CREDENTIALS  somebody was faster: the password or the code is another one by now
 */
JETON_MUST jeton_status jd_password_set(jd_accounts *accounts, const jd_user *user,
                                        const char *hash, jeton_span code, const jd_id *keep,
                                        jeton_err *err);

/* Gives a user a one-time code with which a password can be set without the old one, in the place
 * of an earlier code. Only its digest is kept. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_reset_new(jd_accounts *accounts, const jd_user *user,
                                     char code[JD_ID_CHARS + 1], jeton_time *expires,
                                     jeton_err *err);

/* The user who has that code, and its digest. JETON_E_CREDENTIALS: nobody has, or had too long. */
JETON_MUST jeton_status jd_reset_find(jd_accounts *accounts, jeton_span code, jt_arena *arena,
                                      jd_user *user, uint8_t digest[JD_RESET_DIGEST],
                                      jeton_err *err);

#endif
