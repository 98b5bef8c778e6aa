/* SPDX-License-Identifier: Apache-2.0 */
/* segment/view.c - taking up the file that is there now, while others look at the one before. */
#include "segment/view.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

#include <string.h>
#include <sys/stat.h>

#define PAUSE_NS   ((uint64_t)50 * 1000000) /* between two looks at the path */
#define KEYS_LIMIT ((uint64_t)1 << 24)      /* what jt_key_source.take() may number */

/* What changes in a segment are its lock, its view and counts. */
static jeton_segment *shared(const jeton_segment *segment)
{
    return (jeton_segment *)(uintptr_t)segment;
}

/* ---- views ---------------------------------------------------------------------------------- */

void jt_view_let_go(void *view)
{
    jt_view *of = view;
    if (of == NULL || atomic_fetch_sub_explicit(&of->refs, 1, memory_order_acq_rel) > 1)
        return;
    jt_map_unref(of->map);
    jeton_keyset_free(&of->keys);
    jt_release(of->ctx, of);
}

static jt_view *new_view(const jeton_ctx *ctx)
{
    jt_view *view = jt_zalloc(ctx, sizeof *view);
    if (view == NULL)
        return NULL;
    atomic_init(&view->refs, 1);
    view->ctx = ctx;
    return view;
}

jt_view *jt_view_take(const jeton_segment *segment)
{
    jeton_segment *of = shared(segment);
    (void)pthread_mutex_lock(&of->lock); /* or it could go between the next two lines */
    jt_view *view = atomic_load_explicit(&of->now, memory_order_relaxed);
    atomic_fetch_add_explicit(&view->refs, 1, memory_order_relaxed);
    (void)pthread_mutex_unlock(&of->lock);
    return view;
}

static const jt_view *pin(const jeton_segment *segment, jt_pin *pin)
{
    /* What is pinned cannot have been freed and made anew: the same pointer is the same view. */
    if (pin->what != atomic_load_explicit(&segment->now, memory_order_acquire))
        jt_pin_set(pin, jt_view_take(segment), jt_view_let_go);
    return pin->what;
}

const jt_view *jt_view_pin(const jeton_segment *segment, jt_pin *to)
{
    const jt_view *view = pin(segment, to);
    if (jt_view_is_over(view) && jt_view_renew(segment, view, NULL))
        view = pin(segment, to);
    return view;
}

/* ---- segments ------------------------------------------------------------------------------- */

jeton_segment *jt_segment_ref(jeton_segment *segment)
{
    atomic_fetch_add_explicit(&segment->refs, 1, memory_order_relaxed);
    return segment;
}

void jeton_segment_free(jeton_segment **segment)
{
    if (segment == NULL || *segment == NULL)
        return;
    jeton_segment *old = *segment;
    *segment = NULL;
    if (atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
        return;
    jt_view_let_go(atomic_load_explicit(&old->now, memory_order_relaxed));
    (void)pthread_mutex_destroy(&old->lock);
    jt_release(old->ctx, old->path);
    jt_release(old->ctx, old);
}

jeton_status jt_segment_new(const jeton_ctx *ctx, const char *path, jeton_segment **segment,
                            jeton_err *err)
{
    *segment = NULL;
    JT_AUTO(jeton_segment_free) jeton_segment *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    atomic_init(&made->refs, 1);
    made->ctx = ctx;
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail without attributes */
    made->path = jt_strdup(ctx, path);
    jt_view *none = new_view(ctx);
    atomic_init(&made->now, none);
    if (made->path == NULL || none == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    if (!jt_boot_id(made->boot))
        made->boot[0] = '\0'; /* then nothing is known to be fresh */
    *segment = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* ---- another file --------------------------------------------------------------------------- */

static bool is_still_there(const jeton_segment *segment, const jt_map *map)
{
    struct stat found;
    return map != NULL && stat(segment->path, &found) == 0 && found.st_dev == map->device &&
           found.st_ino == map->inode;
}

/* Keys that are the same stay what they are, so that what was verified with them stays known. */
static void choose_keys(jeton_segment *segment, const jt_view *old, jt_view *view,
                        jeton_keyset **parsed)
{
    if (old->map != NULL &&
        memcmp(old->map->keys_digest, view->map->keys_digest, sizeof old->map->keys_digest) == 0) {
        view->keys = jt_keyset_ref(old->keys);
        view->keys_number = old->keys_number;
        return;
    }
    segment->last_keys = segment->last_keys % (KEYS_LIMIT - 1) + 1;
    view->keys = *parsed;
    *parsed = NULL;
    view->keys_number = segment->last_keys;
}

static jeton_status take_up(jeton_segment *segment, jt_view *old, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *keys = NULL;
    jt_view *view = new_view(segment->ctx);
    if (view == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    const jeton_status status =
        jt_map_open(segment->ctx, segment->path, segment->boot, &view->map, &keys, err);
    if (status != JETON_OK) {
        jt_view_let_go(view);
        return status;
    }
    choose_keys(segment, old, view, &keys);
    atomic_store_explicit(&segment->now, view, memory_order_release);
    jt_view_let_go(old);
    return JETON_OK;
}

static bool renew(jeton_segment *segment, jt_view *old, jeton_err *err)
{
    const uint64_t now = jt_boot_now();
    uint64_t *tried = &segment->tried[jt_view_is_over(old)];
    if (*tried != 0 && now - *tried < PAUSE_NS)
        return false;
    *tried = now;
    if (is_still_there(segment, old->map) || take_up(segment, old, err) != JETON_OK)
        return false;
    segment->tried[0] = segment->tried[1] = 0;
    return true;
}

bool jt_view_renew(const jeton_segment *segment, const jt_view *old, jeton_err *err)
{
    jeton_segment *of = shared(segment);
    (void)pthread_mutex_lock(&of->lock);
    jt_view *now = atomic_load_explicit(&of->now, memory_order_relaxed);
    const bool renewed = now != old || renew(of, now, err);
    (void)pthread_mutex_unlock(&of->lock);
    return renewed;
}
