/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_json_suite.c - JSONTestSuite: y_ must be read, n_ must not, i_ as we like.
 */
#include "json/json.h"

#include "../../vectors/vectors.h"
#include "../unit.h"

#include <dirent.h>

static const char *folder;

/* What we refuse although the grammar allows it: a name given twice. */
static const char *const refused_on_purpose[] = {
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
};

static bool is_refused_on_purpose(const char *name)
{
    for (size_t i = 0; i < COUNT(refused_on_purpose); i++)
        if (strcmp(name, refused_on_purpose[i]) == 0)
            return true;
    return false;
}

/* Enough for the deep ones: whether they are well-formed is the question here. */
static jeton_ctx *roomy_ctx(void)
{
    const jeton_ctx_options options = {.limits = {.json = (size_t)1 << 20, .depth = 64}};
    jeton_ctx *ctx = NULL;
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    return ctx;
}

static jeton_status judge(const jeton_ctx *ctx, const char *name)
{
    const jeton_span text = vectors_read(folder, name);
    jt_json *doc = BOGUS;
    jeton_err err = {0};
    const jeton_status status = jt_json_parse(ctx, text, &doc, &err);
    assert_true((doc != NULL) == (status == JETON_OK));
    jt_json_free(&doc);
    free((void *)(uintptr_t)text.ptr);
    return status;
}

static void json_agrees_with_the_suite(void **state)
{
    (void)state;
    jeton_ctx *ctx = roomy_ctx();
    static const char kinds[] = "yni";
    unsigned counts[3] = {0};
    unsigned wrong = 0;
    unsigned on_purpose = 0;
    DIR *files = opendir(folder);
    assert_non_null(files);
    for (const struct dirent *entry; (entry = readdir(files)) != NULL;) {
        const char *name = entry->d_name;
        const char *kind = name[0] != '\0' && name[1] == '_' ? strchr(kinds, name[0]) : NULL;
        if (kind == NULL)
            continue;
        const jeton_status status = judge(ctx, name);
        counts[kind - kinds]++;
        const bool want = name[0] == 'y' && !is_refused_on_purpose(name);
        on_purpose += is_refused_on_purpose(name);
        if (name[0] != 'i' && (status == JETON_OK) != want) {
            print_message("  %s: %s\n", name, jeton_status_name(status));
            wrong++;
        }
    }
    closedir(files);
    jeton_ctx_free(&ctx);
    print_message("  %u y_, %u n_, %u i_; %u of the y_ refused on purpose\n", counts[0], counts[1],
                  counts[2], on_purpose);
    assert_int_equal(wrong, 0);
    assert_int_equal(on_purpose, COUNT(refused_on_purpose));
    assert_true(counts[0] >= 90 && counts[1] >= 180 && counts[2] >= 30);
}

int main(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/json", vectors_folder("json.json_suite"));
    folder = path;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_agrees_with_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
