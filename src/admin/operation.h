/* SPDX-License-Identifier: Apache-2.0 */
/* admin/operation.h - what operators can have done: operations by name, JSON in, JSON out.
 *
 * One table for all ways to them: the control socket of a running server, the command line working
 * on the store by itself, and HTTP under /admin/ (api/admin.c). To add one: a function, its
 * arguments and a row in admin/<noun>.c. With a method and a path in the row it is a route, and the
 * tests ask for its description in docs/openapi.json.
 */
#ifndef JD_ADMIN_OPERATION_H
#define JD_ADMIN_OPERATION_H

#include "accounts/accounts.h"
#include "json/tree.h"

/* One operation on its way. */
typedef struct jd_task {
    jd_accounts *accounts;
    const jt_val *arguments; /* an object whose members are what the row says */
    jt_arena *arena;         /* lives as long as the task */
    jt_tree *tree;
    jt_node *result; /* an object of `tree`, to be filled */
    void *hashed;    /* what the hash step leaves for the run step; in the arena */
    void *left;      /* what the run step leaves for the settled step; in the arena */
    uint64_t ticket; /* what the run step leaves for the told step: other nodes are waited for
                        (accounts/waits.h); 0: nobody is */
} jd_task;

typedef jeton_status jd_task_step(jd_task *task, jeton_err *err);

typedef struct jd_argument {
    const char *name;
    jt_kind kind; /* JT_NUMBER: a whole one from 0 on */
    bool required;
} jd_argument;

#define JD_ARGUMENTS_MAX 16U

/* A row of the table. */
typedef struct jd_operation {
    const char *name; /* "user.add" */
    jd_argument arguments[JD_ARGUMENTS_MAX];
    jd_task_step *hash; /* first: what hashes passwords. It writes nothing; NULL: nothing to hash */
    jd_task_step *run;  /* when it returns JETON_OK, what it did has taken effect; see `joins` */
    bool joins; /* the run step is done within a batch where there is one (accounts/batch.h), and
                   has taken effect with its end. For what is short, and keeps nothing in memory
                   but marks */
    void (*settled)(jd_task *task, jeton_status status); /* of what joins, after a run step that
                   succeeded: it has taken effect, or why it has not. NULL: nothing is to be done */
    jd_task_step *told; /* last, and only if the run step left a ticket, once its wait is over:
                           fills the result, which is answered with 200. NULL: it leaves none */

    /* Over HTTP. Arguments that stand in braces in the path come from there, the others from the
     * query of a GET or DELETE, or from the JSON object in the body. */
    const char *method, *path; /* NULL: not over HTTP */
    unsigned status;           /* of a success; 204 leaves the result out */
    const char *body;          /* the argument that the body is as it stands: the others come from
                                  the query then */
    bool fresh; /* demands a login of a moment ago: whatever hands out secrets or power, or cannot
                   be undone. Reading does not, nor what takes something away in a hurry */
} jd_operation;

/* All operations in their order, by number; NULL past the last. */
const jd_operation *jd_operation_at(size_t number);

/* NULL when there is none of that name. */
const jd_operation *jd_operation_find(jeton_span name);

/* The kind of an argument that the operation takes; JT_ABSENT for another name. */
jt_kind jd_operation_takes(const jd_operation *operation, jeton_span name);

/* Whether the arguments are what the row says: each known, of its kind, and none missing.
 * JETON_E_REQUEST. To be called before the steps. */
JETON_MUST jeton_status jd_operation_check(const jd_operation *operation, const jt_val *arguments,
                                           jeton_err *err);

/* Runs an operation for whoever may use the control socket or the files: the operator.
 *
 * name       "user.add", …
 * arguments  a JSON object
 * result     an object of `tree` to be filled
 *
 * JETON_E_UNSUPPORTED  there is no operation of that name
 * JETON_E_REQUEST      the arguments are wrong
 */
JETON_MUST jeton_status jd_admin_run(jd_accounts *accounts, jeton_span name,
                                     const jt_val *arguments, jt_tree *tree, jt_node *result,
                                     jeton_err *err);

#endif
