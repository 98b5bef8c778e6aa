/* SPDX-License-Identifier: Apache-2.0 */
/* api/verify_rules.c - reads a file of rules, and finds the one for a request. */
#include "api/verify_rules.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/disk.h"

typedef struct rule {
    jeton_span path;
    const jt_val *methods; /* an array; NULL: all */
    jd_demand demand;
} rule;

struct jd_verify_rules {
    jt_json *doc; /* what the spans point into */
    jt_arena arena;
    rule *at;
    size_t count;
};

/* ---- reading -------------------------------------------------------------------------------- */

static bool read_path(rule *of, const jt_val *val)
{
    jeton_span plain;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_err none = {0};
    if (!jt_val_text(val, &of->path) || memchr(of->path.ptr, '?', of->path.len) != NULL)
        return false;
    /* One that no request could have would never fit, and its author would not know. */
    return jd_plain_path(of->path, &arena, &plain, &none) == JETON_OK &&
           jeton_span_equal(plain, of->path);
}

static bool read_methods(rule *of, const jt_val *val)
{
    of->methods = val;
    if (jt_kind_of(val) != JT_ARRAY || jt_val_count(val) == 0)
        return false;
    for (jt_iter it = jt_iter_of(val); jt_iter_next(&it);) {
        jeton_span method;
        if (!jt_val_text(it.val, &method) || method.len == 0)
            return false;
        for (size_t i = 0; i < method.len; i++)
            if (method.ptr[i] < 'A' || method.ptr[i] > 'Z')
                return false;
    }
    return true;
}

static bool read_role(rule *of, const jt_val *val)
{
    return jt_val_text(val, &of->demand.role) && of->demand.role.len > 0;
}

static bool read_scope(rule *of, const jt_val *val)
{
    return jt_val_text(val, &of->demand.scope) && of->demand.scope.len > 0;
}

static bool read_fresh(rule *of, const jt_val *val)
{
    return jt_val_bool(val, &of->demand.fresh);
}

static bool read_open(rule *of, const jt_val *val)
{
    return jt_val_bool(val, &of->demand.open);
}

static const struct {
    const char *name;
    bool (*read)(rule *of, const jt_val *val);
    const char *want;
} members[] = {
    {"path", read_path, "a plain path that begins with /"},
    {"methods", read_methods, "a list of methods in capital letters"},
    {"role", read_role, "the name of a role"},
    {"scope", read_scope, "words parted by spaces"},
    {"fresh", read_fresh, "true or false"},
    {"open", read_open, "true or false"},
};

static jeton_status read_member(rule *of, size_t number, const jt_iter *it, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(members); i++) {
        if (!jeton_span_equal(it->name, jeton_str(members[i].name)))
            continue;
        if (members[i].read(of, it->val))
            return JETON_OK;
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu: %s has to be %s", number, members[i].name,
                       members[i].want);
    }
    return jt_fail(err, JETON_E_ARGUMENT,
                   "rule %zu: a member that is not path, methods, role, scope, fresh or open",
                   number);
}

static jeton_status read_rule(rule *of, size_t number, const jt_val *val, jeton_err *err)
{
    *of = (rule){.methods = NULL};
    if (jt_kind_of(val) != JT_OBJECT)
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu is not an object", number);
    for (jt_iter it = jt_iter_of(val); jt_iter_next(&it);)
        JT_TRY(read_member(of, number, &it, err));
    if (of->path.len == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu has no path", number);
    const jd_demand *demand = &of->demand;
    if (demand->open && (demand->role.len > 0 || demand->scope.len > 0 || demand->fresh))
        return jt_fail(err, JETON_E_ARGUMENT, "rule %zu is open and demands something", number);
    return JETON_OK;
}

static jeton_status read_rules(jd_verify_rules *rules, jeton_err *err)
{
    const jt_val *root = jt_json_root(rules->doc);
    const jt_val *list = jt_get(root, "rules");
    const size_t count = jt_val_count(list);
    if (jt_kind_of(list) != JT_ARRAY || jt_val_count(root) != 1 || count == 0 ||
        count > JD_VERIFY_RULES_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "it has to be {\"rules\": [1 to %u rules]}",
                       JD_VERIFY_RULES_MAX);
    rules->at = jt_arena_alloc(&rules->arena, count * sizeof *rules->at);
    if (rules->at == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rules");
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it); rules->count++)
        JT_TRY(read_rule(&rules->at[rules->count], rules->count + 1, it.val, err));
    return JETON_OK;
}

jeton_status jd_verify_rules_parse(jeton_span text, jd_verify_rules **rules, jeton_err *err)
{
    *rules = NULL;
    jeton_err why = {0};
    JT_AUTO(jd_verify_rules_free) jd_verify_rules *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rules");
    *made = (jd_verify_rules){.arena = jt_arena_init(NULL)};
    const jeton_status status = jt_json_parse(NULL, text, &made->doc, &why);
    if (status != JETON_OK)
        return jt_fail(err, status == JETON_E_NOMEM ? status : JETON_E_ARGUMENT, "%s", why.text);
    JT_TRY(read_rules(made, err));
    *rules = made;
    made = NULL;
    return JETON_OK;
}

jeton_status jd_verify_rules_load(const char *file, jd_verify_rules **rules, jeton_err *err)
{
    *rules = NULL;
    if (file[0] == '\0')
        return JETON_OK;
    JT_AUTO(jt_secret_done) jt_secret bytes = {0};
    jeton_err why = {0};
    JT_TRY(jd_file_load(NULL, file, JD_VERIFY_FILE_MAX, &bytes, err));
    const jeton_status status = jd_verify_rules_parse(jt_secret_span(&bytes), rules, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status, "%s: %s", file, why.text);
}

void jd_verify_rules_free(jd_verify_rules **rules)
{
    if (*rules == NULL)
        return;
    jt_json_free(&(*rules)->doc);
    jt_arena_done(&(*rules)->arena);
    jt_release(NULL, *rules);
    *rules = NULL;
}

/* ---- finding -------------------------------------------------------------------------------- */

static bool fits_path(const rule *of, jeton_span path)
{
    const size_t len = of->path.len;
    if (of->path.ptr[len - 1] != '/')
        return jeton_span_equal(path, of->path);
    return (path.len >= len && memcmp(path.ptr, of->path.ptr, len) == 0) ||
           (path.len == len - 1 && memcmp(path.ptr, of->path.ptr, len - 1) == 0);
}

jeton_status jd_verify_rules_find(const jd_verify_rules *rules, jeton_span method,
                                  jeton_span target, jt_arena *arena, jd_demand *demand,
                                  jeton_err *err)
{
    jeton_span path;
    *demand = (jd_demand){.open = false};
    JT_TRY(jd_plain_path(target, arena, &path, err));
    for (size_t i = 0; i < rules->count; i++) {
        const rule *of = &rules->at[i];
        if (!fits_path(of, path) || (of->methods != NULL && !jt_val_has_text(of->methods, method)))
            continue;
        *demand = of->demand;
        return JETON_OK;
    }
    return jt_fail(err, JETON_E_SCOPE, "no rule allows this request");
}
