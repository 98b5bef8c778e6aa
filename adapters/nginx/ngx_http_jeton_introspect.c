/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_introspect.c - "jeton_stale introspect=URI": while the
 * segment is silent somebody who knows is asked, by a subrequest.
 *
 * libjeton asks in the middle of a verification, where nobody can wait.  So
 * the first time it is told that there is no answer; the request waits for
 * one, and then the token is verified once more.
 */


#include "ngx_http_jeton.h"


/* Whose token is verified: a worker does nothing else meanwhile. */

static ngx_http_jeton_ctx_t  *ngx_http_jeton_verifying;


static ngx_uint_t
ngx_http_jeton_is_known(ngx_http_jeton_ctx_t *ctx, void *uri)
{
    return ctx->said_by == uri && ctx->said_of.len == ctx->token.len
           && ngx_memcmp(ctx->said_of.data, ctx->token.data, ctx->token.len)
              == 0;
}


static jeton_status
ngx_http_jeton_say(void *uri, jeton_span token, unsigned deadline_ms)
{
    ngx_http_jeton_ctx_t  *ctx;

    ctx = ngx_http_jeton_verifying;

    if (ctx == NULL) {
        return JETON_E_STALE;
    }

    if (ngx_http_jeton_is_known(ctx, uri)) {
        return ctx->said;
    }

    ctx->wanted = 1;

    return JETON_E_STALE;
}


/* The rule's user is the URI. */

char *
ngx_http_jeton_set_introspect(ngx_conf_t *cf, ngx_str_t *value,
    jeton_stale_rule *rule)
{
    ngx_str_t  *uri;

    uri = ngx_palloc(cf->pool, sizeof(ngx_str_t));
    if (uri == NULL) {
        return NGX_CONF_ERROR;
    }

    uri->data = value->data + sizeof("introspect=") - 1;
    uri->len = value->len - (sizeof("introspect=") - 1);

    if (uri->len == 0 || uri->data[0] != '/') {
        return "takes a URI of this server behind \"introspect=\"";
    }

    rule->then = JETON_STALE_INTROSPECT;
    rule->introspect = ngx_http_jeton_say;
    rule->user = uri;

    return NGX_CONF_OK;
}


jeton_status
ngx_http_jeton_verify_for(ngx_http_jeton_ctx_t *ctx, jeton_verifier *verifier)
{
    jeton_status  status;

    ctx->wanted = 0;
    ngx_http_jeton_verifying = ctx;

    status = jeton_verify(verifier,
                          jeton_bytes(ctx->token.data, ctx->token.len),
                          ctx->verdict);

    ngx_http_jeton_verifying = NULL;

    return status;
}


static ngx_int_t
ngx_http_jeton_answered(ngx_http_request_t *sr, void *data, ngx_int_t rc)
{
    ngx_http_jeton_ctx_t *ctx = data;

    ngx_uint_t  status;

    status = rc >= NGX_HTTP_SPECIAL_RESPONSE ? (ngx_uint_t) rc
                                             : sr->headers_out.status;

    ctx->asking = 0;
    ctx->said = status == NGX_HTTP_OK ? JETON_OK
                : status == NGX_HTTP_UNAUTHORIZED ? JETON_E_REVOKED
                : JETON_E_STALE;

    if (ctx->said == JETON_E_STALE) {
        ngx_log_error(NGX_LOG_ERR, sr->connection->log, 0,
                      "jeton: nobody says of a token whether it stands "
                      "(status %ui)", status);
    }

    /* That there was no answer is no reason to cut the client off. */

    return rc == NGX_ERROR ? NGX_OK : rc;
}


/* NGX_AGAIN, or NGX_ERROR. */

ngx_int_t
ngx_http_jeton_introspect(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_http_jeton_ctx_t *ctx)
{
    ngx_str_t                   *uri;
    ngx_http_request_t          *sr;
    ngx_http_post_subrequest_t  *ps;

    if (ctx->asking) {
        return NGX_AGAIN;
    }

    uri = jlcf->segment.rule.user;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    if (ps == NULL) {
        return NGX_ERROR;
    }

    ps->handler = ngx_http_jeton_answered;
    ps->data = ctx;

    if (ngx_http_subrequest(r, uri, NULL, &sr, ps,
                            NGX_HTTP_SUBREQUEST_WAITED)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* It has no body of its own, and must not read that of the client. */

    sr->request_body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (sr->request_body == NULL) {
        return NGX_ERROR;
    }

    sr->header_only = 1;

    ctx->asking = 1;
    ctx->said = JETON_E_STALE;
    ctx->said_by = uri;
    ctx->said_of = ctx->token;

    return NGX_AGAIN;
}
