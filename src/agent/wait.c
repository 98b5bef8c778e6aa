/* SPDX-License-Identifier: Apache-2.0 */
/* agent/wait.c - each rule about leases of others is one function here. */
#include "agent/wait.h"

#include <string.h>

/* Readers count whole milliseconds, and a clock is read in more than one place. */
#define SPAN_MORE_MS 5

int64_t jd_lease_span(int64_t lease_ms)
{
    if (lease_ms < JD_LEASE_LEAST_MS)
        lease_ms = JD_LEASE_LEAST_MS;
    if (lease_ms > JD_LEASE_MOST_MS)
        lease_ms = JD_LEASE_MOST_MS;
    return jd_ms(lease_ms) / 100 * (100 + JD_LEASE_RATE) + jd_ms(SPAN_MORE_MS);
}

/* ---- who is there --------------------------------------------------------------------------- */

void jd_watch_init(jd_watch *watch, int64_t lease_ms, jd_watch_known *known, size_t room)
{
    *watch = (jd_watch){.known = known, .room = room, .lease_ms = lease_ms};
}

/* Lists come in one order, so the next row is nearly always the next one known. */
static jd_watch_known *find(const jd_watch *watch, const uint8_t id[JD_WATCH_ID], size_t from)
{
    for (size_t i = 0; i < watch->count; i++) {
        jd_watch_known *known = &watch->known[(from + i) % watch->count];
        if (memcmp(known->row.id, id, JD_WATCH_ID) == 0)
            return known;
    }
    return NULL;
}

static bool is_unchanged(const jd_watch_row *a, const jd_watch_row *b)
{
    return a->seen == b->seen && a->applied == b->applied && a->lease_ms == b->lease_ms;
}

static void take_row(jd_watch *watch, jd_watch_known *known, const jd_watch_row *row,
                     int64_t answered)
{
    if (known == NULL) {
        if (watch->count == watch->room) {
            watch->crowded = true;
            return;
        }
        known = &watch->known[watch->count++];
        *known = (jd_watch_known){.row = *row, .since = answered};
    }
    if (!is_unchanged(&known->row, row))
        *known = (jd_watch_known){.row = *row, .since = answered};
    known->listed = true;
}

static void drop_unlisted(jd_watch *watch)
{
    size_t kept = 0;
    for (size_t i = 0; i < watch->count; i++)
        if (watch->known[i].listed)
            watch->known[kept++] = watch->known[i];
    watch->count = kept;
}

/* What another server said of rows and when says nothing about this one's: it may have lost the
 * latest. So they are all seen for the first time. */
static void meet(jd_watch *watch, int64_t started, int64_t answered)
{
    if (watch->has_server && watch->server == started)
        return;
    watch->has_server = true;
    watch->server = started;
    watch->met = answered;
    watch->count = 0;
}

void jd_watch_list(jd_watch *watch, const jd_watch_row *rows, size_t count, int64_t started,
                   int64_t asked, int64_t answered)
{
    if (asked < watch->asked)
        return;
    meet(watch, started, answered);
    watch->asked = asked;
    watch->crowded = false;
    for (size_t i = 0; i < watch->count; i++)
        watch->known[i].listed = false;
    const size_t before = watch->count;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].lease_ms > watch->lease_ms)
            watch->lease_ms = rows[i].lease_ms;
        take_row(watch, find(watch, rows[i].id, before > 0 ? i % before : 0), &rows[i], answered);
    }
    drop_unlisted(watch);
}

/* ---- who is waited for ---------------------------------------------------------------------- */

/* Its last request before the list was sent no later than `since`. A later one, if there was any,
 * came behind the list, and so behind the commit. */
static bool has_run_out(const jd_watch_known *known, int64_t by)
{
    return known->since + jd_lease_span(known->row.lease_ms) <= by;
}

static bool have_all_confirmed(const jd_watch *watch, uint64_t n, int64_t now)
{
    for (size_t i = 0; i < watch->count; i++)
        if (watch->known[i].row.applied < n && !has_run_out(&watch->known[i], now))
            return false;
    return !watch->crowded;
}

/* Whether each node that can be fresh has a row, as far as this server goes. */
static bool is_complete(const jd_watch *watch, int64_t now)
{
    return watch->met + jd_lease_span(watch->lease_ms) <= now;
}

/* Whether the last list is from after the commit. */
static bool is_later(const jd_watch *watch, const jd_waiter *waiter)
{
    return watch->has_server && watch->asked >= waiter->committed;
}

/* Whether the server of the last list is known to have the entry: it is the one that committed it,
 * or somebody has looked. */
static bool is_kept(const jd_watch *watch, const jd_waiter *waiter)
{
    return watch->met <= waiter->began || (waiter->checked && waiter->checked_by == watch->server);
}

int64_t jd_wait_over(const jd_watch *watch, const jd_waiter *waiter)
{
    return waiter->committed + jd_lease_span(watch->lease_ms);
}

jd_wait_state jd_wait_judge(const jd_watch *watch, const jd_waiter *waiter, int64_t now)
{
    if (is_later(watch, waiter)) {
        if (!is_kept(watch, waiter))
            return JD_WAIT_CHECK;
        if (is_complete(watch, now) && have_all_confirmed(watch, waiter->n, now))
            return JD_WAIT_DONE;
    }
    return now >= jd_wait_over(watch, waiter) ? JD_WAIT_OVER : JD_WAIT_MORE;
}

bool jd_wait_lacks(const jd_watch *watch, const jd_waiter *waiter, const jd_watch_row *row)
{
    const jd_watch_known *known = find(watch, row->id, 0);
    if (row->applied >= waiter->n)
        return false;
    return known == NULL || !has_run_out(known, waiter->committed);
}
