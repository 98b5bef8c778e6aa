/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/certificates.h - the certificates of crypto/sealed.h as "x5c" has them, and their
 * SHA-256. */
#ifndef JT_UNIT_CERTIFICATES_H
#define JT_UNIT_CERTIFICATES_H

/* clang-format off */

/* of the key of RFC 7515 A.3 */
#define A3_CERT \
    "MIIBXTCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFhMCAXDTI2MTEyMTEwNTYzMloY" \
    "DzIxMjYxMDI4MTA1NjMyWjAMMQowCAYDVQQDDAFhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83O" \
    "J3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjl" \
    "raNTMFEwHQYDVR0OBBYEFM6NFrHJM463/jl5ma5Fvu4/tYaGMB8GA1UdIwQYMBaAFM6NFrHJM463/jl5" \
    "ma5Fvu4/tYaGMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAOIRY5oxxPsp5N/Ubs7j" \
    "tNo23j+CMtwm8HdDeCh3scceAiEAp7gHskPp0AYTjWbAylGpv9iJxmtG+SJUz9pL83lafps="
#define A3_X5T \
    "Vi5ygua-XcbEIGwH7mPAX3tPBEO-Gvo8T_Vy8xBwvNs"

/* of the key of RFC 8037 A.1 */
#define OKP_CERT \
    "MIIBGzCBzqADAgECAgEBMAUGAytlcDAMMQowCAYDVQQDDAFiMCAXDTI2MTEyMTEwNTYzMloYDzIxMjYx" \
    "MDI4MTA1NjMyWjAMMQowCAYDVQQDDAFiMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMl" \
    "rwIaaPcHURqjUzBRMB0GA1UdDgQWBBRbJ6pViReXcOR1dbFiod7Ze4v8bTAfBgNVHSMEGDAWgBRbJ6pV" \
    "iReXcOR1dbFiod7Ze4v8bTAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBALEnAdBd30Vn7vg6Cg5hKKn3" \
    "jSAHEJ6yYQLwQY+d85ILIWJbuHX9h27yl+Iergq2D4ewgIHe3cc1CGe/7v+W7gQ="
#define OKP_X5T \
    "LfBGUF7j75ZTSm17c7QgJT78wpACfh31QPlMeo2IIK8"

/* clang-format on */

#endif
