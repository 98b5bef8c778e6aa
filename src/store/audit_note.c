/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit_note.c - what the thread's next operation is called in the audit log. */
#include "store/audit_note.h"

#include "core/auto.h"
#include "sys/clock.h"

#include <stdio.h>

static _Thread_local jd_audit_row noted; /* with no action: nothing */
static _Thread_local const jd_audit_who *working_for;

void jd_audit_within(const jd_audit_who *who)
{
    working_for = who;
}

jeton_span jd_audit_id(const jd_id *id)
{
    static _Thread_local char texts[2][JD_ID_CHARS + 1];
    static _Thread_local size_t turn;
    char *text = texts[turn++ % JT_COUNT(texts)];
    jd_id_print(id, text);
    return jeton_str(text);
}

jd_audit_row jd_audit_row_of(const jd_audit_who *who, const char *action, jeton_span target,
                             jeton_span detail)
{
    jd_audit_row row = {.time = jd_now(),
                        .action = jeton_str(action),
                        .target = target,
                        .detail = detail,
                        .outcome = jeton_str("ok")};
    if (who == NULL)
        return row;
    row.actor = jeton_str(who->actor);
    row.address = jeton_str(who->address);
    row.request = jeton_str(who->request);
    return row;
}

void jd_audit_note(const char *action, jeton_span target, jeton_span detail)
{
    noted = jd_audit_row_of(working_for, action, target, detail);
}

const jd_audit_who *jd_audit_whom(void)
{
    return working_for;
}

void jd_audit_note_by(jeton_span actor, jeton_span address, const char *action, jeton_span target)
{
    jd_audit_note(action, target, jeton_str(NULL));
    if (noted.actor.len == 0)
        noted.actor = actor;
    if (noted.address.len == 0)
        noted.address = address;
}

void jd_audit_note_row(const jd_audit_row *row)
{
    noted = *row;
}

jeton_status jd_audit_end(jeton_status status)
{
    noted = (jd_audit_row){0};
    return status;
}

bool jd_audit_noted(jd_audit_row *row)
{
    *row = noted;
    row->time = jd_now();
    return noted.action.len > 0;
}

void jd_audit_add(char list[JD_AUDIT_LIST], const char *sign, jeton_span text)
{
    const size_t len = strlen(list);
    (void)snprintf(list + len, JD_AUDIT_LIST - len, "%s%s%.*s", len > 0 ? " " : "", sign,
                   (int)text.len, (const char *)text.ptr);
}
