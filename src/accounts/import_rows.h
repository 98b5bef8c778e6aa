/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/import_rows.h - reads files of users: CSV (RFC 4180) with a line of column names, or a
 * JSON object on each line. Pure functions; nothing is judged here but the shape.
 *
 * The fields, all of them texts unless it says otherwise:
 *   name
 *   email          may be left out
 *   password_hash  of another program (crypto/pwhash.h), or
 *   password       in the clear
 *   roles          JSON: a list, or as in CSV a text of names parted by spaces, ; or |
 *   disabled       JSON: true, false; CSV: true, false, yes, no, 1, 0 or nothing
 *   must_change    likewise
 *
 * A column or member of another name is refused: "pasword_hash" must not leave users without one.
 */
#ifndef JD_ACCOUNTS_IMPORT_ROWS_H
#define JD_ACCOUNTS_IMPORT_ROWS_H

#include "core/arena.h"
#include "store/roles.h"

#define JD_IMPORT_RECORD 8192U /* bytes of one record */

/* In the order of the names above. */
enum {
    JD_FIELD_NAME,
    JD_FIELD_EMAIL,
    JD_FIELD_PASSWORD_HASH,
    JD_FIELD_PASSWORD,
    JD_FIELD_ROLES,
    JD_FIELD_DISABLED,
    JD_FIELD_MUST_CHANGE,
    JD_FIELD_COUNT,
};

/* "name", … "must_change". */
extern const char *const jd_import_fields[JD_FIELD_COUNT];

/* One user as the file has him, or why he cannot be read. Texts live in the arena. */
typedef struct jd_import_row {
    size_t line; /* where it starts, from 1 */
    jeton_err refused;
    jeton_span name, email, password_hash, password;
    jeton_span roles[JD_ROLES_MAX];
    size_t role_count;
    bool disabled, must_change;
} jd_import_row;

typedef struct jd_import_reader {
    jeton_span rest;
    size_t line;
    bool json;
    size_t columns;                       /* CSV: how many */
    unsigned char column[JD_FIELD_COUNT]; /* the field of each */
} jd_import_reader;

/* Starts reading: JSON when the first thing is a brace, CSV otherwise. `text` is borrowed.
 * JETON_E_REQUEST: the line of column names is not one. */
JETON_MUST jeton_status jd_import_start(jd_import_reader *reader, jeton_span text, jeton_err *err);

/* The next row, empty lines left out; false at the end. A row that cannot be read has row->refused
 * set, and reading goes on with the next line. */
JETON_MUST bool jd_import_next(jd_import_reader *reader, jt_arena *arena, jd_import_row *row);

#endif
