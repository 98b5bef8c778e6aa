/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_identity.c - who it is, in headers of the request that goes
 * on to the application: "jeton_identity".
 *
 * What the client sent under these names never reaches it, whether there is a
 * token or not, and also where "jeton" is off.
 */


#include "ngx_http_jeton.h"


/* jeton_identity HEADER NAME... */

char *
ngx_http_jeton_identity(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t                  *value;
    ngx_http_jeton_identity_t  *identity;

    if (jlcf->identity == NGX_CONF_UNSET_PTR) {
        jlcf->identity = ngx_array_create(cf->pool, 2,
                                          sizeof(ngx_http_jeton_identity_t));
    }

    identity = jlcf->identity ? ngx_array_push(jlcf->identity) : NULL;
    if (identity == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    identity->header = value[1];
    identity->lowcase = ngx_pnalloc(cf->pool, value[1].len);
    identity->path = ngx_http_jeton_pointer(cf, &value[2],
                                            cf->args->nelts - 2);

    if (identity->lowcase == NULL || identity->path == NULL) {
        return NGX_CONF_ERROR;
    }

    identity->hash = ngx_hash_strlow(identity->lowcase, value[1].data,
                                     value[1].len);

    return NGX_CONF_OK;
}


/*
 * Applications behind FastCGI, uwsgi and the like see "_" and "-" as one, and
 * so do some behind HTTP.
 */

static ngx_int_t
ngx_http_jeton_is_header(ngx_http_jeton_identity_t *identity,
    ngx_table_elt_t *h)
{
    u_char      a, b;
    ngx_uint_t  i;

    if (h->key.len != identity->header.len) {
        return 0;
    }

    for (i = 0; i < h->key.len; i++) {
        a = h->lowcase_key ? h->lowcase_key[i] : ngx_tolower(h->key.data[i]);
        b = identity->lowcase[i];

        if (a != b && !((a == '_' || a == '-') && (b == '_' || b == '-'))) {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_http_jeton_claim(ngx_http_request_t *r, ngx_http_jeton_ctx_t *ctx,
    const char *path, ngx_str_t *value)
{
    jeton_span     span;
    jeton_text    *text;
    jeton_status   status;

    ngx_str_set(value, "");

    if (ctx == NULL || ctx->rc != NGX_OK) {
        return NGX_OK;
    }

    status = jeton_verdict_print(ctx->verdict, path, &text, NULL);

    if (status != JETON_OK) {
        return status == JETON_E_NOMEM ? NGX_ERROR : NGX_OK;
    }

    span = jeton_text_span(text);
    value->len = span.len;
    value->data = ngx_pnalloc(r->pool, span.len + 1);

    if (value->data != NULL) {
        ngx_memcpy(value->data, span.ptr, span.len);
        value->data[span.len] = '\0';
    }

    jeton_text_free(&text);

    return value->data ? NGX_OK : NGX_ERROR;
}


/* Every header of that name gets the value; when there is none, one is added. */

static ngx_int_t
ngx_http_jeton_set_header(ngx_http_request_t *r,
    ngx_http_jeton_identity_t *identity, ngx_str_t *value)
{
    ngx_uint_t        i, found;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h;

    found = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_jeton_is_header(identity, &h[i])) {
                h[i].value = *value;
                found = 1;
            }
        }
    }

    if (found || value->len == 0) {
        return NGX_OK;
    }

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = identity->hash;
    h->key = identity->header;
    h->lowcase_key = identity->lowcase;
    h->value = *value;

    return NGX_OK;
}


ngx_int_t
ngx_http_jeton_tell(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_ctx_t *ctx)
{
    ngx_str_t                   value;
    ngx_uint_t                  i;
    ngx_http_jeton_identity_t  *identity;

    if (jlcf->identity == NULL) {
        return NGX_OK;
    }

    identity = jlcf->identity->elts;

    for (i = 0; i < jlcf->identity->nelts; i++) {
        if (ngx_http_jeton_claim(r, ctx, identity[i].path, &value) != NGX_OK
            || ngx_http_jeton_set_header(r, &identity[i], &value) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
