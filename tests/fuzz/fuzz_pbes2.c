/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_pbes2.c - an encrypted private key (DER) costs no more to open than it may, and
 * what comes out is read like any other. The seeds' passphrase is "p". */
#include "crypto/der.h"
#include "crypto/pbes2.h"
#include "fuzz.h"

static jeton_ctx *few_rounds(void)
{
    const jeton_ctx_options options = {.limits = {.rounds = 64}};
    jeton_ctx *ctx = NULL;
    FUZZ_HOLDS(jeton_ctx_new(&options, &ctx, NULL) == JETON_OK);
    return ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    jeton_ctx *ctx = few_rounds();
    jt_secret plain = {0};
    jeton_err err = {0};
    const jeton_status status =
        jt_pbes2_open(ctx, jeton_bytes(bytes, len), jeton_str("p"), &plain, &err);
    FUZZ_HOLDS(err.status == status && (plain.ptr != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        jt_pkey *key = NULL;
        const jeton_status read =
            jt_der_parse(ctx, JT_DER_PRIVATE, jt_secret_span(&plain), &key, NULL);
        FUZZ_HOLDS((key != NULL) == (read == JETON_OK));
        jt_pkey_free(&key);
    }
    jt_secret_done(&plain);
    jeton_ctx_free(&ctx);
    return 0;
}
