/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton.h - the parts of ngx_http_jeton_module.
 *
 *   module     directives, their inheritance, the life of a worker
 *   access     the one decision about a request
 *   token      where the token of a request is
 *   keys       key files: loaded, watched, replaced
 *   remote     keys that a subrequest brings
 *   segment    the shared memory of jeton serve: revocation, and keys
 *   policy     what is demanded, and the verifier made of it
 *   cache      what is remembered, in a worker and by all of them
 *   identity   what a token says, for the application
 *   variables  what a token says, for the rest of the configuration
 *
 * Location configurations never change while requests are served, but for
 * the verifiers in them, which are replaced as a whole when keys change.
 * What belongs to a request is in its context.
 */


#ifndef _NGX_HTTP_JETON_H_INCLUDED_
#define _NGX_HTTP_JETON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <jeton/cache.h>
#include <jeton/keyset.h>
#include <jeton/policy.h>
#include <jeton/segment.h>
#include <jeton/text.h>
#include <jeton/verdict.h>
#include <jeton/verifier.h>


/* Where a token may be: a variable, and whether "Bearer " stands before. */

typedef struct {
    ngx_int_t                 index;
    unsigned                  bearer:1;
} ngx_http_jeton_source_t;


/*
 * Keys, from files, one for each distinct list of them; or from a URI, one for
 * each "jeton_key_request".
 */

typedef struct {
    ngx_str_t                 name;
    ngx_file_uniq_t           uniq;
    time_t                    mtime;
    off_t                     size;
} ngx_http_jeton_file_t;


typedef struct {
    ngx_array_t               files;       /* ngx_http_jeton_file_t */
    ngx_str_t                 uri;         /* or this */
    ngx_uint_t                slot;        /* its place in shared memory */
    jeton_keyset             *keyset;      /* NULL: nothing has come yet */
    ngx_uint_t                generation;
} ngx_http_jeton_keys_t;


/* Shared memory of the jeton serve on this host.  One for each path. */

typedef struct {
    ngx_str_t                 name;
    jeton_segment            *segment;
} ngx_http_jeton_segment_t;


/* "jeton_require": a rule, and the status of a token that does not meet it. */

typedef struct {
    jeton_rule                rule;
    ngx_uint_t                status;
} ngx_http_jeton_require_t;


/* "auth_jwt_require": what must be neither empty nor "0". */

typedef struct {
    ngx_http_complex_value_t  value;
    ngx_uint_t                status;
} ngx_http_jeton_truth_t;


/* "jeton_identity": a claim, in a header of the request that goes on. */

typedef struct {
    ngx_str_t                 header;
    u_char                   *lowcase;
    ngx_uint_t                hash;
    char                     *path;
} ngx_http_jeton_identity_t;


typedef struct {
    ngx_array_t               keys;        /* ngx_http_jeton_keys_t * */
    ngx_array_t               remotes;     /* ngx_http_jeton_keys_t * */
    ngx_shm_zone_t           *zone;        /* of their keys */
    ngx_array_t               segments;    /* ngx_http_jeton_segment_t * */
    jeton_cache              *cache;       /* of this worker */
    size_t                    cache_size;
    ngx_shm_zone_t           *signatures;  /* of all of them */
    ngx_str_t                 zone_name;
    size_t                    zone_size;
    ngx_uint_t                cache_given;
    jeton_verdict            *spare[64];   /* warm ones, for the next request */
    ngx_uint_t                nspare;
    ngx_event_t               watch;       /* looks at the files */
} ngx_http_jeton_main_conf_t;


typedef struct {
    ngx_http_complex_value_t *realm;       /* NULL: off */
    ngx_flag_t                dry_run;

    ngx_array_t              *sources;     /* ngx_http_jeton_source_t */
    ngx_array_t              *files;       /* ngx_str_t */

    ngx_array_t              *remotes;     /* ngx_http_jeton_keys_t * */
    time_t                    key_cache;
    ngx_str_t                 segment_name;
    jeton_stale_rule         *stale;

    ngx_array_t              *algs;        /* ngx_str_t, here and below */
    ngx_array_t              *issuers;
    ngx_array_t              *audiences;
    ngx_str_t                 typ;
    time_t                    leeway;
    ngx_array_t              *truths;      /* ngx_http_jeton_truth_t */
    ngx_array_t              *identity;    /* ngx_http_jeton_identity_t */
    ngx_array_t              *requires;    /* ngx_http_jeton_require_t */

    ngx_http_jeton_keys_t    *keys;        /* of the files, or NULL */
    jeton_segment_use         segment;     /* asked about revocation */
    jeton_policy              policy;
    jeton_verifier           *verifier;
    ngx_uint_t                generation;  /* of all keys it was made with */
} ngx_http_jeton_loc_conf_t;


/* What is known of a request. */

typedef struct {
    ngx_http_jeton_loc_conf_t *conf;       /* whose decision it is */
    jeton_verdict             *verdict;    /* NULL: no token was looked at */
    ngx_str_t                  token;
    const char                *reason;     /* of the outcome, a word */
    ngx_int_t                  rc;
    void                      *said_by;    /* the URI that was asked last, */
    ngx_str_t                  said_of;    /* about that token, */
    jeton_status               said;       /* and the answer */
    ngx_event_t                poll;       /* while another one fetches */
    ngx_uint_t                 polls;
    ngx_uint_t                 tries;
    unsigned                   asking:1;   /* a subrequest is under way */
    unsigned                   wanted:1;   /* an answer that is not there */
    unsigned                   fetching:1; /* and waits for it */
} ngx_http_jeton_ctx_t;


ngx_int_t ngx_http_jeton_access(ngx_http_request_t *r);

ngx_http_jeton_ctx_t *ngx_http_jeton_get_ctx(ngx_http_request_t *r);

char *ngx_http_jeton_token(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_jeton_find_token(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_str_t *token);
ngx_array_t *ngx_http_jeton_default_sources(ngx_conf_t *cf);
ngx_array_t *ngx_http_jeton_variable_source(ngx_conf_t *cf, ngx_str_t *name);

ngx_http_jeton_keys_t *ngx_http_jeton_add_keys(ngx_conf_t *cf,
    ngx_array_t *files);
ngx_int_t ngx_http_jeton_watch_keys(ngx_cycle_t *cycle);

char *ngx_http_jeton_key_request(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_jeton_add_zone(ngx_conf_t *cf);
ngx_uint_t ngx_http_jeton_is_missing(ngx_http_jeton_loc_conf_t *jlcf);
ngx_int_t ngx_http_jeton_fetch(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_http_jeton_ctx_t *ctx,
    ngx_uint_t unknown);

char *ngx_http_jeton_stale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
jeton_segment *ngx_http_jeton_add_segment(ngx_conf_t *cf, ngx_str_t *name);

char *ngx_http_jeton_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_jeton_auth_jwt_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
ngx_int_t ngx_http_jeton_check_truths(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf);
ngx_int_t ngx_http_jeton_compile(ngx_conf_t *cf,
    ngx_http_jeton_loc_conf_t *jlcf);
jeton_verifier *ngx_http_jeton_verifier(ngx_http_jeton_main_conf_t *jmcf,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_log_t *log);
char *ngx_http_jeton_set_introspect(ngx_conf_t *cf, ngx_str_t *value,
    jeton_stale_rule *rule);
jeton_status ngx_http_jeton_verify_for(ngx_http_jeton_ctx_t *ctx,
    jeton_verifier *verifier);
ngx_int_t ngx_http_jeton_introspect(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_http_jeton_ctx_t *ctx);

ngx_int_t ngx_http_jeton_status(ngx_http_jeton_loc_conf_t *jlcf,
    jeton_verdict *verdict);

char *ngx_http_jeton_set_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_jeton_init_cache(ngx_conf_t *cf,
    ngx_http_jeton_main_conf_t *jmcf);
void ngx_http_jeton_use_cache(ngx_http_jeton_main_conf_t *jmcf,
    jeton_verifier *verifier);

char *ngx_http_jeton_identity(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_jeton_tell(ngx_http_request_t *r,
    ngx_http_jeton_loc_conf_t *jlcf, ngx_http_jeton_ctx_t *ctx);

char *ngx_http_jeton_pointer(ngx_conf_t *cf, ngx_str_t *name, ngx_uint_t n);
char *ngx_http_jeton_claim_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_jeton_add_variables(ngx_conf_t *cf);


extern ngx_module_t  ngx_http_jeton_module;


#endif /* _NGX_HTTP_JETON_H_INCLUDED_ */
