/* SPDX-License-Identifier: Apache-2.0 */
/* cli/input.c - reads what commands are given. */
#include "cli/input.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART ((size_t)32 * 1024) /* of a file, read at once */

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static void close_file(FILE **file)
{
    if (*file != NULL && *file != stdin)
        (void)fclose(*file);
}

jeton_status jd_input_read(const char *path, size_t limit, jt_buf *to, jeton_err *err)
{
    JT_AUTO(close_file) FILE *file = is_stdin(path) ? stdin : fopen(path, "rb");
    if (file == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "cannot read %.90s: %s", path, strerror(errno));
    for (;;) {
        JT_TRY(jt_buf_reserve(to, 4096, err));
        const size_t got = fread(to->ptr + to->len, 1, to->cap - to->len, file);
        to->len += got;
        if (to->len > limit)
            return jt_fail(err, JETON_E_LIMIT, "%.90s is longer than %zu bytes", path, limit);
        if (ferror(file))
            return jt_fail(err, JETON_E_SYSTEM, "cannot read %.90s: %s", path, strerror(errno));
        if (got == 0)
            return JETON_OK;
    }
}

jeton_status jd_input_each(const char *path, void (*take)(void *user, jeton_span part), void *user,
                           jeton_err *err)
{
    uint8_t part[PART];
    size_t got;
    JT_AUTO(close_file) FILE *file = is_stdin(path) ? stdin : fopen(path, "rb");
    if (file == NULL)
        return jt_fail(err, JETON_E_SYSTEM, "cannot read %.90s: %s", path, strerror(errno));
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        take(user, jeton_bytes(part, got));
    if (ferror(file))
        return jt_fail(err, JETON_E_SYSTEM, "cannot read %.90s: %s", path, strerror(errno));
    return JETON_OK;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

void jd_input_trim(jt_buf *to)
{
    if (to->len == 0)
        return;
    size_t start = 0;
    while (to->len > 0 && is_space(to->ptr[to->len - 1]))
        to->len--;
    while (start < to->len && is_space(to->ptr[start]))
        start++;
    to->len -= start;
    memmove(to->ptr, to->ptr + start, to->len);
}

jeton_status jd_input_read_trimmed(const char *path, size_t limit, jt_buf *to, jeton_err *err)
{
    JT_TRY(jd_input_read(path, limit, to, err));
    jd_input_trim(to);
    return JETON_OK;
}

jeton_status jd_input_token(const char *operand, jt_buf *to, jeton_err *err)
{
    if (is_stdin(operand))
        return jd_input_read_trimmed(operand, jt_limits(NULL)->token, to, err);
    return jt_buf_add(to, jeton_str(operand), err);
}

jeton_status jd_input_line(jt_buf *line, bool *end, jeton_err *err)
{
    const size_t most = jt_limits(NULL)->token + 1;
    int c;
    line->len = 0;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
        const uint8_t byte = (uint8_t)c;
        if (line->len < most)
            JT_TRY(jt_buf_add(line, jeton_bytes(&byte, 1), err));
    }
    *end = c == EOF && line->len == 0;
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    return ferror(stdin) ? jt_fail(err, JETON_E_SYSTEM, "cannot read: %s", strerror(errno))
                         : JETON_OK;
}

/* ---- values of options ---------------------------------------------------------------------- */

static const struct {
    const char *unit;
    unsigned seconds;
} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

jeton_status jd_input_duration(const char *text, unsigned *seconds, jeton_err *err)
{
    *seconds = 0;
    char *end;
    errno = 0;
    const unsigned long number = strtoul(text, &end, 10);
    const bool is_number = text[0] >= '0' && text[0] <= '9' && errno == 0;
    for (size_t i = 0; is_number && i < JT_COUNT(units); i++) {
        if (strcmp(end, units[i].unit) == 0 && number <= UINT32_MAX / 2 / units[i].seconds) {
            *seconds = (unsigned)number * units[i].seconds;
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_ARGUMENT, "a duration is a number with s, m, h or d: 15m");
}

jeton_status jd_input_algs(const char *text, uint32_t *algs, jeton_err *err)
{
    *algs = 0;
    if (text == NULL)
        return JETON_OK;
    do { /* an empty list names none: it is a variable of a script that was not set */
        const size_t len = strcspn(text, ",");
        const jeton_alg alg = jeton_alg_find(jeton_bytes(text, len));
        if (alg == JETON_ALG_UNSET)
            return jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm %.*s",
                           (int)(len < 20 ? len : 20), text);
        *algs |= JETON_ALG_BIT(alg);
        text += len + (text[len] == ',' ? 1 : 0);
    } while (*text != '\0');
    return JETON_OK;
}

jeton_status jd_input_alg(const char *text, jeton_alg *alg, jeton_err *err)
{
    *alg = jeton_alg_find(jeton_str(text));
    if (text != NULL && *alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no algorithm of that name");
    return JETON_OK;
}

bool jd_input_any_bound(const jeton_keyset *keys)
{
    for (size_t i = 0; i < jeton_keyset_count(keys); i++)
        if (jeton_key_alg(jeton_keyset_get(keys, i)) != JETON_ALG_UNSET)
            return true;
    return false;
}

jeton_status jd_input_unbound(jeton_err *err)
{
    return jt_fail(err, JETON_E_ARGUMENT, "the key is bound to no algorithm: name one by --alg");
}
