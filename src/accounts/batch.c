/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/batch.c - marks wait for their commit. */
#include "accounts/batch.h"

#include <string.h>

/* What the calling thread's batch has made so far. */
static _Thread_local struct {
    const jd_accounts *of; /* NULL: no batch */
    jt_buf marks;          /* jt_revocation after jt_revocation */
} held;

jeton_status jd_batch_begin(jd_accounts *accounts, jeton_err *err)
{
    const jeton_status status = jd_store_batch_begin(accounts->store, err);
    if (status == JETON_OK) {
        held.of = accounts;
        held.marks = jt_buf_init(NULL);
    }
    return status;
}

bool jd_batch_hold(const jd_accounts *accounts, const jt_revocation *entry)
{
    return held.of == accounts &&
           jt_buf_add(&held.marks, jeton_bytes(entry, sizeof *entry), NULL) == JETON_OK;
}

static void take_marks(jd_accounts *accounts)
{
    jt_revocation entry;
    for (size_t at = 0; at < held.marks.len; at += sizeof entry) {
        memcpy(&entry, held.marks.ptr + at, sizeof entry);
        jd_accounts_revoke(accounts, &entry);
    }
}

jeton_status jd_batch_end(jd_accounts *accounts, jeton_err *err)
{
    const jeton_status status = jd_store_batch_end(accounts->store, err);
    held.of = NULL; /* what is taken now is held no more */
    if (status == JETON_OK)
        take_marks(accounts);
    jt_buf_done(&held.marks);
    return status;
}
