/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_lint.c - goes through a key or a key set: each key by itself, then what they are
 * together. */
#include "cli/key_lint.h"

#include "cli/input.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"

#include <stdio.h>

#define WHERE_MAX 160

/* What is judged, taken apart. */
typedef struct subject {
    jt_json *doc;
    const jt_val *keys; /* the array, or NULL for a single JWK */
    bool is_jwk, is_published;
} subject;

/* ---- one key -------------------------------------------------------------------------------- */

/* A value that was read, as a key: through its text, the way a verifier would get it. */
static jeton_status key_of(const jt_val *val, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    JT_TRY(jt_tree_print(tree, jt_tree_copy(tree, val), JT_COMPACT, &text, err));
    return jeton_key_parse(NULL, jt_buf_span(&text), key, err);
}

/* As much of a text as `most` bytes hold, cut between two characters of UTF-8. */
static int cut(jeton_span text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (len > 0 && len < text.len && (text.ptr[len] & 0xc0U) == 0x80)
        len--;
    return (int)len;
}

static void name_place(const jt_val *jwk, const subject *of, size_t index, char where[WHERE_MAX])
{
    const jeton_span kid = jt_get_text(jwk, "kid");
    char place[32] = "key";
    if (of->keys != NULL)
        (void)snprintf(place, sizeof place, "keys[%zu]", index);
    if (kid.len > 0)
        (void)snprintf(where, WHERE_MAX, "%s \"%.*s\"", place, cut(kid, 80), (const char *)kid.ptr);
    else
        (void)snprintf(where, WHERE_MAX, "%s", place);
}

/* A refusal is a finding, whatever it is about. */
static void judge_key(const subject *of, const jt_val *jwk, size_t index, jd_findings *findings)
{
    char where[WHERE_MAX];
    jeton_err why = {0};
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    name_place(jwk, of, index, where);
    if (key_of(jwk, &key, &why) != JETON_OK)
        jd_findings_add(findings, JD_FINDING_ERROR, where, why.text,
                        of->keys != NULL ? "verifiers skip this key" : "verifiers refuse this key");
    const jd_linted_key linted = {.jwk = jwk,
                                  .key = key,
                                  .is_jwk = of->is_jwk,
                                  .is_published = of->is_published,
                                  .has_siblings = jt_val_count(of->keys) > 1,
                                  .where = where};
    jd_key_lint_rules(&linted, findings);
}

/* ---- the set -------------------------------------------------------------------------------- */

static void judge_kid(const subject *of, const jt_val *jwk, size_t index, jd_findings *findings)
{
    const jeton_span kid = jt_get_text(jwk, "kid");
    size_t before = 0;
    for (jt_iter it = jt_iter_of(of->keys); kid.len > 0 && jt_iter_next(&it) && before < index;
         before++) {
        char where[WHERE_MAX];
        if (!jeton_span_equal(kid, jt_get_text(it.val, "kid")))
            continue;
        name_place(jwk, of, index, where);
        if (jeton_span_equal(jt_get_text(jwk, "kty"), jt_get_text(it.val, "kty")))
            jd_findings_add(findings, JD_FINDING_ERROR, where, "the kid of an earlier key",
                            "verifiers skip this key: give it a kid of its own");
        else
            jd_findings_add(findings, JD_FINDING_WARNING, where,
                            "the kid of an earlier key of another type",
                            "some verifiers look at the kid only: give it one of its own");
        return;
    }
}

/* RFC 8725 §2.1: who holds both kinds can be made to take a public key for a secret. */
static void judge_mixture(const subject *of, jd_findings *findings)
{
    size_t secrets = 0;
    for (jt_iter it = jt_iter_of(of->keys); jt_iter_next(&it);)
        secrets += jeton_span_equal(jt_get_text(it.val, "kty"), jeton_str("oct"));
    if (secrets > 0 && secrets < jt_val_count(of->keys))
        jd_findings_add(findings, JD_FINDING_WARNING, "keys", "secrets and key pairs in one set",
                        "keep them apart: it invites algorithm confusion (RFC 8725 §2.1)");
}

static void judge_set(const subject *of, jd_findings *findings)
{
    size_t index = 0;
    for (jt_iter it = jt_iter_of(of->keys); jt_iter_next(&it); index++)
        judge_kid(of, it.val, index, findings);
    judge_mixture(of, findings);
    if (index == 0)
        jd_findings_add(findings, JD_FINDING_WARNING, "keys", "the set is empty",
                        "nothing can be verified with it");
    if (index > jt_limits(NULL)->keys)
        jd_findings_add(findings, JD_FINDING_ERROR, "keys", "more keys than verifiers read",
                        "libjeton reads 128 unless told otherwise");
    for (jt_iter it = jt_iter_of(jt_json_root(of->doc)); jt_iter_next(&it);)
        if (it.val != of->keys)
            jd_findings_add(findings, JD_FINDING_NOTE, "set",
                            "a member beside \"keys\", which is ignored", NULL);
}

/* ---- the command ---------------------------------------------------------------------------- */

/* PEM and DER are judged as the JWK they are. */
static jeton_status as_jwk(const jd_args *args, jeton_span bytes, subject *of, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    JT_AUTO(jeton_text_free) jeton_text *text = NULL;
    JT_TRY(jd_input_parse_keys(args->operand, bytes, jd_args_get(args, "--passphrase-file"), &keys,
                               err));
    const jeton_key *key = jeton_keyset_get(keys, 0);
    const jeton_key_part part = jeton_key_is_private(key) ? JETON_KEY_PRIVATE : JETON_KEY_PUBLIC;
    JT_TRY(jeton_key_print(key, part, &text, err));
    return jt_json_parse(NULL, jeton_text_span(text), &of->doc, err);
}

/* A compact encrypted key is no JSON either; what a verifier would say tells the two apart. */
static jeton_status refuse_text(jeton_span bytes, const jeton_err *why, jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jeton_key_parse(NULL, bytes, &key, err));
    return jt_fail(err, why->status, "%s", why->text);
}

static jeton_status read_json(jeton_span bytes, subject *of, jeton_err *err)
{
    jeton_err why = {0};
    of->is_jwk = true;
    if (jt_json_parse(NULL, bytes, &of->doc, &why) != JETON_OK)
        return refuse_text(bytes, &why, err);
    of->keys = jt_get(jt_json_root(of->doc), "keys");
    if (of->keys != NULL && jt_kind_of(of->keys) != JT_ARRAY)
        return jt_fail(err, JETON_E_SYNTAX, "keys is not an array");
    return JETON_OK;
}

static jeton_status read_subject(const jd_args *args, subject *of, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(NULL);
    of->is_published = jd_args_has(args, "--public");
    JT_TRY(jd_input_key_bytes(args->operand, &bytes, err));
    const jeton_span span = jt_buf_span(&bytes);
    return jd_key_form_of(span) == JD_FORM_JSON ? read_json(span, of, err)
                                                : as_jwk(args, span, of, err);
}

static void judge(const subject *of, jd_findings *findings)
{
    size_t index = 0;
    if (of->keys == NULL) {
        judge_key(of, jt_json_root(of->doc), 0, findings);
        return;
    }
    for (jt_iter it = jt_iter_of(of->keys); jt_iter_next(&it); index++)
        judge_key(of, it.val, index, findings);
    judge_set(of, findings);
}

int jd_key_lint(const jd_args *args)
{
    JT_AUTO(jd_findings_done) jd_findings findings = {0};
    subject of = {0};
    jeton_err err = {0};
    jeton_status status = read_subject(args, &of, &err);
    if (status == JETON_OK)
        status = jd_findings_init(&findings, &err);
    if (status == JETON_OK)
        judge(&of, &findings);
    jt_json_free(&of.doc);
    return status == JETON_OK ? jd_findings_report(args, &findings)
                              : jd_report_failure(args, status, &err);
}

const jd_option jd_key_lint_options[] = {
    {.name = "--public", .help = "judge it as keys that are published: nothing private belongs in"},
    {.name = "--json", .help = "print one line of JSON: {\"ok\":…,\"findings\":[…]}"},
    {.name = "--passphrase-file",
     .value = "FILE",
     .help = "opens an encrypted PEM key; otherwise JETON_PASSPHRASE or the terminal does"},
    {.name = NULL},
};
