/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_token.c - where the token of a request is.
 *
 * Every place is a variable: $http_authorization, $cookie_NAME, $arg_NAME,
 * or one of the configuration's own.
 */


#include "ngx_http_jeton.h"
#include "ngx_http_jeton_bearer.h"


static ngx_int_t
ngx_http_jeton_add_source(ngx_conf_t *cf, ngx_array_t *sources,
    const char *prefix, ngx_str_t *name, ngx_uint_t bearer)
{
    u_char                   *p;
    ngx_str_t                 variable;
    ngx_http_jeton_source_t  *source;

    source = ngx_array_push(sources);
    if (source == NULL) {
        return NGX_ERROR;
    }

    variable.len = ngx_strlen(prefix) + name->len;
    variable.data = ngx_pnalloc(cf->pool, variable.len);
    if (variable.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(variable.data, prefix, ngx_strlen(prefix));
    ngx_memcpy(p, name->data, name->len);

    source->bearer = bearer;
    source->index = ngx_http_get_variable_index(cf, &variable);

    return source->index == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


ngx_array_t *
ngx_http_jeton_default_sources(ngx_conf_t *cf)
{
    ngx_str_t     name = ngx_string("authorization");
    ngx_array_t  *sources;

    sources = ngx_array_create(cf->pool, 1, sizeof(ngx_http_jeton_source_t));
    if (sources == NULL
        || ngx_http_jeton_add_source(cf, sources, "http_", &name, 1) != NGX_OK)
    {
        return NULL;
    }

    return sources;
}


ngx_array_t *
ngx_http_jeton_variable_source(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_array_t  *sources;

    sources = ngx_array_create(cf->pool, 1, sizeof(ngx_http_jeton_source_t));
    if (sources == NULL
        || ngx_http_jeton_add_source(cf, sources, "", name, 0) != NGX_OK)
    {
        return NULL;
    }

    return sources;
}


/* jeton_token header | cookie NAME | arg NAME | $variable ... */

char *
ngx_http_jeton_token(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_int_t    rc;
    ngx_str_t   *value, name;
    ngx_str_t    authorization = ngx_string("authorization");
    ngx_uint_t   i;

    if (jlcf->sources != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    jlcf->sources = ngx_array_create(cf->pool, 2,
                                     sizeof(ngx_http_jeton_source_t));
    if (jlcf->sources == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strcmp(value[i].data, "header") == 0) {
            rc = ngx_http_jeton_add_source(cf, jlcf->sources, "http_",
                                           &authorization, 1);

        } else if (value[i].len > 1 && value[i].data[0] == '$') {
            name.len = value[i].len - 1;
            name.data = value[i].data + 1;
            rc = ngx_http_jeton_add_source(cf, jlcf->sources, "", &name, 0);

        } else if (i + 1 < cf->args->nelts
                   && ngx_strcmp(value[i].data, "cookie") == 0)
        {
            rc = ngx_http_jeton_add_source(cf, jlcf->sources, "cookie_",
                                           &value[++i], 0);

        } else if (i + 1 < cf->args->nelts
                   && ngx_strcmp(value[i].data, "arg") == 0)
        {
            rc = ngx_http_jeton_add_source(cf, jlcf->sources, "arg_",
                                           &value[++i], 0);

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not header, cookie NAME, arg NAME "
                               "or a variable", &value[i]);
            return NGX_CONF_ERROR;
        }

        if (rc != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* The first place in which something is.  NGX_DECLINED: nothing anywhere. */

ngx_int_t
ngx_http_jeton_find_token(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_str_t *token)
{
    size_t                      n;
    ngx_uint_t                  i;
    ngx_http_jeton_source_t    *source;
    ngx_http_variable_value_t  *vv;

    source = jlcf->sources->elts;

    for (i = 0; i < jlcf->sources->nelts; i++) {

        vv = ngx_http_get_indexed_variable(r, source[i].index);

        if (vv == NULL) {
            return NGX_ERROR;
        }

        if (vv->not_found || vv->len == 0) {
            continue;
        }

        token->len = vv->len;
        token->data = vv->data;

        if (source[i].bearer) {
            n = ngx_http_jeton_bearer(token->data, token->len);
            token->data += n;
            token->len -= n;
        }

        if (token->len > 0) {
            return NGX_OK;
        }
    }

    ngx_str_null(token);

    return NGX_DECLINED;
}
