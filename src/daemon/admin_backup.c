/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_backup.c - the operation that copies the store while it is in use. */
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"
#include "store/upgrade.h"

/* {"file":PATH} → {"file"} */
jeton_status jd_admin_backup(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                             jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span file;
    JT_TRY(jd_admin_text(arguments, "file", &file, err));
    if (file.len == 0 || file.ptr[0] != '/') /* the server has another working folder */
        return jt_fail(err, JETON_E_REQUEST, "file is not an absolute path");
    const char *path = jt_arena_text(&arena, file);
    if (path == NULL)
        return jt_fail(err, JETON_E_NOMEM, "backup");
    JT_TRY(jd_store_backup_over(accounts->store, path, err));
    jt_put_text(tree, result, "file", file);
    return JETON_OK;
}
