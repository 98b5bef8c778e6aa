/* SPDX-License-Identifier: Apache-2.0 */
/* http/held.c - a list in the order of its moments. */
#include "http/held.h"

void jd_held_add(jd_held *held, jd_request *request)
{
    jd_request **at = &held->first;
    if (held->last != NULL && held->last->hold <= request->hold)
        at = &held->last->next;
    while (*at != NULL && (*at)->hold <= request->hold)
        at = &(*at)->next;
    request->next = *at;
    *at = request;
    if (request->next == NULL)
        held->last = request;
}

jd_request *jd_held_take(jd_held *held, int64_t now)
{
    jd_request *first = held->first;
    if (first == NULL || first->hold > now)
        return NULL;
    held->first = first->next;
    if (held->first == NULL)
        held->last = NULL;
    first->next = NULL;
    return first;
}

int64_t jd_held_next(const jd_held *held)
{
    return held->first != NULL ? held->first->hold : INT64_MAX;
}
