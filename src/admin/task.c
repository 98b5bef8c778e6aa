/* SPDX-License-Identifier: Apache-2.0 */
/* admin/task.c - arguments read, results put. */
#include "admin/task.h"

#include "core/auto.h"
#include "core/err.h"

/* ---- arguments ------------------------------------------------------------------------------ */

bool jd_task_has(const jd_task *task, const char *name)
{
    return jt_get(task->arguments, name) != NULL;
}

jeton_span jd_task_text(const jd_task *task, const char *name)
{
    return jt_get_text(task->arguments, name);
}

bool jd_task_bool(const jd_task *task, const char *name)
{
    bool value;
    (void)jt_val_bool(jt_get(task->arguments, name), &value);
    return value;
}

int64_t jd_task_number(const jd_task *task, const char *name)
{
    int64_t value;
    (void)jt_val_int(jt_get(task->arguments, name), &value);
    return value;
}

jeton_status jd_task_texts(const jd_task *task, const char *name, jeton_span *texts, size_t most,
                           size_t *count, jeton_err *err)
{
    *count = 0;
    for (jt_iter it = jt_iter_of(jt_get(task->arguments, name)); jt_iter_next(&it);) {
        if (*count == most)
            return jt_fail(err, JETON_E_REQUEST, "at most %zu %s are taken", most, name);
        if (!jt_val_text(it.val, &texts[(*count)++]))
            return jt_fail(err, JETON_E_REQUEST, "%s holds something that is not a text", name);
    }
    return JETON_OK;
}

jeton_status jd_task_limit(const jd_task *task, size_t usual, size_t most, size_t *limit,
                           jeton_err *err)
{
    const int64_t asked = jd_task_number(task, "limit");
    *limit = usual;
    if (!jd_task_has(task, "limit"))
        return JETON_OK;
    if (asked < 1 || (uint64_t)asked > most)
        return jt_fail(err, JETON_E_REQUEST, "limit is from 1 to %zu", most);
    *limit = (size_t)asked;
    return JETON_OK;
}

jeton_status jd_task_user(const jd_task *task, jd_user *user, jeton_err *err)
{
    jd_id id;
    jd_store *store = task->accounts->store;
    *user = (jd_user){0};
    if (jd_task_has(task, "id") == jd_task_has(task, "user"))
        return jt_fail(err, JETON_E_REQUEST, "say which user: by id or by name");
    if (jd_task_has(task, "user"))
        return jd_store_user_find(store, jd_task_text(task, "user"), task->arena, user, err);
    if (!jd_id_parse(jd_task_text(task, "id"), &id))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such user");
    return jd_store_user_get(store, &id, task->arena, user, err);
}

/* ---- results -------------------------------------------------------------------------------- */

void jd_put_id(jt_tree *tree, jt_node *object, const char *name, const jd_id *id)
{
    char text[JD_ID_CHARS + 1];
    jd_id_print(id, text);
    jt_put_text(tree, object, name, jeton_str(text));
}

void jd_put_texts(jt_tree *tree, jt_node *object, const char *name, const jeton_span *texts,
                  size_t count)
{
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < count; i++)
        jt_add_text(tree, list, texts[i]);
    jt_put_node(tree, object, name, list);
}

void jd_put_time(jt_tree *tree, jt_node *object, const char *name, jeton_time time)
{
    if (time != 0)
        jt_put_int(tree, object, name, time / 1000);
}

void jd_put_user(jt_tree *tree, jt_node *object, const jd_user *user)
{
    jd_put_id(tree, object, "id", &user->id);
    jt_put_text(tree, object, "name", user->name);
    jd_put_texts(tree, object, "roles", user->roles, user->role_count);
    jt_put_bool(tree, object, "disabled", user->disabled);
    jt_put_int(tree, object, "created", user->created / 1000);
    if (user->email.len > 0)
        jt_put_text(tree, object, "email", user->email);
    if (user->must_change)
        jt_put_bool(tree, object, "must_change", true);
}
