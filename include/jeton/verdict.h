/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/verdict.h - the one answer of a verification, and the claims of an accepted token.
 *
 * A verdict is also the scratch memory of the verifications it is used for: make one per thread,
 * use it again and again, and verifying allocates nothing. It starts as refused.
 *
 * Threads: a verdict belongs to one at a time, all calls included; it may be handed on.
 *
 * What a verdict gives out is borrowed from it and lives until its next use. Claims are given of
 * an accepted token only: from a refused one every claim is absent.
 */
#ifndef JETON_VERDICT_H
#define JETON_VERDICT_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/key.h>
#include <jeton/policy.h>
#include <jeton/span.h>
#include <jeton/text.h>

typedef struct jeton_verdict jeton_verdict;

JETON_BEGIN

/* Makes a verdict. ctx may be NULL. JETON_E_NOMEM. */
JETON_API JETON_MUST jeton_status jeton_verdict_new(const jeton_ctx *ctx, jeton_verdict **verdict,
                                                    jeton_err *err);

/* Wipes and frees *verdict and sets it to NULL. */
JETON_API void jeton_verdict_free(jeton_verdict **verdict);

/* JETON_OK: accepted. Anything else: refused, and this is the first reason. */
JETON_API jeton_status jeton_verdict_status(const jeton_verdict *verdict);

/* The reason in words, without bytes of the token; "" when accepted. */
JETON_API const char *jeton_verdict_why(const jeton_verdict *verdict);

/* Every check that failed after a good signature: jeton_check bits. 0 when accepted, and when
 * the token was refused before its claims were looked at. */
JETON_API uint32_t jeton_verdict_failed(const jeton_verdict *verdict);

/* What failed first: the name of a claim ("exp"), the path of a rule as the policy has it
 * ("/realm_access/roles"), "typ" of the header, "revocation", "hook", or "". Cut after 127 bytes.
 */
JETON_API const char *jeton_verdict_claim(const jeton_verdict *verdict);

/* The key whose signature was good; NULL when none was. Borrowed from the verifier's key set: it
 * lives no longer than that, unless jeton_key_ref() keeps it. */
JETON_API const jeton_key *jeton_verdict_key(const jeton_verdict *verdict);

/* Whether the token was found in a verdict cache (jeton/cache.h) and not verified in full: for
 * statistics, since it changes no answer. */
JETON_API bool jeton_verdict_is_remembered(const jeton_verdict *verdict);

/* Whether only its signature was found, in a signature cache (jeton/signature_cache.h), and all
 * else was checked: for statistics, too. */
JETON_API bool jeton_verdict_is_signature_known(const jeton_verdict *verdict);

/* The payload of an accepted token as JSON text. Empty for a refused one. */
JETON_API jeton_span jeton_verdict_payload(const jeton_verdict *verdict);

/* The claim at `path`, when the token is accepted and the claim is of that JSON type; otherwise
 * false and *value is emptied. A path is the name of a top-level claim, or, when it begins with
 * "/", a JSON Pointer (RFC 6901): "/realm_access/roles". Dates (RFC 7519 §2) come in milliseconds.
 */
JETON_API bool jeton_verdict_text(const jeton_verdict *verdict, const char *path,
                                  jeton_span *value);
JETON_API bool jeton_verdict_int(const jeton_verdict *verdict, const char *path, int64_t *value);
JETON_API bool jeton_verdict_bool(const jeton_verdict *verdict, const char *path, bool *value);
JETON_API bool jeton_verdict_date(const jeton_verdict *verdict, const char *path,
                                  jeton_time *value);

/* The claim at `path` as one line, for a header or a variable of another program: a text as it is,
 * an array of texts, numbers and truth values with commas between them, anything else as JSON.
 *
 * text  set to NULL first; on JETON_OK the caller owns it: jeton_text_free()
 *
 * JETON_E_NOT_FOUND  there is no such claim, it is null, or the token was refused
 * JETON_E_CLAIM      a text with a control character in it, or with a comma in an array: it could
 *                    be read as something else
 * JETON_E_NOMEM */
JETON_API JETON_MUST jeton_status jeton_verdict_print(const jeton_verdict *verdict,
                                                      const char *path, jeton_text **text,
                                                      jeton_err *err);

/* The same of a member of the header of the token that was accepted, by its name or JSON Pointer
 * ("kid", "typ").
 *
 * token  the text that was verified
 *
 * JETON_E_NOT_FOUND, JETON_E_CLAIM, JETON_E_NOMEM as above; JETON_E_ENCODING, JETON_E_SYNTAX: it
 * is another one. */
JETON_API JETON_MUST jeton_status jeton_verdict_print_header(const jeton_verdict *verdict,
                                                             jeton_span token, const char *path,
                                                             jeton_text **text, jeton_err *err);

/* Whether the claim at `path` is an array of which `member` is one text, or is that text itself
 * ("roles", "aud"). */
JETON_API bool jeton_verdict_has(const jeton_verdict *verdict, const char *path, jeton_span member);

/* Whether the claim at `path` is a text of words parted by single spaces of which `word` is one
 * ("scope", RFC 8693 §4.2). */
JETON_API bool jeton_verdict_has_word(const jeton_verdict *verdict, const char *path,
                                      jeton_span word);

JETON_END

#endif
