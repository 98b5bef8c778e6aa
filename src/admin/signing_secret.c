/* SPDX-License-Identifier: Apache-2.0 */
/* admin/signing_secret.c - read, or made. */
#include "admin/signing_secret.h"

#include "admin/task.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"

#define NAME         "signing_secret"
#define RANDOM_BYTES 32U

/* The text is the secret: others take it as it stands in their settings. */
static jeton_status make_text(jt_secret *text, jeton_err *err)
{
    uint8_t random[RANDOM_BYTES];
    JT_TRY(jt_secret_new(NULL, jt_base64url_chars(RANDOM_BYTES), text, err));
    const jeton_status status = jt_random(NULL, random, sizeof random, err);
    jt_base64url_print(jeton_bytes(random, sizeof random), (char *)text->ptr);
    jt_wipe(random, sizeof random);
    return status;
}

jeton_status jd_task_signing_secret(const jd_task *task, jt_secret *secret, jeton_err *err)
{
    const jeton_span given = jd_task_text(task, NAME);
    *secret = (jt_secret){0};
    if (!jd_task_has(task, NAME)) {
        JT_TRY(make_text(secret, err));
        jt_put_text(task->tree, task->result, NAME, jt_secret_span(secret));
        return JETON_OK;
    }
    if (given.len == 0)
        return jt_fail(err, JETON_E_REQUEST, NAME " is empty");
    JT_TRY(jt_secret_new(NULL, jt_base64url_bytes(given.len), secret, err));
    if (jt_base64url_parse(given, secret->ptr))
        return JETON_OK;
    jt_secret_done(secret);
    return jt_fail(err, JETON_E_REQUEST, NAME " is not base64url");
}
