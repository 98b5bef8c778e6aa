/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_import.c - a file of users is read to its end, row by row and never backwards;
 * what a row says is UTF-8 and no longer than a record. */
#include "accounts/import_rows.h"
#include "core/utf8.h"
#include "fuzz.h"
#include "store/roles.h"

static void check_text(jeton_span text)
{
    FUZZ_HOLDS(text.len <= JD_IMPORT_RECORD);
    FUZZ_HOLDS(jt_is_utf8(text));
}

static void check_row(const jd_import_row *row)
{
    const jeton_span texts[] = {row->name, row->email, row->password_hash, row->password};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_text(texts[i]);
    FUZZ_HOLDS(row->role_count <= JD_ROLES_MAX);
    for (size_t i = 0; i < row->role_count; i++)
        check_text(row->roles[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jd_import_reader reader;
    static jd_import_row row;
    size_t line = 0;
    size_t left = len + 1;
    jt_arena arena = jt_arena_init(NULL);
    if (jd_import_start(&reader, jeton_bytes(bytes, len), NULL) == JETON_OK) {
        while (jd_import_next(&reader, &arena, &row)) {
            FUZZ_HOLDS(row.line > line || line == 0);
            FUZZ_HOLDS(reader.rest.len < left);
            line = row.line;
            left = reader.rest.len;
            if (row.refused.status == JETON_OK)
                check_row(&row);
        }
        FUZZ_HOLDS(reader.rest.len == 0);
    }
    jt_arena_done(&arena);
    return 0;
}
