/* SPDX-License-Identifier: Apache-2.0 */
/* jeton_mhd.h - guards routes of a libmicrohttpd server (libjeton-mhd). Guarding one is one line:
 *
 *     static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, …, void **state)
 *     {
 *         enum MHD_Result more;
 *         jeton_decision who;
 *         if (!jeton_mhd_ready(connection, method, data, size, state, &more))
 *             return more;
 *         if (!jeton_mhd_guard(*state, guard, &admins, &who))
 *             return jeton_mhd_refuse(*state, &who);
 *         return jeton_mhd_answer(*state, 200, "text/plain", "Hello");
 *     }
 *
 *     MHD_start_daemon(…, answer, NULL, MHD_OPTION_NOTIFY_COMPLETED, jeton_mhd_done, NULL, …);
 *
 * What a route demands, and what a guard is, is in jeton/guard.h. Programs to start from are in
 * examples/mhd.
 *
 * It takes in the body of a request, so that a guard may look into it, up to JETON_MHD_BODY bytes.
 * Answers are not to be cached.
 *
 * Threads: a request belongs to one at a time, as libmicrohttpd has it. With threads of
 * libmicrohttpd's own, callbacks of a guard run on several of them at once.
 */
#ifndef JETON_MHD_H
#define JETON_MHD_H

#include <jeton.h>
#include <microhttpd.h>

/* Bodies that are longer are answered with 413. */
#define JETON_MHD_BODY ((size_t)64 * 1024)

/* A request, its body, and what the guards know of it. */
typedef struct jeton_mhd jeton_mhd;

JETON_BEGIN

/* Takes in what comes of a request; to be called first in the access handler, with its arguments.
 *
 * state   the access handler's, which holds the request (jeton_mhd *) from then on
 * result  what the handler has to return, when this is false
 *
 * True when all of the request is there. */
JETON_API bool jeton_mhd_ready(struct MHD_Connection *connection, const char *method,
                               const char *data, size_t *size, void **state,
                               enum MHD_Result *result);

/* Frees the request: for MHD_OPTION_NOTIFY_COMPLETED. */
JETON_API void jeton_mhd_done(void *cls, struct MHD_Connection *connection, void **state,
                              enum MHD_RequestTerminationCode code);

/* Decides about the request; see jeton_guard_check(). route may be NULL. True when it is allowed.
 */
JETON_API bool jeton_mhd_guard(jeton_mhd *request, const jeton_guard *guard,
                               const jeton_route *route, jeton_decision *decision);

/* Answers as the decision says: status, challenge, body. */
JETON_API enum MHD_Result jeton_mhd_refuse(jeton_mhd *request, const jeton_decision *decision);

/* Answers with a text, which is copied, and the cookies that were set, never to be cached.
 *
 * type  of the content; NULL: application/json */
JETON_API enum MHD_Result jeton_mhd_answer(jeton_mhd *request, unsigned http, const char *type,
                                           const char *text);

/* Adds a Set-Cookie to the answer to come: for jeton_issuer_set_cookies(), whose `user` is the
 * request. Of more than 8 the last are lost. */
JETON_API void jeton_mhd_set_cookie(void *request, const char *line);

/* A field of a JSON body or a form; see jeton_visit_field(). */
JETON_API bool jeton_mhd_field(jeton_mhd *request, const char *name, jeton_span *value);

JETON_END

#endif
