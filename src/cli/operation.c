/* SPDX-License-Identifier: Apache-2.0 */
/* cli/operation.c - through the control socket, or on the store. */
#include "cli/operation.h"

#include "admin/operation.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/control.h"
#include "sys/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TRIES     50U /* a server that starts or stops answers neither way for a moment */
#define TRY_PAUSE 100 /* milliseconds */

/* What is asked for, as text: the same whoever answers. */
typedef struct question {
    const jd_config *config;
    const char *name;
    bool first;
    jeton_span arguments;
    jeton_span request;
    jd_operation_store *store; /* the caller's, for this and later operations; may be NULL */
} question;

/* {"result":…} as the server would answer, so that both ways look alike from here. */
static jeton_status run_on(jd_accounts *accounts, const question *of, jt_json **answer,
                           jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *arguments = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_json_parse(NULL, of->arguments, &arguments, err));
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *all = jt_tree_object(tree);
    jt_node *result = jt_tree_object(tree);
    JT_TRY(jd_admin_run(accounts, jeton_str(of->name), jt_json_root(arguments), tree, result, err));
    jt_put_node(tree, all, "result", result);
    JT_TRY(jt_tree_print(tree, all, JT_COMPACT, &text, err));
    return jt_json_parse(NULL, jt_buf_span(&text), answer, err);
}

static jeton_status open_store(jd_operation_store *store, const question *of, jeton_err *err)
{
    bool open_to_others;
    const bool is_new = access(of->config->data, F_OK) != 0;
    if (!of->first && is_new)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no data folder %.90s: name it by --data",
                       of->config->data);
    JT_TRY(jd_dir_make(of->config->data, &open_to_others, err));
    if (is_new) /* or the wrong one: a user added there would be nowhere to be found */
        fprintf(stderr, "the data folder %.90s is new: give the server the same --data\n",
                of->config->data);
    JT_TRY(jd_lock_take(of->config->data, &store->lock, err));
    store->open = true;
    return jd_accounts_open(of->config, &store->accounts, err);
}

void jd_operation_close(jd_operation_store *store)
{
    if (store->open)
        jd_accounts_close(&store->accounts);
    jd_lock_drop(&store->lock);
    store->open = false;
}

static jeton_status ask_store(const question *of, jt_json **answer, jeton_err *err)
{
    JT_AUTO(jd_operation_close) jd_operation_store own = JD_OPERATION_STORE;
    jd_operation_store *store = of->store != NULL ? of->store : &own;
    jeton_status status = JETON_OK;
    if (!store->open)
        status = open_store(store, of, err);
    if (status != JETON_OK) {
        jd_operation_close(store); /* it may be tried again */
        return status;
    }
    return run_on(&store->accounts, of, answer, err);
}

/* One try of both ways. JETON_E_BUSY: somebody has the folder, but does not listen (yet). */
static jeton_status ask(const question *of, jt_json **answer, jeton_err *err)
{
    bool reached;
    jeton_err refused = {0};
    if (of->store != NULL && of->store->open) /* and so no server has the folder */
        return ask_store(of, answer, err);
    const jeton_status status =
        jd_control_ask(of->config->data, of->request, answer, &reached, &refused);
    if (!reached)
        return ask_store(of, answer, err);
    return status == JETON_OK ? status : jt_fail(err, status, "%s", refused.text);
}

static jeton_status ask_patiently(const question *of, jt_json **answer, jeton_err *err)
{
    const struct timespec pause = {.tv_nsec = TRY_PAUSE * 1000000L};
    for (unsigned i = 1; i < TRIES; i++) {
        jeton_err met = {0};
        const jeton_status status = ask(of, answer, &met);
        if (status != JETON_E_BUSY) {
            if (status != JETON_OK)
                (void)jt_fail(err, status, "%s", met.text);
            return status;
        }
        (void)nanosleep(&pause, NULL);
    }
    return ask(of, answer, err);
}

static jeton_status print_arguments(void (*fill)(void *user, jt_tree *tree, jt_node *to),
                                    void *user, jt_buf *text, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *arguments = jt_tree_object(tree);
    fill(user, tree, arguments);
    return jt_tree_print(tree, arguments, JT_COMPACT, text, err);
}

static jeton_status take_result(const jt_json *answer, jt_json **result, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    JT_TRY(jt_tree_print(tree, jt_tree_copy(tree, jt_get(jt_json_root(answer), "result")),
                         JT_COMPACT, &text, err));
    return jt_json_parse(NULL, jt_buf_span(&text), result, err);
}

jeton_status jd_operation_config(const jd_args *args, jd_config *config, jeton_err *err)
{
    jd_config_sources sources;
    jd_config_loaded loaded;
    jd_settings_folder_sources(args, &sources);
    JT_TRY(jd_config_load(&sources, &loaded, NULL, NULL, err));
    *config = loaded.config;
    jd_log_start(STDERR_FILENO, JD_WARN); /* the answer is for a person: no news, only troubles */
    return JETON_OK;
}

jeton_status jd_operation_run(const jd_args *args, const char *name, bool first,
                              void (*fill)(void *user, jt_tree *tree, jt_node *to), void *user,
                              jt_json **result, jeton_err *err)
{
    return jd_operation_run_on(args, NULL, name, first, fill, user, result, err);
}

jeton_status jd_operation_run_on(const jd_args *args, jd_operation_store *store, const char *name,
                                 bool first, void (*fill)(void *user, jt_tree *tree, jt_node *to),
                                 void *user, jt_json **result, jeton_err *err)
{
    *result = NULL;
    jd_config config;
    JT_AUTO(jt_buf_done) jt_buf arguments = jt_buf_init(NULL);
    JT_AUTO(jt_buf_done) jt_buf request = jt_buf_init(NULL);
    JT_AUTO(jt_json_free) jt_json *answer = NULL;
    JT_TRY(jd_operation_config(args, &config, err));
    JT_TRY(print_arguments(fill, user, &arguments, err));
    JT_TRY(jt_buf_addf(&request, err, "{\"operation\":\"%s\",\"arguments\":%.*s}", name,
                       (int)arguments.len, (const char *)arguments.ptr));
    const question of = {.config = &config,
                         .name = name,
                         .first = first,
                         .arguments = jt_buf_span(&arguments),
                         .request = jt_buf_span(&request),
                         .store = store};
    JT_TRY(ask_patiently(&of, &answer, err));
    return take_result(answer, result, err);
}
