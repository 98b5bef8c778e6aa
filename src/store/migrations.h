/* SPDX-License-Identifier: Apache-2.0 */
/* store/migrations.h - the files of store/sql, embedded by embed.py when the program is built. */
#ifndef JD_STORE_MIGRATIONS_H
#define JD_STORE_MIGRATIONS_H

typedef struct jd_migration {
    unsigned number; /* from 1, without gaps */
    const char *name;
    const char *sha256; /* of the text, in hexadecimal */
    const char *sql;
} jd_migration;

/* Those of one kind of database. */
typedef struct jd_migrations {
    const jd_migration *at;
    unsigned count;
} jd_migrations;

extern const jd_migrations jd_sqlite_migrations;
extern const jd_migrations jd_postgres_migrations; /* with the same numbers */

#endif
