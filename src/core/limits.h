/* SPDX-License-Identifier: Apache-2.0 */
/* core/limits.h - a named limit for each thing that a stranger can make large. Sizes in bytes. */
#ifndef JT_CORE_LIMITS_H
#define JT_CORE_LIMITS_H

/* defaults of jeton_limits */
#define JT_LIMIT_TOKEN   ((size_t)64 * 1024)
#define JT_LIMIT_HEADER  ((size_t)8 * 1024)
#define JT_LIMIT_PAYLOAD ((size_t)48 * 1024)
#define JT_LIMIT_JSON    ((size_t)256 * 1024)
#define JT_LIMIT_DEPTH   16U
#define JT_LIMIT_KEYS    128U
#define JT_LIMIT_ROUNDS  4000000U /* under two seconds of PBKDF2-HMAC-SHA256 */

/* defaults of jeton_cache_options */
#define JT_LIMIT_CACHE_DEFAULT ((size_t)8192)
#define JT_LIMIT_CACHE_BYTES   ((size_t)16 * 1024 * 1024)

/* fixed */
#define JT_LIMIT_DEPTH_MAX         64U                /* what jeton_limits.depth may be raised to */
#define JT_LIMIT_SIGNATURE         ((size_t)8 * 1024) /* decoded; ML-DSA-87 needs 4627 */
#define JT_LIMIT_PEM               ((size_t)64 * 1024)
#define JT_LIMIT_RSA_BITS          16384 /* larger moduli only serve to keep a verifier busy */
#define JT_LIMIT_SECRET            ((size_t)4 * 1024)
#define JT_LIMIT_KID               ((size_t)1024)
#define JT_LIMIT_SIGNATURES        16U  /* of one JWS */
#define JT_LIMIT_MEMBERS           64U  /* of an unprotected header */
#define JT_LIMIT_MEMBER_NAME       256U /* of a protected header to be made */
#define JT_LIMIT_TRIED_KEYS        8U   /* signatures checked for one token that names no key */
#define JT_LIMIT_CACHE_ENTRIES     ((size_t)1 << 26) /* what jeton_cache_options.entries may be */
#define JT_LIMIT_CACHED_TOKEN      ((size_t)8 * 1024) /* longer ones are verified in full each time */
#define JT_LIMIT_PASSPHRASE        ((size_t)1024)
#define JT_LIMIT_PEM_SCRYPT_MEMORY ((size_t)32 * 1024 * 1024) /* OpenSSL takes no more either */
#define JT_LIMIT_PEM_SCRYPT_LANES  16U         /* "p": each takes its time after the other */
#define JT_LIMIT_X5C               ((size_t)8) /* certificates of a key */
#define JT_LIMIT_CERTIFICATE       ((size_t)16 * 1024) /* one of them, decoded */

/* password hashes that come from elsewhere: what one check may cost, some seconds at most */
#define JT_LIMIT_PWHASH_TEXT     512U           /* of the text, with its NUL */
#define JT_LIMIT_PWHASH_PASSWORD ((size_t)4096) /* longer ones match nothing */
#define JT_LIMIT_ARGON2_MEMORY   ((uint64_t)1024 * 1024 * 1024)
#define JT_LIMIT_ARGON2_WORK     ((uint64_t)16 * 1024 * 1024 * 1024) /* memory times passes */
#define JT_LIMIT_BCRYPT_COST     16U
#define JT_LIMIT_PBKDF2_ROUNDS   10000000U
#define JT_LIMIT_SHACRYPT_ROUNDS 10000000U
#define JT_LIMIT_PWHASH_MEMORY   ((uint64_t)256 * 1024 * 1024) /* scrypt, yescrypt */
#define JT_LIMIT_PWHASH_LANES    16U

#endif
