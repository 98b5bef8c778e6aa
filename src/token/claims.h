/* SPDX-License-Identifier: Apache-2.0 */
/* token/claims.h - what claims are inside, for the signer. */
#ifndef JT_TOKEN_CLAIMS_H
#define JT_TOKEN_CLAIMS_H

#include "json/tree.h"

#include <jeton/claims.h>

struct jeton_claims {
    const jeton_ctx *ctx;
    jt_tree *tree;
    jt_node *object;
    jeton_err err; /* what the first failing setter met */
};

#endif
