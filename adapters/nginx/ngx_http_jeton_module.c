/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_module.c - directives, their inheritance, and the life of a
 * worker.
 */


#include "ngx_http_jeton.h"


static void *ngx_http_jeton_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_jeton_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_jeton_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_jeton_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ngx_http_jeton(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ngx_http_jeton_auth_jwt(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_jeton_words(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_jeton_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_jeton_type(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_jeton_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_jeton_init_process(ngx_cycle_t *cycle);


#define NGX_HTTP_JETON_ANYWHERE                                               \
    NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_HTTP_LMT_CONF


static ngx_command_t  ngx_http_jeton_commands[] = {

    { ngx_string("jeton"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_token"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_token,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_key_file"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_key_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, files),
      NULL },

    { ngx_string("jeton_key_request"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton_key_request,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_key_cache"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, key_cache),
      NULL },

    { ngx_string("jeton_segment"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, segment_name),
      NULL },

    { ngx_string("jeton_stale"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_jeton_stale,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_alg"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_words,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, algs),
      NULL },

    { ngx_string("jeton_issuer"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_words,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, issuers),
      NULL },

    { ngx_string("jeton_audience"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_words,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, audiences),
      NULL },

    { ngx_string("jeton_typ"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, typ),
      NULL },

    { ngx_string("jeton_leeway"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, leeway),
      NULL },

    { ngx_string("jeton_require"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE2|NGX_CONF_TAKE3|NGX_CONF_TAKE4,
      ngx_http_jeton_require,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_identity"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_2MORE,
      ngx_http_jeton_identity,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_dry_run"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, dry_run),
      NULL },

    { ngx_string("jeton_type"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton_type,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("jeton_claim_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_jeton_claim_set,
      0,
      0,
      NULL },

    { ngx_string("jeton_header_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_jeton_claim_set,
      0,
      0,
      (void *) "header" },

    /*
     * The names of NGINX Plus, whose configurations load unchanged.  Where
     * nginx knows them by itself, it is asked first.
     */

    { ngx_string("auth_jwt"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_jeton_auth_jwt,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_jwt_key_file"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton_key_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_jwt_key_request"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton_key_request,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_jwt_key_cache"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, key_cache),
      NULL },

    { ngx_string("auth_jwt_leeway"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_sec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_jeton_loc_conf_t, leeway),
      NULL },

    { ngx_string("auth_jwt_type"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_jeton_type,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_jwt_require"),
      NGX_HTTP_JETON_ANYWHERE|NGX_CONF_1MORE,
      ngx_http_jeton_auth_jwt_require,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("auth_jwt_claim_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_jeton_claim_set,
      0,
      0,
      NULL },

    { ngx_string("auth_jwt_header_set"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_2MORE,
      ngx_http_jeton_claim_set,
      0,
      0,
      (void *) "header" },

    { ngx_string("jeton_cache"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ngx_http_jeton_set_cache,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_jeton_module_ctx = {
    ngx_http_jeton_add_variables,          /* preconfiguration */
    ngx_http_jeton_init,                   /* postconfiguration */

    ngx_http_jeton_create_main_conf,       /* create main configuration */
    ngx_http_jeton_init_main_conf,         /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_jeton_create_loc_conf,        /* create location configuration */
    ngx_http_jeton_merge_loc_conf          /* merge location configuration */
};


ngx_module_t  ngx_http_jeton_module = {
    NGX_MODULE_V1,
    &ngx_http_jeton_module_ctx,            /* module context */
    ngx_http_jeton_commands,               /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_http_jeton_init_process,           /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* jeton REALM | off */

static char *
ngx_http_jeton(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t                         *value;
    ngx_http_compile_complex_value_t   ccv;

    if (jlcf->realm != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        jlcf->realm = NULL;
        return NGX_CONF_OK;
    }

    jlcf->realm = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (jlcf->realm == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));
    ccv.cf = cf;
    ccv.value = &value[1];
    ccv.complex_value = jlcf->realm;

    return ngx_http_compile_complex_value(&ccv) == NGX_OK ? NGX_CONF_OK
                                                          : NGX_CONF_ERROR;
}


/* auth_jwt REALM [token=$variable] | off */

static char *
ngx_http_jeton_auth_jwt(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t  *value;

    value = cf->args->elts;

    if (cf->args->nelts == 3) {
        if (ngx_strncmp(value[2].data, "token=$", 7) != 0) {
            return "takes token=$variable behind the realm";
        }

        if (jlcf->sources != NGX_CONF_UNSET_PTR) {
            return "has a second place for the token";
        }

        value[2].data += sizeof("token=$") - 1;
        value[2].len -= sizeof("token=$") - 1;

        jlcf->sources = ngx_http_jeton_variable_source(cf, &value[2]);
        if (jlcf->sources == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    return ngx_http_jeton(cf, cmd, conf);
}


/* A list of words; a second directive in one place would go unseen. */

static char *
ngx_http_jeton_words(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t     *value, *word;
    ngx_uint_t     i;
    ngx_array_t  **words;

    words = (ngx_array_t **) (p + cmd->offset);

    if (*words != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    *words = ngx_array_create(cf->pool, cf->args->nelts - 1,
                              sizeof(ngx_str_t));
    if (*words == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        word = ngx_array_push(*words);
        if (word == NULL) {
            return NGX_CONF_ERROR;
        }

        *word = value[i];
    }

    return NGX_CONF_OK;
}


/* jeton_key_file FILE ...; may be repeated */

static char *
ngx_http_jeton_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_jeton_loc_conf_t *jlcf = conf;

    ngx_str_t   *value, *file;
    ngx_uint_t   i;

    if (jlcf->files == NGX_CONF_UNSET_PTR) {
        jlcf->files = ngx_array_create(cf->pool, 2, sizeof(ngx_str_t));
        if (jlcf->files == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        file = ngx_array_push(jlcf->files);
        if (file == NULL) {
            return NGX_CONF_ERROR;
        }

        *file = value[i];

        if (ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_jeton_type(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "signed") != 0) {
        return "can only be \"signed\": encrypted tokens are not known yet";
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_jeton_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_jeton_main_conf_t));
    if (jmcf == NULL) {
        return NULL;
    }

    jmcf->cache_size = NGX_CONF_UNSET_SIZE;
    jmcf->zone_size = NGX_CONF_UNSET_SIZE;

    if (ngx_array_init(&jmcf->keys, cf->pool, 4,
                       sizeof(ngx_http_jeton_keys_t *))
        != NGX_OK
        || ngx_array_init(&jmcf->remotes, cf->pool, 1,
                          sizeof(ngx_http_jeton_keys_t *))
           != NGX_OK
        || ngx_array_init(&jmcf->segments, cf->pool, 1,
                          sizeof(ngx_http_jeton_segment_t *))
           != NGX_OK)
    {
        return NULL;
    }

    return jmcf;
}


static char *
ngx_http_jeton_init_main_conf(ngx_conf_t *cf, void *conf)
{
    return ngx_http_jeton_init_cache(cf, conf);
}


static void *
ngx_http_jeton_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_jeton_loc_conf_t  *jlcf;

    jlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_jeton_loc_conf_t));
    if (jlcf == NULL) {
        return NULL;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     jlcf->typ = { 0, NULL };
     *     jlcf->segment_name = { 0, NULL };
     *     jlcf->segment = { 0 };
     *     jlcf->keys = NULL;
     *     jlcf->policy = { 0 };
     *     jlcf->verifier = NULL;
     *     jlcf->generation = 0;
     */

    jlcf->realm = NGX_CONF_UNSET_PTR;
    jlcf->dry_run = NGX_CONF_UNSET;
    jlcf->sources = NGX_CONF_UNSET_PTR;
    jlcf->files = NGX_CONF_UNSET_PTR;
    jlcf->remotes = NGX_CONF_UNSET_PTR;
    jlcf->key_cache = NGX_CONF_UNSET;
    jlcf->stale = NGX_CONF_UNSET_PTR;
    jlcf->algs = NGX_CONF_UNSET_PTR;
    jlcf->issuers = NGX_CONF_UNSET_PTR;
    jlcf->audiences = NGX_CONF_UNSET_PTR;
    jlcf->leeway = NGX_CONF_UNSET;
    jlcf->identity = NGX_CONF_UNSET_PTR;
    jlcf->truths = NGX_CONF_UNSET_PTR;
    jlcf->requires = NGX_CONF_UNSET_PTR;

    return jlcf;
}


/* Keys of one place, files and requests, replace those of the place around. */

static void
ngx_http_jeton_merge_keys(ngx_http_jeton_loc_conf_t *conf,
    ngx_http_jeton_loc_conf_t *prev)
{
    if (conf->files == NGX_CONF_UNSET_PTR
        && conf->remotes == NGX_CONF_UNSET_PTR)
    {
        conf->files = prev->files;
        conf->remotes = prev->remotes;
    }

    ngx_conf_init_ptr_value(conf->files, NULL);
    ngx_conf_init_ptr_value(conf->remotes, NULL);
}


static char *
ngx_http_jeton_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_jeton_loc_conf_t *prev = parent;
    ngx_http_jeton_loc_conf_t *conf = child;

    ngx_conf_merge_ptr_value(conf->realm, prev->realm, NULL);
    ngx_conf_merge_value(conf->dry_run, prev->dry_run, 0);
    ngx_conf_merge_ptr_value(conf->sources, prev->sources, NULL);
    ngx_http_jeton_merge_keys(conf, prev);
    ngx_conf_merge_sec_value(conf->key_cache, prev->key_cache, 300);
    ngx_conf_merge_str_value(conf->segment_name, prev->segment_name, "");
    ngx_conf_merge_ptr_value(conf->stale, prev->stale, NULL);
    ngx_conf_merge_ptr_value(conf->algs, prev->algs, NULL);
    ngx_conf_merge_ptr_value(conf->issuers, prev->issuers, NULL);
    ngx_conf_merge_ptr_value(conf->audiences, prev->audiences, NULL);
    ngx_conf_merge_str_value(conf->typ, prev->typ, "");
    ngx_conf_merge_sec_value(conf->leeway, prev->leeway, 0);
    ngx_conf_merge_ptr_value(conf->truths, prev->truths, NULL);
    ngx_conf_merge_ptr_value(conf->identity, prev->identity, NULL);
    ngx_conf_merge_ptr_value(conf->requires, prev->requires, NULL);

    if (conf->realm == NULL) {
        return NGX_CONF_OK;
    }

    if (conf->files == NULL && conf->remotes == NULL
        && conf->segment_name.len == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"jeton\" is on and there are no keys: "
                           "\"jeton_key_file\", \"jeton_key_request\" or "
                           "\"jeton_segment\" is missing");
        return NGX_CONF_ERROR;
    }

    if (conf->sources == NULL) {
        conf->sources = ngx_http_jeton_default_sources(cf);
        if (conf->sources == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->files != NULL) {
        conf->keys = ngx_http_jeton_add_keys(cf, conf->files);
        if (conf->keys == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->segment_name.len > 0) {
        conf->segment.segment = ngx_http_jeton_add_segment(cf,
                                                        &conf->segment_name);
        if (conf->segment.segment == NULL) {
            return NGX_CONF_ERROR;
        }

        if (conf->stale != NULL) {
            conf->segment.rule = *conf->stale;
        }
    }

    return ngx_http_jeton_compile(cf, conf) == NGX_OK ? NGX_CONF_OK
                                                      : NGX_CONF_ERROR;
}


static ngx_int_t
ngx_http_jeton_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_ACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_jeton_access;

    return ngx_http_jeton_add_zone(cf);
}


static ngx_int_t
ngx_http_jeton_init_process(ngx_cycle_t *cycle)
{
    return ngx_http_jeton_watch_keys(cycle);
}
