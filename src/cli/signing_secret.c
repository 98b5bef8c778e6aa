/* SPDX-License-Identifier: Apache-2.0 */
/* cli/signing_secret.c - reads the secret of a client. */
#include "cli/signing_secret.h"

#include "cli/input.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"

#include <stdlib.h>

#define MOST ((size_t)4096)

/* One line end: what an editor puts there. Other white space may be meant. */
static void drop_line_end(jt_buf *secret)
{
    if (secret->len > 0 && secret->ptr[secret->len - 1] == '\n')
        secret->len--;
    if (secret->len > 0 && secret->ptr[secret->len - 1] == '\r')
        secret->len--;
}

jeton_status jd_signing_secret_read(const jd_args *args, jt_buf *text, jeton_err *err)
{
    const char *path = jd_args_get(args, "--signing-secret-file");
    const char *value = getenv("JETON_SIGNING_SECRET");
    JT_AUTO(jt_buf_done) jt_buf secret = jt_buf_init(NULL);
    if (path == NULL && (value == NULL || *value == '\0'))
        return JETON_OK;
    if (path != NULL)
        JT_TRY(jd_input_read(path, MOST, &secret, err));
    else
        JT_TRY(jt_buf_add(&secret, jeton_str(value), err));
    if (path != NULL)
        drop_line_end(&secret);
    const size_t chars = jt_base64url_chars(secret.len);
    JT_TRY(jt_buf_reserve(text, chars + 1, err));
    jt_base64url_print(jt_buf_span(&secret), (char *)text->ptr);
    text->len = chars;
    return chars > 0 ? JETON_OK : jt_fail(err, JETON_E_ARGUMENT, "%.100s is empty", path);
}
