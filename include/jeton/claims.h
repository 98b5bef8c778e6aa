/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/claims.h - the claims of a token to be made.
 *
 * Setters return nothing: the first failure is kept and jeton_sign() reports it, so a program
 * checks once. Setting a name again replaces its value. Names and texts are copied and must be
 * UTF-8.
 *
 * Threads: setters and jeton_claims_free() need the claims for themselves. While no thread is in
 * one of them, any number may call jeton_claims_has() and jeton_sign() with the same claims.
 */
#ifndef JETON_CLAIMS_H
#define JETON_CLAIMS_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jeton_claims jeton_claims;

JETON_BEGIN

/* An empty set of claims. ctx may be NULL. */
JETON_API JETON_MUST jeton_status jeton_claims_new(const jeton_ctx *ctx, jeton_claims **claims,
                                                   jeton_err *err);

/* The claims of a JSON object, borrowed for the call only.
 * JETON_E_SYNTAX: not a JSON object, or a member name given twice. */
JETON_API JETON_MUST jeton_status jeton_claims_parse(const jeton_ctx *ctx, jeton_span json,
                                                     jeton_claims **claims, jeton_err *err);

/* Frees *claims and sets it to NULL. */
JETON_API void jeton_claims_free(jeton_claims **claims);

/* A claim of one value. */
JETON_API void jeton_claims_set_text(jeton_claims *claims, const char *name, jeton_span value);
JETON_API void jeton_claims_set_int(jeton_claims *claims, const char *name, int64_t value);
JETON_API void jeton_claims_set_bool(jeton_claims *claims, const char *name, bool value);

/* A date claim, written in whole seconds (RFC 7519 §2); `value` is rounded down. */
JETON_API void jeton_claims_set_date(jeton_claims *claims, const char *name, jeton_time value);

/* An array of texts ("roles"). */
JETON_API void jeton_claims_set_list(jeton_claims *claims, const char *name,
                                     const jeton_span *values, size_t count);

/* Any JSON value as text; strict JSON, or the failure is kept. */
JETON_API void jeton_claims_set_json(jeton_claims *claims, const char *name, jeton_span json);

/* Whether a claim of that name is set. */
JETON_API bool jeton_claims_has(const jeton_claims *claims, const char *name);

JETON_END

#endif
