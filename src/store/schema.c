/* SPDX-License-Identifier: Apache-2.0 */
/* store/schema.c - whose database it is, which schema it has, and bringing that up to date,
 * all steps in one transaction. */
#include "store/schema.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/sql.h"

#define OURS 0x4a65746f /* "Jeto", which the first schema puts into the header */

typedef struct migration {
    const jeton_ctx *ctx;
    const jd_migrations *known;
    unsigned done; /* the schema the store has */
    unsigned *applied;
} migration;

/* Tables that we have not made are somebody's data. Others have a table of that name as well. */
jeton_status jd_sql_check_ours(jd_conn *conn, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_TABLES);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "no schema");
    const int64_t tables = jd_take_int(&query);
    const int64_t migrations = jd_take_int(&query);
    const int64_t application = jd_take_int(&query);
    if (tables > 0 && (migrations == 0 || application != OURS))
        return jt_fail(err, JETON_E_STORE, "the store is a database of another program");
    return JETON_OK;
}

/* One row of the table `migrations` against what this program knows of that number. */
static jeton_status check_known(const jd_migrations *known, unsigned number, jeton_span sha256,
                                jeton_err *err)
{
    if (number > known->count)
        return jt_fail(err, JETON_E_STORE,
                       "the store has schema %u and this jeton knows schemas up to %u: "
                       "it was used by a newer one",
                       number, known->count);
    if (!jeton_span_equal(sha256, jeton_str(known->at[number - 1].sha256)))
        return jt_fail(err, JETON_E_STORE,
                       "the store's schema %u was made by another text than this jeton's", number);
    return JETON_OK;
}

static jeton_status check_done(jd_conn *conn, migration *args, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(args->ctx);
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_MIGRATION_LIST);
    while (jd_query_row(&query)) {
        const int64_t number = jd_take_int(&query);
        const jeton_span sha256 = jd_take_text(&query, &arena);
        JT_TRY(jd_query_end(&query, err));
        if (number != (int64_t)args->done + 1 && number <= (int64_t)args->known->count)
            return jt_fail(err, JETON_E_STORE, "the store's list of schemas has a gap");
        JT_TRY(check_known(args->known, (unsigned)number, sha256, err));
        args->done++;
    }
    return jd_query_end(&query, err);
}

static jeton_status apply(jd_conn *conn, const jd_migration *step, jeton_time now, jeton_err *err)
{
    JT_TRY(conn->driver->script(conn, step->sql, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_MIGRATION_ADD);
    jd_bind_int(&query, step->number);
    jd_bind_text(&query, jeton_str(step->name));
    jd_bind_text(&query, jeton_str(step->sha256));
    jd_bind_int(&query, now);
    return jd_query_run(&query, NULL, err);
}

static jeton_status survey(jd_conn *conn, void *args, jeton_err *err)
{
    migration *state = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_TABLES);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "no schema");
    return jd_take_int(&query) > 0 ? check_done(conn, state, err) : JETON_OK;
}

jeton_status jd_store_schema(jd_store *store, jd_schema *schema, jeton_err *err)
{
    *schema = (jd_schema){0};
    migration args = {.ctx = store->ctx, .known = store->driver->migrations};
    JT_TRY(jd_sql_read(store, survey, &args, err));
    *schema = (jd_schema){.has = args.done, .knows = args.known->count};
    return JETON_OK;
}

static jeton_status check_whole(jd_conn *conn, const char *otherwise, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_WHOLE_CHECK);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "no check");
    const int64_t wrong = jd_take_int(&query);
    JT_TRY(jd_query_end(&query, err));
    if (wrong == 0)
        return JETON_OK;
    return jt_fail(err, JETON_E_STORE, "%s", otherwise);
}

static jeton_status look(jd_conn *conn, void *args, jeton_err *err)
{
    (void)args;
    return check_whole(conn, "the store is damaged", err);
}

jeton_status jd_store_check(jd_store *store, jeton_err *err)
{
    return jd_sql_read(store, look, NULL, err);
}

static jeton_status migrate(jd_conn *conn, void *args, jeton_err *err)
{
    migration *state = args;
    JT_TRY(conn->driver->script(conn, conn->driver->migrations_table, err));
    JT_TRY(check_done(conn, state, err));
    if (state->done > 0 && state->done < state->known->count)
        /* what nobody has met so far would be carried on, or end the migration half-way */
        JT_TRY(check_whole(
            conn, "the store is damaged, so its schema is left as it is: restore a backup", err));
    for (unsigned i = state->done; i < state->known->count; i++) {
        JT_TRY(apply(conn, &state->known->at[i], jt_now(state->ctx), err));
        (*state->applied)++;
    }
    return JETON_OK;
}

jeton_status jd_store_migrate(jd_store *store, unsigned *applied, jeton_err *err)
{
    *applied = 0;
    migration args = {.ctx = store->ctx, .known = store->driver->migrations, .applied = applied};
    return jd_or_empty(jd_sql_write_schema(store, migrate, &args, err), applied, sizeof *applied);
}
