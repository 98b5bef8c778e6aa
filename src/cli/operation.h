/* SPDX-License-Identifier: Apache-2.0 */
/* cli/operation.h - has an operation of admin/operation.h done: by the server that works on the
 * data folder, or, when none does, on the store itself. */
#ifndef JD_CLI_OPERATION_H
#define JD_CLI_OPERATION_H

#include "accounts/accounts.h"
#include "cli/settings.h"
#include "sys/disk.h"
#include "json/tree.h"

/* The options every command that uses this has. */
#define JD_DATA_OPTION                                                                             \
    {.name = "--data", .value = "DIR", .help = "the data folder; by default data"},                \
        {.name = "--store",                                                                        \
         .value = "ADDRESS",                                                                       \
         .help = "the database, as for jeton serve; by default a file in the data folder"},        \
        JD_CONFIG_OPTION

/* The settings of a command that has JD_DATA_OPTION: the file's, the environment's, and the folder.
 * From now on only troubles are logged. */
JETON_MUST jeton_status jd_operation_config(const jd_args *args, jd_config *config, jeton_err *err);

/* Runs an operation. When it returns JETON_OK, what it did has taken effect.
 *
 * fill    puts the arguments into an object; `user` is handed to it
 * first   whether it may be the first thing ever done with the folder, which is then made
 * result  the operation's result is the root; the caller's: jt_json_free()
 *
 * JETON_E_NOT_FOUND  among others: there is no such data folder
 */
JETON_MUST jeton_status jd_operation_run(const jd_args *args, const char *name, bool first,
                                         void (*fill)(void *user, jt_tree *tree, jt_node *to),
                                         void *user, jt_json **result, jeton_err *err);

/* The store, held open by a command that runs many operations: opening it and closing it again
 * costs more than most of them. Nobody else gets at the folder meanwhile. */
typedef struct jd_operation_store {
    jd_lock lock;
    jd_accounts accounts;
    bool open;
} jd_operation_store;

#define JD_OPERATION_STORE                                                                         \
    {                                                                                              \
        .lock = {.fd = -1 }                                                                        \
    }

/* The same; when no server works on the folder, the store is opened into *store by the first
 * operation, and stays open. */
JETON_MUST jeton_status jd_operation_run_on(const jd_args *args, jd_operation_store *store,
                                            const char *name, bool first,
                                            void (*fill)(void *user, jt_tree *tree, jt_node *to),
                                            void *user, jt_json **result, jeton_err *err);

/* Closes it, if it is open. */
void jd_operation_close(jd_operation_store *store);

#endif
