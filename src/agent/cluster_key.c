/* SPDX-License-Identifier: Apache-2.0 */
/* agent/cluster_key.c - reads the cluster key from a file. */
#include "agent/cluster_key.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "sys/disk.h"

#define FILE_MOST 256U /* bytes of a file that holds 43 characters and a line end */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static jeton_status parse(const char *path, jeton_span text, jt_secret *key, jeton_err *err)
{
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    JT_TRY(jt_secret_new(NULL, JD_CLUSTER_KEY_BYTES, key, err));
    if (text.len == jt_base64url_chars(JD_CLUSTER_KEY_BYTES) && jt_base64url_parse(text, key->ptr))
        return JETON_OK;
    jt_secret_done(key);
    return jt_fail(err, JETON_E_KEY, "%.90s is not what `jeton cluster key` prints", path);
}

/* A file that somebody has named must be there, and be as short as what we write. */
static jeton_status load(const char *path, jt_secret *text, jeton_err *err)
{
    jeton_err why = {0};
    jeton_status status = jd_file_check_private(path, &why);
    if (status == JETON_OK)
        status = jd_file_load(NULL, path, FILE_MOST, text, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status == JETON_E_LIMIT ? JETON_E_KEY : JETON_E_SYSTEM, "%s", why.text);
}

jeton_status jd_cluster_key_read(const char *path, jt_secret *key, jeton_err *err)
{
    *key = (jt_secret){0};
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    JT_TRY(load(path, &text, err));
    return parse(path, jt_secret_span(&text), key, err);
}
