/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_config.c - a file of settings is taken or has mistakes; mistakes lie in it; what
 * was taken can be written, and is read as the same. */
#include "fuzz.h"
#include "sys/config_file.h"

typedef struct told {
    jeton_span text;
    size_t count;
} told;

static void note(void *user, jd_config_place place, const char *what)
{
    told *of = user;
    unsigned lines = 1;
    for (size_t i = 0; i < of->text.len; i++)
        lines += of->text.ptr[i] == '\n';
    FUZZ_HOLDS(place.line >= 1 && place.line <= lines);
    FUZZ_HOLDS(place.column >= 1 && place.column <= of->text.len + 1);
    FUZZ_HOLDS(what[0] != '\0');
    of->count++;
}

static void write_and_read(const jd_config *config)
{
    size_t count;
    const jd_setting *all = jd_settings(&count);
    jd_config again;
    jd_config_place places[JD_SETTINGS] = {{0}};
    jt_tree *tree = NULL;
    jt_buf text = jt_buf_init(NULL);
    told of = {0};
    FUZZ_HOLDS(jt_tree_new(NULL, &tree, NULL) == JETON_OK);
    jt_node *object = jt_tree_object(tree);
    for (size_t i = 0; i < count; i++)
        jd_config_put(config, &all[i], all[i].name, tree, object);
    FUZZ_HOLDS(jt_tree_print(tree, object, JT_PRETTY, &text, NULL) == JETON_OK);
    jd_config_init(&again);
    of.text = jt_buf_span(&text);
    /* but for lists with empty places ("a,,b"), which are judged by those who use them */
    if (jd_config_file_parse(of.text, &again, places, note, &of, NULL) == JETON_OK)
        for (size_t i = 0; i < count; i++)
            FUZZ_HOLDS(places[i].line > 0 && jd_config_same(config, &again, &all[i]));
    jt_tree_free(&tree);
    jt_buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_config config;
    jd_config_place places[JD_SETTINGS] = {{0}};
    told of = {.text = jeton_bytes(bytes, len)};
    jd_config_init(&config);
    const jeton_status status = jd_config_file_parse(of.text, &config, places, note, &of, NULL);
    FUZZ_HOLDS((status == JETON_OK) == (of.count == 0));
    if (status == JETON_OK)
        write_and_read(&config);
    return 0;
}
