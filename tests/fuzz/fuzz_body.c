/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_body.c - the fields of a request's body: the first byte chooses what it is said
 * to be, the rest is the body. What is demanded is there afterwards, or the body is refused with a
 * sentence; a switch is true only where the text says so. */
#include "api/body.h"
#include "fuzz.h"
#include "http/exchange.h"

static const char *const types[] = {
    "application/json",
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/jsonx",
};

#define TYPES (sizeof types / sizeof types[0])

static void read_fields(jd_call *call)
{
    jeton_span name = {NULL, 77};
    jeton_span password = {NULL, 77};
    const jd_want wants[] = {{"username", &name, true}, {"password", &password, false}};
    jeton_err err = {0};
    const jeton_status status = jd_body_read(call, wants, 2, &err);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_REQUEST);
    FUZZ_HOLDS((status == JETON_OK) == (err.text[0] == '\0'));
    FUZZ_HOLDS(status != JETON_OK || name.len > 0);
    const size_t room = call->request->body.len;
    FUZZ_HOLDS(name.len <= room && password.len <= room);
}

static void read_switch(jd_call *call)
{
    const jeton_span body = jd_request_body(call->request);
    jeton_err err = {0};
    bool is = true;
    const jeton_status status = jd_body_switch(call, "cookies", &is, &err);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_REQUEST);
    if (status == JETON_OK && is) /* its name may be written with escapes */
        FUZZ_HOLDS(memmem(body.ptr, body.len, "t", 1) != NULL ||
                   memchr(body.ptr, '%', body.len) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len < 2)
        return 0;
    jd_head_field type = {jeton_str("Content-Type"), jeton_str(types[bytes[0] % TYPES])};
    jd_request request = {.head = {.fields = &type, .count = 1}, .arena = jt_arena_init(NULL)};
    jd_call call = {.request = &request, .arena = &request.arena};
    request.body = jt_buf_init(NULL);
    FUZZ_HOLDS(jt_buf_add(&request.body, jeton_bytes(bytes + 1, len - 1), NULL) == JETON_OK);
    read_fields(&call);
    read_switch(&call);
    jt_buf_done(&request.body);
    jt_arena_done(&request.arena);
    return 0;
}
