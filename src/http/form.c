/* SPDX-License-Identifier: Apache-2.0 */
/* http/form.c - pairs of a form or query, decoded into an arena. */
#include "http/form.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"
#include "guard/query.h"

typedef struct jd_pair {
    jeton_span name, value;
} jd_pair;

struct jd_form {
    size_t count, room;
    jd_pair pairs[];
};

/* As in a query; in a path, "+" means itself. */
static int next_byte(jeton_span text, bool in_path, size_t *at)
{
    if (!in_path || text.ptr[*at] != '+')
        return jt_query_byte(text, at);
    (*at)++;
    return '+';
}

static jeton_status decode(jeton_span text, bool in_path, jt_arena *arena, jeton_span *decoded,
                           jeton_err *err)
{
    uint8_t *to = jt_arena_alloc(arena, text.len + 1);
    if (to == NULL)
        return jt_fail(err, JETON_E_NOMEM, "form");
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        const int byte = next_byte(text, in_path, &at);
        if (byte < 0)
            return jt_fail(err, JETON_E_REQUEST, "form: a character is not encoded as it must be");
        to[len++] = (uint8_t)byte;
    }
    *decoded = jeton_bytes(to, len);
    return JETON_OK;
}

static jeton_status add_pair(jd_form *form, jeton_span piece, jt_arena *arena, jeton_err *err)
{
    if (form->count == form->room)
        return jt_fail(err, JETON_E_REQUEST, "form: more than %u fields", JD_FORM_PAIRS);
    jd_pair *pair = &form->pairs[form->count];
    jeton_span value = piece;
    const jeton_span name = jt_cut_before(&value, '=');
    JT_TRY(decode(name, false, arena, &pair->name, err));
    JT_TRY(decode(value, false, arena, &pair->value, err));
    form->count++;
    return JETON_OK;
}

jeton_status jd_form_segment(jeton_span text, jt_arena *arena, jeton_span *decoded, jeton_err *err)
{
    *decoded = jeton_str(NULL);
    return decode(text, true, arena, decoded, err);
}

/* How many pairs there can be, within the limit. */
static size_t pairs_in(jeton_span text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len && count < JD_FORM_PAIRS; i++)
        count += text.ptr[i] == '&';
    return count;
}

jeton_status jd_form_parse(jeton_span text, jt_arena *arena, jd_form **form, jeton_err *err)
{
    *form = NULL;
    const size_t room = pairs_in(text); /* most have one or two: all are zeroed */
    jd_form *made = jt_arena_alloc(arena, sizeof *made + room * sizeof made->pairs[0]);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "form");
    made->room = room;
    while (text.len > 0) {
        const jeton_span piece = jt_cut_before(&text, '&');
        if (piece.len > 0)
            JT_TRY(add_pair(made, piece, arena, err));
    }
    *form = made;
    return JETON_OK;
}

size_t jd_form_find(const jd_form *form, const char *name, jeton_span *value)
{
    size_t count = 0;
    *value = (jeton_span){0};
    for (size_t i = 0; i < form->count; i++) {
        if (!jeton_span_equal(form->pairs[i].name, jeton_str(name)))
            continue;
        if (count++ == 0)
            *value = form->pairs[i].value;
    }
    return count;
}

size_t jd_form_count(const jd_form *form)
{
    return form->count;
}
