/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit_chain.c - the chain of macs: made, and checked. */
#include "store/audit_chain.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"

#include <inttypes.h>

static void take_number(jt_sha2 *running, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    jt_sha2_update(running, jeton_bytes(bytes, sizeof bytes));
}

/* With its length in front, so that nothing can be moved from one text to the next. */
static void take_text(jt_sha2 *running, jeton_span text)
{
    take_number(running, text.len);
    jt_sha2_update(running, text);
}

void jd_audit_mac(const jt_hmac_key *key, const uint8_t before[JD_AUDIT_MAC],
                  const jd_audit_row *row, uint8_t mac[JD_AUDIT_MAC])
{
    const jeton_span texts[] = {row->actor,   row->action,  row->target, row->detail,
                                row->address, row->request, row->outcome};
    jt_sha2 running;
    jt_hmac_begin(key, &running);
    take_text(&running, jeton_str("row"));
    take_text(&running, jeton_bytes(before, JD_AUDIT_MAC));
    take_number(&running, row->n);
    take_number(&running, (uint64_t)row->time);
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        take_text(&running, texts[i]);
    jt_hmac_sign_end(key, &running, mac);
}

void jd_audit_seal(const jt_hmac_key *key, const jd_audit_head *head, uint8_t seal[JD_AUDIT_MAC])
{
    jt_sha2 running;
    jt_hmac_begin(key, &running);
    take_text(&running, jeton_str("head"));
    take_number(&running, head->n);
    take_text(&running, jeton_bytes(head->mac, JD_AUDIT_MAC));
    jt_hmac_sign_end(key, &running, seal);
}

/* ---- checking ------------------------------------------------------------------------------- */

static bool same(const uint8_t a[JD_AUDIT_MAC], const uint8_t b[JD_AUDIT_MAC])
{
    return jt_equal_ct(jeton_bytes(a, JD_AUDIT_MAC), jeton_bytes(b, JD_AUDIT_MAC));
}

jeton_status jd_audit_check_row(jd_audit_checking *checking, const jd_audit_row *row,
                                jeton_err *err)
{
    uint8_t mac[JD_AUDIT_MAC];
    if (row->n != checking->n + 1)
        return jt_fail(err, JETON_E_SIGNATURE, "row %" PRIu64 " is missing", checking->n + 1);
    jd_audit_mac(checking->key, checking->mac, row, mac);
    if (!same(mac, row->mac))
        return jt_fail(err, JETON_E_SIGNATURE, "row %" PRIu64 " is not what was written", row->n);
    checking->n = row->n;
    memcpy(checking->mac, mac, sizeof mac);
    return JETON_OK;
}

/* A log that nothing was written to has a head of zeros. */
static bool is_untouched(const jd_audit_head *head)
{
    const uint8_t zeros[JD_AUDIT_MAC] = {0};
    return head->n == 0 && same(head->mac, zeros) && same(head->seal, zeros);
}

jeton_status jd_audit_check_head(const jd_audit_checking *checking, const jd_audit_head *head,
                                 jeton_err *err)
{
    uint8_t seal[JD_AUDIT_MAC];
    jd_audit_seal(checking->key, head, seal);
    if (!is_untouched(head) && !same(seal, head->seal))
        return jt_fail(err, JETON_E_SIGNATURE, "the head is not what was written");
    if (checking->n < head->n)
        return jt_fail(err, JETON_E_SIGNATURE, "the rows from %" PRIu64 " on are missing",
                       checking->n + 1);
    if (checking->n > head->n || !same(checking->mac, head->mac))
        return jt_fail(err, JETON_E_SIGNATURE, "the head is that of another log");
    return JETON_OK;
}
