/* SPDX-License-Identifier: Apache-2.0 */
/* adapters/mhd/jeton_mhd.c - says to a guard what a request of libmicrohttpd holds, and to
 * libmicrohttpd what the guard answers. */
#include "jeton_mhd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COOKIES 8U

struct jeton_mhd {
    struct MHD_Connection *connection;
    jeton_visit *visit;
    char method[32];
    bool begun; /* the visit has the request */
    bool too_long;
    char *body;
    size_t len;
    char *cookies[COOKIES];
    size_t cookie_count;
};

/* ---- what the request holds ----------------------------------------------------------------- */

/* What is looked for among headers or arguments. */
typedef struct search {
    const char *name;
    int (*compare)(const char *a, const char *b);
    size_t count;
    jeton_span first;
} search;

static enum MHD_Result look(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                            const char *value, size_t len)
{
    search *of = cls;
    (void)kind;
    /* a name with a NUL in it is none that we ask for */
    if (strlen(name) == name_len && of->compare(name, of->name) == 0 && of->count++ == 0)
        of->first = jeton_bytes(value != NULL ? value : "", len);
    return MHD_YES;
}

static size_t find(const jeton_mhd *request, enum MHD_ValueKind kind, search *of, jeton_span *value)
{
    (void)MHD_get_connection_values_n(request->connection, kind, look, of);
    *value = of->first;
    return of->count;
}

static size_t header(void *user, const char *name, jeton_span *value)
{
    search of = {.name = name, .compare = strcasecmp};
    return find(user, MHD_HEADER_KIND, &of, value);
}

static size_t query(void *user, const char *name, jeton_span *value)
{
    search of = {.name = name, .compare = strcmp};
    return find(user, MHD_GET_ARGUMENT_KIND, &of, value);
}

static void begin(jeton_mhd *request)
{
    const jeton_request is = {
        .method = request->method,
        .user = request,
        .header = header,
        .query = query,
        .body = jeton_bytes(request->body, request->len),
    };
    if (!request->begun)
        jeton_visit_begin(request->visit, &is);
    request->begun = true;
}

/* ---- taking it in --------------------------------------------------------------------------- */

static void free_request(jeton_mhd *request)
{
    jeton_visit_free(&request->visit);
    if (request->body != NULL)
        memset(request->body, 0, request->len); /* a password may be in it */
    free(request->body);
    for (size_t i = 0; i < request->cookie_count; i++)
        free(request->cookies[i]);
    free(request);
}

static jeton_mhd *new_request(struct MHD_Connection *connection, const char *method)
{
    jeton_mhd *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->connection = connection;
    /* a longer method is none that anybody asks for by name: cut, it is still unsafe */
    strncpy(made->method, method, sizeof made->method - 1);
    if (jeton_visit_new(NULL, &made->visit, NULL) == JETON_OK)
        return made;
    free_request(made);
    return NULL;
}

static bool keep(jeton_mhd *request, const char *data, size_t size)
{
    if (request->too_long || size > JETON_MHD_BODY - request->len) {
        request->too_long = true;
        return true;
    }
    char *larger = malloc(request->len + size);
    if (larger == NULL)
        return false;
    if (request->len > 0) {
        memcpy(larger, request->body, request->len);
        memset(request->body, 0, request->len); /* not realloc, which leaves the old bytes behind */
    }
    memcpy(larger + request->len, data, size);
    free(request->body);
    request->body = larger;
    request->len += size;
    return true;
}

bool jeton_mhd_ready(struct MHD_Connection *connection, const char *method, const char *data,
                     size_t *size, void **state, enum MHD_Result *result)
{
    jeton_mhd *request = *state;
    if (request == NULL) { /* the first call has the head only */
        *state = new_request(connection, method);
        *result = *state != NULL ? MHD_YES : MHD_NO;
        return false;
    }
    if (*size > 0) {
        *result = keep(request, data, *size) ? MHD_YES : MHD_NO;
        *size = 0;
        return false;
    }
    if (request->too_long) {
        *result = jeton_mhd_answer(request, MHD_HTTP_CONTENT_TOO_LARGE, NULL,
                                   "{\"error\":\"invalid_request\"}");
        return false;
    }
    begin(request);
    return true;
}

void jeton_mhd_done(void *cls, struct MHD_Connection *connection, void **state,
                    enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    if (*state != NULL)
        free_request(*state);
    *state = NULL;
}

/* ---- deciding and answering ----------------------------------------------------------------- */

bool jeton_mhd_guard(jeton_mhd *request, const jeton_guard *guard, const jeton_route *route,
                     jeton_decision *decision)
{
    return jeton_guard_check(guard, route, request->visit, decision) == JETON_OK;
}

bool jeton_mhd_field(jeton_mhd *request, const char *name, jeton_span *value)
{
    return jeton_visit_field(request->visit, name, value);
}

void jeton_mhd_set_cookie(void *request, const char *line)
{
    jeton_mhd *to = request;
    char *copy = to->cookie_count < COOKIES ? strdup(line) : NULL;
    if (copy != NULL)
        to->cookies[to->cookie_count++] = copy;
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

static enum MHD_Result send_answer(const jeton_mhd *request, unsigned http, const char *type,
                                   const char *challenge, jeton_span body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.len, (void *)(uintptr_t)body.ptr, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    bool good = add(response, MHD_HTTP_HEADER_CONTENT_TYPE, type) &&
                add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store") &&
                add(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, challenge);
    for (size_t i = 0; i < request->cookie_count; i++)
        good = good && add(response, MHD_HTTP_HEADER_SET_COOKIE, request->cookies[i]);
    const enum MHD_Result result =
        good ? MHD_queue_response(request->connection, http, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result jeton_mhd_refuse(jeton_mhd *request, const jeton_decision *decision)
{
    return send_answer(request, decision->http, "application/json", decision->challenge,
                       decision->body);
}

enum MHD_Result jeton_mhd_answer(jeton_mhd *request, unsigned http, const char *type,
                                 const char *text)
{
    return send_answer(request, http, type != NULL ? type : "application/json", NULL,
                       jeton_str(text));
}
