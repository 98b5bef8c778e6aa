/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/requests.h - requests written down as text, with "@name" for a token of a table,
 * and a guard that decides about them. */
#ifndef JT_UNIT_REQUESTS_H
#define JT_UNIT_REQUESTS_H

#include "../token/tokens.h"

#include <ctype.h>
#include <strings.h>

/* A token by name: its claims, and whether its signature is good. */
typedef struct request_token {
    const char *name, *claims;
    bool forged;
    char *text;
} request_token;

#define EXP  ",\"exp\":1700000900"
#define CSRF ",\"csrf\":\"abcdefghijklmnopqrstuvwxyz012345\""

static request_token request_tokens[] = {
    {"access", "{\"sub\":\"alice\",\"type\":\"access\"" CSRF EXP "}", false, NULL},
    {"bob", "{\"sub\":\"bob\"" CSRF EXP "}", false, NULL},
    {"refresh", "{\"sub\":\"alice\",\"type\":\"refresh\"" CSRF EXP "}", false, NULL},
    {"oddtype", "{\"sub\":\"alice\",\"type\":\"id\"" EXP "}", false, NULL},
    {"numbertype", "{\"sub\":\"alice\",\"type\":7" EXP "}", false, NULL},
    {"forged", "{\"sub\":\"alice\"" EXP "}", true, NULL},
    {"expired", "{\"sub\":\"alice\",\"exp\":1600000000}", false, NULL},
    {"notyet", "{\"sub\":\"alice\",\"nbf\":1800000000,\"exp\":1900000000}", false, NULL},
    {"nobody", "{\"exp\":1700000900}", false, NULL},
    {"empty", "{\"sub\":\"\"" EXP "}", false, NULL},
    {"number", "{\"sub\":42" EXP "}", false, NULL},
    {"list", "{\"sub\":\"a\",\"who\":[1]" EXP "}", false, NULL},
    {"nocsrf", "{\"sub\":\"alice\"" EXP "}", false, NULL},
    {"shortcsrf", "{\"sub\":\"alice\",\"csrf\":\"a\"" EXP "}", false, NULL},
    {"fresh", "{\"sub\":\"alice\",\"fresh\":true,\"iat\":1699990000" EXP "}", false, NULL},
    {"unfresh", "{\"sub\":\"alice\",\"fresh\":false,\"iat\":1699999999" EXP "}", false, NULL},
    {"freshuntil", "{\"sub\":\"alice\",\"fresh\":1700000001" EXP "}", false, NULL},
    {"freshpast", "{\"sub\":\"alice\",\"fresh\":1699999999" EXP "}", false, NULL},
    {"freshtext", "{\"sub\":\"alice\",\"fresh\":\"yes\"" EXP "}", false, NULL},
    {"login300", "{\"sub\":\"alice\",\"iat\":1699999999,\"auth_time\":1699999700" EXP "}", false,
     NULL},
    {"login301", "{\"sub\":\"alice\",\"iat\":1699999999,\"auth_time\":1699999699" EXP "}", false,
     NULL},
    {"logintext", "{\"sub\":\"alice\",\"iat\":1699999999,\"auth_time\":\"x\"" EXP "}", false, NULL},
    {"iat300", "{\"sub\":\"alice\",\"iat\":1699999700" EXP "}", false, NULL},
    {"iat301", "{\"sub\":\"alice\",\"iat\":1699999699" EXP "}", false, NULL},
    {"admin",
     "{\"sub\":\"alice\",\"roles\":[\"admin\",\"user\"],\"scope\":\"read write\",\"level\":3" EXP
     "}",
     false, NULL},
    {"words", "{\"sub\":\"alice\",\"roles\":\"admin user\",\"scope\":[\"read\",\"write\"]" EXP "}",
     false, NULL},
    {"aud", "{\"sub\":\"alice\",\"aud\":\"a\"" EXP "}", false, NULL},
    {"iss", "{\"sub\":\"alice\",\"iss\":\"i\"" EXP "}", false, NULL},
    {"late10", "{\"sub\":\"alice\",\"exp\":1699999990}", false, NULL},
    {"soon10", "{\"sub\":\"alice\",\"nbf\":1700000010" EXP "}", false, NULL},
    {"served",
     "{\"sub\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"sid\":\"BAAAAAAAAAAAAAAAAAAAAA\","
     "\"jti\":\"q3mZ8vWxT1c0LkQy\",\"client_id\":\"web\",\"rev\":7" EXP "}",
     false, NULL},
    {"deep", "{\"sub\":\"alice\",\"realm_access\":{\"roles\":[\"admin\"]}" EXP "}", false, NULL},
};

/* The signing key and another one with which nothing good is signed. */
static jeton_keyset *request_keys;
static jeton_verifier *request_verifier;
static jeton_visit *request_visit;
static jeton_decision decision;

static inline int request_set_up(void **state)
{
    static const jeton_policy lax = {.allow = JETON_ALLOW_NUMBER_SUB};
    (void)state;
    request_keys = token_keyset(token_key(JETON_HS256));
    for (size_t i = 0; i < COUNT(request_tokens); i++) {
        request_token *token = &request_tokens[i];
        token->text = token_forge(token_key(token->forged ? JETON_HS384 : JETON_HS256), JETON_HS256,
                                  "{\"alg\":\"HS256\"}", token->claims);
    }
    assert_int_equal(jeton_verifier_new(token_ctx(), &lax, request_keys, &request_verifier, NULL),
                     JETON_OK);
    return jeton_visit_new(token_ctx(), &request_visit, NULL) == JETON_OK ? 0 : 1;
}

static inline int request_tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_tokens); i++)
        free(request_tokens[i].text);
    jeton_visit_free(&request_visit);
    jeton_verifier_free(&request_verifier);
    jeton_keyset_free(&request_keys);
    return 0;
}

static inline const char *request_token_named(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(request_tokens); i++)
        if (strlen(request_tokens[i].name) == len && memcmp(request_tokens[i].name, name, len) == 0)
            return request_tokens[i].text;
    fail_msg("there is no token of this name: %s", name);
    return NULL;
}

/* The text with each "@name" replaced; it stays until the next test process ends. */
static inline const char *request_text(const char *text)
{
    static char room[64][4096];
    static size_t next;
    if (text == NULL)
        return NULL;
    char *to = room[next++ % COUNT(room)];
    size_t len = 0;
    while (*text != '\0') {
        if (*text != '@') {
            to[len++] = *text++;
            continue;
        }
        const char *name = ++text;
        while (isalnum((unsigned char)*text))
            text++;
        const char *token = request_token_named(name, (size_t)(text - name));
        memcpy(to + len, token, strlen(token));
        len += strlen(token);
    }
    to[len] = '\0';
    return to;
}

/* A request: headers as "Name: value", the rest as it is sent. */
typedef struct request_sent {
    const char *method;     /* NULL: GET */
    const char *headers[5]; /* up to the first NULL */
    const char *query, *body;
} request_sent;

static inline size_t request_header(void *user, const char *name, jeton_span *value)
{
    const request_sent *sent = user;
    const size_t len = strlen(name);
    size_t count = 0;
    *value = jeton_str(NULL);
    for (size_t i = 0; i < COUNT(sent->headers) && sent->headers[i] != NULL; i++) {
        const char *header = sent->headers[i];
        if (strncasecmp(header, name, len) == 0 && header[len] == ':' && count++ == 0)
            *value = jeton_str(request_text(header + len + 2));
    }
    return count;
}

/* Begins a visit with the request, which has to stay. */
static inline void request_begin(const request_sent *sent)
{
    const jeton_request request = {
        .method = sent->method != NULL ? sent->method : "GET",
        .user = (void *)(uintptr_t)sent,
        .header = request_header,
        .query_text = jeton_str(request_text(sent->query)),
        .body = jeton_str(request_text(sent->body)),
    };
    jeton_visit_begin(request_visit, &request);
}

static inline jeton_guard *request_guard(const jeton_guard_settings *settings)
{
    jeton_guard *guard = NULL;
    jeton_err err = {0};
    if (jeton_guard_new(token_ctx(), settings, request_verifier, &guard, &err) != JETON_OK)
        fail_msg("%s", err.text);
    return guard;
}

/* The decision in `decision`: every member of it is overwritten. */
static inline jeton_status request_check(const jeton_guard *guard, const jeton_route *route)
{
    memset(&decision, 0x5a, sizeof decision);
    const jeton_status status = jeton_guard_check(guard, route, request_visit, &decision);
    assert_int_equal(decision.status, status);
    assert_int_equal(decision.allowed, status == JETON_OK);
    assert_int_equal(decision.refusal == JETON_REFUSED_NOT, status == JETON_OK);
    if (status == JETON_OK) {
        assert_int_equal(decision.http, 200);
        assert_null(decision.challenge);
        assert_int_equal(decision.body.len, 0);
        assert_string_equal(decision.why, "");
    } else {
        assert_int_equal(decision.identity.len, 0);
        assert_null(decision.user);
    }
    return status;
}

/* A guard of its own for one request. What the decision points to lives on in the visit. */
static inline jeton_status request_judge(const jeton_guard_settings *settings,
                                         const jeton_route *route, const request_sent *sent)
{
    jeton_guard *guard = request_guard(settings);
    request_begin(sent);
    const jeton_status status = request_check(guard, route);
    jeton_guard_free(&guard);
    return status;
}

#endif
