/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_compact.c - compact tokens: three segments, each within its limit and in
 * its one encoding. */
#include "token/compact.h"

#include "core/base64url.h"
#include "core/ctx.h"
#include "core/limits.h"
#include "json/json.h"

#include "../unit.h"

#include <stdio.h>

static const struct {
    const char *why, *token;
    jeton_status want;
} shapes[] = {
    {"three segments", "aa.bb.cc", JETON_OK},
    {"an empty signature", "aa.bb.", JETON_OK},
    {"an empty payload", "aa..cc", JETON_OK},
    {"an empty header", ".bb.cc", JETON_OK},
    {"nothing but dots", "..", JETON_OK},
    {"nothing", "", JETON_E_SYNTAX},
    {"one dot", "aa.bb", JETON_E_SYNTAX},
    {"no dot", "aabbcc", JETON_E_SYNTAX},
    {"a dot behind", "aa.bb.cc.", JETON_E_SYNTAX},
    {"a dot before", ".aa.bb.cc", JETON_E_SYNTAX},
    {"five parts, as an encrypted token has", "aa.bb.cc.dd.ee", JETON_E_SYNTAX},
};

static void compact_has_three_segments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        print_message("  %s\n", shapes[i].why);
        jt_segments s;
        memset(&s, 0x5a, sizeof s);
        jeton_err err = {0};
        assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_str(shapes[i].token), &s, &err),
                         shapes[i].want);
        assert_int_equal(err.status, shapes[i].want);
        if (shapes[i].want == JETON_OK) {
            assert_int_equal(s.header.len + s.payload.len + s.signature.len + 2,
                             strlen(shapes[i].token));
            assert_int_equal(s.signed_part.len, s.header.len + 1 + s.payload.len);
        } else {
            static const jt_segments empty;
            assert_memory_equal(&s, &empty, sizeof s);
        }
    }
}

static void compact_points_into_the_token(void **state)
{
    (void)state;
    static const char token[] = "aa.bbb.cccc";
    jt_segments s;
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_str(token), &s, NULL), JETON_OK);
    unit_assert_span(s.header, "aa");
    unit_assert_span(s.payload, "bbb");
    unit_assert_span(s.signature, "cccc");
    unit_assert_span(s.signed_part, "aa.bbb");
    assert_ptr_equal(s.signed_part.ptr, token);
}

static void compact_takes_the_empty_span(void **state)
{
    (void)state;
    jt_segments s;
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_str(NULL), &s, NULL), JETON_E_SYNTAX);
}

/* The token ends where its span ends, whatever stands behind. */
static void compact_does_not_read_on(void **state)
{
    (void)state;
    jt_segments s;
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_bytes("aa.bb.cc", 5), &s, NULL),
                     JETON_E_SYNTAX);
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_bytes("aa.bb.cc.dd", 8), &s, NULL),
                     JETON_OK);
    unit_assert_span(s.signature, "cc");
}

static jeton_status find_measured(const jeton_limits *limits, size_t header, size_t payload,
                                  size_t signature)
{
    const size_t len = header + payload + signature + 2;
    char *token = malloc(len);
    assert_non_null(token);
    memset(token, 'A', len);
    token[header] = token[header + 1 + payload] = '.';
    jt_segments s;
    const jeton_status status = jt_segments_find(limits, jeton_bytes(token, len), &s, NULL);
    free(token);
    return status;
}

static void compact_holds_each_segment_against_its_limit(void **state)
{
    (void)state;
    const jeton_limits limits = {.token = 100000, .header = 30, .payload = 60};
    const size_t signature = jt_base64url_chars(JT_LIMIT_SIGNATURE);
    assert_int_equal(find_measured(&limits, 40, 80, signature), JETON_OK);
    assert_int_equal(find_measured(&limits, 41, 80, signature), JETON_E_LIMIT);
    assert_int_equal(find_measured(&limits, 40, 81, signature), JETON_E_LIMIT);
    assert_int_equal(find_measured(&limits, 40, 80, signature + 1), JETON_E_LIMIT);
}

static void compact_holds_the_whole_against_its_limit(void **state)
{
    (void)state;
    const jeton_limits limits = {.token = 20, .header = 100, .payload = 100};
    assert_int_equal(find_measured(&limits, 6, 6, 6), JETON_OK);
    assert_int_equal(find_measured(&limits, 6, 6, 7), JETON_E_LIMIT);
}

static void compact_refuses_giants_before_it_looks(void **state)
{
    (void)state;
    const size_t million = 1000000;
    char *dots = malloc(million);
    assert_non_null(dots);
    memset(dots, '.', million);
    jt_segments s;
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_bytes(dots, million), &s, NULL),
                     JETON_E_LIMIT);
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_bytes(dots, 1000), &s, NULL),
                     JETON_E_SYNTAX);
    free(dots);
    assert_int_equal(find_measured(jt_limits(NULL), 10, (size_t)16 << 20, 10), JETON_E_LIMIT);
    assert_int_equal(find_measured(jt_limits(NULL), 200 << 10, 10, 10), JETON_E_LIMIT);
    assert_int_equal(find_measured(jt_limits(NULL), 11 << 10, 10, 10), JETON_E_LIMIT);
}

/* ---- decoding ------------------------------------------------------------------------------- */

static jeton_status decode(const char *token, jt_buf *to, jt_octets *octets, jeton_err *err)
{
    jt_segments s;
    assert_int_equal(jt_segments_find(jt_limits(NULL), jeton_str(token), &s, NULL), JETON_OK);
    memset(octets, 0x5a, sizeof *octets);
    return jt_segments_decode(&s, to, octets, err);
}

static void compact_decodes_all_three(void **state)
{
    (void)state;
    jt_buf to = jt_buf_init(NULL);
    jt_octets o;
    assert_int_equal(decode("eyJ9.Zm9vYmFy.Zg", &to, &o, NULL), JETON_OK);
    unit_assert_span(jeton_bytes(o.header, o.header_len), "{\"}");
    unit_assert_span(o.payload, "foobar");
    unit_assert_span(jeton_bytes(o.claims, o.payload.len), "foobar");
    unit_assert_span(o.signature, "f");
    jt_buf_done(&to);
}

/* Reading JSON in place overwrites; nothing else may be hit by that. */
static void compact_keeps_what_is_parsed_in_place_apart(void **state)
{
    (void)state;
    jt_buf to = jt_buf_init(NULL);
    jt_octets o;
    assert_int_equal(decode("Zm9v.YmFyYmF6.cXV4", &to, &o, NULL), JETON_OK);
    memset(o.header, 0, o.header_len + JT_JSON_PADDING);
    memset(o.claims, 0, o.payload.len + JT_JSON_PADDING);
    unit_assert_span(o.payload, "barbaz");
    unit_assert_span(o.signature, "qux");
    jt_buf_done(&to);
}

static const char *const not_canonical[] = {
    "Zg==", "Zh",    "Z",    "Zm9vY", "Zm9v=", " Zg",
    "Zg ",  "Zm\n9", "A+z_", "A-z/",  "Zm9?",  "\xc3\xa9Zg",
};

static void compact_refuses_other_encodings_in_each_segment(void **state)
{
    (void)state;
    jt_buf to = jt_buf_init(NULL);
    for (size_t i = 0; i < COUNT(not_canonical); i++) {
        for (int place = 0; place < 3; place++) {
            char token[64];
            const char *bad = not_canonical[i];
            snprintf(token, sizeof token, "%s.%s.%s", place == 0 ? bad : "Zg",
                     place == 1 ? bad : "Zg", place == 2 ? bad : "Zg");
            jt_octets o;
            static const jt_octets empty;
            jeton_err err = {0};
            assert_int_equal(decode(token, &to, &o, &err), JETON_E_ENCODING);
            assert_memory_equal(&o, &empty, sizeof o);
            assert_int_equal(err.status, JETON_E_ENCODING);
            assert_non_null(strstr(err.text, place == 0   ? "header"
                                             : place == 1 ? "payload"
                                                          : "signature"));
        }
    }
    jt_octets o;
    assert_int_equal(decode("Zg.Zg.Zg", &to, &o, NULL), JETON_OK);
    jt_buf_done(&to);
}

static void compact_decodes_empty_segments(void **state)
{
    (void)state;
    jt_buf to = jt_buf_init(NULL);
    jt_octets o;
    assert_int_equal(decode("..", &to, &o, NULL), JETON_OK);
    assert_int_equal(o.header_len, 0);
    assert_int_equal(o.payload.len, 0);
    assert_int_equal(o.signature.len, 0);
    assert_non_null(o.header);
    jt_buf_done(&to);
}

static void compact_decode_refuses_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_buf to = jt_buf_init(ctx);
    jt_octets o;
    assert_int_equal(decode("Zg.Zg.Zg", &to, &o, NULL), JETON_E_NOMEM);
    assert_null(o.header);
    heap.left = 1; /* and once there is some, it is used again */
    assert_int_equal(decode("Zg.Zg.Zg", &to, &o, NULL), JETON_OK);
    assert_int_equal(decode("Zm9v.Zm9v.Zm9v", &to, &o, NULL), JETON_OK);
    jt_buf_done(&to);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_has_three_segments),
        cmocka_unit_test(compact_points_into_the_token),
        cmocka_unit_test(compact_takes_the_empty_span),
        cmocka_unit_test(compact_does_not_read_on),
        cmocka_unit_test(compact_holds_each_segment_against_its_limit),
        cmocka_unit_test(compact_holds_the_whole_against_its_limit),
        cmocka_unit_test(compact_refuses_giants_before_it_looks),
        cmocka_unit_test(compact_decodes_all_three),
        cmocka_unit_test(compact_keeps_what_is_parsed_in_place_apart),
        cmocka_unit_test(compact_refuses_other_encodings_in_each_segment),
        cmocka_unit_test(compact_decodes_empty_segments),
        cmocka_unit_test(compact_decode_refuses_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
