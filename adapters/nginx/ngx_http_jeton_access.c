/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_access.c - the one decision about a request.
 *
 * It begins as a refusal and ends as an acceptance in one place.
 */


#include "ngx_http_jeton.h"


static void
ngx_http_jeton_give_verdict(void *data)
{
    ngx_http_jeton_ctx_t *ctx = data;

    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_http_jeton_module);

    if (jmcf != NULL
        && jmcf->nspare < sizeof(jmcf->spare) / sizeof(jmcf->spare[0]))
    {
        jmcf->spare[jmcf->nspare++] = ctx->verdict;
        ctx->verdict = NULL;
        return;
    }

    jeton_verdict_free(&ctx->verdict);
}


static ngx_int_t
ngx_http_jeton_take_verdict(ngx_http_request_t *r, ngx_http_jeton_ctx_t *ctx)
{
    jeton_err                    err;
    ngx_pool_cleanup_t          *cln;
    ngx_http_jeton_main_conf_t  *jmcf;

    if (ctx->verdict != NULL) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    jmcf = ngx_http_get_module_main_conf(r, ngx_http_jeton_module);

    if (jmcf->nspare > 0) {
        ctx->verdict = jmcf->spare[--jmcf->nspare];

    } else {
        ngx_memzero(&err, sizeof(jeton_err));

        if (jeton_verdict_new(NULL, &ctx->verdict, &err) != JETON_OK) {
            return NGX_ERROR;
        }
    }

    cln->handler = ngx_http_jeton_give_verdict;
    cln->data = ctx;

    return NGX_OK;
}


/*
 * An internal redirect clears the contexts of modules; what is known of the
 * request stays, as the memory of a cleanup.
 */

static void
ngx_http_jeton_forget(void *data)
{
}


ngx_http_jeton_ctx_t *
ngx_http_jeton_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_jeton_module);

    if (ctx != NULL || !(r->internal || r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {
        if (cln->handler == ngx_http_jeton_forget) {
            return cln->data;
        }
    }

    return NULL;
}


static ngx_http_jeton_ctx_t *
ngx_http_jeton_add_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_get_ctx(r);

    if (ctx == NULL) {
        cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_jeton_ctx_t));
        if (cln == NULL) {
            return NULL;
        }

        ctx = cln->data;
        ngx_memzero(ctx, sizeof(ngx_http_jeton_ctx_t));
        cln->handler = ngx_http_jeton_forget;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_jeton_module);

    return ctx;
}


/*
 * The text of a quoted string (RFC 9110, section 5.6.4): a realm may have
 * variables, and those what the client likes.
 */

static u_char *
ngx_http_jeton_quote(u_char *p, ngx_str_t *text)
{
    u_char      c;
    ngx_uint_t  i;

    for (i = 0; i < text->len; i++) {
        c = text->data[i];

        if (c < ' ' || c == 0x7f) {
            c = '?';
        }

        if (c == '"' || c == '\\') {
            *p++ = '\\';
        }

        *p++ = c;
    }

    return p;
}


/* WWW-Authenticate (RFC 6750, section 3): an error only if a token was sent. */

static ngx_int_t
ngx_http_jeton_challenge(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, const char *error)
{
    size_t            len;
    u_char           *p, *start;
    ngx_str_t         realm;
    ngx_table_elt_t  *h;

    if (ngx_http_complex_value(r, jlcf->realm, &realm) != NGX_OK) {
        return NGX_ERROR;
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    len = sizeof("Bearer realm=\"\", error=\"\"") - 1
          + realm.len * 2
          + (error ? ngx_strlen(error) : 0);

    start = ngx_pnalloc(r->pool, len);
    if (start == NULL) {
        h->hash = 0;
        return NGX_ERROR;
    }

    p = ngx_cpymem(start, "Bearer realm=\"", sizeof("Bearer realm=\"") - 1);
    p = ngx_http_jeton_quote(p, &realm);
    *p++ = '"';

    if (error != NULL) {
        p = ngx_cpymem(p, ", error=\"", sizeof(", error=\"") - 1);
        p = ngx_cpymem(p, error, ngx_strlen(error));
        *p++ = '"';
    }

    h->hash = 1;
#if (nginx_version >= 1023000)
    h->next = NULL;
#endif
    ngx_str_set(&h->key, "WWW-Authenticate");
    h->value.data = start;
    h->value.len = p - start;

    r->headers_out.www_authenticate = h;

    return NGX_OK;
}


static ngx_int_t
ngx_http_jeton_verify(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_ctx_t *ctx)
{
    ngx_int_t                    rc;
    jeton_status                 status;
    jeton_verifier              *verifier;
    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_http_get_module_main_conf(r, ngx_http_jeton_module);
    ctx->reason = "E_NOMEM";

    verifier = ngx_http_jeton_verifier(jmcf, jlcf, r->connection->log);

    if (verifier == NULL || ngx_http_jeton_take_verdict(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status = ngx_http_jeton_verify_for(ctx, verifier);

    ctx->reason = jeton_status_name(status);

    if (status == JETON_OK) {
        return NGX_OK;
    }

    if (status == JETON_E_STALE && ctx->wanted) {
        return ngx_http_jeton_introspect(r, jlcf, ctx) == NGX_AGAIN
               ? NGX_AGAIN : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (status == JETON_E_KEY_UNKNOWN && jlcf->remotes != NULL) {

        rc = ngx_http_jeton_fetch(r, jlcf, ctx, 1);

        if (rc != NGX_OK) {
            return rc == NGX_AGAIN ? NGX_AGAIN
                                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        /* It may be among those that have not come yet. */

        if (ngx_http_jeton_is_missing(jlcf)) {
            ctx->reason = "E_STALE";
            return NGX_HTTP_SERVICE_UNAVAILABLE;
        }
    }

    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                  "jeton: token refused: %s (%s)",
                  jeton_verdict_why(ctx->verdict), ctx->reason);

    return ngx_http_jeton_status(jlcf, ctx->verdict);
}


/* Looks at the token of a request.  Sets ctx->reason. */

static ngx_int_t
ngx_http_jeton_decide(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_ctx_t *ctx)
{
    ngx_int_t  rc;

    ctx->reason = "E_MISSING";
    rc = ngx_http_jeton_find_token(r, jlcf, &ctx->token);

    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_HTTP_UNAUTHORIZED
                                  : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (jlcf->remotes != NULL) {
        rc = ngx_http_jeton_fetch(r, jlcf, ctx, 0);

        if (rc != NGX_OK) {
            return rc == NGX_AGAIN ? NGX_AGAIN
                                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    return ngx_http_jeton_verify(r, jlcf, ctx);
}


static ngx_int_t
ngx_http_jeton_refuse(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_ctx_t *ctx)
{
    const char  *error;

    if (ctx->rc != NGX_HTTP_UNAUTHORIZED && ctx->rc != NGX_HTTP_FORBIDDEN) {
        return ctx->rc;
    }

    error = ctx->rc == NGX_HTTP_FORBIDDEN ? "insufficient_scope"
            : ctx->token.len > 0 ? "invalid_token" : NULL;

    if (ngx_http_jeton_challenge(r, jlcf, error) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ctx->rc;
}


ngx_int_t
ngx_http_jeton_access(ngx_http_request_t *r)
{
    ngx_http_jeton_ctx_t       *ctx;
    ngx_http_jeton_loc_conf_t  *jlcf;

    jlcf = ngx_http_get_module_loc_conf(r, ngx_http_jeton_module);

    if (jlcf->realm == NULL) {
        return ngx_http_jeton_tell(r, jlcf, NULL) == NGX_OK
               ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_http_jeton_add_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* What another location has decided counts for nothing here. */

    if (ctx->conf != jlcf) {
        ctx->rc = ngx_http_jeton_decide(r, jlcf, ctx);

        if (ctx->rc == NGX_AGAIN) {
            ctx->conf = NULL;
            return NGX_AGAIN;
        }

        ctx->conf = jlcf;

        if (ctx->rc == NGX_OK) {
            ctx->rc = ngx_http_jeton_check_truths(r, jlcf);
        }

        if (ctx->rc != NGX_OK && ctx->verdict != NULL
            && jeton_verdict_status(ctx->verdict) == JETON_OK)
        {
            ctx->reason = "E_RULE";
        }
    }

    if (ngx_http_jeton_tell(r, jlcf, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->rc == NGX_OK) {
        return NGX_OK;
    }

    if (jlcf->dry_run) {
        ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                      "jeton: dry run: would be refused with %i (%s)",
                      ctx->rc, ctx->reason);
        return NGX_DECLINED;
    }

    return ngx_http_jeton_refuse(r, jlcf, ctx);
}
