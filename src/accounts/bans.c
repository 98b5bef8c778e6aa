/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/bans.c - bans in the store and in force. */
#include "accounts/bans.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/bans.h"
#include "sys/clock.h"

#include <pthread.h>

#define WHY_MAX 200U

/* Whoever reads first puts in force first: what was read before another's change must not take the
 * place of what was read after it. */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static jeton_status load(jd_accounts *accounts, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_ban_list bans;
    jd_limit_ban in_force[JD_BANS_MAX];
    size_t count = 0;
    if (accounts->limits == NULL)
        return JETON_OK;
    JT_TRY(jd_store_ban_list(accounts->store, jd_now(), &arena, &bans, err));
    for (size_t i = 0; i < bans.count && count < JD_BANS_MAX; i++) {
        in_force[count].until = bans.at[i].until;
        if (jd_cidr_parse(bans.at[i].network, &in_force[count].network))
            count++;
    }
    return jd_limits_ban(accounts->limits, in_force, count, err);
}

jeton_status jd_bans_load(jd_accounts *accounts, jeton_err *err)
{
    (void)pthread_mutex_lock(&loading);
    const jeton_status status = load(accounts, err);
    (void)pthread_mutex_unlock(&loading);
    return status;
}

static jeton_status read_network(jeton_span text, char to[JD_CIDR_CHARS], jeton_err *err)
{
    jd_cidr cidr;
    if (!jd_cidr_parse(text, &cidr))
        return jt_fail(err, JETON_E_REQUEST,
                       "a network looks like 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32");
    jd_cidr_print(&cidr, to);
    return JETON_OK;
}

jeton_status jd_ban_add(jd_accounts *accounts, jeton_span network, jeton_span why, int64_t seconds,
                        jeton_err *err)
{
    char text[JD_CIDR_CHARS];
    jd_ban ban = {.why = why, .made = jd_now()};
    JT_TRY(read_network(network, text, err));
    if (why.len > WHY_MAX)
        return jt_fail(err, JETON_E_REQUEST, "the reason has at most %u bytes", WHY_MAX);
    if (seconds < 0 || seconds > 400 * JD_DAY)
        return jt_fail(err, JETON_E_REQUEST, "a ban lasts 400 days at most, or until it is lifted");
    ban.network = jeton_str(text);
    ban.until = seconds > 0 ? ban.made + seconds * 1000 : 0;
    JT_TRY(jd_store_ban_add(accounts->store, &ban, err));
    return jd_bans_load(accounts, err);
}

jeton_status jd_ban_lift(jd_accounts *accounts, jeton_span network, jeton_err *err)
{
    char text[JD_CIDR_CHARS];
    JT_TRY(read_network(network, text, err));
    JT_TRY(jd_store_ban_lift(accounts->store, jeton_str(text), err));
    return jd_bans_load(accounts, err);
}
