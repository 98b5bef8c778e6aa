/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_backup.c - the operation that copies the store while it is in use. */
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"
#include "sys/disk.h"

#include <stdio.h>
#include <unistd.h>

/* Written beside it and put in its place when complete: a copy that is there is always whole. */
static jeton_status copy_to(jd_store *store, const char *file, jeton_err *err)
{
    jd_path part;
    if ((size_t)snprintf(part.chars, JD_PATH_MAX, "%s.part", file) >= JD_PATH_MAX)
        return jt_fail(err, JETON_E_LIMIT, "the path is too long");
    (void)unlink(part.chars); /* of a copy that was interrupted */
    jeton_status status = jd_store_backup(store, part.chars, err);
    if (status == JETON_OK)
        status = jd_file_replace(part.chars, file, err);
    if (status != JETON_OK)
        (void)unlink(part.chars);
    return status;
}

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
    JT_TRY(copy_to(accounts->store, path, err));
    jt_put_text(tree, result, "file", file);
    return JETON_OK;
}
