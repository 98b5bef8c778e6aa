/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_inspect.c - what is in a token, for a person. Tokens that a verifier would refuse are
 * shown all the same, as far as they can be read; nothing here decides anything.
 *
 * stdout has the parts: JSON, or in colours the token with its parts below, as debuggers show it.
 * stderr has what there is to say about them, so that stdout stays JSON. */
#include "cli/input.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/token.h"
#include "cli/token_judge.h"
#include "core/auto.h"
#include "core/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

typedef struct look {
    jt_buf token;
    jd_token_view view;
    jd_findings findings;
    jt_tree *tree;
    bool colors;
} look;

static void look_done(look *of)
{
    jt_tree_free(&of->tree);
    jd_findings_done(&of->findings);
    jd_token_view_done(&of->view);
    jt_buf_done(&of->token);
}

static jeton_status take_look(const jd_args *args, look *of, jeton_err *err)
{
    JT_TRY(jd_terminal_colors(args, &of->colors, err));
    JT_TRY(jd_findings_init(&of->findings, err));
    JT_TRY(jt_tree_new(NULL, &of->tree, err));
    JT_TRY(jd_input_token(args->operand, &of->token, err));
    return jd_token_view_read(jt_buf_span(&of->token), &of->view, err);
}

/* ---- as JSON -------------------------------------------------------------------------------- */

/* A part that is not JSON is null, and what it is instead stands beside it. */
static jeton_status put_part(look *of, jt_node *to, size_t i, const char *name,
                             const char *text_name, jeton_err *err)
{
    const jd_token_part *part = &of->view.parts[i];
    jt_put_node(of->tree, to, name, jt_tree_copy(of->tree, jt_json_root(part->json)));
    if (part->json != NULL || !part->decoded || part->bytes.len == 0)
        return JETON_OK;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jd_terminal_add_bytes(&text, jt_buf_span(&part->bytes), err));
    jt_put_text(of->tree, to, text_name, jt_buf_span(&text));
    return JETON_OK;
}

static jeton_status add_json(look *of, jt_layout layout, jt_buf *out, jeton_err *err)
{
    jt_node *all = jt_tree_object(of->tree);
    JT_TRY(put_part(of, all, 0, "header", "header_text", err));
    if (jd_token_view_is_encrypted(&of->view))
        jt_put_node(of->tree, all, "payload", jt_tree_copy(of->tree, NULL));
    else
        JT_TRY(put_part(of, all, 1, "payload", "payload_text", err));
    const bool has_signature = jd_token_view_is_signed(&of->view);
    jt_put_int(of->tree, all, "signature_bytes",
               has_signature ? (int64_t)of->view.parts[2].bytes.len : 0);
    JT_TRY(jd_terminal_add_tree(out, of->tree, all, layout, err));
    return layout == JT_COMPACT ? jt_buf_add(out, jeton_str("\n"), err) : JETON_OK;
}

/* ---- in colours ----------------------------------------------------------------------------- */

/* Of header, payload and signature; what there may be besides has none. */
static const char *const colors[] = {"\x1b[31m", "\x1b[35m", "\x1b[36m"};
static const char plain[] = "\x1b[0m";

static const char *color_of(const look *of, size_t i)
{
    const bool known = i == 0 || (i < JT_COUNT(colors) && !jd_token_view_is_encrypted(&of->view));
    return known ? colors[i] : plain;
}

/* The token itself. Behind the last part that is kept apart, the rest follows as it is. */
static jeton_status add_token(const look *of, jt_buf *out, jeton_err *err)
{
    jeton_span rest = of->view.token;
    for (size_t i = 0; i < of->view.count && i < JD_TOKEN_PARTS; i++) {
        const size_t len = of->view.parts[i].text.len;
        JT_TRY(jt_buf_add(out, jeton_str(color_of(of, i)), err));
        JT_TRY(jd_terminal_add_bytes(out, jeton_bytes(rest.ptr, len), err));
        JT_TRY(jt_buf_add(out, jeton_str(plain), err));
        const size_t dot = len < rest.len ? 1 : 0;
        JT_TRY(jd_terminal_add_bytes(out, jeton_bytes(rest.ptr + len, dot), err));
        rest = jeton_bytes(rest.ptr + len + dot, rest.len - len - dot);
    }
    JT_TRY(jd_terminal_add_bytes(out, rest, err));
    return jt_buf_add(out, jeton_str("\n\n"), err);
}

static jeton_status add_part_text(const look *of, const jd_token_part *part, jt_buf *out,
                                  jeton_err *err)
{
    if (!part->decoded)
        return jt_buf_add(out, jeton_str("(not base64url)\n"), err);
    if (part->json == NULL) {
        JT_TRY(jd_terminal_add_bytes(out, jt_buf_span(&part->bytes), err));
        return jt_buf_add(out, jeton_str("\n"), err);
    }
    return jd_terminal_add_tree(out, of->tree, jt_tree_copy(of->tree, jt_json_root(part->json)),
                                JT_PRETTY, err);
}

static jeton_status add_part(const look *of, size_t i, jt_buf *out, jeton_err *err)
{
    JT_TRY(jt_buf_add(out, jeton_str(color_of(of, i)), err));
    if (i == 2)
        JT_TRY(jt_buf_addf(out, err, "signature: %zu bytes\n", of->view.parts[i].bytes.len));
    else
        JT_TRY(add_part_text(of, &of->view.parts[i], out, err));
    return jt_buf_add(out, jeton_str(plain), err);
}

static jeton_status add_colored(const look *of, jt_buf *out, jeton_err *err)
{
    const size_t shown = jd_token_view_is_encrypted(&of->view) ? 1 : JT_COUNT(colors);
    JT_TRY(add_token(of, out, err));
    for (size_t i = 0; i < shown && i < of->view.count; i++)
        JT_TRY(add_part(of, i, out, err));
    return JETON_OK;
}

/* ---- in words ------------------------------------------------------------------------------- */

/* "in 14m" or "3h ago": the largest unit that fits. */
static void print_distance(int64_t seconds)
{
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    const int64_t distance = seconds < 0 ? -seconds : seconds;
    size_t i = 0;
    while (i + 1 < JT_COUNT(units) && distance < units[i].seconds)
        i++;
    const char *before = seconds >= 0 ? "in " : "";
    const char *after = seconds >= 0 ? "" : " ago";
    fprintf(stderr, "%s%" PRId64 "%c%s", before, distance / units[i].seconds, units[i].unit, after);
}

static void print_date(const jd_token_view *view, const char *name, const char *words)
{
    jeton_time date;
    if (!jt_val_date(jt_get(view->payload, name), &date))
        return;
    char text[40];
    struct tm utc;
    const time_t seconds = (time_t)(date / 1000);
    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        return;
    fprintf(stderr, "%s %s, ", words, text);
    print_distance((date - view->now) / 1000);
    fputc('\n', stderr);
}

static void print_words(look *of)
{
    static const struct {
        const char *claim, *words;
    } dates[] = {{"iat", "issued"}, {"nbf", "valid from"}, {"exp", "expires"}};
    for (size_t i = 0; i < JT_COUNT(dates); i++)
        print_date(&of->view, dates[i].claim, dates[i].words);
    jd_token_judge(&of->view, &of->findings);
    const jeton_span lines = jt_buf_span(&of->findings.lines);
    if (lines.len > 0)
        (void)fwrite(lines.ptr, 1, lines.len, stderr);
    fputs("the signature was not checked: jeton token verify does that\n", stderr);
}

/* ---- the command ---------------------------------------------------------------------------- */

static jeton_status show(const jd_args *args, look *of, jt_buf *out, jeton_err *err)
{
    JT_TRY(take_look(args, of, err));
    if (jd_args_has(args, "--json"))
        return add_json(of, JT_COMPACT, out, err);
    return of->colors ? add_colored(of, out, err) : add_json(of, JT_PRETTY, out, err);
}

int jd_token_inspect(const jd_args *args)
{
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(NULL);
    JT_AUTO(look_done) look of = {.token = jt_buf_init(NULL)};
    jeton_err err = {0};
    jeton_status status = show(args, &of, &out, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    int exit = jd_report_bytes(args, jt_buf_span(&out));
    if (exit == JD_EXIT_DONE && !jd_token_view_is_whole(&of.view)) {
        status = jt_fail(&err, JETON_E_SYNTAX, "not well-formed; shown is what could be read");
        exit = jd_report_failure(args, status, &err);
    }
    if (exit != JD_EXIT_ENVIRONMENT && !jd_args_has(args, "--json"))
        print_words(&of);
    return exit;
}

const jd_option jd_token_inspect_options[] = {
    {.name = "--json", .help = "one line of JSON"},
    {.name = "--color", .value = "WHEN", .help = "always, never or auto: the parts in colours"},
    {.name = NULL},
};
