/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_keys.c - files of keys: read when the configuration is, and
 * again by each worker when they change.  Of a file that is no good any more
 * the last good keys are kept.
 */


#include "ngx_http_jeton.h"


#define NGX_HTTP_JETON_FILE_MAX   262144
#define NGX_HTTP_JETON_WATCH      1000     /* milliseconds */
#define NGX_HTTP_JETON_KEYS_MAX   64       /* in all files of a location */


static ngx_int_t
ngx_http_jeton_read_file(ngx_http_jeton_file_t *file, ngx_pool_t *pool,
    ngx_log_t *log, ngx_str_t *text)
{
    ssize_t          n;
    ngx_int_t        rc;
    ngx_file_t       f;
    ngx_file_info_t  fi;

    rc = NGX_ERROR;
    ngx_memzero(&f, sizeof(ngx_file_t));
    f.name = file->name;
    f.log = log;

    f.fd = ngx_open_file(file->name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (f.fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed", &file->name);
        return NGX_ERROR;
    }

    if (ngx_fd_info(f.fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", &file->name);
        goto done;
    }

    if (ngx_file_size(&fi) > NGX_HTTP_JETON_FILE_MAX) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "\"%V\" is too large for keys",
                      &file->name);
        goto done;
    }

    text->data = ngx_pnalloc(pool, ngx_file_size(&fi) + 1);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&f, text->data, ngx_file_size(&fi), 0);
    if (n != ngx_file_size(&fi)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "\"%V\" was not read whole",
                      &file->name);
        goto done;
    }

    text->len = n;
    file->uniq = ngx_file_uniq(&fi);
    file->mtime = ngx_file_mtime(&fi);
    file->size = ngx_file_size(&fi);
    rc = NGX_OK;

done:

    if (ngx_close_file(f.fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", &file->name);
    }

    return rc;
}


/* A JWK Set, a JWK, or a key in PEM. */

static jeton_status
ngx_http_jeton_parse_file(ngx_str_t *text, jeton_keyset **set, jeton_err *err)
{
    u_char           *p, *last;
    jeton_key        *key;
    jeton_span        span;
    jeton_status      status;
    const jeton_key  *keys[1];

    p = text->data;
    last = text->data + text->len;
    span = jeton_bytes(text->data, text->len);

    while (p < last && (*p == ' ' || *p == '\t' || *p == CR || *p == LF)) {
        p++;
    }

    if (p < last && *p == '{') {
        return jeton_keyset_parse(NULL, span, set, err);
    }

    *set = NULL;
    status = jeton_key_parse_pem(NULL, span, JETON_ALG_UNSET, jeton_str(NULL),
                                 &key, err);

    if (status == JETON_OK) {
        keys[0] = key;
        status = jeton_keyset_new(NULL, keys, 1, set, err);
        jeton_key_free(&key);
    }

    return status;
}


/* All keys of all files, as one set. */

static ngx_int_t
ngx_http_jeton_load(ngx_http_jeton_keys_t *keys, ngx_pool_t *pool,
    ngx_log_t *log)
{
    size_t                  i, n, count;
    jeton_err               err;
    ngx_int_t               rc;
    ngx_str_t               text;
    jeton_keyset           *joined;
    jeton_keyset           *sets[NGX_HTTP_JETON_KEYS_MAX];
    const jeton_key        *all[NGX_HTTP_JETON_KEYS_MAX];
    ngx_http_jeton_file_t  *file;

    rc = NGX_ERROR;
    count = 0;
    ngx_memzero(&err, sizeof(jeton_err));
    ngx_memzero(sets, sizeof(sets));
    file = keys->files.elts;

    for (n = 0; n < keys->files.nelts; n++) {

        if (ngx_http_jeton_read_file(&file[n], pool, log, &text) != NGX_OK) {
            goto done;
        }

        if (ngx_http_jeton_parse_file(&text, &sets[n], &err) != JETON_OK) {
            ngx_log_error(NGX_LOG_EMERG, log, 0, "jeton: \"%V\": %s",
                          &file[n].name, err.text);
            goto done;
        }

        if (jeton_keyset_skipped(sets[n]) > 0) {
            ngx_log_error(NGX_LOG_WARN, log, 0,
                          "jeton: \"%V\": %uz keys skipped, the first: %s",
                          &file[n].name, jeton_keyset_skipped(sets[n]),
                          jeton_keyset_skipped_why(sets[n]));
        }

        for (i = 0; i < jeton_keyset_count(sets[n]); i++) {
            if (count == NGX_HTTP_JETON_KEYS_MAX) {
                ngx_log_error(NGX_LOG_EMERG, log, 0,
                              "jeton: more than %d keys",
                              NGX_HTTP_JETON_KEYS_MAX);
                goto done;
            }

            all[count++] = jeton_keyset_get(sets[n], i);
        }
    }

    if (jeton_keyset_new(NULL, all, count, &joined, &err) != JETON_OK) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "jeton: keys: %s", err.text);
        goto done;
    }

    jeton_keyset_free(&keys->keyset);
    keys->keyset = joined;
    keys->generation++;
    rc = NGX_OK;

done:

    for (n = 0; n < keys->files.nelts; n++) {
        jeton_keyset_free(&sets[n]);
    }

    return rc;
}


static void
ngx_http_jeton_free_keys(void *data)
{
    ngx_http_jeton_keys_t *keys = data;

    jeton_keyset_free(&keys->keyset);
}


static ngx_http_jeton_keys_t *
ngx_http_jeton_new_keys(ngx_conf_t *cf, ngx_array_t *files)
{
    ngx_str_t              *name;
    ngx_uint_t              i;
    ngx_pool_cleanup_t     *cln;
    ngx_http_jeton_keys_t  *keys;
    ngx_http_jeton_file_t  *file;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_jeton_keys_t));
    if (cln == NULL) {
        return NULL;
    }

    keys = cln->data;
    ngx_memzero(keys, sizeof(ngx_http_jeton_keys_t));
    cln->handler = ngx_http_jeton_free_keys;

    if (ngx_array_init(&keys->files, cf->pool, files->nelts,
                       sizeof(ngx_http_jeton_file_t))
        != NGX_OK)
    {
        return NULL;
    }

    name = files->elts;

    for (i = 0; i < files->nelts; i++) {
        file = ngx_array_push(&keys->files);
        if (file == NULL) {
            return NULL;
        }

        ngx_memzero(file, sizeof(ngx_http_jeton_file_t));
        file->name = name[i];
    }

    return keys;
}


static ngx_int_t
ngx_http_jeton_same_files(ngx_http_jeton_keys_t *keys, ngx_array_t *files)
{
    ngx_str_t              *name;
    ngx_uint_t              i;
    ngx_http_jeton_file_t  *file;

    if (keys->files.nelts != files->nelts) {
        return 0;
    }

    name = files->elts;
    file = keys->files.elts;

    for (i = 0; i < files->nelts; i++) {
        if (name[i].len != file[i].name.len
            || ngx_strcmp(name[i].data, file[i].name.data) != 0)
        {
            return 0;
        }
    }

    return 1;
}


/* The keys of these files: those of another location, or newly read ones. */

ngx_http_jeton_keys_t *
ngx_http_jeton_add_keys(ngx_conf_t *cf, ngx_array_t *files)
{
    ngx_uint_t                    i;
    ngx_http_jeton_keys_t        *keys, **known, **place;
    ngx_http_jeton_main_conf_t   *jmcf;

    jmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_jeton_module);
    known = jmcf->keys.elts;

    for (i = 0; i < jmcf->keys.nelts; i++) {
        if (ngx_http_jeton_same_files(known[i], files)) {
            return known[i];
        }
    }

    keys = ngx_http_jeton_new_keys(cf, files);

    if (keys == NULL
        || ngx_http_jeton_load(keys, cf->temp_pool, cf->log) != NGX_OK)
    {
        return NULL;
    }

    place = ngx_array_push(&jmcf->keys);
    if (place == NULL) {
        return NULL;
    }

    *place = keys;

    return keys;
}


static ngx_int_t
ngx_http_jeton_has_changed(ngx_http_jeton_keys_t *keys)
{
    ngx_uint_t              i;
    ngx_file_info_t         fi;
    ngx_http_jeton_file_t  *file;

    file = keys->files.elts;

    for (i = 0; i < keys->files.nelts; i++) {
        if (ngx_file_info(file[i].name.data, &fi) == NGX_FILE_ERROR) {
            continue;    /* about to be replaced, or gone: what is known stays */
        }

        if (ngx_file_uniq(&fi) != file[i].uniq
            || ngx_file_mtime(&fi) != file[i].mtime
            || ngx_file_size(&fi) != file[i].size)
        {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_jeton_watch_handler(ngx_event_t *ev)
{
    ngx_uint_t                    i;
    ngx_pool_t                   *pool;
    ngx_http_jeton_keys_t       **keys;
    ngx_http_jeton_main_conf_t   *jmcf;

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    jmcf = ev->data;
    keys = jmcf->keys.elts;

    for (i = 0; i < jmcf->keys.nelts; i++) {

        if (!ngx_http_jeton_has_changed(keys[i])) {
            continue;
        }

        pool = ngx_create_pool(4096, ev->log);

        if (pool != NULL) {
            if (ngx_http_jeton_load(keys[i], pool, ev->log) == NGX_OK) {
                ngx_log_error(NGX_LOG_NOTICE, ev->log, 0,
                              "jeton: keys have changed");
            }

            ngx_destroy_pool(pool);
        }
    }

    ngx_add_timer(ev, NGX_HTTP_JETON_WATCH);
}


/* A single process takes up another configuration without being a new one. */

static void
ngx_http_jeton_watch_no_more(void *data)
{
    ngx_http_jeton_main_conf_t *jmcf = data;

    if (jmcf->watch.timer_set) {
        ngx_del_timer(&jmcf->watch);
    }
}


/* Each worker has its own keys, and looks by itself. */

ngx_int_t
ngx_http_jeton_watch_keys(ngx_cycle_t *cycle)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_jeton_main_conf_t  *jmcf;

    jmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_jeton_module);

    if (jmcf == NULL || jmcf->keys.nelts == 0) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(cycle->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_jeton_watch_no_more;
    cln->data = jmcf;

    jmcf->watch.handler = ngx_http_jeton_watch_handler;
    jmcf->watch.data = jmcf;
    jmcf->watch.log = cycle->log;
    jmcf->watch.cancelable = 1;

    ngx_add_timer(&jmcf->watch, NGX_HTTP_JETON_WATCH);

    return NGX_OK;
}
