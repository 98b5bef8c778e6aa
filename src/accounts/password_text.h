/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password_text.h - passwords as text: their normal form, and the common ones. */
#ifndef JD_ACCOUNTS_PASSWORD_TEXT_H
#define JD_ACCOUNTS_PASSWORD_TEXT_H

#include "core/secret.h"

#define JD_PASSWORD_TYPED 1024U /* bytes; longer ones stay as they are */

/* The normal form NFC of what was typed. What is no UTF-8, or too long, stays as it is: only the
 * hash of another program can have been made of it. *normal is the caller's: jt_secret_done().
 * JETON_E_NOMEM. */
JETON_MUST jeton_status jd_password_normal(jeton_span typed, jt_secret *normal, jeton_err *err);

/* Whether a password is one that everybody tries first: made of common_words.txt, whatever its
 * capitals, look-alikes and a few digits and marks around it ("P@ssw0rd1"), a run of keys, or a
 * number of at most ten digits. */
bool jd_password_is_common(jeton_span password);

/* Whether a password is this name with nothing but digits and marks around it, whatever the case
 * of ASCII letters. The empty name is in no password. */
bool jd_password_is_name(jeton_span password, jeton_span name);

/* Made of common_words.txt when the program is built: the first eight bytes of the SHA-256 of each
 * common password, as numbers, ascending. */
extern const uint64_t jd_common_passwords[];
extern const size_t jd_common_password_count;

#endif
