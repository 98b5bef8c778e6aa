/* SPDX-License-Identifier: Apache-2.0 */
/* keys/kty.c - the key types, in one table. */
#include "keys/kty.h"

#include "core/auto.h"
#include "keys/inside.h"

static jeton_status import_pkey(jeton_key *key, const jt_numbers *numbers, jeton_err *err)
{
    return jt_pkey_import(key->ctx, key->kty->type, numbers, &key->pkey, err);
}

static jeton_status export_pkey(const jeton_key *key, jt_buf *bytes, jt_numbers *numbers,
                                jeton_err *err)
{
    return jt_pkey_export(key->pkey, bytes, numbers, err);
}

static jeton_status import_oct(jeton_key *key, const jt_numbers *numbers, jeton_err *err)
{
    return jt_oct_new(key->ctx, numbers->at[0], &key->oct, err);
}

static jeton_status export_oct(const jeton_key *key, jt_buf *bytes, jt_numbers *numbers,
                               jeton_err *err)
{
    *numbers = (jt_numbers){0};
    bytes->len = 0;
    JT_TRY(jt_buf_add(bytes, jt_secret_span(&key->oct->secret), err));
    numbers->at[0] = jt_buf_span(bytes);
    return JETON_OK;
}

static const jt_kty rows[] = {
    {
        .name = "oct",
        .public_count = 0,
        .members = {"k"},
        .thumbprint = {"k", "kty"},
        .import = import_oct,
        .export = export_oct,
    },
    {
        .name = "RSA",
        .type = JT_PKEY_RSA,
        .public_count = 2,
        .members = {"n", "e", "d", "p", "q", "dp", "dq", "qi"},
        .thumbprint = {"e", "kty", "n"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "EC",
        .crv = "P-256",
        .type = JT_PKEY_P256,
        .public_count = 2,
        .members = {"x", "y", "d"},
        .thumbprint = {"crv", "kty", "x", "y"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "EC",
        .crv = "P-384",
        .type = JT_PKEY_P384,
        .public_count = 2,
        .members = {"x", "y", "d"},
        .thumbprint = {"crv", "kty", "x", "y"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "EC",
        .crv = "P-521",
        .type = JT_PKEY_P521,
        .public_count = 2,
        .members = {"x", "y", "d"},
        .thumbprint = {"crv", "kty", "x", "y"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "EC",
        .crv = "secp256k1",
        .type = JT_PKEY_K256,
        .public_count = 2,
        .members = {"x", "y", "d"},
        .thumbprint = {"crv", "kty", "x", "y"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "OKP",
        .crv = "Ed25519",
        .type = JT_PKEY_ED25519,
        .public_count = 1,
        .members = {"x", "d"},
        .thumbprint = {"crv", "kty", "x"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "OKP",
        .crv = "Ed448",
        .type = JT_PKEY_ED448,
        .public_count = 1,
        .members = {"x", "d"},
        .thumbprint = {"crv", "kty", "x"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "AKP",
        .alg = JETON_ML_DSA_44,
        .type = JT_PKEY_ML_DSA_44,
        .public_count = 1,
        .members = {"pub", "priv"},
        .thumbprint = {"alg", "kty", "pub"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "AKP",
        .alg = JETON_ML_DSA_65,
        .type = JT_PKEY_ML_DSA_65,
        .public_count = 1,
        .members = {"pub", "priv"},
        .thumbprint = {"alg", "kty", "pub"},
        .import = import_pkey,
        .export = export_pkey,
    },
    {
        .name = "AKP",
        .alg = JETON_ML_DSA_87,
        .type = JT_PKEY_ML_DSA_87,
        .public_count = 1,
        .members = {"pub", "priv"},
        .thumbprint = {"alg", "kty", "pub"},
        .import = import_pkey,
        .export = export_pkey,
    },
};

/* Whether the row has that curve and algorithm, or leaves them open, or the caller does. */
static bool is_row(const jt_kty *row, jeton_span crv, jeton_alg alg)
{
    const bool by_crv =
        row->crv == NULL || crv.len == 0 || jeton_span_equal(crv, jeton_str(row->crv));
    return by_crv && (row->alg == JETON_ALG_UNSET || alg == JETON_ALG_UNSET || row->alg == alg);
}

const jt_kty *jt_kty_find(jeton_span name, jeton_span crv, jeton_alg alg)
{
    for (size_t i = 0; i < JT_COUNT(rows); i++)
        if (jeton_span_equal(name, jeton_str(rows[i].name)) && is_row(&rows[i], crv, alg))
            return &rows[i];
    return NULL;
}

const jt_kty *jt_kty_of(jt_pkey_type type)
{
    for (size_t i = 0; i < JT_COUNT(rows); i++)
        if (rows[i].import == import_pkey && rows[i].type == type)
            return &rows[i];
    return NULL;
}

size_t jt_kty_count(const jt_kty *kty)
{
    size_t count = 0;
    while (count < JT_PKEY_NUMBERS && kty->members[count] != NULL)
        count++;
    return count;
}
