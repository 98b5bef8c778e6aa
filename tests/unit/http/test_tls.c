/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_tls.c - certificates and keys: what is taken, refused and exchanged. */
#include "unit.h"

#include "http/handshake.h"
#include "http/tls.h"

#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400

static char folder[] = "/tmp/jeton-unit-XXXXXX";

typedef struct path {
    char chars[80];
} path;

static path in_folder(const char *name)
{
    path made;
    snprintf(made.chars, sizeof made.chars, "%s/%s", folder, name);
    return made;
}

static void save(const char *name, const void *bytes, size_t len, mode_t mode)
{
    const path to = in_folder(name);
    unlink(to.chars);
    const int fd = open(to.chars, O_CREAT | O_WRONLY | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void save_pem(const char *name, gnutls_datum_t *pem)
{
    save(name, pem->data, pem->size, 0600);
    gnutls_free(pem->data);
}

/* A self-signed certificate and its key, good from `begins` to `ends`, seconds from now. */
static void make_pair(const char *cert, const char *key, long begins, long ends)
{
    gnutls_x509_privkey_t made;
    gnutls_x509_crt_t of;
    gnutls_datum_t pem;
    const time_t now = time(NULL);
    assert_int_equal(gnutls_x509_privkey_init(&made), 0);
    assert_int_equal(gnutls_x509_privkey_generate(made, GNUTLS_PK_ECDSA,
                                                  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
                                                  0),
                     0);
    assert_int_equal(gnutls_x509_crt_init(&of), 0);
    gnutls_x509_crt_set_version(of, 3);
    gnutls_x509_crt_set_serial(of, "\1", 1);
    gnutls_x509_crt_set_activation_time(of, now + begins);
    gnutls_x509_crt_set_expiration_time(of, now + ends);
    gnutls_x509_crt_set_dn(of, "CN=localhost", NULL);
    gnutls_x509_crt_set_key(of, made);
    assert_int_equal(gnutls_x509_crt_sign2(of, of, made, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(of, GNUTLS_X509_FMT_PEM, &pem), 0);
    save_pem(cert, &pem);
    assert_int_equal(gnutls_x509_privkey_export2(made, GNUTLS_X509_FMT_PEM, &pem), 0);
    save_pem(key, &pem);
    assert_int_equal(gnutls_x509_privkey_export2_pkcs8(made, GNUTLS_X509_FMT_PEM, "secret",
                                                       GNUTLS_PKCS_PBES2_AES_256, &pem),
                     0);
    save_pem("locked.key", &pem);
    gnutls_x509_crt_deinit(of);
    gnutls_x509_privkey_deinit(made);
}

static int make_files(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    make_pair("other.crt", "other.key", -DAY, DAY);
    make_pair("expired.crt", "expired.key", -2 * DAY, -DAY);
    make_pair("good.crt", "good.key", -DAY, DAY);
    save("empty", "", 0, 0600);
    save("letter", "dear Bob", 8, 0600);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    static const char *const names[] = {"good.crt",    "good.key",    "other.crt", "other.key",
                                        "expired.crt", "expired.key", "empty",     "letter",
                                        "locked.key",  "open.key"};
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(in_folder(names[i]).chars);
    return rmdir(folder);
}

static jeton_status open_tls(const char *cert, const char *key, jd_tls **tls, jeton_err *err)
{
    *tls = BOGUS;
    return jd_tls_open(in_folder(cert).chars, in_folder(key).chars, tls, err);
}

static void a_certificate_and_its_key_are_taken(void **state)
{
    (void)state;
    jd_tls *tls;
    int64_t begins = -1;
    int64_t ends = -1;
    jeton_err err = {0};
    assert_int_equal(open_tls("good.crt", "good.key", &tls, &err), JETON_OK);
    jd_tls_dates(tls, &begins, &ends);
    assert_in_range(time(NULL) - begins, DAY, DAY + 3600);
    assert_in_range(ends - time(NULL), DAY - 3600, DAY);
    jd_tls_free(&tls);
    assert_null(tls);
    jd_tls_free(&tls);
}

static void one_that_has_expired_is_taken_and_says_so(void **state)
{
    (void)state;
    jd_tls *tls;
    int64_t begins;
    int64_t ends = -1;
    assert_int_equal(open_tls("expired.crt", "expired.key", &tls, NULL), JETON_OK);
    jd_tls_dates(tls, &begins, &ends);
    assert_true(ends < time(NULL));
    jd_tls_free(&tls);
}

static const struct {
    const char *why, *cert, *key;
    jeton_status want;
    const char *text; /* in the sentence */
} refused[] = {
    {"another one's key", "good.crt", "other.key", JETON_E_SYSTEM, "is not the one of"},
    {"files in the wrong order", "good.key", "good.crt", JETON_E_SYSTEM, "no certificate"},
    {"no certificate file", "none.crt", "good.key", JETON_E_SYSTEM, "there is no"},
    {"no key file", "good.crt", "none.key", JETON_E_SYSTEM, "there is no"},
    {"an empty certificate", "empty", "good.key", JETON_E_SYSTEM, "no certificate"},
    {"an empty key", "good.crt", "empty", JETON_E_SYSTEM, "no private key"},
    {"no certificate at all", "letter", "good.key", JETON_E_SYSTEM, "no certificate"},
    {"no key at all", "good.crt", "letter", JETON_E_SYSTEM, "no private key"},
    {"an encrypted key", "good.crt", "locked.key", JETON_E_SYSTEM, "is encrypted"},
};

static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_tls *tls;
        jeton_err err = {0};
        assert_int_equal(open_tls(refused[i].cert, refused[i].key, &tls, &err), refused[i].want);
        assert_null(tls);
        assert_int_equal(err.status, refused[i].want);
        if (strstr(err.text, refused[i].text) == NULL)
            fail_msg("%s", err.text);
    }
}

static const struct {
    mode_t mode;
    jeton_status want;
} modes[] = {
    {0400, JETON_OK},       {0600, JETON_OK},       {0640, JETON_OK},
    {0660, JETON_E_SYSTEM}, {0604, JETON_E_SYSTEM}, {0602, JETON_E_SYSTEM},
};

static void a_key_that_others_may_read_is_refused(void **state)
{
    (void)state;
    char text[4096];
    const int from = open(in_folder("good.key").chars, O_RDONLY);
    const ssize_t len = read(from, text, sizeof text);
    close(from);
    for (size_t i = 0; i < COUNT(modes); i++) {
        print_message("  %o\n", modes[i].mode);
        jd_tls *tls;
        save("open.key", text, (size_t)len, modes[i].mode);
        assert_int_equal(open_tls("good.crt", "open.key", &tls, NULL), modes[i].want);
        jd_tls_free(&tls);
    }
}

static void a_pair_that_is_exchanged_lives_as_long_as_it_is_used(void **state)
{
    (void)state;
    jd_tls *tls;
    jd_tls_pair *next = BOGUS;
    int64_t begins;
    int64_t ends;
    assert_int_equal(open_tls("good.crt", "good.key", &tls, NULL), JETON_OK);
    jd_tls_pair *used = jd_tls_pair_use(tls);
    assert_int_equal(
        jd_tls_pair_read(in_folder("good.crt").chars, in_folder("other.key").chars, &next, NULL),
        JETON_E_SYSTEM);
    assert_null(next);
    assert_int_equal(jd_tls_pair_read(in_folder("expired.crt").chars,
                                      in_folder("expired.key").chars, &next, NULL),
                     JETON_OK);
    jd_tls_exchange(tls, &next);
    assert_null(next);
    jd_tls_dates(tls, &begins, &ends);
    assert_true(ends < time(NULL));
    assert_true(used->ends > time(NULL)); /* who has it keeps it */
    assert_int_equal(used->count, 1);
    jd_tls_pair_drop(&used);
    assert_null(used);
    jd_tls_pair_drop(&used);
    jd_tls_free(&tls);
}

static void the_priorities_are_understood_and_leave_nothing_old(void **state)
{
    (void)state;
    gnutls_priority_t made;
    const unsigned *protocols;
    const unsigned *exchanges;
    assert_int_equal(gnutls_priority_init(&made, JD_TLS_PRIORITIES, NULL), 0);
    assert_int_equal(gnutls_priority_protocol_list(made, &protocols), 2);
    assert_int_equal(protocols[0], GNUTLS_TLS1_3);
    assert_int_equal(protocols[1], GNUTLS_TLS1_2);
    const int count = gnutls_priority_kx_list(made, &exchanges);
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++)
        assert_true(exchanges[i] == GNUTLS_KX_ECDHE_ECDSA || exchanges[i] == GNUTLS_KX_ECDHE_RSA);
    gnutls_priority_deinit(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_and_its_key_are_taken),
        cmocka_unit_test(one_that_has_expired_is_taken_and_says_so),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
        cmocka_unit_test(a_key_that_others_may_read_is_refused),
        cmocka_unit_test(a_pair_that_is_exchanged_lives_as_long_as_it_is_used),
        cmocka_unit_test(the_priorities_are_understood_and_leave_nothing_old),
    };
    return cmocka_run_group_tests_name("http/tls", tests, make_files, remove_files);
}
