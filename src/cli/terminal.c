/* SPDX-License-Identifier: Apache-2.0 */
/* cli/terminal.c - colours, and what must not reach a terminal as it is. */
#include "cli/terminal.h"

#include "core/auto.h"
#include "core/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wants_colors(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) != 0 && (no_color == NULL || no_color[0] == '\0') &&
           term != NULL && strcmp(term, "dumb") != 0;
}

jeton_status jd_terminal_colors(const jd_args *args, bool *colors, jeton_err *err)
{
    const char *when = jd_args_get(args, "--color");
    *colors = false;
    if (when == NULL || strcmp(when, "auto") == 0)
        *colors = wants_colors();
    else if (strcmp(when, "always") == 0)
        *colors = true;
    else if (strcmp(when, "never") != 0)
        return jt_fail(err, JETON_E_ARGUMENT, "--color takes always, never or auto");
    return JETON_OK;
}

jeton_status jd_terminal_add_bytes(jt_buf *to, jeton_span bytes, jeton_err *err)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const uint8_t c = bytes.ptr[i];
        if (c >= ' ' && c < 0x7f)
            JT_TRY(jt_buf_add(to, jeton_bytes(&c, 1), err));
        else
            JT_TRY(jt_buf_addf(to, err, "\\x%02x", c));
    }
    return JETON_OK;
}

/* Characters that are escaped, by their first and last. */
static const struct {
    unsigned first, last;
} unsafe[] = {
    {0x7f, 0x9f},   /* DEL and C1 */
    {0x61c, 0x61c}, /* marks and embeddings of direction … */
    {0x200e, 0x200f},
    {0x2028, 0x202e}, /* … with the separators of lines and paragraphs before them */
    {0x2066, 0x2069},
};

static bool is_unsafe(unsigned c)
{
    for (size_t i = 0; i < JT_COUNT(unsafe); i++)
        if (c >= unsafe[i].first && c <= unsafe[i].last)
            return true;
    return false;
}

/* The character at *at, of `len` bytes. All that is unsafe takes three bytes at most. */
static unsigned char_at(const uint8_t *at, size_t left, size_t *len)
{
    *len = 1;
    if (at[0] >= 0xc0 && at[0] < 0xe0 && left > 1) {
        *len = 2;
        return (at[0] & 0x1fU) << 6 | (at[1] & 0x3fU);
    }
    if (at[0] >= 0xe0 && at[0] < 0xf0 && left > 2) {
        *len = 3;
        return (at[0] & 0x0fU) << 12 | (at[1] & 0x3fU) << 6 | (at[2] & 0x3fU);
    }
    return at[0] < 0x80 ? at[0] : 0; /* bytes of longer characters are taken one by one */
}

static jeton_status add_json(jt_buf *to, jeton_span json, jeton_err *err)
{
    size_t len;
    for (size_t i = 0; i < json.len; i += len) {
        const unsigned c = char_at(json.ptr + i, json.len - i, &len);
        if (is_unsafe(c))
            JT_TRY(jt_buf_addf(to, err, "\\u%04x", c));
        else
            JT_TRY(jt_buf_add(to, jeton_bytes(json.ptr + i, len), err));
    }
    return JETON_OK;
}

jeton_status jd_terminal_add_tree(jt_buf *to, const jt_tree *tree, const jt_node *root,
                                  jt_layout layout, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_print(tree, root, layout, &text, err));
    return add_json(to, jt_buf_span(&text), err);
}
