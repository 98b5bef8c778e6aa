/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_cache.c - what is remembered: whole verdicts, in each worker;
 * and good signatures, in a zone that all workers share: "jeton_cache".
 *
 * What lies in the zone says only that a key has signed these bytes.  It is
 * looked for behind the choice of the key, and everything that a location
 * demands is checked as ever.  Nothing there is locked, so a worker may be
 * killed at any time.
 */


#include "ngx_http_jeton.h"


#define NGX_HTTP_JETON_CACHE        (8 * 1024 * 1024)
#define NGX_HTTP_JETON_CACHE_MIN    65536
#define NGX_HTTP_JETON_ZONE         (1024 * 1024)
#define NGX_HTTP_JETON_ZONE_NAME    "jeton_signatures"


/* In the memory of a configuration; `memory` outlives it. */

typedef struct {
    void                     *memory;
    size_t                    bytes;
    jeton_signature_cache    *cache;
} ngx_http_jeton_signatures_t;


/* NAME:SIZE, or "off" */

static char *
ngx_http_jeton_parse_zone(ngx_conf_t *cf, ngx_str_t value,
    ngx_http_jeton_main_conf_t *jmcf)
{
    u_char     *p;
    ssize_t     size;
    ngx_str_t   s;

    if (jmcf->zone_size != NGX_CONF_UNSET_SIZE) {
        return "has a second zone";
    }

    if (value.len == 3 && ngx_strncmp(value.data, "off", 3) == 0) {
        jmcf->zone_size = 0;
        return NGX_CONF_OK;
    }

    p = ngx_strlchr(value.data, value.data + value.len, ':');

    if (p == NULL || p == value.data) {
        return "takes \"zone=NAME:SIZE\" or \"zone=off\"";
    }

    s.data = p + 1;
    s.len = value.data + value.len - s.data;
    size = ngx_parse_size(&s);

    if (size == NGX_ERROR || size < (ssize_t) (8 * ngx_pagesize)) {
        return "takes a zone of 32k or more";
    }

    jmcf->zone_name.data = value.data;
    jmcf->zone_name.len = p - value.data;
    jmcf->zone_size = size;

    return NGX_CONF_OK;
}


/* jeton_cache SIZE | off [zone=NAME:SIZE | zone=off] */

char *
ngx_http_jeton_set_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_main_conf_t *jmcf = conf;

    char        *rv;
    ssize_t      size;
    ngx_str_t   *value, zone;
    ngx_uint_t   i;

    value = cf->args->elts;

    if (jmcf->cache_given++) {
        return "is duplicate";
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "zone=", 5) == 0) {
            zone.data = value[i].data + 5;
            zone.len = value[i].len - 5;

            rv = ngx_http_jeton_parse_zone(cf, zone, jmcf);
            if (rv != NGX_CONF_OK) {
                return rv;
            }

            continue;
        }

        if (jmcf->cache_size != NGX_CONF_UNSET_SIZE) {
            return "has a second size";
        }

        if (ngx_strcmp(value[i].data, "off") == 0) {
            jmcf->cache_size = 0;
            continue;
        }

        size = ngx_parse_size(&value[i]);

        if (size == NGX_ERROR || size < NGX_HTTP_JETON_CACHE_MIN) {
            return "takes a size of 64k or more, or \"off\"";
        }

        jmcf->cache_size = size;
    }

    /* "jeton_cache off" alone means that nothing is remembered. */

    if (jmcf->cache_size == 0 && jmcf->zone_size == NGX_CONF_UNSET_SIZE) {
        jmcf->zone_size = 0;
    }

    return NGX_CONF_OK;
}


/* ---- the zone --------------------------------------------------------- */


static void
ngx_http_jeton_free_signatures(void *data)
{
    ngx_http_jeton_signatures_t *signatures = data;

    jeton_signature_cache_free(&signatures->cache);
}


/* Of the pages of a new zone all that are free. */

static ngx_int_t
ngx_http_jeton_make_signatures(ngx_shm_zone_t *zone,
    ngx_http_jeton_signatures_t *signatures, jeton_err *err)
{
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    signatures->bytes = pool->pfree * ngx_pagesize;
    signatures->memory = ngx_slab_alloc(pool, signatures->bytes);

    if (signatures->memory == NULL) {
        return NGX_ERROR;
    }

    return jeton_signature_cache_init(NULL, signatures->memory,
                                      signatures->bytes, err)
           == JETON_OK ? NGX_OK : NGX_ERROR;
}


/* A reload keeps what is there, as long as name and size are the same. */

static ngx_int_t
ngx_http_jeton_init_signatures(ngx_shm_zone_t *zone, void *data)
{
    ngx_http_jeton_signatures_t *old = data;

    jeton_err                     err;
    ngx_int_t                     rc;
    ngx_http_jeton_signatures_t  *signatures;

    rc = NGX_OK;
    signatures = zone->data;
    ngx_memzero(&err, sizeof(jeton_err));

    if (old != NULL) {
        signatures->memory = old->memory;
        signatures->bytes = old->bytes;

    } else {
        rc = ngx_http_jeton_make_signatures(zone, signatures, &err);
    }

    if (rc == NGX_OK
        && jeton_signature_cache_new(NULL, signatures->memory,
                                     signatures->bytes, &signatures->cache,
                                     &err)
           == JETON_OK)
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                  "jeton_cache: zone \"%V\": %s", &zone->shm.name, err.text);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_jeton_add_signatures(ngx_conf_t *cf,
    ngx_http_jeton_main_conf_t *jmcf)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_jeton_signatures_t  *signatures;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_jeton_signatures_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    signatures = cln->data;
    ngx_memzero(signatures, sizeof(ngx_http_jeton_signatures_t));
    cln->handler = ngx_http_jeton_free_signatures;

    jmcf->signatures = ngx_shared_memory_add(cf, &jmcf->zone_name,
                                             jmcf->zone_size,
                                             &ngx_http_jeton_module);
    if (jmcf->signatures == NULL) {
        return NGX_ERROR;
    }

    jmcf->signatures->init = ngx_http_jeton_init_signatures;
    jmcf->signatures->data = signatures;

    return NGX_OK;
}


/* ---- the life of both ------------------------------------------------- */


static void
ngx_http_jeton_free_cache(void *data)
{
    ngx_http_jeton_main_conf_t *jmcf = data;

    while (jmcf->nspare > 0) {
        jeton_verdict_free(&jmcf->spare[--jmcf->nspare]);
    }

    jeton_cache_free(&jmcf->cache);
}


static ngx_int_t
ngx_http_jeton_new_cache(ngx_conf_t *cf, ngx_http_jeton_main_conf_t *jmcf)
{
    jeton_err            err;
    jeton_cache_options  options;

    ngx_memzero(&err, sizeof(jeton_err));
    ngx_memzero(&options, sizeof(jeton_cache_options));
    options.bytes = jmcf->cache_size;

    if (jeton_cache_new(NULL, &options, &jmcf->cache, &err) != JETON_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "jeton_cache: %s", err.text);
        return NGX_ERROR;
    }

    return NGX_OK;
}


char *
ngx_http_jeton_init_cache(ngx_conf_t *cf, ngx_http_jeton_main_conf_t *jmcf)
{
    ngx_pool_cleanup_t  *cln;

    ngx_conf_init_size_value(jmcf->cache_size, NGX_HTTP_JETON_CACHE);
    ngx_conf_init_size_value(jmcf->zone_size, NGX_HTTP_JETON_ZONE);

    if (jmcf->zone_name.len == 0) {
        ngx_str_set(&jmcf->zone_name, NGX_HTTP_JETON_ZONE_NAME);
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_http_jeton_free_cache;
    cln->data = jmcf;

    if (jmcf->cache_size > 0 && ngx_http_jeton_new_cache(cf, jmcf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (jmcf->zone_size > 0
        && ngx_http_jeton_add_signatures(cf, jmcf) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


void
ngx_http_jeton_use_cache(ngx_http_jeton_main_conf_t *jmcf,
    jeton_verifier *verifier)
{
    ngx_http_jeton_signatures_t  *signatures;

    if (jmcf->cache != NULL) {
        jeton_verifier_use_cache(verifier, jmcf->cache);
    }

    if (jmcf->signatures != NULL) {
        signatures = jmcf->signatures->data;
        jeton_verifier_use_signatures(verifier, signatures->cache);
    }
}
