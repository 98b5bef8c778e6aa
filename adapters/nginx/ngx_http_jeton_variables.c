/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_variables.c - what an accepted token says, as variables.
 *
 * Of a token that was refused nothing is told but the reason.
 */


#include "ngx_http_jeton.h"


static ngx_http_jeton_ctx_t *
ngx_http_jeton_accepted(ngx_http_request_t *r)
{
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_get_ctx(r->main);

    return ctx != NULL && ctx->conf != NULL && ctx->rc == NGX_OK ? ctx : NULL;
}


static ngx_int_t
ngx_http_jeton_set_value(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    jeton_span value)
{
    v->len = value.len;
    v->valid = 1;
    v->no_cacheable = 1;    /* another location may decide anew */
    v->not_found = 0;
    v->data = NULL;

    if (value.len > 0) {
        v->data = ngx_pnalloc(r->pool, value.len);
        if (v->data == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(v->data, value.ptr, value.len);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_absent(ngx_http_variable_value_t *v)
{
    v->not_found = 1;
    v->no_cacheable = 1;
    v->len = 0;

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_print(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    const char *path, ngx_uint_t header)
{
    ngx_int_t              rc;
    jeton_text            *text;
    jeton_status           status;
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_accepted(r);
    if (ctx == NULL) {
        return ngx_http_jeton_absent(v);
    }

    status = header ? jeton_verdict_print_header(ctx->verdict,
                                                 jeton_bytes(ctx->token.data,
                                                             ctx->token.len),
                                                 path, &text, NULL)
                    : jeton_verdict_print(ctx->verdict, path, &text, NULL);

    if (status == JETON_E_NOMEM) {
        return NGX_ERROR;
    }

    if (status != JETON_OK) {
        return ngx_http_jeton_absent(v);
    }

    rc = ngx_http_jeton_set_value(r, v, jeton_text_span(text));
    jeton_text_free(&text);

    return rc;
}


/* data: the path of a claim, NUL-terminated */

static ngx_int_t
ngx_http_jeton_claim_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    return ngx_http_jeton_print(r, v, (char *) data, 0);
}


static ngx_int_t
ngx_http_jeton_header_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    return ngx_http_jeton_print(r, v, (char *) data, 1);
}


/*
 * $jeton_claim_NAME, $jeton_header_NAME, and as NGINX Plus calls them
 * $jwt_claim_NAME, $jwt_header_NAME; data: the name of the variable
 */

static ngx_int_t
ngx_http_jeton_prefix_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, ngx_str_t *variable, const char *kind,
    ngx_uint_t header)
{
    char    *path;
    size_t   len, prefix;

    prefix = ngx_strlen(kind)
             + (ngx_strncmp(variable->data, "jwt_", 4) == 0
                ? sizeof("jwt_") - 1 : sizeof("jeton_") - 1);

    len = variable->len - prefix;

    path = ngx_pnalloc(r->pool, len + 1);
    if (path == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(path, variable->data + prefix, len);
    path[len] = '\0';

    return ngx_http_jeton_print(r, v, path, header);
}


static ngx_int_t
ngx_http_jeton_claim_prefix(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    return ngx_http_jeton_prefix_variable(r, v, (ngx_str_t *) data, "claim_",
                                          0);
}


static ngx_int_t
ngx_http_jeton_header_prefix(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    return ngx_http_jeton_prefix_variable(r, v, (ngx_str_t *) data, "header_",
                                          1);
}


static ngx_int_t
ngx_http_jeton_payload_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_accepted(r);
    if (ctx == NULL) {
        return ngx_http_jeton_absent(v);
    }

    return ngx_http_jeton_set_value(r, v, jeton_verdict_payload(ctx->verdict));
}


/* Why the token was refused, OK, or nothing when none was asked for. */

static ngx_int_t
ngx_http_jeton_reason_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_get_ctx(r->main);
    if (ctx == NULL || ctx->reason == NULL) {
        return ngx_http_jeton_absent(v);
    }

    return ngx_http_jeton_set_value(r, v, jeton_str(ctx->reason));
}


/*
 * HIT: this worker has seen the token before, SHARED: another one has, MISS.
 * Nothing when no token was verified.
 */

static ngx_int_t
ngx_http_jeton_cache_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const char            *status;
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_get_ctx(r->main);
    if (ctx == NULL || ctx->verdict == NULL) {
        return ngx_http_jeton_absent(v);
    }

    status = jeton_verdict_is_remembered(ctx->verdict) ? "HIT"
             : jeton_verdict_is_signature_known(ctx->verdict) ? "SHARED"
             : "MISS";

    return ngx_http_jeton_set_value(r, v, jeton_str(status));
}


/* Milliseconds since the segment was known to be complete. */

static ngx_int_t
ngx_http_jeton_stale_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                     *p;
    int64_t                     age;
    u_char                      text[NGX_INT64_LEN];
    ngx_http_jeton_loc_conf_t  *jlcf;

    jlcf = ngx_http_get_module_loc_conf(r, ngx_http_jeton_module);

    if (jlcf->segment.segment == NULL) {
        return ngx_http_jeton_absent(v);
    }

    age = jeton_segment_age_ms(jlcf->segment.segment);
    if (age == INT64_MAX) {
        return ngx_http_jeton_absent(v);
    }

    p = ngx_sprintf(text, "%L", age);

    return ngx_http_jeton_set_value(r, v, jeton_bytes(text, p - text));
}


static ngx_http_variable_t  ngx_http_jeton_vars[] = {

    { ngx_string("jeton_claim_"), NULL, ngx_http_jeton_claim_prefix, 0,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

    { ngx_string("jeton_header_"), NULL, ngx_http_jeton_header_prefix, 0,
      NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_PREFIX, 0 },

    { ngx_string("jeton_sub"), NULL, ngx_http_jeton_claim_variable,
      (uintptr_t) "sub", NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("jeton_kid"), NULL, ngx_http_jeton_header_variable,
      (uintptr_t) "kid", NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("jeton_payload"), NULL, ngx_http_jeton_payload_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("jeton_reason"), NULL, ngx_http_jeton_reason_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("jeton_cache"), NULL, ngx_http_jeton_cache_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("jeton_stale_ms"), NULL, ngx_http_jeton_stale_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* The names of NGINX Plus.  A module that has them, too, keeps its own. */

static ngx_http_variable_t  ngx_http_jeton_plus_vars[] = {

    { ngx_string("jwt_claim_"), NULL, ngx_http_jeton_claim_prefix, 0,
      NGX_HTTP_VAR_CHANGEABLE|NGX_HTTP_VAR_NOCACHEABLE
      |NGX_HTTP_VAR_PREFIX, 0 },

    { ngx_string("jwt_header_"), NULL, ngx_http_jeton_header_prefix, 0,
      NGX_HTTP_VAR_CHANGEABLE|NGX_HTTP_VAR_NOCACHEABLE
      |NGX_HTTP_VAR_PREFIX, 0 },

    { ngx_string("jwt_payload"), NULL, ngx_http_jeton_payload_variable, 0,
      NGX_HTTP_VAR_CHANGEABLE|NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static ngx_uint_t
ngx_http_jeton_is_variable(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                  i;
    ngx_hash_key_t             *key;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    v = cmcf->prefix_variables.elts;

    for (i = 0; i < cmcf->prefix_variables.nelts; i++) {
        if (v[i].name.len == name->len
            && ngx_strncmp(v[i].name.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {
        if (key[i].key.len == name->len
            && ngx_strncmp(key[i].key.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_jeton_add_each(ngx_conf_t *cf, ngx_http_variable_t *v,
    ngx_uint_t yield)
{
    ngx_http_variable_t  *var;

    for (/* void */; v->name.len; v++) {

        if (yield && ngx_http_jeton_is_variable(cf, &v->name)) {
            continue;
        }

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_jeton_add_variables(ngx_conf_t *cf)
{
    if (ngx_http_jeton_add_each(cf, ngx_http_jeton_vars, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_jeton_add_each(cf, ngx_http_jeton_plus_vars, 1);
}


/* The JSON Pointer (RFC 6901) of names within names. */

char *
ngx_http_jeton_pointer(ngx_conf_t *cf, ngx_str_t *name, ngx_uint_t n)
{
    char        *pointer;
    size_t       len;
    u_char      *p;
    ngx_uint_t   i, j;

    if (n == 1) {
        return (char *) name[0].data;
    }

    len = 1;

    for (i = 0; i < n; i++) {
        len += 1 + name[i].len * 2;
    }

    pointer = ngx_pnalloc(cf->pool, len);
    if (pointer == NULL) {
        return NULL;
    }

    p = (u_char *) pointer;

    for (i = 0; i < n; i++) {
        *p++ = '/';

        for (j = 0; j < name[i].len; j++) {
            if (name[i].data[j] == '~') {
                *p++ = '~';
                *p++ = '0';

            } else if (name[i].data[j] == '/') {
                *p++ = '~';
                *p++ = '1';

            } else {
                *p++ = name[i].data[j];
            }
        }
    }

    *p = '\0';

    return pointer;
}


/* jeton_claim_set, jeton_header_set $variable NAME... */

char *
ngx_http_jeton_claim_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t            *value;
    ngx_http_variable_t  *var;

    value = cf->args->elts;

    if (value[1].len < 2 || value[1].data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid variable name \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    value[1].len--;
    value[1].data++;

    var = ngx_http_add_variable(cf, &value[1],
                                NGX_HTTP_VAR_CHANGEABLE
                                |NGX_HTTP_VAR_NOCACHEABLE);
    if (var == NULL) {
        return NGX_CONF_ERROR;
    }

    var->get_handler = cmd->post != NULL ? ngx_http_jeton_header_variable
                                         : ngx_http_jeton_claim_variable;
    var->data = (uintptr_t) ngx_http_jeton_pointer(cf, &value[2],
                                                   cf->args->nelts - 2);

    return var->data ? NGX_CONF_OK : NGX_CONF_ERROR;
}
