/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_admin.c - the arguments of an operation from a request: lines with the name of an
 * operation, the segment of its path and its query, then the body. What is accepted is what the
 * operation takes, each of its kind. */
#include "admin/operation.h"
#include "api/admin_arguments.h"
#include "fuzz.h"

static jeton_span take_line(jeton_span *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    const size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    const jeton_span line = jeton_bytes(rest->ptr, len);
    const size_t used = end != NULL ? len + 1 : len;
    *rest = jeton_bytes(rest->ptr + used, rest->len - used);
    return line;
}

static void check_members(const jd_operation *operation, const jt_val *arguments)
{
    FUZZ_HOLDS(jt_kind_of(arguments) == JT_OBJECT);
    for (jt_iter it = jt_iter_of(arguments); jt_iter_next(&it);)
        FUZZ_HOLDS(jd_operation_takes(operation, it.name) == jt_kind_of(it.val));
    for (const jd_argument *row = operation->arguments; row->name != NULL; row++)
        FUZZ_HOLDS(!row->required || jt_get(arguments, row->name) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_span rest = jeton_bytes(bytes, len);
    const jd_operation *operation = jd_operation_find(take_line(&rest));
    const jeton_span params[] = {take_line(&rest), jeton_str("x")};
    const jeton_span query = take_line(&rest);
    const jd_admin_request request = {.params = params, .query = query, .body = rest, .json = true};
    jt_arena arena = jt_arena_init(NULL);
    jt_json *arguments = NULL;
    jeton_err err = {0};
    if (operation == NULL || operation->path == NULL) {
        jt_arena_done(&arena);
        return 0;
    }
    const jeton_status status = jd_admin_parse(&request, operation, &arena, &arguments, &err);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_REQUEST || status == JETON_E_NOMEM);
    FUZZ_HOLDS((status == JETON_OK) == (arguments != NULL));
    FUZZ_HOLDS((status == JETON_OK) == (err.text[0] == '\0'));
    if (arguments != NULL)
        check_members(operation, jt_json_root(arguments));
    jt_json_free(&arguments);
    jt_arena_done(&arena);
    return 0;
}
