/* SPDX-License-Identifier: Apache-2.0 */
/* token/last_header.h - the header of the last good token, remembered: most tokens of an issuer
 * share theirs byte for byte, and reading it is a fifth of the work on a token.
 *
 * What a header says depends on its bytes and on the depth it may nest, and on nothing else: no
 * key, no policy. So one that is remembered is as good as one read anew.
 */
#ifndef JT_TOKEN_LAST_HEADER_H
#define JT_TOKEN_LAST_HEADER_H

#include "token/header.h"

typedef struct jt_last_header {
    jt_buf bytes; /* the segment as it came, then kid, typ and x5t */
    size_t segment_len;
    unsigned depth; /* what it was allowed to nest */
    jt_header header;
    bool is_there;
} jt_last_header;

jt_last_header jt_last_header_init(const jeton_ctx *ctx);
void jt_last_header_done(jt_last_header *last);

/* Whether `segment` is the remembered one; then *header is what it says, its texts borrowed until
 * the next jt_last_header_keep(). */
bool jt_last_header_find(const jt_last_header *last, jeton_span segment, unsigned depth,
                         jt_header *header);

/* Remembers what `segment`, read under `depth`, says; the last one is forgotten. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_last_header_keep(jt_last_header *last, jeton_span segment,
                                            unsigned depth, const jt_header *header,
                                            jeton_err *err);

#endif
