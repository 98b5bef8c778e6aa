/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_remote.c - keys that a subrequest brings: "jeton_key_request".
 *
 * What was fetched lies in shared memory, so that one worker fetches for all.
 * Keys that have come once are used until there are newer ones, whatever
 * happens to where they came from.
 */


#include "ngx_http_jeton.h"


#define NGX_HTTP_JETON_JWKS_MAX     65536
#define NGX_HTTP_JETON_BUSY         5      /* seconds a fetch may take */
#define NGX_HTTP_JETON_RETRY        1      /* seconds behind one that failed */
#define NGX_HTTP_JETON_UNKNOWN      10     /* seconds between two fetches for
                                              the sake of an unknown kid */
#define NGX_HTTP_JETON_POLL         20     /* milliseconds */
#define NGX_HTTP_JETON_POLLS        250    /* of one request */
#define NGX_HTTP_JETON_TRIES        2      /* fetches of one request */


/* In shared memory, under the lock of its pool. */

typedef struct {
    ngx_uint_t                generation;  /* 0: nothing has come yet */
    time_t                    fetched;
    time_t                    failed;
    time_t                    unknown;     /* fetched for an unknown kid */
    time_t                    busy;        /* somebody fetches, until then */
    size_t                    len;
    u_char                    jwks[NGX_HTTP_JETON_JWKS_MAX];
} ngx_http_jeton_slot_t;


/* One per configuration, in its memory. */

typedef struct {
    ngx_slab_pool_t          *pool;
    ngx_http_jeton_slot_t    *slots;
    ngx_uint_t                n;
} ngx_http_jeton_shared_t;


/* A fetch under way, in the memory of the request that does it. */

typedef struct {
    ngx_http_jeton_ctx_t     *ctx;
    ngx_http_jeton_keys_t    *keys;
    ngx_http_jeton_shared_t  *shared;
    unsigned                  running:1;
    unsigned                  waited:1;    /* the request waits for it */
} ngx_http_jeton_fetch_t;


/* ---- configuration ---------------------------------------------------- */


static void
ngx_http_jeton_free_remote(void *data)
{
    ngx_http_jeton_keys_t *keys = data;

    jeton_keyset_free(&keys->keyset);
}


/* jeton_key_request URI; may be repeated */

char *
ngx_http_jeton_key_request(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t                    *value;
    ngx_pool_cleanup_t           *cln;
    ngx_http_jeton_keys_t        *keys, **place, **here;
    ngx_http_jeton_main_conf_t   *jmcf;

    value = cf->args->elts;

    if (value[1].len == 0 || value[1].data[0] != '/') {
        return "takes a URI of this server, which begins with \"/\"";
    }

    if (jlcf->remotes == NGX_CONF_UNSET_PTR) {
        jlcf->remotes = ngx_array_create(cf->pool, 1,
                                         sizeof(ngx_http_jeton_keys_t *));
        if (jlcf->remotes == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    jmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_jeton_module);
    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_jeton_keys_t));
    place = ngx_array_push(&jmcf->remotes);
    here = ngx_array_push(jlcf->remotes);

    if (cln == NULL || place == NULL || here == NULL) {
        return NGX_CONF_ERROR;
    }

    keys = cln->data;
    ngx_memzero(keys, sizeof(ngx_http_jeton_keys_t));
    cln->handler = ngx_http_jeton_free_remote;

    keys->uri = value[1];
    keys->slot = jmcf->remotes.nelts - 1;
    *place = keys;
    *here = keys;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_jeton_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_jeton_shared_t *old = data;

    ngx_http_jeton_shared_t  *shared;

    shared = zone->data;
    shared->pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old != NULL) {
        shared->slots = old->slots;
        return NGX_OK;
    }

    if (zone->shm.exists) {
        shared->slots = shared->pool->data;
        return NGX_OK;
    }

    shared->slots = ngx_slab_calloc(shared->pool,
                                    shared->n * sizeof(ngx_http_jeton_slot_t));
    shared->pool->data = shared->slots;

    return shared->slots ? NGX_OK : NGX_ERROR;
}


/*
 * Another number of requests makes another zone: what a reload keeps stands
 * in the order of the directives, and is good only if they are the same.
 */

ngx_int_t
ngx_http_jeton_add_zone(ngx_conf_t *cf)
{
    u_char                       text[64], *p;
    uint32_t                     crc;
    ngx_str_t                    name;
    ngx_uint_t                   i;
    ngx_http_jeton_keys_t      **keys;
    ngx_http_jeton_shared_t     *shared;
    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_jeton_module);

    if (jmcf->remotes.nelts == 0) {
        return NGX_OK;
    }

    keys = jmcf->remotes.elts;
    ngx_crc32_init(crc);

    for (i = 0; i < jmcf->remotes.nelts; i++) {
        ngx_crc32_update(&crc, keys[i]->uri.data, keys[i]->uri.len + 1);
    }

    ngx_crc32_final(crc);

    p = ngx_sprintf(text, "jeton_keys_%ui_%08xD", jmcf->remotes.nelts, crc);
    name.len = p - text;
    name.data = ngx_pnalloc(cf->pool, name.len);
    shared = ngx_pcalloc(cf->pool, sizeof(ngx_http_jeton_shared_t));

    if (name.data == NULL || shared == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(name.data, text, name.len);
    shared->n = jmcf->remotes.nelts;

    jmcf->zone = ngx_shared_memory_add(cf, &name,
                           8 * ngx_pagesize
                           + shared->n * (sizeof(ngx_http_jeton_slot_t)
                                          + ngx_pagesize),
                           &ngx_http_jeton_module);
    if (jmcf->zone == NULL) {
        return NGX_ERROR;
    }

    jmcf->zone->init = ngx_http_jeton_init_zone;
    jmcf->zone->data = shared;

    return NGX_OK;
}


/* ---- what is known ---------------------------------------------------- */


static ngx_http_jeton_shared_t *
ngx_http_jeton_shared(ngx_http_request_t *r)
{
    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_http_get_module_main_conf(r, ngx_http_jeton_module);

    return jmcf->zone->data;
}


/* Takes what another worker has fetched. */

static void
ngx_http_jeton_take_fetched(ngx_http_request_t *r, ngx_http_jeton_keys_t *keys)
{
    u_char                   *copy;
    size_t                    len;
    jeton_err                 err;
    ngx_uint_t                generation;
    jeton_keyset             *set;
    ngx_http_jeton_slot_t    *slot;
    ngx_http_jeton_shared_t  *shared;

    shared = ngx_http_jeton_shared(r);
    slot = &shared->slots[keys->slot];
    copy = NULL;

    ngx_shmtx_lock(&shared->pool->mutex);

    len = slot->len;
    generation = slot->generation;

    if (generation != keys->generation) {
        copy = ngx_pnalloc(r->pool, len + 1);
        if (copy != NULL) {
            ngx_memcpy(copy, slot->jwks, len);
        }
    }

    ngx_shmtx_unlock(&shared->pool->mutex);

    if (copy == NULL) {
        return;
    }

    ngx_memzero(&err, sizeof(jeton_err));

    if (jeton_keyset_parse_public(NULL, jeton_bytes(copy, len), &set, &err)
        != JETON_OK)
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "jeton: keys of \"%V\": %s", &keys->uri, err.text);
        return;
    }

    jeton_keyset_free(&keys->keyset);
    keys->keyset = set;
    keys->generation = generation;
}


/*
 * Whether this request is the one to fetch.  NGX_OK: nobody needs to,
 * NGX_DONE: it is, NGX_AGAIN: somebody else does.
 */

static ngx_int_t
ngx_http_jeton_claim(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_keys_t *keys, ngx_uint_t unknown)
{
    time_t                    now;
    ngx_int_t                 rc;
    ngx_uint_t                wanted;
    ngx_http_jeton_slot_t    *slot;
    ngx_http_jeton_shared_t  *shared;

    now = ngx_time();
    shared = ngx_http_jeton_shared(r);
    slot = &shared->slots[keys->slot];

    ngx_shmtx_lock(&shared->pool->mutex);

    wanted = unknown ? now - slot->unknown >= NGX_HTTP_JETON_UNKNOWN
                     : slot->generation == 0
                       || now - slot->fetched >= jlcf->key_cache;

    if (slot->busy > now) {
        rc = NGX_AGAIN;

    } else if (now - slot->failed < NGX_HTTP_JETON_RETRY || !wanted) {
        rc = NGX_OK;

    } else {
        slot->busy = now + NGX_HTTP_JETON_BUSY;

        if (unknown) {
            slot->unknown = now;
        }

        rc = NGX_DONE;
    }

    ngx_shmtx_unlock(&shared->pool->mutex);

    return rc;
}


/* A request that ends leaves nobody waiting for what it fetches. */

static void
ngx_http_jeton_leave(void *data)
{
    ngx_http_jeton_fetch_t *fetch = data;

    if (fetch->running) {
        fetch->running = 0;

        ngx_shmtx_lock(&fetch->shared->pool->mutex);
        fetch->shared->slots[fetch->keys->slot].busy = 0;
        ngx_shmtx_unlock(&fetch->shared->pool->mutex);
    }
}


/* ---- fetching --------------------------------------------------------- */


static ngx_int_t
ngx_http_jeton_body(ngx_http_request_t *sr, ngx_str_t *body)
{
    size_t        len, n;
    u_char       *p;
    ngx_chain_t  *cl;

    len = 0;

    for (cl = sr->out; cl; cl = cl->next) {
        len += ngx_buf_size(cl->buf);
    }

    if (len == 0 || len > NGX_HTTP_JETON_JWKS_MAX) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(sr->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = len;

    for (cl = sr->out; cl; cl = cl->next) {

        if (!ngx_buf_in_memory(cl->buf)) {
            return ngx_buf_size(cl->buf) ? NGX_ERROR : NGX_OK;
        }

        n = cl->buf->last - cl->buf->pos;
        p = ngx_cpymem(p, cl->buf->pos, n);
    }

    return NGX_OK;
}


/* Whether what has come is a set of keys with one that can be used. */

static ngx_int_t
ngx_http_jeton_is_good(ngx_http_request_t *sr, ngx_http_jeton_keys_t *keys,
    ngx_str_t *body)
{
    size_t         count;
    jeton_err      err;
    jeton_keyset  *set;

    ngx_memzero(&err, sizeof(jeton_err));

    if (jeton_keyset_parse_public(NULL, jeton_bytes(body->data, body->len),
                                  &set, &err)
        != JETON_OK)
    {
        ngx_log_error(NGX_LOG_ERR, sr->connection->log, 0,
                      "jeton: keys of \"%V\": %s", &keys->uri, err.text);
        return 0;
    }

    count = jeton_keyset_count(set);
    jeton_keyset_free(&set);

    if (count == 0) {
        ngx_log_error(NGX_LOG_ERR, sr->connection->log, 0,
                      "jeton: keys of \"%V\": there are none", &keys->uri);
    }

    return count > 0;
}


static ngx_int_t
ngx_http_jeton_fetched(ngx_http_request_t *sr, void *data, ngx_int_t rc)
{
    ngx_http_jeton_fetch_t *fetch = data;

    ngx_str_t                 body;
    ngx_uint_t                good, gone;
    ngx_http_jeton_slot_t    *slot;
    ngx_http_jeton_shared_t  *shared;

    /* An answer that is an error is told twice: itself, and its page. */

    if (!fetch->running) {
        return rc == NGX_ERROR ? NGX_OK : rc;
    }

    fetch->running = 0;

    if (fetch->waited) {
        fetch->ctx->fetching = 0;
    }

    shared = fetch->shared;
    slot = &shared->slots[fetch->keys->slot];

    good = rc == NGX_OK && sr->headers_out.status == NGX_HTTP_OK
           && ngx_http_jeton_body(sr, &body) == NGX_OK;

    /* When the client hangs up, the next one fetches. */

    gone = rc == NGX_HTTP_CLIENT_CLOSED_REQUEST;

    if (!good && !gone) {
        ngx_log_error(NGX_LOG_ERR, sr->connection->log, 0,
                      "jeton: no keys came from \"%V\" (status %ui)",
                      &fetch->keys->uri, sr->headers_out.status);

    } else if (good) {
        good = ngx_http_jeton_is_good(sr, fetch->keys, &body);
    }

    ngx_shmtx_lock(&shared->pool->mutex);

    slot->busy = 0;

    if (good) {
        slot->fetched = ngx_time();
        slot->failed = 0;

        if (slot->len != body.len
            || ngx_memcmp(slot->jwks, body.data, body.len) != 0)
        {
            ngx_memcpy(slot->jwks, body.data, body.len);
            slot->len = body.len;
            slot->generation++;
        }

    } else if (!gone) {
        slot->failed = ngx_time();
    }

    ngx_shmtx_unlock(&shared->pool->mutex);

    /* That no keys came is no reason to cut the client off. */

    return rc == NGX_ERROR ? NGX_OK : rc;
}


/*
 * NGX_AGAIN: the request waits for what it has asked for, NGX_OK: it goes on,
 * with the keys that are there.
 */

static ngx_int_t
ngx_http_jeton_ask(ngx_http_request_t *r, ngx_http_jeton_keys_t *keys,
    ngx_http_jeton_ctx_t *ctx, ngx_uint_t wait)
{
    ngx_str_t                    uri, args;
    ngx_uint_t                   flags;
    ngx_pool_cleanup_t          *cln;
    ngx_http_request_t          *sr;
    ngx_http_jeton_fetch_t      *fetch;
    ngx_http_post_subrequest_t  *ps;

    ps = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_jeton_fetch_t));

    if (ps == NULL || cln == NULL) {
        return NGX_ERROR;
    }

    fetch = cln->data;
    fetch->ctx = ctx;
    fetch->keys = keys;
    fetch->shared = ngx_http_jeton_shared(r);
    fetch->running = 1;
    fetch->waited = wait ? 1 : 0;

    cln->handler = ngx_http_jeton_leave;

    ps->handler = ngx_http_jeton_fetched;
    ps->data = fetch;

    flags = 0;
    uri = keys->uri;
    ngx_str_null(&args);

    if (ngx_http_parse_unsafe_uri(r, &uri, &args, &flags) != NGX_OK
        || ngx_http_subrequest(r, &uri, &args, &sr, ps,
                               NGX_HTTP_SUBREQUEST_IN_MEMORY
                               |(wait ? NGX_HTTP_SUBREQUEST_WAITED
                                      : NGX_HTTP_SUBREQUEST_BACKGROUND))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* It has no body of its own, and must not read that of the client. */

    sr->request_body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (sr->request_body == NULL) {
        return NGX_ERROR;
    }

    if (wait) {
        ctx->fetching = 1;
        return NGX_AGAIN;
    }

    return NGX_OK;
}


/* ---- waiting for somebody else ---------------------------------------- */


static void
ngx_http_jeton_poll_handler(ngx_event_t *ev)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ev->data;
    c = r->connection;

    r->write_event_handler(r);
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_jeton_wait_no_more(void *data)
{
    ngx_http_jeton_ctx_t *ctx = data;

    if (ctx->poll.timer_set) {
        ngx_del_timer(&ctx->poll);
    }
}


/* NGX_OK: that was long enough. */

static ngx_int_t
ngx_http_jeton_wait(ngx_http_request_t *r, ngx_http_jeton_ctx_t *ctx)
{
    ngx_pool_cleanup_t  *cln;

    if (ctx->polls == NGX_HTTP_JETON_POLLS) {
        return NGX_OK;
    }

    if (ctx->poll.handler == NULL) {
        cln = ngx_pool_cleanup_add(r->pool, 0);
        if (cln == NULL) {
            return NGX_ERROR;
        }

        cln->handler = ngx_http_jeton_wait_no_more;
        cln->data = ctx;

        ctx->poll.handler = ngx_http_jeton_poll_handler;
        ctx->poll.data = r;
        ctx->poll.log = r->connection->log;
    }

    if (!ctx->poll.timer_set) {
        ctx->polls++;
        ngx_add_timer(&ctx->poll, NGX_HTTP_JETON_POLL);
    }

    return NGX_AGAIN;
}


/* Whether there are requests that have not brought anything yet. */

ngx_uint_t
ngx_http_jeton_is_missing(ngx_http_jeton_loc_conf_t *jlcf)
{
    ngx_uint_t               i;
    ngx_http_jeton_keys_t  **keys;

    keys = jlcf->remotes->elts;

    for (i = 0; i < jlcf->remotes->nelts; i++) {
        if (keys[i]->keyset == NULL) {
            return 1;
        }
    }

    return 0;
}


/* Whether there is any key to go by. */

static ngx_uint_t
ngx_http_jeton_has_some(ngx_http_jeton_loc_conf_t *jlcf)
{
    ngx_uint_t               i;
    ngx_http_jeton_keys_t  **keys;

    keys = jlcf->remotes->elts;

    for (i = 0; i < jlcf->remotes->nelts; i++) {
        if (keys[i]->keyset != NULL) {
            return 1;
        }
    }

    return jlcf->keys != NULL;
}


/*
 * Sees to it that there are keys.  NGX_OK: what is there is what can be had,
 * NGX_AGAIN: wait.  `unknown`: the token names a key that is not there; only
 * then a request waits for what another one fetches.  As long as there is any
 * key to go by, what is missing or old is fetched while the request goes on.
 */

ngx_int_t
ngx_http_jeton_fetch(ngx_http_request_t *r, ngx_http_jeton_loc_conf_t *jlcf,
    ngx_http_jeton_ctx_t *ctx, ngx_uint_t unknown)
{
    ngx_int_t                rc;
    ngx_uint_t               i, n, others;
    ngx_http_jeton_keys_t  **keys;

    if (ctx->fetching) {
        return NGX_AGAIN;
    }

    others = 0;
    keys = jlcf->remotes->elts;
    n = jlcf->remotes->nelts;

    for (i = 0; i < n; i++) {
        ngx_http_jeton_take_fetched(r, keys[i]);

        if (ctx->tries == n * NGX_HTTP_JETON_TRIES) {
            continue;
        }

        rc = ngx_http_jeton_claim(r, jlcf, keys[i], unknown);

        if (rc == NGX_DONE) {
            ctx->tries++;

            rc = ngx_http_jeton_ask(r, keys[i], ctx,
                                    unknown || !ngx_http_jeton_has_some(jlcf));
            if (rc != NGX_OK) {
                return rc;
            }
        }

        if (rc == NGX_AGAIN) {
            others = 1;
        }
    }

    return others && unknown ? ngx_http_jeton_wait(r, ctx) : NGX_OK;
}
