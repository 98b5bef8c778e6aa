/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_segment.c - the shared memory of the jeton serve on this
 * host: what it has revoked, and its keys, without asking it.
 */


#include "ngx_http_jeton.h"


static void
ngx_http_jeton_free_segment(void *data)
{
    ngx_http_jeton_segment_t *known = data;

    jeton_segment_free(&known->segment);
}


/* The file need not be there yet: until it is, tokens are refused. */

static ngx_http_jeton_segment_t *
ngx_http_jeton_open_segment(ngx_conf_t *cf, ngx_str_t *name)
{
    jeton_err                  err;
    ngx_pool_cleanup_t        *cln;
    jeton_segment_options      options;
    ngx_http_jeton_segment_t  *opened;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_jeton_segment_t));
    if (cln == NULL) {
        return NULL;
    }

    ngx_memzero(&err, sizeof(jeton_err));
    ngx_memzero(&options, sizeof(jeton_segment_options));
    options.may_come = 1;

    opened = cln->data;
    opened->name = *name;

    if (jeton_segment_open(NULL, (char *) name->data, &options,
                           &opened->segment, &err)
        != JETON_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "jeton_segment: %s", err.text);
        return NULL;
    }

    cln->handler = ngx_http_jeton_free_segment;

    return opened;
}


jeton_segment *
ngx_http_jeton_add_segment(ngx_conf_t *cf, ngx_str_t *name)
{
    ngx_uint_t                    i;
    ngx_http_jeton_segment_t    **known, **place, *opened;
    ngx_http_jeton_main_conf_t   *jmcf;

    if (ngx_conf_full_name(cf->cycle, name, 0) != NGX_OK) {
        return NULL;
    }

    jmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_jeton_module);
    known = jmcf->segments.elts;

    for (i = 0; i < jmcf->segments.nelts; i++) {
        if (known[i]->name.len == name->len
            && ngx_strncmp(known[i]->name.data, name->data, name->len) == 0)
        {
            return known[i]->segment;
        }
    }

    opened = ngx_http_jeton_open_segment(cf, name);
    place = opened ? ngx_array_push(&jmcf->segments) : NULL;
    if (place == NULL) {
        return NULL;
    }

    *place = opened;

    return opened->segment;
}


/* jeton_stale reject | allow | allow_until TIME | introspect=URI */

char *
ngx_http_jeton_stale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    time_t       seconds;
    ngx_str_t   *value;

    if (jlcf->stale != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    jlcf->stale = ngx_pcalloc(cf->pool, sizeof(jeton_stale_rule));
    if (jlcf->stale == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (cf->args->nelts == 3
        && ngx_strcmp(value[1].data, "allow_until") == 0)
    {
        seconds = ngx_parse_time(&value[2], 1);
        if (seconds == (time_t) NGX_ERROR || seconds > NGX_MAX_INT32_VALUE) {
            return "takes a time behind \"allow_until\"";
        }

        jlcf->stale->then = JETON_STALE_ALLOW_UNTIL;
        jlcf->stale->until = (unsigned) seconds;

    } else if (cf->args->nelts == 2
               && ngx_strcmp(value[1].data, "allow") == 0)
    {
        jlcf->stale->then = JETON_STALE_ALLOW;

    } else if (cf->args->nelts == 2
               && ngx_strcmp(value[1].data, "reject") == 0)
    {
        jlcf->stale->then = JETON_STALE_REJECT;

    } else if (cf->args->nelts == 2
               && ngx_strncmp(value[1].data, "introspect=",
                              sizeof("introspect=") - 1)
                  == 0)
    {
        return ngx_http_jeton_set_introspect(cf, &value[1], jlcf->stale);

    } else {
        return "takes \"reject\", \"allow\", \"allow_until TIME\" or "
               "\"introspect=URI\"";
    }

    return NGX_CONF_OK;
}
