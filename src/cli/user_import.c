/* SPDX-License-Identifier: Apache-2.0 */
/* cli/user_import.c - jeton user import FILE: rows of a file, a batch at a time.
 *
 * A batch is one transaction, so what was reported as added is there whatever happens next, and an
 * import that was interrupted is simply begun again: what is there is recognised. */
#include "accounts/import_rows.h"
#include "cli/operation.h"
#include "cli/report.h"
#include "cli/user.h"
#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROWS_MAX 1000U
#define BYTES_MAX                                                                                  \
    ((size_t)160 * 1024)  /* of JSON: with the longest row behind it, it fits a line               \
                           */
#define ROW_NAMES    150U /* bytes of a row's JSON beside its texts */
#define PASSWORD_MAX 20U  /* rows with a password in the clear: hashing takes its time */

/* A file as it is in the page cache: it may be larger than memory. */
typedef struct file {
    void *at;
    size_t len;
} file;

static void close_file(file *of)
{
    if (of->at != NULL)
        (void)munmap(of->at, of->len);
}

static jeton_status map(int fd, const char *path, file *of, jeton_err *err)
{
    struct stat found;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode))
        return jt_fail(err, JETON_E_SYSTEM, "%.90s is not a file", path);
    if (found.st_size == 0)
        return JETON_OK;
    void *at = mmap(NULL, (size_t)found.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED)
        return jt_fail(err, JETON_E_SYSTEM, "cannot read %.90s: %s", path, strerror(errno));
    *of = (file){at, (size_t)found.st_size};
    return JETON_OK;
}

static jeton_status open_file(const char *path, file *of, jeton_err *err)
{
    *of = (file){0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot open %.90s: %s", path, strerror(errno));
    const jeton_status status = map(fd, path, of, err);
    (void)close(fd);
    return status;
}

/* ---- batches --------------------------------------------------------------------------------- */

typedef struct importing {
    const jd_args *args;
    jd_import_reader reader;
    jt_arena arena; /* of the batch */
    jd_operation_store store;
    jd_import_row *rows;
    size_t count, bytes, passwords;
    bool dry, ended;
    uint64_t added, already, refused;
} importing;

/* What a text takes in JSON at most. */
static size_t printed(jeton_span text)
{
    size_t len = text.len + 2;
    for (size_t i = 0; i < text.len; i++)
        len += text.ptr[i] < 0x20 ? 5 : text.ptr[i] == '"' || text.ptr[i] == '\\';
    return len;
}

static size_t size_of(const jd_import_row *row)
{
    size_t bytes = printed(row->name) + printed(row->email) + printed(row->password_hash) +
                   printed(row->password) + ROW_NAMES;
    for (size_t i = 0; i < row->role_count; i++)
        bytes += printed(row->roles[i]) + 1;
    return bytes;
}

static void put_row(jt_tree *tree, jt_node *list, const jd_import_row *row)
{
    jt_node *object = jt_tree_object(tree);
    jt_node *roles = jt_tree_array(tree);
    for (size_t i = 0; i < row->role_count; i++)
        jt_add_text(tree, roles, row->roles[i]);
    jt_put_int(tree, object, "line", (int64_t)row->line);
    jt_put_text(tree, object, "name", row->name);
    jt_put_text(tree, object, "email", row->email);
    jt_put_text(tree, object, "password_hash", row->password_hash);
    jt_put_text(tree, object, "password", row->password);
    jt_put_node(tree, object, "roles", roles);
    jt_put_bool(tree, object, "disabled", row->disabled);
    jt_put_bool(tree, object, "must_change", row->must_change);
    jt_add_node(tree, list, object);
}

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const importing *on = user;
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < on->count; i++)
        if (on->rows[i].refused.status == JETON_OK)
            put_row(tree, list, &on->rows[i]);
    jt_put_node(tree, to, "rows", list);
    jt_put_bool(tree, to, "dry_run", on->dry);
}

static bool is_full(const importing *on)
{
    return on->count == ROWS_MAX || on->bytes >= BYTES_MAX || on->passwords == PASSWORD_MAX;
}

static void read_batch(importing *on)
{
    on->count = on->bytes = on->passwords = 0;
    while (!is_full(on)) {
        jd_import_row *row = &on->rows[on->count];
        if (!jd_import_next(&on->reader, &on->arena, row)) {
            on->ended = true;
            return;
        }
        on->count++;
        on->bytes += size_of(row);
        on->passwords += row->password.len > 0;
    }
}

/* ---- the report ------------------------------------------------------------------------------ */

static void tell(importing *on, size_t line, const char *outcome, jeton_span why)
{
    const bool told = on->dry || strcmp(outcome, "refused") == 0;
    if (!told)
        return;
    if (jd_args_has(on->args, "--json"))
        printf("{\"line\":%zu,\"outcome\":\"%s\",\"%s\":\"%.*s\"}\n", line, outcome,
               strcmp(outcome, "refused") == 0 ? "why" : "format", (int)why.len,
               (const char *)why.ptr);
    else
        printf("line %zu: %s%s: %.*s\n", line, on->dry ? "would be " : "", outcome, (int)why.len,
               (const char *)why.ptr);
}

static void count_answer(importing *on, size_t line, const jt_val *answer)
{
    const jeton_span outcome = jt_get_text(answer, "outcome");
    if (jeton_span_equal(outcome, jeton_str("added"))) {
        on->added++;
        tell(on, line, "added", jt_get_text(answer, "format"));
    } else if (jeton_span_equal(outcome, jeton_str("already"))) {
        on->already++;
        tell(on, line, "already there", jt_get_text(answer, "format"));
    } else {
        on->refused++;
        tell(on, line, "refused", jt_get_text(answer, "why"));
    }
}

/* Answers come in the order of the rows; those that could not be read were not sent. */
static void report_batch(importing *on, const jt_val *answers)
{
    jt_iter it = jt_iter_of(answers);
    for (size_t i = 0; i < on->count; i++) {
        const jd_import_row *row = &on->rows[i];
        if (row->refused.status == JETON_OK && jt_iter_next(&it)) {
            count_answer(on, row->line, it.val);
        } else {
            on->refused++;
            tell(on, row->line, "refused", jeton_str(row->refused.text));
        }
    }
}

static int report_end(const importing *on)
{
    if (jd_args_has(on->args, "--json"))
        printf("{\"added\":%lu,\"already\":%lu,\"refused\":%lu}\n", (unsigned long)on->added,
               (unsigned long)on->already, (unsigned long)on->refused);
    else
        printf("%s%lu added, %lu already there, %lu refused\n", on->dry ? "dry run: " : "",
               (unsigned long)on->added, (unsigned long)on->already, (unsigned long)on->refused);
    const int exit = jd_report_bytes(on->args, jeton_str(""));
    return exit == JD_EXIT_DONE && on->refused > 0 ? JD_EXIT_REFUSED : exit;
}

/* ---- the command ----------------------------------------------------------------------------- */

static jeton_status run_batch(importing *on, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    read_batch(on);
    if (on->count > 0)
        JT_TRY(
            jd_operation_run_on(on->args, &on->store, "user.import", true, fill, on, &result, err));
    report_batch(on, result != NULL ? jt_get(jt_json_root(result), "rows") : NULL);
    jt_arena_done(&on->arena);
    return JETON_OK;
}

static jeton_status run(importing *on, jeton_span text, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    on->rows = jt_arena_alloc(&arena, (size_t)ROWS_MAX * sizeof *on->rows);
    if (on->rows == NULL)
        return jt_fail(err, JETON_E_NOMEM, "memory for an import");
    JT_TRY(jd_import_start(&on->reader, text, err));
    jeton_status status = JETON_OK;
    while (!on->ended && status == JETON_OK)
        status = run_batch(on, err);
    jt_arena_done(&on->arena);
    return status;
}

int jd_user_import_command(const jd_args *args)
{
    JT_AUTO(close_file) file of = {0};
    importing on = {.args = args,
                    .arena = jt_arena_init(NULL),
                    .store = JD_OPERATION_STORE,
                    .dry = jd_args_has(args, "--dry-run")};
    jeton_err err = {0};
    jeton_status status = open_file(args->operand, &of, &err);
    if (status == JETON_OK)
        status = run(&on, jeton_bytes(of.at, of.len), &err);
    jd_operation_close(&on.store);
    if (status == JETON_OK)
        return report_end(&on);
    (void)report_end(&on);
    return jd_report_failure(args, status, &err);
}
