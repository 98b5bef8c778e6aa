/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_place.c - where a database may be: the hosts of an address, each with what its
 * name stands for at the moment.
 *
 * Names are looked up here and not in libpq, which would try all that a name stands for within the
 * time of one. */
#include "store/postgres.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

/* What the address itself says of an option, or what the environment does; NULL: nothing. */
static const char *value_of(const PQconninfoOption *options, const char *name)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, name) == 0 && options->val != NULL && options->val[0] != '\0')
            return options->val;
    return NULL;
}

static size_t parts_of(const char *list)
{
    size_t parts = 1;
    for (; *list != '\0'; list++)
        parts += *list == ',';
    return parts;
}

/* One part of a list with commas. False: it has no room. */
static bool part_at(const char *list, size_t at, char *to, size_t room)
{
    for (; at > 0; at--)
        list = strchr(list, ',') + 1;
    const size_t len = strcspn(list, ",");
    if (len >= room)
        return false;
    memcpy(to, list, len);
    to[len] = '\0';
    return true;
}

typedef struct hosts {
    const char *names, *addresses, *ports; /* lists; NULL: not said */
    size_t count;
} hosts;

/* A list is as long as the hosts are; there may be one port for all. */
static bool is_sound(const hosts *of)
{
    const bool named = of->names == NULL || parts_of(of->names) == of->count;
    const bool addressed = of->addresses == NULL || parts_of(of->addresses) == of->count;
    return named && addressed &&
           (of->ports == NULL || parts_of(of->ports) == 1 || parts_of(of->ports) == of->count);
}

static bool take_host(const hosts *of, size_t at, jd_pg_place *place)
{
    *place = (jd_pg_place){0};
    const size_t port = of->ports != NULL && parts_of(of->ports) > 1 ? at : 0;
    return (of->names == NULL || part_at(of->names, at, place->host, sizeof place->host)) &&
           (of->addresses == NULL ||
            part_at(of->addresses, at, place->address, sizeof place->address)) &&
           (of->ports == NULL || part_at(of->ports, port, place->port, sizeof place->port));
}

/* A socket has no address, and what has one needs no other. */
static bool is_name(const jd_pg_place *place)
{
    return place->address[0] == '\0' && place->host[0] != '\0' && place->host[0] != '/' &&
           place->host[0] != '@';
}

/* All that a name stands for. One that cannot be looked up is left to libpq, which says so. */
static size_t look_up(const jd_pg_place *place, jd_pg_place *to, size_t room)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    size_t count = 0;
    if (is_name(place) && getaddrinfo(place->host, NULL, &hints, &found) != 0)
        found = NULL;
    for (const struct addrinfo *one = found; one != NULL && count < room; one = one->ai_next) {
        to[count] = *place;
        if (getnameinfo(one->ai_addr, one->ai_addrlen, to[count].address, sizeof to[count].address,
                        NULL, 0, NI_NUMERICHOST) == 0)
            count++;
    }
    if (found != NULL)
        freeaddrinfo(found);
    if (count == 0 && room > 0)
        to[count++] = *place;
    return count;
}

static size_t take_hosts(const PQconninfoOption *options, jd_pg_place places[JD_PG_PLACES])
{
    size_t count = 0;
    jd_pg_place place;
    hosts of = {.names = value_of(options, "host"),
                .addresses = value_of(options, "hostaddr"),
                .ports = value_of(options, "port")};
    if (of.names == NULL && of.addresses == NULL)
        return 0; /* a service, the environment or a socket: libpq's affair */
    of.count = parts_of(of.addresses != NULL ? of.addresses : of.names);
    for (size_t i = 0; is_sound(&of) && i < of.count; i++)
        if (take_host(&of, i, &place))
            count += look_up(&place, places + count, JD_PG_PLACES - count);
    return count;
}

size_t jd_pg_places(const char *url, jd_pg_place places[JD_PG_PLACES])
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    const size_t count = options != NULL ? take_hosts(options, places) : 0;
    PQconninfoFree(options);
    if (count > 0)
        return count;
    places[0] = (jd_pg_place){0};
    return 1;
}
