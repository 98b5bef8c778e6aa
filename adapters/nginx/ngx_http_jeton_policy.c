/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_policy.c - what a location demands of a token, and the
 * verifier that is made of it and the keys of the moment.
 */


#include "ngx_http_jeton.h"


/* The operators of libjeton by their words, and those that read better. */

static const struct {
    const char    *name;
    jeton_rule_op  op;
} ngx_http_jeton_ops[] = {
#define ngx_http_jeton_op(NAME, number, word)                                 \
    { word, JETON_RULE_##NAME },
    JETON_RULE_LIST(ngx_http_jeton_op)
#undef ngx_http_jeton_op
    { "has", JETON_RULE_CONTAINS },
    { "=", JETON_RULE_EQUALS },
    { ">=", JETON_RULE_AT_LEAST },
    { "<=", JETON_RULE_AT_MOST },
};


static ngx_int_t
ngx_http_jeton_find_op(ngx_str_t *name, jeton_rule_op *op)
{
    ngx_uint_t  i;

    for (i = 0;
         i < sizeof(ngx_http_jeton_ops) / sizeof(ngx_http_jeton_ops[0]);
         i++)
    {
        if (ngx_strcmp(name->data, ngx_http_jeton_ops[i].name) == 0) {
            *op = ngx_http_jeton_ops[i].op;
            return NGX_OK;
        }
    }

    return NGX_ERROR;
}


/*
 * The JSON of a value: what looks like a number, a truth value, an array or
 * a text in quotes is taken as it stands, anything else is a text.
 */

static char *
ngx_http_jeton_json(ngx_conf_t *cf, ngx_str_t *value)
{
    char       *json;
    u_char      c, *p;
    ngx_uint_t  i;

    c = value->len ? value->data[0] : 0;

    if (c == '"' || c == '[' || c == '{' || c == '-' || (c >= '0' && c <= '9')
        || ngx_strcmp(value->data, "true") == 0
        || ngx_strcmp(value->data, "false") == 0)
    {
        return (char *) value->data;
    }

    json = ngx_pnalloc(cf->pool, value->len * 2 + 3);
    if (json == NULL) {
        return NULL;
    }

    p = (u_char *) json;
    *p++ = '"';

    for (i = 0; i < value->len; i++) {
        if (value->data[i] == '"' || value->data[i] == '\\') {
            *p++ = '\\';
        }
        *p++ = value->data[i];
    }

    *p++ = '"';
    *p = '\0';

    return json;
}


static ngx_int_t
ngx_http_jeton_read_status(ngx_conf_t *cf, ngx_str_t *value,
    ngx_uint_t *status)
{
    if (ngx_strcmp(value->data, "error=401") == 0) {
        *status = NGX_HTTP_UNAUTHORIZED;
        return NGX_OK;
    }

    if (ngx_strcmp(value->data, "error=403") == 0) {
        *status = NGX_HTTP_FORBIDDEN;
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" is not error=401 or error=403", value);

    return NGX_ERROR;
}


/* jeton_require PATH OPERATOR [VALUE] [error=401|403] */

char *
ngx_http_jeton_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 n;
    ngx_http_jeton_require_t  *require;

    if (jlcf->requires == NGX_CONF_UNSET_PTR) {
        jlcf->requires = ngx_array_create(cf->pool, 4,
                                          sizeof(ngx_http_jeton_require_t));
    }

    require = jlcf->requires ? ngx_array_push(jlcf->requires) : NULL;
    if (require == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    n = cf->args->nelts;

    ngx_memzero(require, sizeof(ngx_http_jeton_require_t));
    require->status = NGX_HTTP_FORBIDDEN;
    require->rule.path = (char *) value[1].data;

    if (ngx_strncmp(value[n - 1].data, "error=", 6) == 0) {
        n--;

        if (ngx_http_jeton_read_status(cf, &value[n], &require->status)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (n < 3 || ngx_http_jeton_find_op(&value[2], &require->rule.op) != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "jeton_require takes a claim, an operator such as "
                           "\"has\" or \"exists\", and its value");
        return NGX_CONF_ERROR;
    }

    if (n == 4) {
        require->rule.value = ngx_http_jeton_json(cf, &value[3]);
        if (require->rule.value == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* auth_jwt_require VALUE ... [error=401|403] */

char *
ngx_http_jeton_auth_jwt_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t                         *value;
    ngx_uint_t                         i, n, status;
    ngx_http_jeton_truth_t            *truth;
    ngx_http_compile_complex_value_t   ccv;

    value = cf->args->elts;
    n = cf->args->nelts;
    status = NGX_HTTP_UNAUTHORIZED;

    if (ngx_strncmp(value[n - 1].data, "error=", 6) == 0) {
        n--;

        if (ngx_http_jeton_read_status(cf, &value[n], &status) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (n < 2) {
        return "takes values, such as variables";
    }

    if (jlcf->truths == NGX_CONF_UNSET_PTR) {
        jlcf->truths = ngx_array_create(cf->pool, 4,
                                        sizeof(ngx_http_jeton_truth_t));
        if (jlcf->truths == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < n; i++) {
        truth = ngx_array_push(jlcf->truths);
        if (truth == NULL) {
            return NGX_CONF_ERROR;
        }

        truth->status = status;

        ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));
        ccv.cf = cf;
        ccv.value = &value[i];
        ccv.complex_value = &truth->value;

        if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* Looked at behind everything else: the variables tell of a good token. */

ngx_int_t
ngx_http_jeton_check_truths(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf)
{
    ngx_str_t                value;
    ngx_uint_t               i;
    ngx_http_jeton_truth_t  *truth;

    if (jlcf->truths == NULL) {
        return NGX_OK;
    }

    truth = jlcf->truths->elts;

    for (i = 0; i < jlcf->truths->nelts; i++) {

        if (ngx_http_complex_value(r, &truth[i].value, &value) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (value.len == 0 || (value.len == 1 && value.data[0] == '0')) {
            return truth[i].status;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_names(ngx_conf_t *cf, ngx_array_t *from, const char **to,
    const char *directive)
{
    ngx_str_t   *name;
    ngx_uint_t   i;

    if (from == NULL) {
        return NGX_OK;
    }

    if (from->nelts > JETON_POLICY_NAMES) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s takes at most %d names", directive,
                           (int) JETON_POLICY_NAMES);
        return NGX_ERROR;
    }

    name = from->elts;

    for (i = 0; i < from->nelts; i++) {
        to[i] = (char *) name[i].data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_algs(ngx_conf_t *cf, ngx_array_t *names, uint32_t *algs)
{
    jeton_alg    alg;
    ngx_str_t   *name;
    ngx_uint_t   i;

    if (names == NULL) {
        return NGX_OK;
    }

    name = names->elts;

    for (i = 0; i < names->nelts; i++) {

        alg = jeton_alg_find(jeton_bytes(name[i].data, name[i].len));

        if (alg == JETON_ALG_UNSET) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "there is no algorithm \"%V\"", &name[i]);
            return NGX_ERROR;
        }

        *algs |= JETON_ALG_BIT(alg);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_rules(ngx_conf_t *cf, ngx_http_jeton_loc_conf_t *jlcf)
{
    ngx_uint_t                 i;
    ngx_http_jeton_require_t  *require;

    if (jlcf->requires == NULL) {
        return NGX_OK;
    }

    if (jlcf->requires->nelts > JETON_POLICY_RULES) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "more than %d jeton_require", JETON_POLICY_RULES);
        return NGX_ERROR;
    }

    require = jlcf->requires->elts;

    for (i = 0; i < jlcf->requires->nelts; i++) {
        jlcf->policy.rules[i] = require[i].rule;
    }

    return NGX_OK;
}


static void
ngx_http_jeton_free_verifier(void *data)
{
    ngx_http_jeton_loc_conf_t *jlcf = data;

    jeton_verifier_free(&jlcf->verifier);
}


/*
 * Where keys come from: the files, and each request.  *source is NULL for one
 * that there is not.
 */

static ngx_uint_t
ngx_http_jeton_source(ngx_http_jeton_loc_conf_t *jlcf, ngx_uint_t n,
    ngx_http_jeton_keys_t **source)
{
    ngx_http_jeton_keys_t  **remotes;

    if (n == 0) {
        *source = jlcf->keys;
        return 1;
    }

    if (jlcf->remotes == NULL || n > jlcf->remotes->nelts) {
        return 0;
    }

    remotes = jlcf->remotes->elts;
    *source = remotes[n - 1];

    return 1;
}


/* Each one's number only rises: another sum, other keys. */

static ngx_uint_t
ngx_http_jeton_generation(ngx_http_jeton_loc_conf_t *jlcf)
{
    ngx_uint_t              n, generation;
    ngx_http_jeton_keys_t  *source;

    generation = 0;

    for (n = 0; ngx_http_jeton_source(jlcf, n, &source); n++) {
        generation += source ? source->generation : 0;
    }

    return generation;
}


/* All keys that there are at this moment, as one set; it may be empty. */

static jeton_status
ngx_http_jeton_join_keys(ngx_http_jeton_loc_conf_t *jlcf, ngx_log_t *log,
    jeton_keyset **joined, jeton_err *err)
{
    size_t                  i, count;
    ngx_uint_t              n;
    jeton_status            status;
    const jeton_key       **keys;
    ngx_http_jeton_keys_t  *source;

    *joined = NULL;
    count = 0;

    for (n = 0; ngx_http_jeton_source(jlcf, n, &source); n++) {
        if (source != NULL && source->keyset != NULL) {
            count += jeton_keyset_count(source->keyset);
        }
    }

    keys = ngx_alloc((count + 1) * sizeof(jeton_key *), log);
    if (keys == NULL) {
        return JETON_E_NOMEM;
    }

    count = 0;

    for (n = 0; ngx_http_jeton_source(jlcf, n, &source); n++) {
        if (source == NULL || source->keyset == NULL) {
            continue;
        }

        for (i = 0; i < jeton_keyset_count(source->keyset); i++) {
            keys[count++] = jeton_keyset_get(source->keyset, i);
        }
    }

    status = jeton_keyset_new(NULL, keys, count, joined, err);
    ngx_free(keys);

    return status;
}


static jeton_status
ngx_http_jeton_new_verifier(ngx_http_jeton_loc_conf_t *jlcf, ngx_log_t *log,
    jeton_verifier **verifier, jeton_err *err)
{
    jeton_status   status;
    jeton_keyset  *keys;

    /* That of a segment has its keys of each moment, and asks it. */

    if (jlcf->keys == NULL && jlcf->remotes == NULL) {
        return jeton_segment_verifier_new(NULL, &jlcf->policy,
                             (jeton_segment *) jlcf->segment.segment,
                             &jlcf->segment.rule, verifier, err);
    }

    *verifier = NULL;
    status = ngx_http_jeton_join_keys(jlcf, log, &keys, err);

    if (status != JETON_OK) {
        return status;
    }

    status = jeton_verifier_new(NULL, &jlcf->policy, keys, verifier, err);
    jeton_keyset_free(&keys);

    if (status == JETON_OK && jlcf->segment.segment != NULL) {
        jeton_verifier_on_revocation(*verifier, jeton_segment_revocation,
                                     &jlcf->segment);
    }

    return status;
}


/* Makes the policy of what the directives say, and tries it. */

ngx_int_t
ngx_http_jeton_compile(ngx_conf_t *cf, ngx_http_jeton_loc_conf_t *jlcf)
{
    jeton_err            err;
    jeton_verifier      *verifier;
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_jeton_algs(cf, jlcf->algs, &jlcf->policy.algs) != NGX_OK
        || ngx_http_jeton_names(cf, jlcf->issuers, jlcf->policy.issuers,
                                "jeton_issuer")
           != NGX_OK
        || ngx_http_jeton_names(cf, jlcf->audiences, jlcf->policy.audiences,
                                "jeton_audience")
           != NGX_OK
        || ngx_http_jeton_rules(cf, jlcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    jlcf->policy.leeway = (unsigned) jlcf->leeway;
    jlcf->policy.typ = jlcf->typ.len ? (char *) jlcf->typ.data : NULL;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_jeton_free_verifier;
    cln->data = jlcf;

    /* Only tried: caches and keys are those of a worker. */

    ngx_memzero(&err, sizeof(jeton_err));

    if (ngx_http_jeton_new_verifier(jlcf, cf->log, &verifier, &err)
        != JETON_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "jeton: %s", err.text);
        return NGX_ERROR;
    }

    jeton_verifier_free(&verifier);

    return NGX_OK;
}


/* The verifier of a location with the keys of this moment. */

jeton_verifier *
ngx_http_jeton_verifier(ngx_http_jeton_main_conf_t *jmcf,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_log_t *log)
{
    jeton_err        err;
    ngx_uint_t       generation;
    jeton_verifier  *verifier;

    generation = ngx_http_jeton_generation(jlcf);

    if (jlcf->verifier != NULL && jlcf->generation == generation) {
        return jlcf->verifier;
    }

    ngx_memzero(&err, sizeof(jeton_err));

    if (ngx_http_jeton_new_verifier(jlcf, log, &verifier, &err) != JETON_OK) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "jeton: %s", err.text);
        return NULL;
    }

    ngx_http_jeton_use_cache(jmcf, verifier);

    jeton_verifier_free(&jlcf->verifier);
    jlcf->verifier = verifier;
    jlcf->generation = generation;

    return verifier;
}


/* The HTTP status of a token that was refused. */

ngx_int_t
ngx_http_jeton_status(ngx_http_jeton_loc_conf_t *jlcf, jeton_verdict *verdict)
{
    ngx_uint_t                 i;
    const char                *path;
    jeton_status               status;
    ngx_http_jeton_require_t  *require;

    status = jeton_verdict_status(verdict);

    if (status == JETON_E_RULE && jlcf->requires != NULL) {
        path = jeton_verdict_claim(verdict);
        require = jlcf->requires->elts;

        for (i = 0; i < jlcf->requires->nelts; i++) {
            if (ngx_strcmp(require[i].rule.path, path) == 0) {
                return require[i].status;
            }
        }
    }

    /* Our own failure refuses, too, and is not the client's business. */

    switch (jeton_status_http(status)) {

    case NGX_HTTP_INTERNAL_SERVER_ERROR:
    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return jeton_status_http(status);
    }

    return NGX_HTTP_UNAUTHORIZED;
}
