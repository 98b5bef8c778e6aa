/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_bans.c - the operations on bans. */
#include "accounts/bans.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

/* {"network","why","seconds"}, the last two optional → {"network"} */
jeton_status jd_admin_ban_add(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                              jt_node *result, jeton_err *err)
{
    jeton_span network;
    int64_t seconds = 0;
    const jt_val *given = jt_get(arguments, "seconds");
    JT_TRY(jd_admin_text(arguments, "network", &network, err));
    if (given != NULL && !jt_val_int(given, &seconds))
        return jt_fail(err, JETON_E_REQUEST, "seconds is not a number");
    JT_TRY(jd_ban_add(accounts, network, jt_get_text(arguments, "why"), seconds, err));
    jt_put_text(tree, result, "network", network);
    return JETON_OK;
}

/* {"network"} → {"network"} */
jeton_status jd_admin_ban_lift(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                               jt_node *result, jeton_err *err)
{
    jeton_span network;
    JT_TRY(jd_admin_text(arguments, "network", &network, err));
    JT_TRY(jd_ban_lift(accounts, network, err));
    jt_put_text(tree, result, "network", network);
    return JETON_OK;
}

/* {} → {"bans":[{"network","why","made_at","until"}]}; no "until": until it is lifted */
jeton_status jd_admin_ban_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                               jt_node *result, jeton_err *err)
{
    (void)arguments;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_ban_list bans;
    JT_TRY(jd_store_ban_list(accounts->store, jt_now(NULL), &arena, &bans, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < bans.count; i++) {
        jt_node *ban = jt_tree_object(tree);
        jt_put_text(tree, ban, "network", bans.at[i].network);
        jt_put_text(tree, ban, "why", bans.at[i].why);
        jt_put_int(tree, ban, "made_at", bans.at[i].made / 1000);
        if (bans.at[i].until > 0)
            jt_put_int(tree, ban, "until", bans.at[i].until / 1000);
        jt_add_node(tree, list, ban);
    }
    jt_put_node(tree, result, "bans", list);
    return JETON_OK;
}
