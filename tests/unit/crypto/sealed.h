/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/sealed.h - certificates and encrypted keys as PEM texts, of keys in pems.h.
 * Made with the openssl command, and the last ones with Python's cryptography. */
#ifndef JT_UNIT_SEALED_H
#define JT_UNIT_SEALED_H

/* clang-format off */

/* a certificate of the key of RFC 7515 A.3, signed by itself */
#define PEM_EC_CERTIFICATE \
    "-----BEGIN CERTIFICATE-----\n" \
    "MIIBXTCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFhMCAXDTI2\n" \
    "MTEyMTEwNTYzMloYDzIxMjYxMDI4MTA1NjMyWjAMMQowCAYDVQQDDAFhMFkwEwYH\n" \
    "KoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9u\n" \
    "PHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlraNTMFEwHQYDVR0O\n" \
    "BBYEFM6NFrHJM463/jl5ma5Fvu4/tYaGMB8GA1UdIwQYMBaAFM6NFrHJM463/jl5\n" \
    "ma5Fvu4/tYaGMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAOIR\n" \
    "Y5oxxPsp5N/Ubs7jtNo23j+CMtwm8HdDeCh3scceAiEAp7gHskPp0AYTjWbAylGp\n" \
    "v9iJxmtG+SJUz9pL83lafps=\n" \
    "-----END CERTIFICATE-----\n"

/* one of the key of RFC 8037 A.1 */
#define PEM_OKP_CERTIFICATE \
    "-----BEGIN CERTIFICATE-----\n" \
    "MIIBGzCBzqADAgECAgEBMAUGAytlcDAMMQowCAYDVQQDDAFiMCAXDTI2MTEyMTEw\n" \
    "NTYzMloYDzIxMjYxMDI4MTA1NjMyWjAMMQowCAYDVQQDDAFiMCowBQYDK2VwAyEA\n" \
    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURqjUzBRMB0GA1UdDgQWBBRb\n" \
    "J6pViReXcOR1dbFiod7Ze4v8bTAfBgNVHSMEGDAWgBRbJ6pViReXcOR1dbFiod7Z\n" \
    "e4v8bTAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBALEnAdBd30Vn7vg6Cg5hKKn3\n" \
    "jSAHEJ6yYQLwQY+d85ILIWJbuHX9h27yl+Iergq2D4ewgIHe3cc1CGe/7v+W7gQ=\n" \
    "-----END CERTIFICATE-----\n"

/* openssl pkcs8 -topk8, passphrase "correct horse", as are all below */
#define PEM_EC_SEALED_SHA256 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi34dI90RDA5QICA+gw\n" \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEo/LdLtwfESy2s0BGGCcfYEgZAv\n" \
    "gNcMXzd21q3/5tCfBXxE13zpWIs4Gx1DpA4EVJ9EEkGdV+mGpu4oOGMuMHsTtr77\n" \
    "/7es2gKwCtLmIbIHf5wAN2HD+ODQ13qHc7sR6yFYb6oAunxItbbNFkVuQXHutyP+\n" \
    "lbnKS4XnH0gQZ7uZE78Vi85DOQT5Zcm+2FBtdhYb0yAFyL4OeIZYEzDsMADytvE=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2 aes-128-cbc */
#define PEM_EC_SEALED_AES128 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhVEK/mTl8iTAICA+gw\n" \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEBANhFcfdk6Nt5m3XfeAH7YEgZCN\n" \
    "5JqHm9eeSEwCcqqPwPmz69a6qT6dJQIK/ot4XAsuiLF+FePb2wsj7X73cfYTY2ME\n" \
    "/8W2/vzvk9FyxutXhSyFZfWmRhkQ7M1NiKhKbvLYMctcdjvp5Sy2fjYE2g7jL62X\n" \
    "EH3/WOhyly7pIKbrXEQKbCcJgP8BLbQzAXz27ksnm6hpPOXAUxBn6CDp5PwK/BQ=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2 aes-192-cbc -v2prf hmacWithSHA512 */
#define PEM_EC_SEALED_AES192_SHA512 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg4YfYk04UCbwICA+gw\n" \
    "DAYIKoZIhvcNAgsFADAdBglghkgBZQMEARYEEIHobwpSMxwPxnvOebPDiL4EgZA1\n" \
    "X7tthO/zcyjZXMxJCI9hfMR7j0WqRSq/vZgfk31FfJPSyvDZwILRT9C+gGdPYhzw\n" \
    "aKLLoA/Hi84Md0nNssboWDcTfPSSQ8ZDZk6YOPEBCUAgptroR1tMzfZvc3VXaiZW\n" \
    "Xh7mDMlrmK1U6q4GRcMnW/YsbNSNiKCTR02hKthYgt9YTStweEq5La9cmSHGtNg=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2prf hmacWithSHA384 */
#define PEM_EC_SEALED_SHA384 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgpMflZsTztEAICA+gw\n" \
    "DAYIKoZIhvcNAgoFADAdBglghkgBZQMEASoEEMQFHsB4QVUCmmTiiF/Xb20EgZA0\n" \
    "dw8pRuAkXZbKOioPe4GHfjFkrpNAycXn3XlJxo03/f0QhSBwJYGKUVe2OMoowY74\n" \
    "jJkeCzfSRmN3lTy6dKuEr9YyIAzVS6J6Lg+U9zFoJihtBQ1wCh5ourhZnFpOkByY\n" \
    "D20GIjS84wY1Pganm30qvgujwUcdqvihmWjVHG23VomF1Le1++6QkSpbduZqsig=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2prf hmacWithSHA1 */
#define PEM_EC_SEALED_SHA1 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHeMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAiMeCA2soh8NQICA+gw\n" \
    "HQYJYIZIAWUDBAEqBBDdHvM/YS48UcPIr2GlC8O+BIGQyRP5cwks1DUZq6z01fxe\n" \
    "ZRGRUc78GRFHLX6dtZ31AeGMmojUg62qq3QBLxl94XKAsqbSZBi5y7pu5V2oap2d\n" \
    "qF9PE3/WJnAT4bD99Pk4qbAzlrdH98+JxJhpq+ZzBaFlY+U5BNBeuqu8gw41BEKD\n" \
    "K4sq+X0WowrQJnufvPPNeSuE3lryYUnyxCGrEwpdYphI\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -scrypt -scrypt_N 1024 */
#define PEM_EC_SEALED_SCRYPT \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhMUGeiDn7T1QICBAAC\n" \
    "AQgCAQEwHQYJYIZIAWUDBAEqBBDXee6ONjPAiYz4mrJHyPrGBIGQqU6nMXrnRk+k\n" \
    "CxETRSJ0NdJAZ0SSqOgkrcC5UeJVumo74gsm/WU3HYWFn2aXlU3nJiNZku3e2qQ4\n" \
    "l89A5bbNk64B+eV4PjZwuLTjyPZK1SdhWyBdw/rN7ihc7XMBK+Q5nSmP5QtCLz3b\n" \
    "D/bH/B4LcUaL5SGgvjtmLYx3wjp/3vMY21wXY8izGfgkfTBihdu9\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -scrypt_N 16 -scrypt_p 17 */
#define PEM_EC_SEALED_SCRYPT_LANES \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHjME4GCSqGSIb3DQEFDTBBMCAGCSsGAQQB2kcECzATBAh2FMPhLd7DNAIBEAIB\n" \
    "CAIBETAdBglghkgBZQMEASoEEG/ER+8r9UUGsf6jR9ATOssEgZDlEaAf+1RwSxzv\n" \
    "sh5Wyw/fdMrnZy5CPFBegpaJhPeinOQPIz+gvnpLgdQ6JwWF/KUA8Obc70xRtrDc\n" \
    "dNOEmr4PdD/p4Kyoe+f/Lma0kcbRdNxcBn4XnMVdsjWAavQCrgxs44l7iYRMPtC7\n" \
    "Kl3BPJrwGtGW5j/Yz4UKfwC9qJ2VdEsE8YC3CPew00nNYRTSCNo=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2prf hmacWithMD5 */
#define PEM_EC_SEALED_MD5 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh0XEPxz3uYnwICA+gw\n" \
    "DAYIKoZIhvcNAgYFADAdBglghkgBZQMEASoEEB2hNBXuYoX1J0dBhIILRIQEgZAX\n" \
    "CLMf9gvqajzBQHc+QJj5+676YqhphiJx+Vfjtk9bmawRgDkhdLERb2tiYyF2/ThO\n" \
    "mvpJ2ki9CTtXt77WnM+z36kTsXY4NL6y0Q7LrV+1dm5yXwY766/eEy+6BvP99VHa\n" \
    "y7RyEoRdNhVgVStFPOpYOh0/5gmh8IrVKv0f1RYVHgkL8vnLGurVMEqZ1MYVf3g=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v2 des3 */
#define PEM_EC_SEALED_DES3 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHjME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAjsJgcllDTlaAICA+gw\n" \
    "DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQI5n/xKnkNWocEgZBZ/bUwbwNOielZ\n" \
    "uC9DahGds9KCiT7C855V0GTCHqq3tNRDZQfPt7UAJddgWXa4ttBKShxbRy9B26YW\n" \
    "xESsU+5TQGYxwSH6KRkpXwkuP8yRxfUJ5Swv82HWG4bF8S7NjYuwPm9OAZSi532H\n" \
    "DX6i5gRbW59hYzV6nlRg4W1ZOOoyzkCMSFAvmvaGBstKa02IkZY=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* -v1 PBE-SHA1-3DES */
#define PEM_EC_SEALED_PBES1 \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIGxMBwGCiqGSIb3DQEMAQMwDgQIKouutO7zpc0CAgPoBIGQ03+luBQlc1opzh0q\n" \
    "M7iv6rKOVl1oDxqRUxgRQw6W7pQr2QM3cw00EgugMPOw2i6QbFcO0/bj4bjPePWA\n" \
    "eUlYK1374H5F4LUjrBIdJf8xFWXX0cS9UzKFKnYQGbrSs9/CFxOobgly2JF17qCv\n" \
    "4mMoRIU4AWJwWmpie2Q0+Nfyrt9yYOgS+CXWnChQGWE9gyoZ\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* the first with 32767 rounds written in, which nobody ran */
#define PEM_EC_SEALED_ROUNDS \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi34dI90RDA5QICf/8w\n" \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEEo/LdLtwfESy2s0BGGCcfYEgZAv\n" \
    "gNcMXzd21q3/5tCfBXxE13zpWIs4Gx1DpA4EVJ9EEkGdV+mGpu4oOGMuMHsTtr77\n" \
    "/7es2gKwCtLmIbIHf5wAN2HD+ODQ13qHc7sR6yFYb6oAunxItbbNFkVuQXHutyP+\n" \
    "lbnKS4XnH0gQZ7uZE78Vi85DOQT5Zcm+2FBtdhYb0yAFyL4OeIZYEzDsMADytvE=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* scrypt with r of 127 × 1024 / 4 = 32512, which would take 4 GiB */
#define PEM_EC_SEALED_SCRYPT_MEMORY \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhMUGeiDn7T1QIBQAIC\n" \
    "fwACAQEwHQYJYIZIAWUDBAEqBBDXee6ONjPAiYz4mrJHyPrGBIGQqU6nMXrnRk+k\n" \
    "CxETRSJ0NdJAZ0SSqOgkrcC5UeJVumo74gsm/WU3HYWFn2aXlU3nJiNZku3e2qQ4\n" \
    "l89A5bbNk64B+eV4PjZwuLTjyPZK1SdhWyBdw/rN7ihc7XMBK+Q5nSmP5QtCLz3b\n" \
    "D/bH/B4LcUaL5SGgvjtmLYx3wjp/3vMY21wXY8izGfgkfTBihdu9\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* what is inside is a text */
#define PEM_SEALED_TEXT \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MHswVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECC5XrceAPrRtAgID6DAM\n" \
    "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQkVyU3Ih/UyFa9Z0/c0oxLAQgv7iA\n" \
    "wUayPz6MgUYRwIFu3GlWIB1TD7LwU5g9SJdp/8M=\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* what is inside has the shape of a key */
#define PEM_SEALED_BROKEN \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" \
    "MGswVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECLK4JLmTseVYAgID6DAM\n" \
    "BggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQxxmk02IJH7ZzcVxWcXZ3ZAQQgGWu\n" \
    "o27U0RZAZWZ1z//A7w==\n" \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

/* clang-format on */

#endif
