/* SPDX-License-Identifier: Apache-2.0 */
/* c_loop.h - what the drivers in C share: the protocol of tests/peers/peers.py, on Jansson, which
 * both libraries bring along.
 */
#ifndef PEERS_C_LOOP_H
#define PEERS_C_LOOP_H

#include <jansson.h>

/* A peer. sign and verify return a new reference: the token as a JSON string, the claims as an
 * object, or NULL for a refusal, with its reason in why[]. */
typedef struct peer {
    const char *name, *version;
    json_t *(*formats)(void);
    json_t *(*sign)(const char *alg, const json_t *key, const json_t *claims);
    json_t *(*verify)(const char *alg, const json_t *key, const char *token);
} peer;

extern char why[256];

/* Answers each line of stdin by a line on stdout, until there are no more. */
int serve(const peer *of);

/* base64url without padding; the room for n characters is n bytes. Returns the length, or -1. */
long unb64(const char *text, unsigned char *to);

#endif
