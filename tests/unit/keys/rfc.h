/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/rfc.h - the keys and signatures that the RFCs print, and keys of ours for the
 * curves they have none of; members in the order in which jeton_key_print() prints them. */
#ifndef JT_UNIT_RFC_H
#define JT_UNIT_RFC_H

#include "core/base64url.h"

#include "../unit.h"

#include <jeton/key.h>

/* clang-format off */

/* RFC 7515 A.1: HS256 */
#define A1_JWK \
    "{\"kty\":\"oct\"" \
    ",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTw" \
    "jAzZr1Z9CAow\"}"
#define A1_INPUT \
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQo" \
    "gImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A1_SIG \
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

/* RFC 7515 A.2: RS256 */
#define A2_PUBLIC_JWK \
    "{\"kty\":\"RSA\"" \
    ",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJ" \
    "rcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb" \
    "_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT" \
    "BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs" \
    "91kzk2PAcDTW9gb54h4FRWyuXpoQ\"" \
    ",\"e\":\"AQAB\"}"
#define A2_JWK \
    "{\"kty\":\"RSA\"" \
    ",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJ" \
    "rcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb" \
    "_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT" \
    "BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs" \
    "91kzk2PAcDTW9gb54h4FRWyuXpoQ\"" \
    ",\"e\":\"AQAB\"" \
    ",\"d\":\"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfT" \
    "eXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3" \
    "E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCB" \
    "r6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyG" \
    "WSeWjnczT0QU91p1DhOVRuOopznQ\"" \
    ",\"p\":\"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3Kh" \
    "ooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtl" \
    "dC-KDV5z-y2XDwGUc\"" \
    ",\"q\":\"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7" \
    "zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF" \
    "6689rjcJIDEz9RWdc\"" \
    ",\"dp\":\"BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9Ykxvux" \
    "dBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5M" \
    "br1C1XsmvkxHQAdYo0\"" \
    ",\"dq\":\"h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719" \
    "rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBS" \
    "p3nssTdlqvd0tIiTHU\"" \
    ",\"qi\":\"IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2Mo" \
    "wX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-" \
    "ZQwVK0JKSHuLFkuQ3U\"}"
#define A2_INPUT \
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx" \
    "lLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A2_SIG \
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W" \
    "2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS" \
    "jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv" \
    "Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"

/* RFC 7515 A.3: ES256 */
#define A3_PUBLIC_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-256\"" \
    ",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"" \
    ",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"
#define A3_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-256\"" \
    ",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"" \
    ",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"" \
    ",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}"
#define A3_INPUT \
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGx" \
    "lLmNvbS9pc19yb290Ijp0cnVlfQ"
#define A3_SIG \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

/* P-384 */
#define P384_PUBLIC_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-384\"" \
    ",\"x\":\"MA7BkyjPxZKUFfiBZ10rTsDMLWldGajyz1wQRk6KEy3CyHE4FsnyocAdx751dx7n\"" \
    ",\"y\":\"NngJ6yLhTQi8Cbyfn8MpiPk3cvNXM-lWMk49N5pAFHP7TBboEJpvOir-pHNSmVJx\"}"
#define P384_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-384\"" \
    ",\"x\":\"MA7BkyjPxZKUFfiBZ10rTsDMLWldGajyz1wQRk6KEy3CyHE4FsnyocAdx751dx7n\"" \
    ",\"y\":\"NngJ6yLhTQi8Cbyfn8MpiPk3cvNXM-lWMk49N5pAFHP7TBboEJpvOir-pHNSmVJx\"" \
    ",\"d\":\"FsAkj6pgbix2PltgZ69H39iFhmRsp4EljU2jn6DsX1mbJx1gGhQHxlj7pheJrqXm\"}"

/* RFC 7520 3.1, 3.2: P-521; 4.3: ES512 */
#define P521_PUBLIC_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-521\"" \
    ",\"x\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRX" \
    "YgCF5cj0Kt\"" \
    ",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwl" \
    "GfP-HqHZR1\"}"
#define P521_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"P-521\"" \
    ",\"x\":\"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRX" \
    "YgCF5cj0Kt\"" \
    ",\"y\":\"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwl" \
    "GfP-HqHZR1\"" \
    ",\"d\":\"AAhRON2r9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56KtscrX6zbKipQrCW9CGZH3T4ubpnoTKLD" \
    "YJ_fF3_rJt\"}"
#define P521_INPUT \
    "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGF" \
    "uZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9" \
    "hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW9" \
    "1IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4"
#define P521_SIG \
    "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJ" \
    "AQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2"

/* secp256k1 */
#define K256_PUBLIC_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"secp256k1\"" \
    ",\"x\":\"Nu7IARn3_ToF5TDvjqS89F5eUVXpHzyey73JZm-_46s\"" \
    ",\"y\":\"5fl4G9qKoi4kDpD_bL5E9pbum5PEybM3I6OOBijhwZc\"}"
#define K256_JWK \
    "{\"kty\":\"EC\"" \
    ",\"crv\":\"secp256k1\"" \
    ",\"x\":\"Nu7IARn3_ToF5TDvjqS89F5eUVXpHzyey73JZm-_46s\"" \
    ",\"y\":\"5fl4G9qKoi4kDpD_bL5E9pbum5PEybM3I6OOBijhwZc\"" \
    ",\"d\":\"eJ-bkSVJmpP4GNBTbd7lNsEovJC-nBuoXQrs_7_XzPk\"}"

/* RFC 8037 A.1, A.2, A.4: Ed25519 */
#define OKP_PUBLIC_JWK \
    "{\"kty\":\"OKP\"" \
    ",\"crv\":\"Ed25519\"" \
    ",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define OKP_JWK \
    "{\"kty\":\"OKP\"" \
    ",\"crv\":\"Ed25519\"" \
    ",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"" \
    ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}"
#define OKP_INPUT \
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
#define OKP_SIG \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"

/* RFC 8032 7.4: a key for Ed448; the signature is ours, and repeats */
#define ED448_PUBLIC_JWK \
    "{\"kty\":\"OKP\"" \
    ",\"crv\":\"Ed448\"" \
    ",\"x\":\"X9dEm1m0Yf0s54fsYWrUah2hNCSFpw4fig6nXYDpZ3jt8SR2m0bHBhvWeD3x5Q9s0foavq_oJWGA\"}"
#define ED448_JWK \
    "{\"kty\":\"OKP\"" \
    ",\"crv\":\"Ed448\"" \
    ",\"x\":\"X9dEm1m0Yf0s54fsYWrUah2hNCSFpw4fig6nXYDpZ3jt8SR2m0bHBhvWeD3x5Q9s0foavq_oJWGA\"" \
    ",\"d\":\"bIKlYsuAjRDWMr6JyFE-v2ySnzTd-oyfY8mWDvbjSKNSjIo_zC8ETjmj_FuUSS-PAy51SaIAmPlb\"}"
#define ED448_INPUT \
    "eyJhbGciOiJFZDQ0OCJ9.RXhhbXBsZSBvZiBFZDQ0OCBzaWduaW5n"
#define ED448_SIG \
    "gOQ6lahb0PKu49JlyQo-XrBgDZqr9HLOmW0wKYAoJnGNllHmTn78vn_xQ0YHrTTNcu6qQHcF9iqAwXvXWACuIiAB" \
    "O95BjzHtzpkEhY6_b8HtkCu3ac8yHoIm9uYl19Emy5Og-6z1ODxC4HBpg1DfehUA"

/* RFC 7638 3.1 */
#define THUMBPRINT_JWK \
    "{\"kty\":\"RSA\"" \
    ",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFF" \
    "xuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w" \
    "6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1" \
    "n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF" \
    "44-csFCur-kEgU8awapJzKnqDKgw\"" \
    ",\"e\":\"AQAB\"" \
    ",\"alg\":\"RS256\"" \
    ",\"kid\":\"2011-04-29\"}"
/* clang-format on */

/* A key from one of them, or from another JWK that must be good. */
static inline jeton_key *rfc_key(const char *jwk)
{
    jeton_key *key = BOGUS;
    jeton_err err = {0};
    const jeton_status status = jeton_key_parse(NULL, jeton_str(jwk), &key, &err);
    if (status != JETON_OK)
        print_message("  %s: %s\n", jeton_status_name(status), err.text);
    assert_int_equal(status, JETON_OK);
    return key;
}

/* The bytes of a base64url text in `to`, as a span. */
static inline jeton_span rfc_bytes(const char *chars, uint8_t *to, size_t room)
{
    const size_t len = jt_base64url_bytes(strlen(chars));
    assert_true(len <= room);
    assert_true(jt_base64url_parse(jeton_str(chars), to));
    return jeton_bytes(to, len);
}

/* A copy of `text` in which one part, which must be there once, is another. free() it. */
static inline char *rfc_replace(const char *text, const char *part, const char *with)
{
    const char *at = strstr(text, part);
    assert_non_null(at);
    assert_null(strstr(at + 1, part));
    const size_t before = (size_t)(at - text);
    char *changed = calloc(1, strlen(text) + strlen(with) + 1);
    assert_non_null(changed);
    memcpy(changed, text, before);
    strcpy(changed + before, with);
    strcat(changed, at + strlen(part));
    return changed;
}

#endif
