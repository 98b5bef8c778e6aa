/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/ctx.h - where memory, time and randomness come from, and how large things may be.
 *
 * libjeton has no globals: whatever it needs of the world comes through a context. Each call that
 * takes one accepts NULL, which stands for malloc, the system clock, the system's randomness and
 * the default limits.
 *
 * Threads: a context never changes once made, so any number may share it; the functions given to it
 * must be safe to call from every thread that uses it. It must outlive all that was made with it.
 */
#ifndef JETON_CTX_H
#define JETON_CTX_H

#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jeton_ctx jeton_ctx;

/* Times are milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted. */
typedef int64_t jeton_time;

/* Limits, in bytes where nothing else is said. 0 means the default in brackets. */
typedef struct jeton_limits {
    size_t token;    /* a whole compact token                       [64 KiB] */
    size_t header;   /* its header, decoded                          [8 KiB] */
    size_t payload;  /* its payload, decoded                        [48 KiB] */
    size_t json;     /* any other JSON text: a JWK, a key set      [256 KiB] */
    unsigned depth;  /* nesting of arrays and objects                   [16] */
    unsigned keys;   /* keys in one set                                [128] */
    unsigned rounds; /* PBKDF2 rounds, or scrypt's N, that a file may demand [4,000,000] */
} jeton_limits;

/* What a context is made of. All-zero means "the system's" for each group; within the allocator
 * give all three functions or none. */
typedef struct jeton_ctx_options {
    void *(*alloc)(void *user, size_t size);             /* like malloc; NULL when none is left */
    void *(*resize)(void *user, void *ptr, size_t size); /* like realloc */
    void (*release)(void *user, void *ptr);              /* like free */
    jeton_time (*now)(void *user);                       /* the time */
    bool (*random)(void *user, void *to, size_t len);    /* fills `to`; false on failure */
    void *user;                                          /* handed to each of them */
    jeton_limits limits;
} jeton_ctx_options;

JETON_BEGIN

/* Makes a context. `options` is copied; NULL means all defaults.
 *
 * JETON_E_ARGUMENT  an allocator with a function missing
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_ctx_new(const jeton_ctx_options *options, jeton_ctx **ctx,
                                                jeton_err *err);

/* Frees *ctx and sets it to NULL. Everything made with it must be gone before. */
JETON_API void jeton_ctx_free(jeton_ctx **ctx);

JETON_END

#endif
