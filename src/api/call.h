/* SPDX-License-Identifier: Apache-2.0 */
/* api/call.h - one request on its way through its endpoint.
 *
 * An endpoint is a list of steps, each with the lane it runs on. A step looks at the call, and
 * returns JETON_OK to let the next one run, or why not: then the call is answered by
 * api/problem.h. One step puts the answer; it is sent when that step returns.
 *
 * Steps on the commit lane run in one transaction with those of other calls (store/store.h). The
 * answer is sent, and a step on another lane begun, only once that is on disk; when it fails, the
 * call is answered with why, whatever its steps have put.
 *
 * A step that reads the store comes behind those on the loop, never before one.
 *
 * A call belongs to one thread at a time. Whatever a step keeps for the next one, it keeps in the
 * call's arena, behind call->state.
 */
#ifndef JD_API_CALL_H
#define JD_API_CALL_H

#include "admin/operation.h"
#include "api/app.h"
#include "store/audit.h"
#include "json/tree.h"

/* Where a step runs. */
typedef enum jd_where {
    JD_ON_LOOP,      /* must not block: parsing, verifying, reading what is cached */
    JD_ON_READ,      /* reads the store: here if that is a file, on a lane if it is a database */
    JD_ON_COMMIT,    /* may wait for the disk */
    JD_ON_HASH,      /* may burn a core for a while */
    JD_ON_OPERATION, /* may take long: what operators have done (api/admin.h) */
    JD_ON_NODES,     /* must not block; once the wait of call->ticket is over */
} jd_where;

typedef struct jd_call jd_call;

/* What a step on the commit lane leaves to be done once it is known whether what it did holds:
 * status is that of the batch. On the same thread, before the answer or the next step. */
typedef void jd_call_settled(jd_call *call, jeton_status status);

typedef struct jd_step {
    jd_where where;
    jeton_status (*run)(jd_call *call, jeton_err *err);
} jd_step;

#define JD_HEADERS_MAX 24U
#define JD_PARAMS_MAX  2U
#define JD_CALL_ID     16U

struct jd_call {
    jd_work work; /* links the call into a lane; must stay first */
    jd_app *app;
    jd_request *request;
    jt_arena *arena;
    char id[JD_CALL_ID + 1]; /* of the request, hexadecimal */
    char trace[33];          /* of the client (trace.h); "" for none */
    jd_audit_who who;        /* for the audit log; its actor once a token was verified */
    char actor[JD_ID_CHARS + 1];
    const jeton_span *attempt;     /* whom a login was tried for: a failure is audited */
    size_t route;                  /* its number among the routes, for the metrics */
    int64_t began;                 /* nanoseconds */
    const jd_step *next;           /* the next step; one with run NULL ends the list */
    jd_where where;                /* the thread we are on */
    jeton_verdict *verdict;        /* of the access token, once a step has asked for it */
    void *state;                   /* the endpoint's own */
    bool is_public;                /* pages of any origin may read the answer (api/cors.h) */
    uint64_t ticket;               /* of a wait (accounts/waits.h) that JD_ON_NODES is about */
    jd_call_settled *settled;      /* once; NULL: nothing is left to be done */
    const jd_operation *operation; /* of the admin API, and what it is asked */
    jt_json *arguments;
    jeton_span params[JD_PARAMS_MAX]; /* what stands in the path for each {…} of the route */
    bool slotted;                     /* JETON_E_CREDENTIALS is told at the end of a slot */
    int64_t hold;                     /* until then; 0: at once */
    int64_t wait;                     /* seconds, for the Retry-After of JETON_E_RATE */
    jeton_span behind;                /* method of the request behind, by word of its proxy */
    bool by_cookie;                   /* the token came in a cookie */
    bool oauth;                       /* failures look as RFC 6749 §5.2 has them */
    bool answered;                    /* the answer below is complete */
    unsigned status;
    size_t header_count;
    jd_header headers[JD_HEADERS_MAX];
    jeton_span body;
};

/* Starts a call for a new request: its id and its memory. NULL when there is no memory. */
jd_call *jd_call_new(jd_app *app, jd_request *request);

/* Runs the steps from here on. On return the call belongs to nobody here. */
void jd_call_run(jd_call *call, const jd_step *steps);

/* Gives back what the call borrowed: when the request is over. */
void jd_call_done(jd_call *call);

/* ---- for steps --------------------------------------------------------------------------------
 */

/* Adds a header to the answer; a text that is not static has to live in the arena. */
void jd_call_header(jd_call *call, const char *name, const char *value);

/* Puts the answer: JSON, never cached unless the step says so by a header of its own. */
JETON_MUST jeton_status jd_call_answer(jd_call *call, unsigned status, const jt_tree *tree,
                                       const jt_node *root, jeton_err *err);

/* Puts an answer whose JSON text is ready. It must live as long as the call. */
void jd_call_answer_text(jd_call *call, unsigned status, jeton_span json);

/* The same for a body of another type. */
void jd_call_answer_bytes(jd_call *call, unsigned status, const char *type, jeton_span body);

/* Puts an answer without a body. */
void jd_call_answer_empty(jd_call *call, unsigned status);

#endif
