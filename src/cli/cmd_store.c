/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_store.c - jeton store migrate: from one database to another; jeton store restart. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/restore.h"
#include "store/copy.h"
#include "store/place.h"
#include "store/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- migrate -------------------------------------------------------------------------------- */

/* One of the two stores. That of a file is in a data folder, whose lock keeps servers away. */
typedef struct end {
    char address[JD_CONFIG_TEXT + 32];
    const char *file; /* in the address; NULL: it is a database */
    jd_lock lock;
    jd_store *store;
} end;

#define NO_END                                                                                     \
    {                                                                                              \
        .lock = {.fd = -1 }                                                                        \
    }

static void close_end(end *of)
{
    jd_store_close(&of->store);
    jd_lock_drop(&of->lock);
}

static jeton_status check_option(const char *option, const char *given, jeton_err *err)
{
    const jd_setting *setting = jd_setting_find(jeton_str("store"));
    if (given == NULL || !jd_setting_has_password(setting, given))
        return JETON_OK;
    return jt_fail(err, JETON_E_ARGUMENT,
                   "%s: others see a password on the command line: put it into a file that "
                   "JETON_STORE_PASSWORD_FILE names",
                   option);
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static jeton_status name_end(const jd_config *config, const char *option, const char *given,
                             end *of, jeton_err *err)
{
    static const char *const schemes[] = {"sqlite:", "postgres://", "postgresql://"};
    bool known = false;
    if (given != NULL)
        (void)snprintf(of->address, sizeof of->address, "%s", given);
    else
        (void)snprintf(of->address, sizeof of->address, "sqlite:%s/jeton.db", config->data);
    for (size_t i = 0; i < JT_COUNT(schemes); i++)
        known = known ||
                (begins_with(of->address, schemes[i]) && of->address[strlen(schemes[i])] != '\0');
    if (!known)
        return jt_fail(err, JETON_E_ARGUMENT, "%s is sqlite:FILE or postgres://USER@HOST/DATABASE",
                       option);
    if (begins_with(of->address, schemes[0]))
        of->file = of->address + strlen(schemes[0]);
    return JETON_OK;
}

/* The folder of the file, "." if it names none. */
static void folder_of(const end *of, char folder[JD_CONFIG_TEXT + 32])
{
    (void)snprintf(folder, JD_CONFIG_TEXT + 32, "%s", of->file);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        (void)snprintf(folder, JD_CONFIG_TEXT + 32, ".");
    else
        slash[slash == folder] = '\0';
}

/* Two files of one folder have one lock. */
static bool is_locked(const end *of, const end *other)
{
    char folder[JD_CONFIG_TEXT + 32];
    char others[JD_CONFIG_TEXT + 32];
    if (other->lock.fd < 0)
        return false;
    folder_of(of, folder);
    folder_of(other, others);
    return strcmp(folder, others) == 0;
}

static jeton_status lock_folder(end *of, jeton_err *err)
{
    char folder[JD_CONFIG_TEXT + 32];
    jeton_err why = {0};
    folder_of(of, folder);
    const jeton_status status = jd_lock_take(folder, &of->lock, &why);
    if (status == JETON_E_BUSY)
        return jt_fail(err, status, "a server works on %.90s: stop it first", folder);
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

/* Nobody else works with it from here on, as far as can be known. */
static jeton_status open_end(end *of, const end *other, bool must_be, jeton_err *err)
{
    jd_upgrade done;
    if (of->file != NULL && must_be && access(of->file, F_OK) != 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no store %.100s", of->file);
    if (of->file != NULL && !is_locked(of, other))
        JT_TRY(lock_folder(of, err));
    JT_TRY(jd_store_open(NULL, of->address, &of->store, err));
    if (of->file != NULL)
        JT_TRY(jd_store_upgrade(of->store, of->file, &done, err));
    else
        JT_TRY(jd_store_migrate(of->store, &done.applied, err));
    return jd_store_check_alone(of->store, err);
}

#define TABLES_MAX 32U

typedef struct tally {
    struct {
        const char *table;
        uint64_t rows;
    } at[TABLES_MAX];
    size_t count;
} tally;

static void note(void *user, const char *table, uint64_t rows)
{
    tally *of = user;
    if (of->count == TABLES_MAX)
        return;
    of->at[of->count].table = table;
    of->at[of->count++].rows = rows;
}

/* The old file under another name: a server that is started with the old settings by mistake must
 * not go on from what was true today. */
static jeton_status put_aside(end *from, char moved[JD_CONFIG_TEXT], jeton_err *err)
{
    if (from->file == NULL)
        return JETON_OK;
    if ((size_t)snprintf(moved, JD_CONFIG_TEXT, "%s.moved", from->file) >= JD_CONFIG_TEXT)
        return jt_fail(err, JETON_E_LIMIT, "the path is too long");
    jeton_err why = {0};
    jd_store_close(&from->store); /* which brings all of it into the file */
    const jeton_status status = jd_file_replace(from->file, moved, &why);
    return status == JETON_OK
               ? JETON_OK
               : jt_fail(err, status,
                         "all has moved, but the old store is still there: put it aside: %.70s",
                         why.text);
}

static jeton_status migrate_between(end *from, end *to, tally *rows, char moved[JD_CONFIG_TEXT],
                                    jeton_err *err)
{
    if (strcmp(from->address, to->address) == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "that is where the store is already");
    JT_TRY(open_end(from, to, true, err));
    JT_TRY(open_end(to, from, false, err));
    JT_TRY(jd_store_copy(from->store, to->store, note, rows, err));
    return put_aside(from, moved, err);
}

static jeton_status migrate_store(const jd_args *args, tally *rows, char moved[JD_CONFIG_TEXT],
                                  jeton_err *err)
{
    jd_config config;
    JT_AUTO(close_end) end from = NO_END;
    JT_AUTO(close_end) end to = NO_END;
    JT_TRY(jd_operation_config(args, &config, err));
    const char *target = jd_args_get(args, "--to");
    if (target == NULL && config.store[0] == '\0')
        return jt_fail(err, JETON_E_ARGUMENT, "--to is missing: where the store is to go");
    JT_TRY(check_option("--from", jd_args_get(args, "--from"), err));
    JT_TRY(check_option("--to", target, err));
    JT_TRY(name_end(&config, "--from", jd_args_get(args, "--from"), &from, err));
    JT_TRY(name_end(&config, "--to", target != NULL ? target : config.store, &to, err));
    return migrate_between(&from, &to, rows, moved, err);
}

static int print_tree(const jd_args *args, const tally *rows, const char *moved)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    jt_node *root = jt_tree_object(tree);
    jt_node *tables = jt_tree_object(tree);
    for (size_t i = 0; i < rows->count; i++)
        jt_put_int(tree, tables, rows->at[i].table, (int64_t)rows->at[i].rows);
    jt_put_node(tree, root, "rows", tables);
    if (moved[0] != '\0')
        jt_put_text(tree, root, "moved", jeton_str(moved));
    return jd_report_tree(args, tree, root);
}

static int migrate(const jd_args *args)
{
    tally rows = {.count = 0};
    char moved[JD_CONFIG_TEXT] = "";
    jeton_err err = {0};
    const jeton_status status = migrate_store(args, &rows, moved, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    if (jd_args_has(args, "--json"))
        return print_tree(args, &rows, moved);
    for (size_t i = 0; i < rows.count; i++)
        printf("%-18s %10" PRIu64 "\n", rows.at[i].table, rows.at[i].rows);
    if (moved[0] != '\0')
        printf("the old store is %s\n", moved);
    else
        printf("the old store is as it was: no server may be started with it any more\n");
    return jd_report_line(args, jeton_str("start the server with --store, the same data folder "
                                          "and so the same master key"));
}

/* ---- restart -------------------------------------------------------------------------------- */

static int restart(const jd_args *args)
{
    jd_config config;
    jeton_err err = {0};
    jeton_status status = jd_operation_config(args, &config, &err);
    if (status == JETON_OK)
        status = jd_restart(&config, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_str("all sessions and tokens of before are revoked"));
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option migrate_options[] = {
    {.name = "--from",
     .value = "ADDRESS",
     .help = "the store as it is, sqlite:FILE or postgres://…; by default the data folder's"},
    {.name = "--to",
     .value = "ADDRESS",
     .help = "an empty one; by default what --store or the settings name"},
    {.name = "--json", .help = "print one line of JSON: {\"rows\":{…},\"moved\":…}"},
    JD_DATA_OPTION,
    {.name = NULL},
};

static const jd_option restart_options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_store_commands[] = {
    {.noun = "store",
     .verb = "migrate",
     .summary = "Moves the store to another database, with every session; all of it or nothing.",
     .options = migrate_options,
     .run = migrate},
    {.noun = "store",
     .verb = "restart",
     .summary =
         "Revokes everything issued so far, in a database that was brought back from a backup.",
     .options = restart_options,
     .run = restart},
    {.noun = NULL},
};
