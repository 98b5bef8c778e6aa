/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/import_rows.c - records of CSV and lines of JSON as rows. */
#include "accounts/import_rows.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/utf8.h"
#include "json/json.h"

const char *const jd_import_fields[JD_FIELD_COUNT] = {
    "name", "email", "password_hash", "password", "roles", "disabled", "must_change",
};

static jeton_status no_memory(jeton_err *err)
{
    return jt_fail(err, JETON_E_NOMEM, "memory for a row");
}

static unsigned field_of(jeton_span name)
{
    unsigned field = 0;
    while (field < JD_FIELD_COUNT && !jeton_span_equal(name, jeton_str(jd_import_fields[field])))
        field++;
    return field;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool is_between_roles(uint8_t c)
{
    return c == ' ' || c == ';' || c == '|';
}

static jeton_status take_roles(jeton_span text, jd_import_row *row, jeton_err *err)
{
    while (text.len > 0) {
        size_t len = 0;
        while (len < text.len && !is_between_roles(text.ptr[len]))
            len++;
        if (len > 0 && row->role_count == JD_ROLES_MAX)
            return jt_fail(err, JETON_E_REQUEST, "a user has at most %u roles", JD_ROLES_MAX);
        if (len > 0)
            row->roles[row->role_count++] = jeton_bytes(text.ptr, len);
        const size_t gone = len < text.len ? len + 1 : len;
        text = jeton_bytes(text.ptr + gone, text.len - gone);
    }
    return JETON_OK;
}

static jeton_status take_switch(jeton_span text, unsigned field, bool *to, jeton_err *err)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"", false},    {"false", false}, {"no", false}, {"0", false},
                 {"true", true}, {"yes", true},    {"1", true}};
    for (size_t i = 0; i < JT_COUNT(words); i++) {
        if (jeton_span_equal(text, jeton_str(words[i].word))) {
            *to = words[i].value;
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_REQUEST, "%s is neither true nor false", jd_import_fields[field]);
}

/* A text for a field. */
static jeton_status take_text(jd_import_row *row, unsigned field, jeton_span text, jeton_err *err)
{
    if (!jt_is_utf8(text))
        return jt_fail(err, JETON_E_REQUEST, "%s is not UTF-8", jd_import_fields[field]);
    switch (field) {
    case JD_FIELD_NAME: row->name = text; return JETON_OK;
    case JD_FIELD_EMAIL: row->email = text; return JETON_OK;
    case JD_FIELD_PASSWORD_HASH: row->password_hash = text; return JETON_OK;
    case JD_FIELD_PASSWORD: row->password = text; return JETON_OK;
    case JD_FIELD_ROLES: return take_roles(text, row, err);
    case JD_FIELD_DISABLED: return take_switch(text, field, &row->disabled, err);
    default: return take_switch(text, field, &row->must_change, err);
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The physical line at the start of what is left, without its end. */
static jeton_span peek_line(const jd_import_reader *reader, size_t *with_end)
{
    const jeton_span rest = reader->rest;
    const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
    size_t len = end != NULL ? (size_t)(end - rest.ptr) : rest.len;
    *with_end = end != NULL ? len + 1 : len;
    if (len > 0 && rest.ptr[len - 1] == '\r')
        len--;
    return jeton_bytes(rest.ptr, len);
}

static void skip(jd_import_reader *reader, size_t len)
{
    for (size_t i = 0; i < len; i++)
        reader->line += reader->rest.ptr[i] == '\n';
    reader->rest = jeton_bytes(reader->rest.ptr + len, reader->rest.len - len);
}

static void skip_empty_lines(jd_import_reader *reader)
{
    size_t len;
    while (reader->rest.len > 0 && peek_line(reader, &len).len == 0)
        skip(reader, len);
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* A record on its way: `at` is how far it has been read. */
typedef struct record {
    jeton_span text;
    size_t at;
    bool done; /* its end has been read */
} record;

static bool is_end(const record *of)
{
    return of->at == of->text.len || of->text.ptr[of->at] == '\n' ||
           (of->text.ptr[of->at] == '\r' && of->at + 1 < of->text.len &&
            of->text.ptr[of->at + 1] == '\n');
}

/* Behind a field there is a comma, or the end of the record, which is taken too. */
static bool end_field(record *of)
{
    if (of->at < of->text.len && of->text.ptr[of->at] == ',') {
        of->at++;
        return true;
    }
    if (!is_end(of))
        return false;
    while (of->at < of->text.len && of->text.ptr[of->at] == '\r')
        of->at++;
    if (of->at < of->text.len)
        of->at++;
    of->done = true;
    return true;
}

/* "…" with "" for a quote; commas and line ends inside are part of it. */
static jeton_status take_quoted(record *of, jt_arena *arena, jeton_span *field, jeton_err *err)
{
    size_t len = 0;
    const size_t start = ++of->at;
    size_t end = start;
    while (end < of->text.len && end - start <= JD_IMPORT_RECORD) {
        if (of->text.ptr[end] != '"')
            end++;
        else if (end + 1 < of->text.len && of->text.ptr[end + 1] == '"')
            end += 2;
        else
            break;
    }
    if (end >= of->text.len || of->text.ptr[end] != '"')
        return jt_fail(err, JETON_E_REQUEST, "a quote is not closed");
    uint8_t *to = jt_arena_alloc(arena, end - start + 1);
    if (to == NULL)
        return no_memory(err);
    for (size_t i = start; i < end; i++) {
        to[len++] = of->text.ptr[i];
        i += of->text.ptr[i] == '"';
    }
    *field = jeton_bytes(to, len);
    of->at = end + 1;
    return JETON_OK;
}

static jeton_status take_field(record *of, jt_arena *arena, jeton_span *field, jeton_err *err)
{
    const size_t start = of->at;
    if (of->at < of->text.len && of->text.ptr[of->at] == '"') {
        JT_TRY(take_quoted(of, arena, field, err));
    } else {
        while (!is_end(of) && of->text.ptr[of->at] != ',' && of->text.ptr[of->at] != '"')
            of->at++;
        *field = jeton_bytes(of->text.ptr + start, of->at - start);
    }
    return end_field(of) ? JETON_OK : jt_fail(err, JETON_E_REQUEST, "a quote is out of place");
}

static jeton_status read_record(const jd_import_reader *reader, record *of, jt_arena *arena,
                                jd_import_row *row, jeton_err *err)
{
    size_t column = 0;
    for (; !of->done; column++) {
        jeton_span field;
        JT_TRY(take_field(of, arena, &field, err));
        if (column >= reader->columns)
            return jt_fail(err, JETON_E_REQUEST, "more fields than columns");
        if (of->at > JD_IMPORT_RECORD)
            return jt_fail(err, JETON_E_REQUEST, "longer than %u bytes", JD_IMPORT_RECORD);
        JT_TRY(take_text(row, reader->column[column], field, err));
    }
    return column == reader->columns ? JETON_OK
                                     : jt_fail(err, JETON_E_REQUEST, "fewer fields than columns");
}

/* Behind a record that cannot be read comes whatever stands on the next line. */
static void next_csv(jd_import_reader *reader, jt_arena *arena, jd_import_row *row)
{
    size_t line_len;
    record of = {.text = reader->rest};
    (void)peek_line(reader, &line_len);
    const jeton_status status = read_record(reader, &of, arena, row, &row->refused);
    skip(reader, status == JETON_OK ? of.at : line_len);
}

static jeton_status read_header(jd_import_reader *reader, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    record of = {.text = reader->rest};
    bool seen[JD_FIELD_COUNT] = {false};
    while (!of.done) {
        jeton_span name;
        JT_TRY(take_field(&of, &arena, &name, err));
        const unsigned field = field_of(name);
        if (field == JD_FIELD_COUNT)
            return jt_fail(err, JETON_E_REQUEST,
                           "column %zu of the first line is none of: name, email, password_hash, "
                           "password, roles, disabled, must_change",
                           reader->columns + 1);
        if (seen[field])
            return jt_fail(err, JETON_E_REQUEST, "the column %s is there twice",
                           jd_import_fields[field]);
        seen[field] = true;
        reader->column[reader->columns++] = (unsigned char)field;
    }
    skip(reader, of.at);
    return seen[JD_FIELD_NAME] ? JETON_OK
                               : jt_fail(err, JETON_E_REQUEST, "there is no column name");
}

/* ---- JSON lines ------------------------------------------------------------------------------ */

static jeton_status keep_text(jd_import_row *row, unsigned field, jeton_span text, jt_arena *arena,
                              jeton_err *err)
{
    const char *kept = jt_arena_text(arena, text);
    if (kept == NULL)
        return no_memory(err);
    return take_text(row, field, jeton_bytes(kept, text.len), err);
}

static jeton_status take_list(jd_import_row *row, const jt_val *list, jt_arena *arena,
                              jeton_err *err)
{
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);) {
        jeton_span role;
        if (!jt_val_text(it.val, &role))
            return jt_fail(err, JETON_E_REQUEST, "a role is not a text");
        if (row->role_count == JD_ROLES_MAX)
            return jt_fail(err, JETON_E_REQUEST, "a user has at most %u roles", JD_ROLES_MAX);
        const char *kept = jt_arena_text(arena, role);
        if (kept == NULL)
            return no_memory(err);
        row->roles[row->role_count++] = jeton_bytes(kept, role.len);
    }
    return JETON_OK;
}

static jeton_status take_member(jd_import_row *row, unsigned field, const jt_val *val,
                                jt_arena *arena, jeton_err *err)
{
    jeton_span text;
    bool *to = field == JD_FIELD_DISABLED      ? &row->disabled
               : field == JD_FIELD_MUST_CHANGE ? &row->must_change
                                               : NULL;
    if (to != NULL)
        return jt_val_bool(val, to) ? JETON_OK
                                    : jt_fail(err, JETON_E_REQUEST, "%s is neither true nor false",
                                              jd_import_fields[field]);
    if (jt_kind_of(val) == JT_NULL) /* a column without a value, as databases write it */
        return JETON_OK;
    if (field == JD_FIELD_ROLES && jt_kind_of(val) == JT_ARRAY)
        return take_list(row, val, arena, err);
    if (!jt_val_text(val, &text))
        return jt_fail(err, JETON_E_REQUEST, "%s is not a text", jd_import_fields[field]);
    return keep_text(row, field, text, arena, err);
}

static jeton_status read_object(jeton_span line, jt_arena *arena, jd_import_row *row,
                                jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    if (line.len > JD_IMPORT_RECORD)
        return jt_fail(err, JETON_E_REQUEST, "longer than %u bytes", JD_IMPORT_RECORD);
    JT_TRY(jt_json_parse(NULL, line, &doc, err));
    if (jt_kind_of(jt_json_root(doc)) != JT_OBJECT)
        return jt_fail(err, JETON_E_REQUEST, "not a JSON object");
    for (jt_iter it = jt_iter_of(jt_json_root(doc)); jt_iter_next(&it);) {
        const unsigned field = field_of(it.name);
        if (field == JD_FIELD_COUNT)
            return jt_fail(err, JETON_E_REQUEST, "a member is none of those that are understood");
        JT_TRY(take_member(row, field, it.val, arena, err));
    }
    return JETON_OK;
}

static void next_json(jd_import_reader *reader, jt_arena *arena, jd_import_row *row)
{
    size_t len;
    const jeton_status status = read_object(peek_line(reader, &len), arena, row, &row->refused);
    row->refused.status = status;
    skip(reader, len);
}

/* ---- both ------------------------------------------------------------------------------------ */

jeton_status jd_import_start(jd_import_reader *reader, jeton_span text, jeton_err *err)
{
    static const char mark[] = "\xef\xbb\xbf"; /* what some editors put before UTF-8 */
    *reader = (jd_import_reader){.rest = text, .line = 1};
    if (text.len >= 3 && memcmp(text.ptr, mark, 3) == 0)
        skip(reader, 3);
    skip_empty_lines(reader);
    reader->json = reader->rest.len > 0 && reader->rest.ptr[0] == '{';
    if (reader->json || reader->rest.len == 0)
        return JETON_OK;
    return read_header(reader, err);
}

bool jd_import_next(jd_import_reader *reader, jt_arena *arena, jd_import_row *row)
{
    memset(row, 0, sizeof *row);
    skip_empty_lines(reader);
    if (reader->rest.len == 0)
        return false;
    row->line = reader->line;
    if (reader->json)
        next_json(reader, arena, row);
    else
        next_csv(reader, arena, row);
    return true;
}
