/* SPDX-License-Identifier: Apache-2.0 */
/* admin/task.h - what operations share: reading their arguments, which jd_operation_check() has
 * seen, and putting their results. */
#ifndef JD_ADMIN_TASK_H
#define JD_ADMIN_TASK_H

#include "admin/operation.h"
#include "store/users.h"

/* ---- arguments ------------------------------------------------------------------------------ */

bool jd_task_has(const jd_task *task, const char *name);

/* What is absent is empty, false, 0. */
jeton_span jd_task_text(const jd_task *task, const char *name);
bool jd_task_bool(const jd_task *task, const char *name);
int64_t jd_task_number(const jd_task *task, const char *name);

/* The elements of a list of texts, at most `most`. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_task_texts(const jd_task *task, const char *name, jeton_span *texts,
                                      size_t most, size_t *count, jeton_err *err);

/* How many rows a page has: "limit", or `usual` without one. JETON_E_REQUEST: 0, or above `most`.
 */
JETON_MUST jeton_status jd_task_limit(const jd_task *task, size_t usual, size_t most, size_t *limit,
                                      jeton_err *err);

/* The user that "id" says, or by his name "user"; his texts in the task's arena.
 * JETON_E_NOT_FOUND; JETON_E_REQUEST: both, or neither. */
JETON_MUST jeton_status jd_task_user(const jd_task *task, jd_user *user, jeton_err *err);

/* The arguments that it reads, for the rows of operations. */
#define JD_ARGUMENT_USER                                                                           \
    {"id", JT_TEXT, false},                                                                        \
    {                                                                                              \
        "user", JT_TEXT, false                                                                     \
    }

/* ---- results -------------------------------------------------------------------------------- */

void jd_put_id(jt_tree *tree, jt_node *object, const char *name, const jd_id *id);
void jd_put_texts(jt_tree *tree, jt_node *object, const char *name, const jeton_span *texts,
                  size_t count);

/* In seconds, as everywhere over HTTP; 0 is left out. */
void jd_put_time(jt_tree *tree, jt_node *object, const char *name, jeton_time time);

/* All about a user but the password; e-mail and must_change only when there is something to tell.
 */
void jd_put_user(jt_tree *tree, jt_node *object, const jd_user *user);

#endif
