/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_url.c - what an address of PostgreSQL says, as libpq reads it. */
#include "core/auto.h"
#include "store/postgres.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* libpq's sentence about a bad address quotes it, password and all. */
static PQconninfoOption *parse(const char *url)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    PQfreemem(why);
    return options;
}

/* What is said, or else what libpq would take from its environment; "" if nothing. */
static const char *value_of(const PQconninfoOption *options, const char *name)
{
    for (const PQconninfoOption *one = options; one->keyword != NULL; one++) {
        if (strcmp(one->keyword, name) != 0)
            continue;
        const char *value = one->val;
        if (value == NULL && one->envvar != NULL)
            value = getenv(one->envvar);
        return value != NULL ? value : "";
    }
    return "";
}

/* A socket's folder or abstract name, or what never leaves the machine. */
static bool is_local(const char *host, size_t len)
{
    static const char *const names[] = {"", "localhost"};
    char text[INET6_ADDRSTRLEN] = "";
    struct in_addr four;
    struct in6_addr six;
    if (len > 0 && (*host == '/' || *host == '@'))
        return true;
    for (size_t i = 0; i < JT_COUNT(names); i++)
        if (strlen(names[i]) == len && strncmp(names[i], host, len) == 0)
            return true;
    if (len >= sizeof text)
        return false;
    memcpy(text, host, len);
    if (inet_pton(AF_INET, text, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool are_all_local(const char *hosts)
{
    for (;;) {
        const size_t len = strcspn(hosts, ",");
        if (!is_local(hosts, len))
            return false;
        if (hosts[len] == '\0')
            return true;
        hosts += len + 1;
    }
}

/* Where the connection goes is what `hostaddr` says, and who is there what `host` does. */
static bool leads_away(const PQconninfoOption *options)
{
    const char *address = value_of(options, "hostaddr");
    return !are_all_local(*address != '\0' ? address : value_of(options, "host"));
}

bool jd_pg_url_is_exposed(const char *url)
{
    static const char *const sure[] = {"verify-ca", "verify-full"};
    PQconninfoOption *options = parse(url);
    if (options == NULL)
        return false;
    bool exposed = leads_away(options);
    for (size_t i = 0; i < JT_COUNT(sure); i++)
        exposed = exposed && strcmp(value_of(options, "sslmode"), sure[i]) != 0;
    PQconninfoFree(options);
    return exposed;
}
