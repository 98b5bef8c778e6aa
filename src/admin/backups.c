/* SPDX-License-Identifier: Apache-2.0 */
/* admin/backups.c - the operations that copy the store while it is in use: to a file that the
 * operator names, or into the folder DATA/backups under a name that is made here. Over HTTP there
 * is the latter only, so whoever has an administrator's token neither writes where he likes nor
 * carries the copy away. */
#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/upgrade.h"
#include "sys/clock.h"
#include "sys/disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER       "backups"
#define BACKUPS_MOST 20U /* each is as large as the store */
#define NAME_CHARS   64U

static jeton_status backup(jd_task *task, jeton_err *err)
{
    const jeton_span file = jd_task_text(task, "file");
    if (file.len == 0 || file.ptr[0] != '/') /* the server has another working folder */
        return jt_fail(err, JETON_E_REQUEST, "file is not an absolute path");
    const char *path = jt_arena_text(task->arena, file);
    if (path == NULL)
        return jt_fail(err, JETON_E_NOMEM, "backup");
    JT_TRY(jd_store_backup_over(task->accounts->store, path, err));
    jt_put_text(task->tree, task->result, "file", file);
    return JETON_OK;
}

/* ---- the folder ----------------------------------------------------------------------------- */

typedef struct copies {
    jd_path folder;
    char names[4 * BACKUPS_MOST][NAME_CHARS]; /* somebody may have put some there by hand */
    size_t count;
} copies;

static bool is_copy(const char *name)
{
    const size_t len = strlen(name);
    return len < NAME_CHARS && len > 3 && strncmp(name, "jeton-", 6) == 0 &&
           strcmp(name + len - 3, ".db") == 0;
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* By name, which is by time. */
static jeton_status find_copies(const jd_task *task, copies *of, jeton_err *err)
{
    of->count = 0;
    JT_TRY(jd_path_join(task->accounts->config->data, FOLDER, &of->folder, err));
    DIR *dir = opendir(of->folder.chars);
    const struct dirent *entry;
    if (dir == NULL) /* none was made so far */
        return JETON_OK;
    while ((entry = readdir(dir)) != NULL && of->count < JT_COUNT(of->names))
        if (is_copy(entry->d_name))
            (void)snprintf(of->names[of->count++], NAME_CHARS, "%s", entry->d_name);
    (void)closedir(dir);
    qsort(of->names, of->count, sizeof of->names[0], compare);
    return JETON_OK;
}

static jeton_status put_copy(const jd_task *task, jt_node *object, const copies *of,
                             const char *name, jeton_err *err)
{
    jd_path path;
    struct stat found = {0};
    JT_TRY(jd_path_join(of->folder.chars, name, &path, err));
    if (stat(path.chars, &found) != 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such backup");
    jt_put_text(task->tree, object, "name", jeton_str(name));
    jt_put_int(task->tree, object, "bytes", found.st_size);
    jt_put_int(task->tree, object, "created", found.st_mtime);
    return JETON_OK;
}

/* One that goes away meanwhile is left out. */
static jeton_status backup_list(jd_task *task, jeton_err *err)
{
    copies *of = jt_arena_alloc(task->arena, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "backups");
    JT_TRY(find_copies(task, of, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < of->count; i++) {
        jeton_err gone = {0};
        jt_node *object = jt_tree_object(task->tree);
        if (put_copy(task, object, of, of->names[i], &gone) == JETON_OK)
            jt_add_node(task->tree, list, object);
    }
    jt_put_node(task->tree, task->result, "backups", list);
    return JETON_OK;
}

/* ---- add and remove ------------------------------------------------------------------------- */

/* "jeton-20310205T173000Z-Xc3k.db": sorted by time, and never there already. */
static jeton_status make_name(char name[NAME_CHARS], jeton_err *err)
{
    jd_id random;
    char text[JD_ID_CHARS + 1];
    char date[24] = "";
    struct tm parts;
    const time_t now = (time_t)(jd_now() / 1000);
    JT_TRY(jd_id_new(NULL, &random, err));
    jd_id_print(&random, text);
    if (gmtime_r(&now, &parts) != NULL)
        (void)strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", &parts);
    (void)snprintf(name, NAME_CHARS, "jeton-%s-%.6s.db", date, text);
    return JETON_OK;
}

static jeton_status backup_add(jd_task *task, jeton_err *err)
{
    char name[NAME_CHARS];
    jd_path path;
    bool open_to_others;
    copies *of = jt_arena_alloc(task->arena, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "backups");
    JT_TRY(find_copies(task, of, err));
    if (of->count >= BACKUPS_MOST)
        return jt_fail(err, JETON_E_EXISTS, "there are %u backups: remove one first", BACKUPS_MOST);
    JT_TRY(make_name(name, err));
    JT_TRY(jd_dir_make(of->folder.chars, &open_to_others, err));
    JT_TRY(jd_path_join(of->folder.chars, name, &path, err));
    JT_TRY(jd_store_backup_over(task->accounts->store, path.chars, err));
    return put_copy(task, task->result, of, name, err);
}

/* What is asked for is only compared: the path is made of a name that was found. */
static jeton_status backup_remove(jd_task *task, jeton_err *err)
{
    const jeton_span asked = jd_task_text(task, "name");
    jd_path path;
    copies *of = jt_arena_alloc(task->arena, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "backups");
    JT_TRY(find_copies(task, of, err));
    for (size_t i = 0; i < of->count; i++) {
        if (!jeton_span_equal(asked, jeton_str(of->names[i])))
            continue;
        JT_TRY(jd_path_join(of->folder.chars, of->names[i], &path, err));
        if (unlink(path.chars) != 0)
            break;
        jt_put_text(task->tree, task->result, "name", asked);
        return JETON_OK;
    }
    return jt_fail(err, JETON_E_NOT_FOUND, "there is no such backup");
}

const jd_operation jd_backup_operations[] = {
    /* → {"file"}: an absolute path */
    {.name = "backup", .arguments = {{"file", JT_TEXT, true}}, .run = backup},
    /* → {"backups":[{"name","bytes","created"}]} */
    {.name = "backup.list",
     .run = backup_list,
     .method = "GET",
     .path = "/admin/backups",
     .status = 200},
    /* → {"name","bytes","created"} */
    {.name = "backup.add",
     .run = backup_add,
     .method = "POST",
     .path = "/admin/backups",
     .status = 201,
     .fresh = true},
    {.name = "backup.remove",
     .arguments = {{"name", JT_TEXT, true}},
     .run = backup_remove,
     .method = "DELETE",
     .path = "/admin/backups/{name}",
     .status = 204,
     .fresh = true},
    {.name = NULL},
};
