/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/jws.h - signatures over any octets (RFC 7515): below tokens, and without claims.
 *
 * For tokens there are jeton_sign() and jeton_verify(), which take the compact form only and look
 * at what is in it. Here the payload is bytes, the form is one of three, the payload may travel
 * apart from the signature (detached, RFC 7515 Appendix F), may stand in it without base64url
 * (`"b64":false`, RFC 7797), and may be larger than memory (streams).
 *
 * The order of one verification is that of tokens: limits, base64url, header, key, algorithm,
 * signature, then "typ". The algorithm of the header, of the key and of the policy must be one.
 * Keys and addresses in a header (jwk, jku, x5c, x5u) are never looked at.
 *
 * Threads: keys, key sets and policies never change, so any number may share them. A stream and a
 * result belong to one thread at a time. The functions without an object of their own may run on
 * any number of threads.
 */
#ifndef JETON_JWS_H
#define JETON_JWS_H

#include <jeton/keyset.h>
#include <jeton/text.h>

/* The serializations (RFC 7515 §7). Bits, so that a policy can take several. */
typedef enum jeton_jws_form {
    JETON_JWS_COMPACT = 1,   /* header.payload.signature */
    JETON_JWS_FLATTENED = 2, /* JSON, one signature */
    JETON_JWS_GENERAL = 4,   /* JSON, as many as there are: 16 at most */
} jeton_jws_form;

/* ---- signing -------------------------------------------------------------------------------- */

/* One signature to be made. All is borrowed for the call only (a stream keeps a reference to the
 * key). The protected header has "alg", then "typ", "kid" (where the key has one), "cty", what is
 * given, and "b64" and "crit" where they are needed. */
typedef struct jeton_jws_signature {
    const jeton_key *key;
    jeton_alg alg;           /* JETON_ALG_UNSET: the one the key is bound to */
    const char *typ, *cty;   /* NULL: none */
    jeton_span protected_as; /* further protected members, a JSON object; empty: none. Not alg,
                                kid, b64 or crit, and none twice */
    jeton_span unprotected;  /* the unprotected header, a JSON object; empty: none. In the JSON
                                forms only; not alg, b64 or crit, and nothing that is protected */
} jeton_jws_signature;

/* How it is written. {0}: compact, payload and all. */
typedef struct jeton_jws_options {
    jeton_jws_form form; /* 0: JETON_JWS_COMPACT */
    bool detached;       /* leave the payload out; the verifier gets it in another way */
    bool unencoded;      /* "b64":false and crit: the payload is signed, and written, as it is */
} jeton_jws_options;

/* ---- verifying ------------------------------------------------------------------------------ */

/* What is taken beyond the usual: flags, each naming what it allows. */
typedef enum jeton_jws_allow {
    /* payloads that are not base64url: "b64":false, named in a protected "crit". It changes what
     * the text means, so both sides have to have agreed on it (RFC 7797 §8) */
    JETON_JWS_ALLOW_UNENCODED = 1,
    /* "alg" outside the protected header; it must be the key's and the policy's all the same */
    JETON_JWS_ALLOW_UNPROTECTED_ALG = 2,
} jeton_jws_allow;

/* What is demanded. {0}: compact, one good signature, by the algorithm its key is bound to. */
typedef struct jeton_jws_policy {
    uint32_t algs; /* JETON_ALG_BIT(…) | …; 0: the algorithm each key is bound to, and keys bound
                      to none are not used */
    unsigned forms;  /* JETON_JWS_COMPACT | …; 0: JETON_JWS_COMPACT only */
    bool all;        /* every signature must be good; false: any one of them */
    const char *typ; /* the protected "typ", compared as a media type (RFC 8725 §3.11): letters in
                        any case, "application/" left out or not; NULL: any */
    unsigned allow;  /* jeton_jws_allow flags */
} jeton_jws_policy;

/* A JWS that was accepted. */
typedef struct jeton_jws jeton_jws;

/* A payload on its way through signatures. */
typedef struct jeton_jws_stream jeton_jws_stream;

JETON_BEGIN

/* Signs a payload.
 *
 * ctx         may be NULL; its limits are those a verifier is thought to have
 * signatures  `count` of them: more than one only in the general form, and 16 at most
 * payload     any octets. Unencoded and not detached, it must be UTF-8 in the JSON forms (RFC 7797
 *             §5.3), and in the compact one ASCII without control characters and "." (§5.2)
 * options     NULL: {0}
 * text        set to NULL first; on JETON_OK the caller owns it: jeton_text_free()
 *
 * JETON_E_ARGUMENT  a number, a form, a header or a payload that cannot be, as said above
 * JETON_E_KEY_USE   a public key, or one whose "use" or "key_ops" do not allow signing
 * JETON_E_ALG       no algorithm said, or not one for this key
 * JETON_E_SYNTAX    a header that is not a JSON object, or a payload that is not UTF-8
 * JETON_E_HEADER    a header that no verifier would take: a text that is none, a name in both
 * JETON_E_LIMIT     longer than jeton_limits allow a token, a header or a payload to be
 * JETON_E_CRYPTO, JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_jws_sign(const jeton_ctx *ctx,
                                                 const jeton_jws_signature *signatures,
                                                 size_t count, jeton_span payload,
                                                 const jeton_jws_options *options,
                                                 jeton_text **text, jeton_err *err);

/* Verifies a JWS.
 *
 * ctx       may be NULL; its limits are what the text is judged by
 * keys      referenced by the result: the caller still frees his
 * policy    NULL: {0}
 * text      exactly the JWS; in the compact form no white space around it
 * detached  the payload that came in another way; NULL: it is in the text. Giving one to a text
 *           that has its own is an error, not a choice
 * jws       set to NULL first; on JETON_OK the caller owns it: jeton_jws_free()
 *
 * When a signature is what is wrong, err says which, and of several reasons the first; with
 * `all` false a signature that is not good does no harm beside a good one, and its reason is in
 * jeton_jws_why(). A text that is malformed anywhere is refused as a whole.
 *
 * JETON_E_ARGUMENT     a policy with bits that stand for nothing
 * JETON_E_LIMIT        the text, a header, the payload or a signature is too long, or there are
 *                      more than 16 signatures
 * JETON_E_SYNTAX       of none of the forms taken; the payload missing, or given twice
 * JETON_E_ENCODING     base64url that is not, or not canonical
 * JETON_E_HEADER       a member of the wrong type, in the wrong header, or in both
 * JETON_E_CRIT         an extension that is not taken or not as RFC 7515 §4.1.11 has it;
 *                      signatures that disagree about b64 (RFC 7797 §3)
 * JETON_E_KEY_UNKNOWN, JETON_E_ALG, JETON_E_KEY, JETON_E_KEY_USE, JETON_E_SIGNATURE, JETON_E_TYP
 * JETON_E_CRYPTO, JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_jws_verify(const jeton_ctx *ctx, const jeton_keyset *keys,
                                                   const jeton_jws_policy *policy, jeton_span text,
                                                   const jeton_span *detached, jeton_jws **jws,
                                                   jeton_err *err);

/* Wipes and frees *jws and sets it to NULL. */
JETON_API void jeton_jws_free(jeton_jws **jws);

/* The payload, decoded. Empty for a detached one, which the caller has. Borrowed: like all below
 * it lives as long as the result. */
JETON_API jeton_span jeton_jws_payload(const jeton_jws *jws);

/* How many signatures there are, good or not. */
JETON_API size_t jeton_jws_count(const jeton_jws *jws);

/* What became of signature i, counted from 0: JETON_OK, or why it is not good; and that in words,
 * "" when it is good. JETON_E_ARGUMENT and "" past the end. */
JETON_API jeton_status jeton_jws_status(const jeton_jws *jws, size_t i);
JETON_API const char *jeton_jws_why(const jeton_jws *jws, size_t i);

/* Of a good signature: the key it is of, its algorithm, and the two headers as JSON objects, the
 * protected one as it was signed. NULL, JETON_ALG_UNSET and empty spans for one that is not good,
 * for a header that is not there, and past the end. Whoever carried the text may have changed the
 * unprotected header. */
JETON_API const jeton_key *jeton_jws_key(const jeton_jws *jws, size_t i);
JETON_API jeton_alg jeton_jws_alg(const jeton_jws *jws, size_t i);
JETON_API jeton_span jeton_jws_protected(const jeton_jws *jws, size_t i);
JETON_API jeton_span jeton_jws_unprotected(const jeton_jws *jws, size_t i);

/* ---- payloads that do not fit in memory ----------------------------------------------------- */

/* Begins to sign or verify a detached payload that comes in parts: jeton_jws_add() for each, then
 * the matching end. The payload itself is not kept, and has no limit. HS*, RS*, PS* and ES* can do
 * that. Ed25519, Ed448 and ML-DSA go over the message more than once: JETON_E_UNSUPPORTED, which
 * says so before the first part, and jeton_jws_sign() or jeton_jws_verify() is the way.
 *
 * Arguments and outcomes are those of jeton_jws_sign() and jeton_jws_verify(), where `detached` is
 * implied. All is copied or referenced but for policy->typ, which must live as long as the stream.
 * Verifying begins with the whole text, and refuses it at once where the payload cannot help:
 * what is left for the end is the signature and "typ". Where all signatures must be good, the
 * reason may so be that of a later one than jeton_jws_verify() names.
 *
 * stream  set to NULL first; on JETON_OK the caller owns it: jeton_jws_stream_free()
 */
JETON_API JETON_MUST jeton_status jeton_jws_sign_begin(const jeton_ctx *ctx,
                                                       const jeton_jws_signature *signatures,
                                                       size_t count,
                                                       const jeton_jws_options *options,
                                                       jeton_jws_stream **stream, jeton_err *err);
JETON_API JETON_MUST jeton_status jeton_jws_verify_begin(const jeton_ctx *ctx,
                                                         const jeton_keyset *keys,
                                                         const jeton_jws_policy *policy,
                                                         jeton_span text, jeton_jws_stream **stream,
                                                         jeton_err *err);

/* The next part of the payload, of any length, borrowed for the call only. Parts that come after
 * the end are not looked at. */
JETON_API void jeton_jws_add(jeton_jws_stream *stream, jeton_span part);

/* The payload is over: the signed text, or the verdict. A stream ends once, and as what it began:
 * JETON_E_ARGUMENT otherwise. The stream is the caller's to free in every case. */
JETON_API JETON_MUST jeton_status jeton_jws_sign_end(jeton_jws_stream *stream, jeton_text **text,
                                                     jeton_err *err);
JETON_API JETON_MUST jeton_status jeton_jws_verify_end(jeton_jws_stream *stream, jeton_jws **jws,
                                                       jeton_err *err);

/* Wipes and frees *stream and sets it to NULL, wherever it stands. */
JETON_API void jeton_jws_stream_free(jeton_jws_stream **stream);

/* ---- without a signature -------------------------------------------------------------------- */

/* Unsecured JWSs, "alg":"none" (RFC 7518 §3.6): anybody can make one, and nothing in it is to be
 * believed. They are for data whose integrity something else protects. No verifier of this library
 * takes them, under any policy and with any key (RFC 8725 §3.2), and these two take no key.
 *
 * Printing: compact; `typ` NULL: none. *text is the caller's. JETON_E_LIMIT, JETON_E_NOMEM, and
 * JETON_E_SYNTAX for a typ that is not UTF-8. */
JETON_API JETON_MUST jeton_status jeton_jws_unsecured_print(const jeton_ctx *ctx, const char *typ,
                                                            jeton_span payload, jeton_text **text,
                                                            jeton_err *err);

/* The payload of an unsecured JWS. *payload is set to NULL first, then the caller's.
 *
 * JETON_E_ALG        its alg is another: it is signed, and jeton_jws_verify() reads it
 * JETON_E_SIGNATURE  it has a signature nevertheless
 * JETON_E_LIMIT, JETON_E_SYNTAX, JETON_E_ENCODING, JETON_E_HEADER, JETON_E_CRIT, JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_jws_unsecured_parse(const jeton_ctx *ctx, jeton_span text,
                                                            jeton_text **payload, jeton_err *err);

JETON_END

#endif
