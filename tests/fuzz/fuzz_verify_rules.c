/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_verify_rules.c - a path that is taken is plain, and taken again it stays what it
 * is; rules are found for it or not, and a file of rules never does more than be refused. */
#include "api/verify_rules.h"
#include "core/auto.h"
#include "fuzz.h"

static const char rules_text[] = "{\"rules\": [{\"path\": \"/a/\", \"open\": true}, {\"path\": "
                                 "\"/b\", \"methods\": [\"GET\"]}]}";

static void read_path(jeton_span target)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span path;
    if (jd_plain_path(target, &arena, &path, NULL) != JETON_OK) {
        FUZZ_HOLDS(path.len == 0);
        return;
    }
    FUZZ_HOLDS(path.len > 0 && path.len <= target.len && path.ptr[0] == '/');
    FUZZ_HOLDS(memchr(path.ptr, '\\', path.len) == NULL);
    FUZZ_HOLDS(memchr(path.ptr, '%', path.len) == NULL);
    FUZZ_HOLDS(memchr(path.ptr, '\0', path.len) == NULL);
    FUZZ_HOLDS(memmem(path.ptr, path.len, "//", 2) == NULL);
    FUZZ_HOLDS(memmem(path.ptr, path.len, "/../", 4) == NULL);
    FUZZ_HOLDS(memmem(path.ptr, path.len, "/./", 3) == NULL);
}

static void find_rule(const jd_verify_rules *rules, jeton_span target)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_demand demand;
    const jeton_status status =
        jd_verify_rules_find(rules, jeton_str("POST"), target, &arena, &demand, NULL);
    FUZZ_HOLDS(status == JETON_OK || status == JETON_E_SCOPE);
    FUZZ_HOLDS(status == JETON_OK || !demand.open);
    /* Only what begins with "/a" as it stands or encoded is open. */
    if (demand.open)
        FUZZ_HOLDS(target.len >= 2 && target.ptr[0] == '/' &&
                   (target.ptr[1] == 'a' || target.ptr[1] == '%'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const jeton_span text = jeton_bytes(bytes, len);
    JT_AUTO(jd_verify_rules_free) jd_verify_rules *known = NULL;
    JT_AUTO(jd_verify_rules_free) jd_verify_rules *read = NULL;
    FUZZ_HOLDS(jd_verify_rules_parse(jeton_str(rules_text), &known, NULL) == JETON_OK);
    read_path(text);
    find_rule(known, text);
    const jeton_status status = jd_verify_rules_parse(text, &read, NULL);
    FUZZ_HOLDS((status == JETON_OK) == (read != NULL));
    return 0;
}
