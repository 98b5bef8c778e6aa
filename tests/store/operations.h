/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/operations.h - operations that are whole or not there, whatever fails meanwhile: each
 * with what it needs before, and how to see whether it was done. */
#ifndef JD_STORE_OPERATIONS_H
#define JD_STORE_OPERATIONS_H

#include "suite.h"

/* An operation on thing number `byte`, which nobody has used yet. */
typedef struct operation {
    const char *name;
    void (*prepare)(suite *s, uint8_t byte);
    jeton_status (*run)(suite *s, uint8_t byte, jeton_err *err);
    bool (*is_done)(suite *s, uint8_t byte);
    jeton_status again; /* what it says when it was done already */
} operation;

extern const operation operations[];
extern const size_t operation_count;

/* The log's head. */
uint64_t operations_head(suite *s);

/* The numbers of the log and the chain of the audit log, as they have to be after any fault. */
void operations_assert_sound(suite *s);

#endif
