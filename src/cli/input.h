/* SPDX-License-Identifier: Apache-2.0 */
/* cli/input.h - what commands are given: files, standard input, keys. */
#ifndef JD_CLI_INPUT_H
#define JD_CLI_INPUT_H

#include "core/buf.h"

#include <jeton/keyset.h>

/* Reads a file, or standard input for "-", into *to, at most `limit` bytes.
 * JETON_E_SYSTEM, with the file's name in the text; JETON_E_LIMIT. */
JETON_MUST jeton_status jd_input_read(const char *path, size_t limit, jt_buf *to, jeton_err *err);

/* The same without white space at both ends: tokens and passwords end in a newline. */
JETON_MUST jeton_status jd_input_read_trimmed(const char *path, size_t limit, jt_buf *to,
                                              jeton_err *err);

/* Takes white space off both ends. */
void jd_input_trim(jt_buf *text);

/* A token: the operand itself, or standard input for "-". */
JETON_MUST jeton_status jd_input_token(const char *operand, jt_buf *to, jeton_err *err);

/* The next line of standard input, without its end, in the place of what *line held. Of a line
 * longer than any token the rest is dropped: it is refused as too long. *end: there was no more. */
JETON_MUST jeton_status jd_input_line(jt_buf *line, bool *end, jeton_err *err);

/* The keys of a file: a JWK, a JWK Set, a PEM block or DER, which say themselves what they are.
 * Nothing else is taken for a key, least of all for a secret. A set of which keys were skipped is
 * told about on stderr. An encrypted PEM block is opened with the passphrase of
 * jd_passphrase_input()
 * (`passphrase_file` NULL: from the environment or the terminal).
 * JETON_E_KEY when there is no usable key in it. */
JETON_MUST jeton_status jd_input_keys(const char *path, jeton_keyset **keys, jeton_err *err);
JETON_MUST jeton_status jd_input_keys_opened(const char *path, const char *passphrase_file,
                                             jeton_keyset **keys, jeton_err *err);

/* The two steps of it: the bytes of a file, without white space around unless they are DER; and
 * their keys. `path` is for sentences only. */
JETON_MUST jeton_status jd_input_key_bytes(const char *path, jt_buf *bytes, jeton_err *err);
JETON_MUST jeton_status jd_input_parse_keys(const char *path, jeton_span bytes,
                                            const char *passphrase_file, jeton_keyset **keys,
                                            jeton_err *err);

/* What bytes say they are. */
typedef enum jd_key_form {
    JD_FORM_NONE,
    JD_FORM_JSON,
    JD_FORM_PEM,
    JD_FORM_DER,
} jd_key_form;
jd_key_form jd_key_form_of(jeton_span bytes);

/* The one key of a set. JETON_E_KEY when there are several: `kid` (NULL: none) then chooses. */
JETON_MUST jeton_status jd_input_choose(const char *path, const jeton_keyset *keys, const char *kid,
                                        jeton_key **key, jeton_err *err);

/* The one key of a file. */
JETON_MUST jeton_status jd_input_key(const char *path, const char *kid, jeton_key **key,
                                     jeton_err *err);

/* A duration such as "90", "15m", "12h", "30d", in seconds. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_input_duration(const char *text, unsigned *seconds, jeton_err *err);

/* Names of algorithms parted by commas, as a set for jeton_policy.algs. NULL gives 0, and an
 * empty list is an error: JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_input_algs(const char *text, uint32_t *algs, jeton_err *err);

/* The name of one algorithm. NULL gives JETON_ALG_UNSET. JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_input_alg(const char *text, jeton_alg *alg, jeton_err *err);

/* Without --alg the algorithm is the key's own: whether any key of the set has one, and the failure
 * when none does, JETON_E_ARGUMENT. */
bool jd_input_any_bound(const jeton_keyset *keys);
JETON_MUST jeton_status jd_input_unbound(jeton_err *err);

/* Hands out a file, or standard input for "-", in parts, however long it is. JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_input_each(const char *path, void (*take)(void *user, jeton_span part),
                                      void *user, jeton_err *err);

#endif
