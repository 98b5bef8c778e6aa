/* SPDX-License-Identifier: Apache-2.0 */
/* segment/view.h - what a segment is inside, and how its readers hold on to what they look at.
 *
 * A view is one map and its keys, and never changes; a new file makes a new view. A verdict pins
 * the view it has used, with a counted reference. As long as that is still the segment's, using it
 * again costs one comparison of pointers; only taking another one up takes the lock.
 */
#ifndef JT_SEGMENT_VIEW_H
#define JT_SEGMENT_VIEW_H

#include "segment/map.h"
#include "token/verdict.h"

#include <jeton/segment.h>
#include <pthread.h>

typedef struct jt_view {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    jt_map *map; /* NULL: there was no file so far */
    jeton_keyset *keys;
    uint64_t keys_number; /* another one whenever the keys are others */
} jt_view;

struct jeton_segment {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    char *path;
    char boot[JT_SEGMENT_BOOT];
    pthread_mutex_t lock;   /* of whoever takes up another file, and of taking a reference */
    _Atomic(jt_view *) now; /* with a reference */
    uint64_t tried[2];      /* under the lock: when another file was looked for last and not found,
                               for age and because this one was over; 0: look at once */
    uint64_t last_keys;     /* under the lock */
};

/* A segment with no view yet; jt_view_renew() may give it one. *segment is the caller's reference.
 * JETON_E_NOMEM, JETON_E_SYSTEM. */
JETON_MUST jeton_status jt_segment_new(const jeton_ctx *ctx, const char *path,
                                       jeton_segment **segment, jeton_err *err);
jeton_segment *jt_segment_ref(jeton_segment *segment);

/* The segment's view of this moment, pinned in *pin of a verdict. When its file has been replaced
 * the new one is taken up. Never NULL. */
const jt_view *jt_view_pin(const jeton_segment *segment, jt_pin *pin);

/* The same for those without a verdict. To be given back with jt_view_let_go(). */
jt_view *jt_view_take(const jeton_segment *segment);
void jt_view_let_go(void *view);

/* Takes up the file that is at the path now, if that is not the one of `old`. True when the
 * segment's view is another one than `old` afterwards. The path is looked at only once in a while:
 * in between nothing is done, and err is not filled in. err may be NULL. */
JETON_MUST bool jt_view_renew(const jeton_segment *segment, const jt_view *old, jeton_err *err);

/* Whether nothing comes into that file any more. */
static inline bool jt_view_is_over(const jt_view *view)
{
    return view->map == NULL || jt_peek(&view->map->live->state) == JT_SEGMENT_MOVED;
}

/* Whether the writer could not publish a change of keys: what is here may have been withdrawn. */
static inline bool jt_view_is_void(const jt_view *view)
{
    return view->map != NULL && jt_peek(&view->map->live->all) == JT_SEGMENT_VOID;
}

#endif
