/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_records.c - what the store holds, by word of the server or of the store itself. */
#include "cli/audit.h"
#include "cli/doctor.h"
#include "core/auto.h"
#include "core/ctx.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define OVERDUE ((int64_t)86400)

static void fill_nothing(void *user, jt_tree *tree, jt_node *to)
{
    (void)user;
    (void)tree;
    (void)to;
}

/* Without a server the store is opened for it, which would migrate an old one. */
static bool can_ask(const jd_doctor *of)
{
    return of->has_store && (of->server_answers || (of->has_master_key && of->store_is_usable));
}

/* ---- keys ----------------------------------------------------------------------------------- */

static bool has_state(const jt_val *key, const char *state)
{
    return jeton_span_equal(jt_get_text(key, "state"), jeton_str(state));
}

static bool is_alike(const jt_val *a, const jt_val *b)
{
    return jeton_span_equal(jt_get_text(a, "alg"), jt_get_text(b, "alg")) &&
           jeton_span_equal(jt_get_text(a, "client"), jt_get_text(b, "client"));
}

static bool has_next(const jt_val *keys, const jt_val *active)
{
    for (jt_iter it = jt_iter_of(keys); jt_iter_next(&it);)
        if (is_alike(it.val, active) && has_state(it.val, "next"))
            return true;
    return false;
}

static void name_day(int64_t seconds, char to[16])
{
    const time_t when = (time_t)seconds;
    struct tm parts;
    (void)snprintf(to, 16, "?");
    if (gmtime_r(&when, &parts) != NULL)
        (void)strftime(to, 16, "%Y-%m-%d", &parts);
}

/* Secrets of clients are changed by whoever shares them, not by a schedule. */
static void examine_active(jd_doctor *of, const jt_val *keys, const jt_val *key)
{
    char where[64];
    char day[16];
    int64_t since = 0;
    const jeton_span alg = jt_get_text(key, "alg");
    const jeton_span client = jt_get_text(key, "client");
    (void)jt_val_int(jt_get(key, "since"), &since);
    if (client.len > 0)
        return;
    const int64_t due = since + of->config->key_active;
    (void)snprintf(where, sizeof where, "keys %.*s", (int)alg.len, (const char *)alg.ptr);
    name_day(due, day);
    if (!has_next(keys, key))
        jd_doctor_say(
            of, of->server_answers ? JD_FINDING_WARNING : JD_FINDING_NOTE, where,
            of->server_answers ? "look into the server's log" : "start the server: it makes one",
            "the active key has no successor, so a stolen one cannot be replaced at once");
    else if (due + OVERDUE < jt_now(NULL) / 1000)
        jd_doctor_say(of, JD_FINDING_WARNING, where, "jeton key rotate",
                      "the active key should have been replaced on %s", day);
    else
        jd_doctor_say(of, JD_FINDING_OK, where, NULL,
                      "the active key signs until %s, the next is "
                      "published",
                      day);
}

void jd_doctor_keys(jd_doctor *of)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    size_t active = 0;
    if (!can_ask(of))
        return;
    if (jd_operation_run(of->args, "key.list", false, fill_nothing, NULL, &result, &err) !=
        JETON_OK) {
        jd_doctor_say(of, JD_FINDING_ERROR, "keys", NULL, "%s", err.text);
        return;
    }
    const jt_val *keys = jt_get(jt_json_root(result), "keys");
    for (jt_iter it = jt_iter_of(keys); jt_iter_next(&it);) {
        if (!has_state(it.val, "active"))
            continue;
        active++;
        examine_active(of, keys, it.val);
    }
    if (active == 0)
        jd_doctor_say(of, JD_FINDING_ERROR, "keys", "start the server: it makes one",
                      "none is active, so no token can be signed");
}

/* ---- the audit log -------------------------------------------------------------------------- */

void jd_doctor_audit(jd_doctor *of)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    int64_t rows = 0;
    if (!can_ask(of))
        return;
    const jeton_status status = jd_audit_judge(of->args, &result, &err);
    if (status != JETON_OK) {
        jd_doctor_say(of, JD_FINDING_ERROR, "audit",
                      status == JETON_E_SIGNATURE
                          ? "find out who can write to the store; jeton audit list shows the rows"
                          : NULL,
                      "%s", err.text);
        return;
    }
    const jeton_span head = jt_get_text(jt_json_root(result), "head");
    (void)jt_val_int(jt_get(jt_json_root(result), "rows"), &rows);
    jd_doctor_say(of, JD_FINDING_OK, "audit", NULL,
                  "%" PRId64 " rows as they were written, head %.*s", rows, (int)head.len,
                  (const char *)head.ptr);
}
