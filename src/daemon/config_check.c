/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/config_check.c - asks those who use a setting whether they can. */
#include "daemon/config_check.h"

#include "api/identity.h"
#include "api/origin.h"
#include "api/verify_rules.h"
#include "bus/bus.h"
#include "core/auto.h"
#include "core/err.h"
#include "http/listener.h"
#include "http/tls.h"
#include "signer/signer.h"
#include "store/place.h"
#include "sys/cidr.h"

#include <stdio.h>

static jeton_status check_store(const jd_config *config, jeton_err *err)
{
    return jd_store_place_check(config, err);
}

static jeton_status check_listen(const jd_config *config, jeton_err *err)
{
    return jd_listeners_check(config->listen, err);
}

static jeton_status check_alg(const jd_config *config, jeton_err *err)
{
    return jd_signer_check_alg(config->token_alg, err);
}

static jeton_status check_proxies(const jd_config *config, jeton_err *err)
{
    jd_cidrs list;
    return jd_cidrs_parse(jeton_str(config->proxies), &list, err);
}

static jeton_status check_origins(const jd_config *config, jeton_err *err)
{
    jd_origins list;
    return jd_origins_parse(config->allowed_origins, &list, err);
}

static jeton_status check_identity(const jd_config *config, jeton_err *err)
{
    jd_identity identity;
    return jd_identity_parse(config->identity_headers, &identity, err);
}

static jeton_status check_rules(const jd_config *config, jeton_err *err)
{
    JT_AUTO(jd_verify_rules_free) jd_verify_rules *rules = NULL;
    return jd_verify_rules_load(config->verify_rules, &rules, err);
}

static jeton_status check_tls(const jd_config *config, jeton_err *err)
{
    JT_AUTO(jd_tls_pair_drop) jd_tls_pair *pair = NULL;
    if ((config->tls_cert[0] != '\0') != (config->tls_key[0] != '\0'))
        return jt_fail(err, JETON_E_ARGUMENT, "tls-cert and tls-key go together");
    if (config->tls_cert[0] == '\0')
        return JETON_OK;
    return jd_tls_pair_read(config->tls_cert, config->tls_key, &pair, err);
}

static jeton_status check_bus(const jd_config *config, jeton_err *err)
{
    const jd_bus_options options = {
        .address = config->bus, .prefix = config->bus_prefix, .ca_file = config->bus_ca_file};
    JT_AUTO(jd_bus_close) jd_bus *bus = NULL;
    return config->bus[0] != '\0' ? jd_bus_open(&options, &bus, err) : JETON_OK;
}

static const struct {
    const char *setting;
    jeton_status (*check)(const jd_config *config, jeton_err *err);
} checks[] = {
    {"store", check_store},
    {"listen", check_listen},
    {"tls-cert", check_tls},
    {"token-alg", check_alg},
    {"proxies", check_proxies},
    {"allowed-origins", check_origins},
    {"identity-headers", check_identity},
    {"verify-rules", check_rules},
    {"bus", check_bus},
};

/* The sentence with the setting's name in front, unless it says it itself. */
static void name_it(const char *setting, const jeton_err *why, char *to, size_t size)
{
    if (strncmp(why->text, setting, strlen(setting)) == 0)
        (void)snprintf(to, size, "%s", why->text);
    else
        (void)snprintf(to, size, "%s: %s", setting, why->text);
}

static jeton_status check(const jd_config_sources *sources, const jd_config_loaded *loaded,
                          jd_config_tell *tell, void *user, jeton_err *err)
{
    jeton_status status = JETON_OK;
    for (size_t i = 0; i < JT_COUNT(checks); i++) {
        char where[JD_CONFIG_WHERE];
        char what[sizeof err->text + 40];
        jeton_err why = {0};
        if (checks[i].check(&loaded->config, &why) == JETON_OK)
            continue;
        jd_config_whence(sources, loaded, jd_setting_find(jeton_str(checks[i].setting)), where);
        name_it(checks[i].setting, &why, what, sizeof what);
        if (tell != NULL)
            tell(user, where, what);
        if (status == JETON_OK)
            status = jt_fail(err, why.status, "%s", what);
    }
    return status;
}

jeton_status jd_config_load_checked(const jd_config_sources *sources, jd_config_loaded *loaded,
                                    jd_config_tell *tell, void *user, jeton_err *err)
{
    jeton_err none = {0}; /* whatever this finds, err has an earlier failure */
    const jeton_status status = jd_config_load(sources, loaded, tell, user, err);
    if (status == JETON_OK)
        return check(sources, loaded, tell, user, err);
    const jeton_status more = check(sources, loaded, tell, user, &none);
    (void)more;
    return status;
}
