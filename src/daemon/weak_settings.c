/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/weak_settings.c - a row for each of them. */
#include "daemon/weak_settings.h"

#include "api/origin.h"
#include "core/auto.h"
#include "store/place.h"
#include "sys/cidr.h"

#define LONG_ACCESS  ((int64_t)3600)
#define LONG_LEEWAY  ((int64_t)60)
#define LONG_REFRESH (90 * JD_DAY)

static bool is_for_others(jeton_span place)
{
    static const char local[] = "unix:";
    const size_t len = strlen(local);
    while (place.len > 0 && *place.ptr == ' ')
        place = jeton_bytes(place.ptr + 1, place.len - 1);
    return (place.len < len || memcmp(place.ptr, local, len) != 0) && !jd_origin_is_local(place);
}

static bool listens_in_the_open(const jd_config *config)
{
    if (config->tls_cert[0] != '\0')
        return false;
    const char *text = config->listen;
    bool more = true;
    bool found = false;
    while (more) {
        const size_t len = strcspn(text, ",");
        found = found || is_for_others(jeton_bytes(text, len));
        more = text[len] == ',';
        text += len + more;
    }
    return found;
}

static bool has_no_limits(const jd_config *config)
{
    return !config->rate_limits;
}

static bool has_insecure_cookies(const jd_config *config)
{
    return config->insecure_cookies;
}

static bool shows_metrics_to_proxies(const jd_config *config)
{
    return config->metrics_local && config->proxies[0] != '\0';
}

static bool has_plain_issuer(const jd_config *config)
{
    static const char plain[] = "http://";
    const jeton_span issuer = jeton_str(config->issuer);
    const size_t len = strlen(plain);
    return issuer.len > len && memcmp(issuer.ptr, plain, len) == 0 &&
           !jd_origin_is_local(jeton_bytes(issuer.ptr + len, issuer.len - len));
}

static bool has_long_access(const jd_config *config)
{
    return config->access_ttl > LONG_ACCESS;
}

static bool has_long_refresh(const jd_config *config)
{
    return config->refresh_ttl > LONG_REFRESH;
}

static bool has_long_leeway(const jd_config *config)
{
    return config->leeway > LONG_LEEWAY;
}

static bool has_cheap_hashes(const jd_config *config)
{
    /* OWASP's least for Argon2id: 12 MiB and 3 passes, or as much with more memory and fewer */
    return config->hash_passes > 0 && config->hash_memory * config->hash_passes < 36 * JD_MIB;
}

static bool trusts_everybody(const jd_config *config)
{
    jd_cidrs list;
    if (jd_cidrs_parse(jeton_str(config->proxies), &list, NULL) != JETON_OK)
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i].bits == 0 || list.at[i].bits == 96) /* all of IPv6, or of IPv4 */
            return true;
    return false;
}

static const jd_weakness weaknesses[] = {
    {"rate-limits", JD_WEAK_PROBLEM, true, has_no_limits,
     "passwords may be guessed without limits: for load tests only", "switch it on"},
    {"insecure-cookies", JD_WEAK_PROBLEM, true, has_insecure_cookies,
     "cookies can be read on the way: for development only", "set for localhost only"},
    {"proxies", JD_WEAK_PROBLEM, false, trusts_everybody,
     "whoever connects can say that he is somebody else, and so is limited by nothing",
     "name the networks of the proxies"},
    {"metrics-local", JD_WEAK_PROBLEM, false, shows_metrics_to_proxies,
     "a proxy on this machine makes every stranger local to /metrics",
     "switch it off, and let Prometheus fetch a token"},
    {"issuer", JD_WEAK_WARNING, false, has_plain_issuer,
     "clients are told to come without TLS: passwords and tokens can be read on the way",
     "put TLS in front, and call it https://"},
    {"listen", JD_WEAK_WARNING, false, listens_in_the_open,
     "other machines can connect, and without TLS passwords and tokens can be read on the way",
     "set tls-cert and tls-key, or listen on 127.0.0.1 or a Unix socket behind a proxy"},
    {"store", JD_WEAK_WARNING, true, jd_store_place_is_exposed,
     "the database is on another machine, and without TLS that tells who is there whoever sits in "
     "between can read and change accounts",
     "put ?sslmode=verify-full&sslrootcert=FILE behind the address"},
    {"access-ttl", JD_WEAK_WARNING, false, has_long_access,
     "services that verify by themselves take a revoked token until it expires",
     "15m is the default; refreshing is cheap"},
    {"leeway", JD_WEAK_WARNING, false, has_long_leeway,
     "expired tokens are good for so much longer", "synchronise the clocks and set it to 0"},
    {"hash-passes", JD_WEAK_WARNING, false, has_cheap_hashes,
     "passwords are found quickly once the store is stolen",
     "set it to auto, with a hash-memory of at least 19M"},
    {"refresh-ttl", JD_WEAK_NOTE, false, has_long_refresh,
     "a device that was lost stays signed in for months", "7d is the default"},
};

const jd_weakness *jd_weaknesses(size_t *count)
{
    *count = JT_COUNT(weaknesses);
    return weaknesses;
}

void jd_weaknesses_log(const jd_config *before, const jd_config *config)
{
    for (size_t i = 0; i < JT_COUNT(weaknesses); i++) {
        const jd_weakness *row = &weaknesses[i];
        if (row->loud && row->is_weak(config) && (before == NULL || !row->is_weak(before)))
            jd_log(JD_WARN, EV_SETTING_WARNING, JD_TEXT("setting", row->setting),
                   JD_TEXT("why", row->why), JD_TEXT("next", row->next));
    }
}
