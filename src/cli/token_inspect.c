/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_inspect.c - what is in a token, for a person. Tokens that a verifier would refuse are
 * shown all the same, as far as they can be read; nothing here decides anything. */
#include "cli/token_inspect.h"

#include "cli/input.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "token/compact.h"
#include "json/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

typedef struct parts {
    jt_json *header, *payload;
    size_t signature_len;
} parts;

static void parts_done(parts *of)
{
    jt_json_free(&of->header);
    jt_json_free(&of->payload);
}

static jeton_status read_parts(jeton_span token, parts *of, jeton_err *err)
{
    jt_segments segments;
    jt_octets octets;
    JT_AUTO(jt_buf_done) jt_buf buf = jt_buf_init(NULL);
    JT_TRY(jt_segments_find(jt_limits(NULL), token, &segments, err));
    JT_TRY(jt_segments_decode(&segments, &buf, &octets, err));
    of->signature_len = octets.signature.len;
    JT_TRY(jt_json_parse(NULL, jeton_bytes(octets.header, octets.header_len), &of->header, err));
    return jt_json_parse(NULL, octets.payload, &of->payload, err);
}

static jt_node *describe(jt_tree *tree, const parts *of)
{
    jt_node *all = jt_tree_object(tree);
    jt_put_node(tree, all, "header", jt_tree_copy(tree, jt_json_root(of->header)));
    jt_put_node(tree, all, "payload", jt_tree_copy(tree, jt_json_root(of->payload)));
    jt_put_int(tree, all, "signature_bytes", (int64_t)of->signature_len);
    return all;
}

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

static void print_date(const jt_val *claims, const char *name, const char *words)
{
    jeton_time date;
    if (!jt_val_date(jt_get(claims, name), &date))
        return;
    char text[40];
    struct tm utc;
    const time_t seconds = (time_t)(date / 1000);
    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        return;
    fprintf(stderr, "%s %s, ", words, text);
    print_distance((date - jt_now(NULL)) / 1000);
    fputc('\n', stderr);
}

/* On stderr, so that stdout stays JSON. */
static void print_notes(const parts *of)
{
    static const struct {
        const char *claim, *words;
    } dates[] = {{"iat", "issued"}, {"nbf", "valid from"}, {"exp", "expires"}};
    const jt_val *claims = jt_json_root(of->payload);
    for (size_t i = 0; i < JT_COUNT(dates); i++)
        print_date(claims, dates[i].claim, dates[i].words);
    if (jt_get(claims, "exp") == NULL)
        fputs("no exp: verifiers refuse it unless they allow that\n", stderr);
    fputs("the signature was not checked: jeton token verify does that\n", stderr);
}

int jd_token_inspect(const jd_args *args)
{
    JT_AUTO(jt_buf_done) jt_buf token = jt_buf_init(NULL);
    JT_AUTO(parts_done) parts of = {0};
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status = jd_input_token(args->operand, &token, &err);
    if (status == JETON_OK)
        status = read_parts(jt_buf_span(&token), &of, &err);
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const int exit = jd_report_tree(args, tree, describe(tree, &of));
    if (exit == JD_EXIT_DONE && !jd_args_has(args, "--json"))
        print_notes(&of);
    return exit;
}
