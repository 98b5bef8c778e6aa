/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc_segment.c - segments, for test_alloc.c. */
#include "alloc.h"

static jeton_status segment_open(bool *had, jeton_err *err)
{
    jeton_segment *segment = BOGUS;
    const jeton_status status = jeton_segment_open(ctx, alloc_segment_path, NULL, &segment, err);
    *had = segment != NULL;
    jeton_segment_free(&segment);
    return status;
}

static jeton_status segment_open_later(bool *had, jeton_err *err)
{
    const jeton_segment_options options = {.may_come = true};
    jeton_segment *segment = BOGUS;
    const jeton_status status =
        jeton_segment_open(ctx, alloc_segment_path, &options, &segment, err);
    *had = segment != NULL;
    jeton_segment_free(&segment);
    return status;
}

static jeton_status segment_verifier_new(bool *had, jeton_err *err)
{
    jeton_verifier *verifier = BOGUS;
    const jeton_status status =
        jeton_segment_verifier_new(ctx, &alloc_policy, given.segment, NULL, &verifier, err);
    *had = verifier != NULL;
    jeton_verifier_free(&verifier);
    return status;
}

const alloc_call alloc_segment[] = {
    {"jeton_segment_open", segment_open},
    {"jeton_segment_open, whatever is there", segment_open_later},
    {"jeton_segment_verifier_new", segment_verifier_new},
    {NULL, NULL},
};
