/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.h - what the program keeps: the store itself, and the rules of all its operations.
 *
 * Each noun that is kept has a header of its own beside this one, and its operations in the file of
 * the same name: users.h, passwords.h, roles.h, sessions.h, clients.h, bans.h, keys.h, log.h,
 * revoke.h, nodes.h, indexes.h, meta.h, audit.h. What is done to all of a store: schema.h,
 * backup.h, copy.h, reseal.h, purge.h.
 *
 * One interface for every back end; tests/store holds each of them to these files. Whoever opens a
 * store learns the back end from its address and nothing else.
 *
 * Each operation is one transaction: when it returns JETON_OK, what it did survives a power cut;
 * when it returns anything else, it did nothing. Two operations never see each other half done.
 * Any thread may call any of them; they block on the disk or the network. Only between
 * jd_store_batch_begin() and jd_store_batch_end() is an operation's survival told later.
 *
 * Results are values whose texts and arrays live in the caller's arena; texts have a NUL behind
 * them. Results are emptied first and filled only on JETON_OK. Passwords are hashes and keys are
 * sealed before they come here: nothing in the store is a usable secret.
 *
 * Outcomes of every operation, beside those named with it:
 *   JETON_E_STORE  the store cannot be used; err says what happened, never what is stored
 *   JETON_E_BUSY   somebody else holds it for too long: trying again may help
 *   JETON_E_NOMEM
 */
#ifndef JD_STORE_STORE_H
#define JD_STORE_STORE_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_store jd_store;

/* Opens a store, making an empty one where there is none. What is not a store is left untouched.
 *
 * ctx      may be NULL; must outlive the store
 * address  "sqlite:PATH" or a path: an SQLite file, made readable by its owner alone;
 *          "postgres://…": a database of PostgreSQL, as libpq reads it. Its password may also be in
 *          the file that the environment names by JETON_STORE_PASSWORD_FILE
 * store    set to NULL first; on JETON_OK the caller owns it: jd_store_close()
 *
 * JETON_E_UNSUPPORTED  an address of a back end that this build does not have
 * JETON_E_STORE        "PATH is not a store of jeton", a database of another program, no
 *                      permission, …
 */
JETON_MUST jeton_status jd_store_open(const jeton_ctx *ctx, const char *address, jd_store **store,
                                      jeton_err *err);

/* What a store in a database of its own may take. 0: the default. */
typedef struct jd_store_limits {
    unsigned connections;  /* open at one time: 8 */
    unsigned milliseconds; /* for an answer, and for a connection to become free: 5000 */
    const char *schema;    /* for store/scratch.h: made if it is not there, and worked in; borrowed,
                              a name that needs no quotes. NULL or empty: the address says it */
} jd_store_limits;

JETON_MUST jeton_status jd_store_open_within(const jeton_ctx *ctx, const char *address,
                                             const jd_store_limits *limits, jd_store **store,
                                             jeton_err *err);

/* Whether other nodes may work with the store at the same time. */
bool jd_store_is_shared(const jd_store *store);

/* Closes *store and sets it to NULL. Nobody may be using it. A NULL *store is fine. */
void jd_store_close(jd_store **store);

/* Reads all of it. Others may work with it meanwhile. JETON_E_STORE  it is damaged */
JETON_MUST jeton_status jd_store_check(jd_store *store, jeton_err *err);

/* Group commit: the operations of the calling thread, from here to jd_store_batch_end(), reach the
 * disk together, which costs as much as one of them alone. Each still does all it does or nothing,
 * and sees what those before it did; others see none of it until the end. Meanwhile the writes of
 * other threads wait, so the batch has to be short, and a thread has one batch at a time.
 *
 * An outcome within the batch is not to be told to anybody before jd_store_batch_end() has returned
 * JETON_OK. When begin fails there is no batch, and no end is due. */
JETON_MUST jeton_status jd_store_batch_begin(jd_store *store, jeton_err *err);

/* Commits. When this fails, none of the operations of the batch has happened, whatever they
 * returned: what a caller keeps in memory of them may only be such that refuses too much. Of a
 * database whose connection breaks while it commits, nobody knows whether it has (JETON_E_STORE);
 * the same is true of an operation by itself. */
JETON_MUST jeton_status jd_store_batch_end(jd_store *store, jeton_err *err);

/* Rolls back, in the place of jd_store_batch_end(): none of the operations has happened. */
void jd_store_batch_undo(jd_store *store);

#endif
