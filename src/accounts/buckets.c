/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/buckets.c - a table of small sets. */
#include "accounts/buckets.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"

jeton_status jd_buckets_init(jd_buckets *buckets, size_t sets, jeton_err *err)
{
    uint8_t secret[32];
    *buckets = (jd_buckets){.sets = sets};
    JT_TRY(jt_random(NULL, secret, sizeof secret, err));
    jt_hmac_init(&buckets->secret, JT_SHA256, jeton_bytes(secret, sizeof secret));
    jt_wipe(secret, sizeof secret);
    buckets->at = jt_zalloc(NULL, sets * JD_BUCKETS_WAYS * sizeof *buckets->at);
    return buckets->at != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "limits");
}

void jd_buckets_done(jd_buckets *buckets)
{
    jt_hmac_done(&buckets->secret);
    jt_release(NULL, buckets->at);
    *buckets = (jd_buckets){0};
}

/* Where buckets of that name may be. */
static jd_bucket *set_of(const jd_buckets *buckets, jeton_span name, uint64_t *tag)
{
    uint8_t mac[32];
    uint64_t place;
    jt_hmac_sign(&buckets->secret, name, mac);
    memcpy(tag, mac, sizeof *tag);
    memcpy(&place, mac + sizeof *tag, sizeof place);
    *tag |= 1; /* never the tag of a free one */
    return &buckets->at[(place & (buckets->sets - 1)) * JD_BUCKETS_WAYS];
}

static jd_bucket *find_in(jd_bucket *set, uint64_t tag)
{
    for (size_t i = 0; i < JD_BUCKETS_WAYS; i++)
        if (set[i].tag == tag)
            return &set[i];
    return NULL;
}

/* The bucket of that tag; a full one in the place of whatever is full soonest when there is none.
 */
static jd_bucket *get(const jd_buckets *buckets, jeton_span name, int64_t now)
{
    uint64_t tag;
    jd_bucket *set = set_of(buckets, name, &tag);
    jd_bucket *found = find_in(set, tag);
    if (found == NULL) {
        found = set;
        for (size_t i = 1; i < JD_BUCKETS_WAYS && found->tag != 0; i++)
            if (set[i].tag == 0 || set[i].full_at < found->full_at)
                found = &set[i];
        *found = (jd_bucket){.tag = tag, .full_at = now};
    }
    if (found->full_at < now)
        found->full_at = now;
    return found;
}

int64_t jd_buckets_take(jd_buckets *buckets, jeton_span name, jd_bucket_size size, int64_t now)
{
    jd_bucket *bucket = get(buckets, name, now);
    const int64_t over = bucket->full_at + size.interval - now - size.burst * size.interval;
    if (over > 0)
        return over;
    bucket->full_at += size.interval;
    return 0;
}

void jd_buckets_give(jd_buckets *buckets, jeton_span name, jd_bucket_size size, int64_t now)
{
    jd_bucket *bucket = get(buckets, name, now);
    bucket->full_at -= size.interval;
}

void jd_buckets_mark(jd_buckets *buckets, jeton_span name, int64_t until, int64_t now)
{
    get(buckets, name, now)->full_at = until;
}

bool jd_buckets_has(const jd_buckets *buckets, jeton_span name, int64_t now)
{
    uint64_t tag;
    jd_bucket *set = set_of(buckets, name, &tag);
    const jd_bucket *found = find_in(set, tag);
    return found != NULL && found->full_at > now;
}
