/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql_list.h - every SQL statement, in one list.
 *
 * X(NAME, "statement"): prepared once per connection, at its first use. Parameters are bound and
 * columns are taken in the order they stand here.
 * Y(NAME, "statement of SQLite", "statement of PostgreSQL"), where the two say it differently.
 *
 * Written so that both understand it: "user" is quoted, since it is a word of PostgreSQL's; an
 * empty blob has length(x) = 0; a parameter is ? or ?1, and becomes $1 for PostgreSQL. Texts are
 * compared byte by byte (COLLATE "C"), names of users without the case of ASCII letters.
 */
#ifndef JD_STORE_SQL_LIST_H
#define JD_STORE_SQL_LIST_H

/* clang-format off */
#define JD_USER_COLUMNS    "users.id, users.name, users.email, users.password, " \
                           "users.password_n, users.disabled, users.must_change, users.created"
/* ... and the roles and permissions, each as one text in the order of the names, parted by a
 * character that no name has (users.c): one answer instead of three. SQLite keeps the order of
 * rows for group_concat() and knows no other way before 3.44. */
#define JD_SQLITE_USER     JD_USER_COLUMNS ", (SELECT group_concat(role, char(31)) FROM " \
                           "(SELECT role FROM user_roles WHERE \"user\" = users.id " \
                           "ORDER BY role)), (SELECT group_concat(permission, char(31)) FROM " \
                           "(SELECT DISTINCT permission FROM user_roles JOIN role_permissions " \
                           "USING (role) WHERE \"user\" = users.id ORDER BY permission))"
#define JD_PG_USER         JD_USER_COLUMNS ", (SELECT string_agg(role, chr(31) ORDER BY role) " \
                           "FROM user_roles WHERE \"user\" = users.id), " \
                           "(SELECT string_agg(DISTINCT permission, chr(31) ORDER BY permission) " \
                           "FROM user_roles JOIN role_permissions USING (role) " \
                           "WHERE \"user\" = users.id)"
/* A parameter, folded as the index of PostgreSQL does it. */
#define JD_LOWER           "lower(? COLLATE \"C\")"
#define JD_SESSION_COLUMNS "sessions.id, sessions.\"user\", client, counter, sessions.created, " \
                           "rotated, idle_expires, expires, ended, auth_time, device, address, scope"
/* The head of the log, of the moment of the statement: jd_sql_take_head(). */
#define JD_HEAD            "(SELECT n FROM log_head), (SELECT keys FROM log_head)"
/* A session with its key, its user, and the head of the log, all of one moment. */
#define JD_SESSION_VIEW(user) "SELECT " JD_SESSION_COLUMNS ", sealed_key, " JD_HEAD ", " \
                           user " FROM sessions JOIN users ON users.id = sessions.\"user\" " \
                           "WHERE sessions.id = ?"

#define JD_CLIENT_COLUMNS  "id, name, secret, audience, scopes, grants, access_ttl, refresh_ttl, " \
                           "session_ttl, disabled, created, alg"
#define JD_KEY_COLUMNS     "kid, alg, state, public, sealed, created, client, since, ready, until, " \
                           "announced"

/* Many rows of the logs go into one statement. */
#define JD_EIGHT(row)      row ", " row ", " row ", " row ", " row ", " row ", " row ", " row
#define JD_LOG_ADD         "INSERT INTO log (n, kind, subject, expires, mac) VALUES "
#define JD_LOG_ROW         "(?, ?, ?, ?, ?)"
#define JD_LOG_ROWS_8      JD_EIGHT(JD_LOG_ROW)
#define JD_AUDIT_ADD       "INSERT INTO audit (n, time, actor, action, target, detail, address, " \
                           "request, outcome, mac) VALUES "
#define JD_AUDIT_ROW       "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define JD_AUDIT_ROWS_8    JD_EIGHT(JD_AUDIT_ROW)

/* The database's clock: milliseconds since 1970. */
#define JD_SQLITE_NOW      "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
#define JD_PG_MS(time)     "CAST(extract(epoch FROM " time ") * 1000 AS bigint)"
#define JD_PG_NOW          JD_PG_MS("clock_timestamp()")

/* Which server of the database it is: no two of an installation were started in one microsecond,
 * and everybody may ask for it. */
#define JD_PG_SERVER \
    "CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS bigint)"

/* Removes some of what has expired. PostgreSQL would join the few with all that there is, and read
 * the whole table for it: seconds, with millions of entries, and the head of the log is held. */
#define JD_EXPIRED(table, key)                                                                    \
    "SELECT " key " FROM " table " WHERE expires < ? ORDER BY expires LIMIT ?"
#define JD_SQLITE_PURGE(table, key)                                                               \
    "DELETE FROM " table " WHERE " key " IN (" JD_EXPIRED(table, key) ")"
#define JD_PG_PURGE(table, key)                                                                   \
    "DELETE FROM " table " WHERE " key " = ANY (ARRAY(" JD_EXPIRED(table, key) "))"

/* Where the numbers of the log go on when some behind `least` may have been lost. By the time, a
 * thousand and a few numbers for each millisecond since 1970, which is more than are ever taken: so
 * a jump that is lost itself is not made to the same number again. By a clock that is behind that,
 * further than is ever lost at once. */
#define JD_JUMPED(least, ms, further)                                                             \
    "CASE WHEN " ms " * 1024 >= " least " + 65536 THEN " ms " * 1024 ELSE " least " + " further " END"
#define JD_TAIL    "268435456"
#define JD_RESTORE "4294967296" /* since a backup there may have been many */

#define JD_SQL_LIST(X, Y)                                                                            \
    Y(BEGIN_READ,  "BEGIN",                                                                       \
                   "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")                             \
    Y(BEGIN_WRITE, "BEGIN IMMEDIATE",                                                             \
                   "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")                             \
    Y(BEGIN_SCHEMA, "BEGIN IMMEDIATE",                                                            \
                   "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")                             \
    /* what has to be in the order of the log begins with its head, where several may write */    \
    Y(HEAD_LOCK,   "SELECT n FROM log_head", "SELECT n FROM log_head FOR UPDATE")                 \
    X(COMMIT,      "COMMIT")                                                                      \
    X(ROLLBACK,    "ROLLBACK")                                                                    \
    X(PART_BEGIN,  "SAVEPOINT part")                                                              \
    X(PART_END,    "RELEASE part")                                                                \
    X(PART_UNDO,   "ROLLBACK TO part")                                                            \
    /* migrations */                                                                              \
    Y(TABLES,         "SELECT count(*), count(*) FILTER (WHERE name = 'migrations'), "            \
                      "(SELECT application_id FROM pragma_application_id) "                       \
                      "FROM sqlite_schema WHERE type = 'table'",                                  \
                      "SELECT count(*), count(*) FILTER (WHERE relname = 'migrations'), "         \
                      "CASE obj_description(to_regclass('migrations'), 'pg_class') "              \
                      "WHEN 'of jeton' THEN 1248162927 ELSE 0 END FROM pg_class "                 \
                      "WHERE relkind IN ('r', 'p') AND relnamespace = "                           \
                      "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())")          \
    Y(WHOLE_CHECK,    "SELECT (SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok') "\
                      "+ (SELECT count(*) FROM pragma_foreign_key_check)",                        \
                      "SELECT 0")                                                                 \
    X(MIGRATION_LIST, "SELECT number, sha256 FROM migrations ORDER BY number")                    \
    X(MIGRATION_ADD,  "INSERT INTO migrations (number, name, sha256, applied) "                   \
                      "VALUES (?, ?, ?, ?)")                                                      \
    /* meta */                                                                                    \
    X(META_GET,   "SELECT value FROM meta WHERE name = ?")                                        \
    X(META_SET,   "INSERT INTO meta (name, value) VALUES (?, ?) "                                 \
                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value")                      \
    X(META_CLAIM, "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING")   \
    /* users */                                                                                   \
    X(USER_ADD,      "INSERT INTO users (id, name, email, password, disabled, must_change, "      \
                     "created, imported) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                        \
    Y(USER_BY_NAME,  "SELECT " JD_SQLITE_USER " FROM users WHERE name = ?",                       \
                     "SELECT " JD_PG_USER " FROM users WHERE lower(name) = " JD_LOWER)            \
    Y(USER_BY_ID,    "SELECT " JD_SQLITE_USER " FROM users WHERE id = ?",                         \
                     "SELECT " JD_PG_USER " FROM users WHERE id = ?")                             \
    X(USER_EXISTS,   "SELECT 1 FROM users WHERE id = ?")                                          \
    /* a prefix as a range, for the index: char(1114111) is the last character there is */        \
    Y(USER_LIST,     "SELECT " JD_SQLITE_USER " FROM users WHERE name >= ? "                                       \
                     "AND name < ? || char(1114111) ORDER BY name LIMIT ?",                       \
                     "SELECT " JD_PG_USER " FROM users WHERE lower(name) >= " JD_LOWER " "        \
                     "AND lower(name) < " JD_LOWER " || chr(1114111) "                            \
                     "ORDER BY lower(name) LIMIT ?")                                              \
    Y(USER_LIST_ON,  "SELECT " JD_SQLITE_USER " FROM users WHERE name > ? "                       \
                     "AND +name >= ? AND name < ? || char(1114111) ORDER BY name LIMIT ?",        \
                     "SELECT " JD_PG_USER " FROM users WHERE lower(name) > " JD_LOWER " "         \
                     "AND lower(name) >= " JD_LOWER " AND "                                       \
                     "lower(name) < " JD_LOWER " || chr(1114111) "                                \
                     "ORDER BY lower(name) LIMIT ?")                                              \
    X(USER_DISABLE,  "UPDATE users SET disabled = 1 WHERE id = ?")                                \
    X(USER_ENABLE,   "UPDATE users SET disabled = 0 WHERE id = ?")                                \
    X(USER_REHASH,   "UPDATE users SET password = ? WHERE id = ? AND password = ?")               \
    X(USER_SET_NAME, "UPDATE users SET name = ? WHERE id = ?")                                    \
    X(USER_SET_EMAIL, "UPDATE users SET email = ? WHERE id = ?")                                  \
    X(USER_MUST_CHANGE, "UPDATE users SET must_change = 1 WHERE id = ?")                          \
    X(USER_REMOVE,   "DELETE FROM users WHERE id = ?")                                            \
    Y(USER_IMPORTED, "SELECT imported FROM users WHERE name = ?",                                 \
                     "SELECT imported FROM users WHERE lower(name) = " JD_LOWER)                  \
    Y(USER_BY_EMAIL, "SELECT id FROM users WHERE email = ? COLLATE NOCASE AND email <> ''",       \
                     "SELECT id FROM users WHERE lower(email) = " JD_LOWER " AND email <> ''")    \
    X(USER_ROLE_COUNT, "SELECT count(*) FROM user_roles WHERE \"user\" = ?")                          \
    X(USER_ROLE_DROP, "DELETE FROM user_roles WHERE \"user\" = ? AND role = ?")                       \
    X(USER_IS_ADMIN, "SELECT count(*) FROM users WHERE id = ? AND disabled = 0 AND EXISTS "       \
                     "(SELECT 1 FROM user_roles WHERE \"user\" = users.id AND role = 'admin')")       \
    X(ADMIN_LEFT,    "SELECT EXISTS (SELECT 1 FROM user_roles JOIN users ON users.id = \"user\" "     \
                     "WHERE role = 'admin' AND disabled = 0)")                                    \
    /* passwords */                                                                               \
    X(PASSWORD_SET,  "UPDATE users SET password = ?, password_n = password_n + 1, "               \
                     "must_change = ? WHERE id = ? AND password_n = ? AND disabled = 0")          \
    X(RESET_PUT,     "INSERT INTO password_resets (\"user\", digest, expires) VALUES (?, ?, ?) "      \
                     "ON CONFLICT (\"user\") DO UPDATE SET digest = excluded.digest, "                \
                     "expires = excluded.expires")                                                \
    X(RESET_FIND,    "SELECT \"user\" FROM password_resets WHERE digest = ? AND expires > ?")         \
    X(RESET_USE,     "DELETE FROM password_resets WHERE \"user\" = ? AND digest = ? AND expires > ?") \
    X(RESET_DROP,    "DELETE FROM password_resets WHERE \"user\" = ?")                                \
    X(RESET_DROP_ALL, "DELETE FROM password_resets")                                              \
    Y(RESET_PURGE,   JD_SQLITE_PURGE("password_resets", "\"user\""),                              \
                     JD_PG_PURGE("password_resets", "\"user\""))                                  \
    /* roles */                                                                                   \
    X(ROLE_NEW,      "INSERT INTO roles (name) VALUES (?)")                                       \
    X(ROLE_GET,      "SELECT 1 FROM roles WHERE name = ?")                                        \
    X(ROLE_LIST,     "SELECT name, (SELECT count(*) FROM user_roles WHERE role = name) "          \
                     "FROM roles ORDER BY name")                                                  \
    X(ROLE_REMOVE,   "DELETE FROM roles WHERE name = ?")                                          \
    X(ROLE_EMPTY,    "DELETE FROM user_roles WHERE role = ?")                                     \
    X(ROLE_GRANT,    "INSERT INTO role_permissions (role, permission) VALUES (?, ?) "             \
                     "ON CONFLICT DO NOTHING")                                                    \
    X(ROLE_REVOKE,   "DELETE FROM role_permissions WHERE role = ? AND permission = ?")            \
    X(ROLE_PERMISSIONS, "SELECT permission FROM role_permissions WHERE role = ? "                 \
                     "ORDER BY permission")                                                       \
    X(ROLE_ADD,      "INSERT INTO roles (name) VALUES (?) ON CONFLICT (name) DO NOTHING")         \
    X(USER_ROLE_ADD, "INSERT INTO user_roles (\"user\", role) VALUES (?, ?) ON CONFLICT DO NOTHING")  \
    /* sessions */                                                                                \
    X(SESSION_ADD,      "INSERT INTO sessions (id, client, sealed_key, created, rotated, "        \
                        "idle_expires, expires, auth_time, device, address, scope, \"user\") "        \
                        "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, id "                             \
                        "FROM users WHERE id = ? AND disabled = 0 AND must_change = 0 "            \
                        "AND password_n = ? RETURNING " JD_HEAD)                                  \
    Y(SESSION_GET,      JD_SESSION_VIEW(JD_SQLITE_USER), JD_SESSION_VIEW(JD_PG_USER))             \
    X(SESSION_ROTATE,   "UPDATE sessions SET rotated = ?, idle_expires = ?, "                     \
                        "counter = counter + 1 WHERE id = ? AND counter = ? AND ended = 0 "       \
                        "AND idle_expires > ? AND expires > ? AND EXISTS "                        \
                        "(SELECT 1 FROM users WHERE id = sessions.\"user\" AND disabled = 0) "    \
                        "RETURNING " JD_HEAD)                                                     \
    X(SESSION_ENDED_N,  "SELECT ended_n FROM sessions WHERE id = ?")                              \
    X(SESSION_END,      "UPDATE sessions SET ended = ?, ended_n = ? WHERE id = ?")                \
    X(SESSION_END_USER, "UPDATE sessions SET ended = ?, ended_n = ? "                             \
                        "WHERE \"user\" = ? AND ended = 0")                                           \
    X(SESSION_END_CLIENT, "UPDATE sessions SET ended = ?, ended_n = ? "                           \
                        "WHERE client = ? AND ended = 0")                                         \
    X(SESSION_END_ALL,  "UPDATE sessions SET ended = ?, ended_n = ? WHERE ended = 0")             \
    X(SESSION_OF_USER,  "SELECT id FROM sessions WHERE \"user\" = ? AND ended = 0")                   \
    X(SESSION_LIST,     "SELECT " JD_SESSION_COLUMNS " FROM sessions WHERE \"user\" = ? "             \
                        "AND ended = 0 AND idle_expires > ? AND expires > ? AND EXISTS "          \
                        "(SELECT 1 FROM users WHERE id = sessions.\"user\" AND disabled = 0) "        \
                        "ORDER BY created DESC, id LIMIT ?")                                      \
    Y(SESSION_PURGE,    JD_SQLITE_PURGE("sessions", "id"), JD_PG_PURGE("sessions", "id"))         \
    /* the log */                                                                                 \
    /* so many numbers; where the head is below what we know of it (?2), or the server is not the    \
     * one that gave the last number, the first of them is behind a jump */                       \
    Y(LOG_NEXT,  "UPDATE log_head SET was = n, n = ?1 + CASE WHEN n >= ?2 THEN n ELSE "           \
                 JD_JUMPED("?2", JD_SQLITE_NOW, JD_TAIL) " END RETURNING n, was",                 \
                 "UPDATE log_head SET was = n, server = " JD_PG_SERVER ", n = ?1 + "              \
                 "CASE WHEN n >= ?2 AND server IN (0, " JD_PG_SERVER ") THEN n ELSE "             \
                 JD_JUMPED("greatest(n, ?2)", JD_PG_NOW, JD_TAIL) " END RETURNING n, was")        \
    X(LOG_HEAD,  "SELECT n, keys FROM log_head")                                                  \
    X(KEYS_CHANGED, "SELECT keys FROM log_head")                                                  \
    X(LOG_KEYS,  "UPDATE log_head SET keys = ?")                                                  \
    Y(LOG_JUMP,  "UPDATE log_head SET n = "                                                       \
                 JD_JUMPED("max(n, ?1)", JD_SQLITE_NOW, JD_RESTORE) ", server = 0",               \
                 "UPDATE log_head SET n = "                                                       \
                 JD_JUMPED("greatest(n, ?1)", JD_PG_NOW, JD_RESTORE) ", server = 0")              \
    X(LOG_FORGET, "UPDATE log_head SET pruned = n")                                               \
    X(LOG_ADD_1,  JD_LOG_ADD JD_LOG_ROW)                                                          \
    X(LOG_ADD_8,  JD_LOG_ADD JD_LOG_ROWS_8)                                                       \
    X(LOG_ADD_64, JD_LOG_ADD JD_EIGHT(JD_LOG_ROWS_8))                                             \
    X(LOG_AFTER, "SELECT n, kind, subject, expires, mac FROM log WHERE n > ? ORDER BY n LIMIT ?") \
    X(LOG_UNSIGNED, "SELECT n, kind, subject, expires, mac FROM log WHERE length(mac) = 0 AND n > ? "   \
                 "ORDER BY n LIMIT ?")                                                            \
    X(LOG_SIGN,  "UPDATE log SET mac = ? WHERE n = ?")                                            \
    Y(LOG_PURGE, JD_SQLITE_PURGE("log", "n") " RETURNING n", JD_PG_PURGE("log", "n") " RETURNING n") \
    X(LOG_PRUNED, "UPDATE log_head SET pruned = ? WHERE pruned < ?")                              \
    /* nodes */                                                                                   \
    Y(NODE_BEAT, "INSERT INTO nodes (id, name, kind, version, applied, lease, began, seen) "      \
                 "SELECT ?, ?, ?, ?, ?, ?, now, now FROM (SELECT " JD_SQLITE_NOW " AS now) "      \
                 "WHERE true ON CONFLICT (id) DO UPDATE SET applied = excluded.applied, "         \
                 "lease = excluded.lease, seen = max(nodes.seen + 1, excluded.seen)",             \
                 "INSERT INTO nodes (id, name, kind, version, applied, lease, began, seen) "      \
                 "SELECT ?, ?, ?, ?, ?, ?, ms, ms FROM (SELECT " JD_PG_NOW " AS ms) AS clock "    \
                 "ON CONFLICT (id) DO UPDATE SET applied = excluded.applied, "                    \
                 "lease = excluded.lease, seen = greatest(nodes.seen + 1, excluded.seen)")        \
    Y(NODE_NOW,  "SELECT n, pruned, keys, " JD_SQLITE_NOW ", 0, 0 FROM log_head",                 \
                 "SELECT n, pruned, keys, " JD_PG_NOW ", " JD_PG_SERVER ", server FROM log_head") \
    X(NODE_LIST, "SELECT id, name, kind, version, applied, lease, began, seen FROM nodes "        \
                 "ORDER BY name, began, id")                                                      \
    Y(NODE_PURGE, "DELETE FROM nodes WHERE seen < " JD_SQLITE_NOW " - 86400000",                  \
                 "DELETE FROM nodes WHERE seen < " JD_PG_NOW " - 86400000")                       \
    /* indexes of tokens */                                                                       \
    X(INDEX_DROP, "DELETE FROM index_lists WHERE expires < ?")                                    \
    X(INDEX_FIND, "SELECT list, leased, expires FROM index_lists WHERE life = ? "                 \
                 "AND leased <= ? AND opened > ? ORDER BY list DESC LIMIT 1")                     \
    X(INDEX_NEXT, "UPDATE index_head SET list = list + 1 RETURNING list")                         \
    X(INDEX_MEETS, "SELECT list FROM index_lists WHERE list % ? = ? LIMIT 1")                     \
    X(INDEX_OPEN, "INSERT INTO index_lists (list, life, opened, expires, leased) "                \
                 "VALUES (?, ?, ?, ?, 0)")                                                        \
    X(INDEX_LEASE, "UPDATE index_lists SET leased = ?, expires = ? WHERE list = ?")               \
    X(INDEX_CLOSE, "UPDATE index_lists SET leased = 1048576")                                     \
    /* not to the same number again, should this be lost itself */                                \
    Y(INDEX_JUMP, "UPDATE index_head SET list = max(list + 1024, " JD_SQLITE_NOW " / 1000)",      \
                 "UPDATE index_head SET list = greatest(list + 1024, " JD_PG_NOW " / 1000)")      \
    /* clients */                                                                                 \
    X(CLIENT_ADD,     "INSERT INTO clients (" JD_CLIENT_COLUMNS ") "                              \
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                              \
    X(CLIENT_LIST,    "SELECT " JD_CLIENT_COLUMNS " FROM clients WHERE id > ? "                   \
                      "ORDER BY id LIMIT ?")                                                      \
    X(CLIENT_CHANGE,  "UPDATE clients SET name = ?1, audience = ?2, scopes = ?3, grants = ?4, "   \
                      "access_ttl = ?5, refresh_ttl = ?6, session_ttl = ?7, alg = ?8 "            \
                      "WHERE id = ?9 AND name = ?10 AND audience = ?11 AND scopes = ?12 "         \
                      "AND grants = ?13 AND access_ttl = ?14 AND refresh_ttl = ?15 "              \
                      "AND session_ttl = ?16 AND alg = ?17")                                      \
    X(CLIENT_SECRET,  "UPDATE clients SET secret = ? WHERE id = ?")                               \
    X(CLIENT_DISABLE, "UPDATE clients SET disabled = 1 WHERE id = ?")                             \
    X(CLIENT_ENABLE,  "UPDATE clients SET disabled = 0 WHERE id = ?")                             \
    X(CLIENT_REMOVE,  "DELETE FROM clients WHERE id = ?")                                         \
    X(BAN_LIST, "SELECT network, why, until, made FROM bans WHERE until = 0 OR until > ? "        \
                "ORDER BY network")                                                               \
    X(BAN_EXPIRE, "DELETE FROM bans WHERE until > 0 AND until <= ?")                              \
    X(BAN_ADD,  "INSERT INTO bans (network, why, until, made) SELECT ?1, ?2, ?3, ?4 WHERE "       \
                "(SELECT count(*) FROM bans WHERE network <> ?1) < ?5 ON CONFLICT (network) "     \
                "DO UPDATE SET why = excluded.why, until = excluded.until, made = excluded.made") \
    X(BAN_LIFT, "DELETE FROM bans WHERE network = ?")                                             \
    /* the audit log */                                                                           \
    X(AUDIT_HEAD, "SELECT n, mac, seal FROM audit_head")                                          \
    X(AUDIT_MOVE, "UPDATE audit_head SET n = ?, mac = ?, seal = ?")                               \
    X(AUDIT_ADD_1,  JD_AUDIT_ADD JD_AUDIT_ROW)                                                    \
    X(AUDIT_ADD_8,  JD_AUDIT_ADD JD_AUDIT_ROWS_8)                                                 \
    X(AUDIT_ADD_64, JD_AUDIT_ADD JD_EIGHT(JD_AUDIT_ROWS_8))                                       \
    X(AUDIT_LIST, "SELECT n, time, actor, action, target, detail, address, request, outcome, "    \
                  "mac FROM audit WHERE n > ? ORDER BY n LIMIT ?")                                \
    /* restoring */                                                                               \
    Y(QUICK_CHECK, "SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'",           \
                   "SELECT 0")                                                                    \
    /* keys */                                                                                    \
    X(KEY_ADD,       "INSERT INTO keys (" JD_KEY_COLUMNS ") "                 \
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                  \
    X(KEY_ALONE,     "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM keys) "                            \
                     "AND NOT EXISTS (SELECT 1 FROM nodes)")                                      \
    X(KEY_KNOWN,     "UPDATE keys SET announced = 0 WHERE announced > 0 AND announced <= ?")      \
    X(KEY_HAS,       "SELECT 1 FROM keys WHERE state = ? AND alg = ? AND client = ? LIMIT 1")     \
    X(KEY_LIST,      "SELECT " JD_KEY_COLUMNS " FROM keys ORDER BY created, kid")                 \
    Y(KEY_CHANGE,    "UPDATE keys SET state = ?, since = ?, until = ?, "                          \
                     "sealed = CASE WHEN ? THEN x'' ELSE sealed END "                             \
                     "WHERE kid = ? AND state = ?",                                               \
                     "UPDATE keys SET state = ?, since = ?, until = ?, "                          \
                     "sealed = CASE WHEN ? <> 0 THEN '\\x'::bytea ELSE sealed END "               \
                     "WHERE kid = ? AND state = ?")                                               \
    /* moving to another database: key columns first, pages in their order (copy.c) */        \
    X(COPY_META, "SELECT name, value FROM meta WHERE name > ? ORDER BY name LIMIT ?")             \
    X(PUT_META, "INSERT INTO meta (name, value) VALUES (?, ?)")                                   \
    X(COPY_ROLES, "SELECT name FROM roles WHERE name > ? ORDER BY name LIMIT ?")                  \
    X(PUT_ROLES, "INSERT INTO roles (name) VALUES (?)")                                           \
    X(COPY_ROLE_PERMISSIONS, "SELECT role, permission FROM role_permissions WHERE (role, "        \
        "permission) > (?, ?) ORDER BY role, permission LIMIT ?")                                 \
    X(PUT_ROLE_PERMISSIONS, "INSERT INTO role_permissions (role, permission) VALUES (?, ?)")      \
    X(COPY_USERS, "SELECT id, name, email, password, password_n, disabled, "                      \
        "must_change, created, imported FROM users WHERE id > ? ORDER BY id "                     \
        "LIMIT ?")                                                                                \
    X(PUT_USERS, "INSERT INTO users (id, name, email, password, password_n, "                     \
        "disabled, must_change, created, imported) VALUES (?, ?, ?, ?, ?, "                       \
        "?, ?, ?, ?)")                                                                            \
    X(COPY_USER_ROLES, "SELECT \"user\", role FROM user_roles WHERE (\"user\", role) > (?, "      \
        "?) ORDER BY \"user\", role LIMIT ?")                                                     \
    X(PUT_USER_ROLES, "INSERT INTO user_roles (\"user\", role) VALUES (?, ?)")                    \
    X(COPY_PASSWORD_RESETS, "SELECT \"user\", digest, expires FROM password_resets WHERE "        \
        "\"user\" > ? ORDER BY \"user\" LIMIT ?")                                                 \
    X(PUT_PASSWORD_RESETS, "INSERT INTO password_resets (\"user\", digest, expires) VALUES (?, "  \
        "?, ?)")                                                                                  \
    X(COPY_CLIENTS, "SELECT id, name, secret, audience, scopes, grants, access_ttl, "             \
        "refresh_ttl, session_ttl, disabled, created, alg FROM clients "                          \
        "WHERE id > ? ORDER BY id LIMIT ?")                                                       \
    X(PUT_CLIENTS, "INSERT INTO clients (id, name, secret, audience, scopes, grants, "            \
        "access_ttl, refresh_ttl, session_ttl, disabled, created, alg) "                          \
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                            \
    X(COPY_SESSIONS, "SELECT id, \"user\", client, sealed_key, counter, created, "                \
        "rotated, idle_expires, expires, ended, ended_n, auth_time, device, "                     \
        "address, scope FROM sessions WHERE id > ? ORDER BY id LIMIT ?")                          \
    X(PUT_SESSIONS, "INSERT INTO sessions (id, \"user\", client, sealed_key, counter, "           \
        "created, rotated, idle_expires, expires, ended, ended_n, "                               \
        "auth_time, device, address, scope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "                     \
        "?, ?, ?, ?, ?, ?, ?)")                                                                   \
    X(COPY_KEYS, "SELECT kid, alg, state, public, sealed, created, client, since, "               \
        "ready, until, announced FROM keys WHERE kid > ? ORDER BY kid LIMIT ?")                              \
    X(PUT_KEYS, "INSERT INTO keys (kid, alg, state, public, sealed, created, "                    \
        "client, since, ready, until, announced) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")       \
    X(COPY_BANS, "SELECT network, why, until, made FROM bans WHERE network > ? ORDER "            \
        "BY network LIMIT ?")                                                                     \
    X(PUT_BANS, "INSERT INTO bans (network, why, until, made) VALUES (?, ?, ?, ?)")               \
    X(COPY_LOG, "SELECT n, kind, subject, expires, mac FROM log WHERE n > ? ORDER "               \
        "BY n LIMIT ?")                                                                           \
    X(PUT_LOG, "INSERT INTO log (n, kind, subject, expires, mac) VALUES (?, ?, ?, "               \
        "?, ?)")                                                                                  \
    X(COPY_AUDIT, "SELECT n, time, actor, action, target, detail, address, request, "             \
        "outcome, mac FROM audit WHERE n > ? ORDER BY n LIMIT ?")                                 \
    X(PUT_AUDIT, "INSERT INTO audit (n, time, actor, action, target, detail, "                    \
        "address, request, outcome, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "                     \
        "?)")                                                                                     \
    X(COPY_INDEX_LISTS, "SELECT list, life, opened, expires, leased FROM index_lists WHERE "      \
                 "list > ? ORDER BY list LIMIT ?")                                                \
    X(PUT_INDEX_LISTS, "INSERT INTO index_lists (list, life, opened, expires, leased) "           \
                 "VALUES (?, ?, ?, ?, ?)")                                                        \
    X(COPY_INDEX_HEAD, "SELECT list FROM index_head")                                             \
    X(PUT_INDEX_HEAD, "UPDATE index_head SET list = ?")                                           \
    X(COPY_LOG_HEAD, "SELECT n, pruned, keys FROM log_head")                                      \
    X(PUT_LOG_HEAD, "UPDATE log_head SET n = ?, pruned = ?, keys = ?")                            \
    X(COPY_AUDIT_HEAD, "SELECT n, mac, seal FROM audit_head")                                     \
    X(PUT_AUDIT_HEAD, "UPDATE audit_head SET n = ?, mac = ?, seal = ?")                           \
    /* what is sealed */                                                                          \
    X(SEALED_KEYS,     "SELECT kid, sealed FROM keys WHERE length(sealed) > 0 AND kid > ? "            \
                       "ORDER BY kid LIMIT ?")                                                    \
    X(SEALED_SESSIONS, "SELECT id, sealed_key FROM sessions WHERE length(sealed_key) > 0 AND id > ? "  \
                       "ORDER BY id LIMIT ?")                                                     \
    X(SEALED_META,     "SELECT name, value FROM meta WHERE name > ? ORDER BY name LIMIT ?")       \
    X(RESEAL_KEY,      "UPDATE keys SET sealed = ? WHERE kid = ?")                                \
    X(RESEAL_SESSION,  "UPDATE sessions SET sealed_key = ? WHERE id = ?")                         \
    X(RESEAL_META,     "UPDATE meta SET value = ? WHERE name = ?")
/* clang-format on */

typedef enum jd_sql {
#define JD_SQL_ENUM(name, ...) JD_SQL_##name,
    JD_SQL_LIST(JD_SQL_ENUM, JD_SQL_ENUM)
#undef JD_SQL_ENUM
        JD_SQL_COUNT
} jd_sql;

#endif
