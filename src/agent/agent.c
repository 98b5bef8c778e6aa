/* SPDX-License-Identifier: Apache-2.0 */
/* agent/agent.c - one thread that beats, and the lock that entries, keys and it take turns with. */
#include "agent/agent.h"

#include "agent/segment_file.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/repeat.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY_MS     1000
#define BEAT_WAIT_NS 5000000L /* longer, and it is a new file that is being made */

struct jd_agent {
    jd_path path;
    char boot[JT_SEGMENT_BOOT];
    bool has_group;
    gid_t group;
    int lock_fd; /* that we are the one who writes */
    const jt_revocations *revocations;
    const jd_lease *lease; /* NULL: none */

    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t news;
    pthread_t thread;
    bool started, closing;
    jd_segment_file file;
    jeton_text *jwks;
    atomic_bool waits;   /* the file of the last run stays until the lease holds */
    atomic_bool behind;  /* the file does not say what it should: a new one is due */
    atomic_bool written; /* there is one */
    int64_t tried;       /* jd_monotonic() of the last attempt that failed */
    jd_repeat failing;
};

/* ---- the file ------------------------------------------------------------------------------- */

static jd_segment_plan plan_of(const jd_agent *of)
{
    return (jd_segment_plan){.jwks = jeton_text_span(of->jwks),
                             .revocations = of->revocations,
                             .path = of->path.chars,
                             .boot = of->boot,
                             .has_group = of->has_group,
                             .group = of->group,
                             .lease = of->lease};
}

static jeton_status remake(jd_agent *of, jeton_err *err)
{
    const jd_segment_plan plan = plan_of(of);
    jd_segment_file fresh;
    JT_TRY(jd_segment_make(&plan, &of->file, &fresh, err));
    JT_TRY(jd_segment_place(&plan, &of->file, &fresh, err));
    of->behind = false;
    of->written = true;
    return JETON_OK;
}

/* False, and loud, when it did not work: then `next` is what happens, and it is tried again. */
static bool try_remake(jd_agent *of, const char *next)
{
    jeton_err err = {0};
    if (of->behind && jd_monotonic() - of->tried < RETRY_MS)
        return false;
    int64_t times;
    if (remake(of, &err) == JETON_OK) {
        jd_repeat_end(&of->failing);
        return true;
    }
    of->behind = true;
    of->tried = jd_monotonic();
    if (jd_repeat_is_due(&of->failing, of->tried, err.text, &times))
        jd_log(JD_ERROR, EV_SEGMENT_FAILED, JD_TEXT("why", err.text), JD_INT("times", times),
               JD_TEXT("next", next));
    return false;
}

static void put(jd_agent *of, const jt_revocation *entry)
{
    if (!jd_segment_has_room(&of->file, entry))
        (void)try_remake(of, "it fills up, then every token issued before is refused");
    /* It may be in there already; putting it in once more is harmless. */
    jt_segment_live *live = of->file.live;
    if (!jt_is_notice(entry->kind) && !jd_segment_put(&of->file, entry)) {
        jd_segment_set(&live->lost, jd_segment_peek(&live->lost) + 1);
        if (entry->n > jd_segment_peek(&live->all))
            jd_segment_set(&live->all, entry->n);
    }
    if (entry->n > jd_segment_peek(&live->head))
        jd_segment_set(&live->head, entry->n);
}

void jd_agent_revoke(jd_agent *agent, const jt_revocation *entry)
{
    (void)pthread_mutex_lock(&agent->lock);
    if (agent->file.table.slots != NULL) /* or the file to come will have it */
        put(agent, entry);
    (void)pthread_mutex_unlock(&agent->lock);
}

/* ---- keys ----------------------------------------------------------------------------------- */

static void *beat(void *argument);

static jeton_status start(jd_agent *of, jeton_err *err)
{
    const int failed = pthread_create(&of->thread, NULL, beat, of);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(of->thread, "segment");
    of->started = true;
    return JETON_OK;
}

/* A key may just have been withdrawn because somebody has stolen it: what he signs must not be
 * accepted because our disk is full. */
static void publish(jd_agent *of)
{
    of->tried = jd_monotonic() - RETRY_MS;
    if (!try_remake(of, "its keys are void until it works"))
        jd_segment_set(&of->file.live->all, JT_SEGMENT_VOID);
}

static void settle(jd_agent *of)
{
    of->waits = false;
    publish(of);
}

void jd_agent_settle(jd_agent *agent)
{
    if (!agent->waits)
        return;
    (void)pthread_mutex_lock(&agent->lock);
    if (agent->waits)
        settle(agent);
    (void)pthread_mutex_unlock(&agent->lock);
}

/* Whether readers are better off with the file of the last run; see agent.h. */
static bool should_wait(const jd_agent *of)
{
    const jd_segment_plan plan = plan_of(of);
    return of->lease != NULL && !jd_lease_holds(of->lease) && jd_segment_is_good(&plan, &of->file);
}

static jeton_status begin(jd_agent *of, jeton_err *err)
{
    of->waits = should_wait(of);
    if (!of->waits)
        JT_TRY(remake(of, err));
    return start(of, err);
}

static bool are_published(const jd_agent *of, const jeton_text *jwks)
{
    return of->started && !of->behind &&
           jeton_span_equal(jeton_text_span(of->jwks), jeton_text_span(jwks));
}

jeton_status jd_agent_keys(jd_agent *agent, const jeton_keyset *published, jeton_err *err)
{
    JT_AUTO(jeton_text_free) jeton_text *jwks = NULL;
    JT_TRY(jeton_keyset_print(published, JETON_KEY_PUBLIC, &jwks, err));
    (void)pthread_mutex_lock(&agent->lock);
    if (are_published(agent, jwks)) {
        (void)pthread_mutex_unlock(&agent->lock);
        return JETON_OK;
    }
    jeton_text *old = agent->jwks;
    agent->jwks = jwks;
    jwks = old;
    jeton_status status = JETON_OK;
    if (agent->started)
        settle(agent);
    else
        status = begin(agent, err);
    (void)pthread_mutex_unlock(&agent->lock);
    return status;
}

/* ---- time passes ---------------------------------------------------------------------------- */

/* Then the file of the last run has stayed for long enough. */
static bool has_waited(const jd_agent *of)
{
    return of->waits && jd_lease_holds(of->lease);
}

static void wait_a_beat(jd_agent *of)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)JT_SEGMENT_BEAT_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (!of->closing && !has_waited(of) &&
           pthread_cond_timedwait(&of->news, &of->lock, &until) != ETIMEDOUT)
        continue;
}

static void *beat(void *argument)
{
    jd_agent *of = argument;
    (void)pthread_mutex_lock(&of->lock);
    while (!of->closing) {
        if (has_waited(of))
            settle(of);
        else if (of->behind)
            (void)try_remake(of, "retried");
        if (of->file.table.slots != NULL) /* or it is not ours to say what is known */
            jd_segment_beat(&of->file, of->lease);
        wait_a_beat(of);
    }
    (void)pthread_mutex_unlock(&of->lock);
    return NULL;
}

void jd_agent_beat(jd_agent *agent)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += BEAT_WAIT_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (pthread_mutex_clocklock(&agent->lock, CLOCK_MONOTONIC, &until) != 0)
        return;
    if (agent->file.table.slots != NULL)
        jd_segment_beat(&agent->file, agent->lease);
    else if (has_waited(agent))
        (void)pthread_cond_signal(&agent->news);
    (void)pthread_mutex_unlock(&agent->lock);
}

void jd_agent_sweep(jd_agent *agent)
{
    (void)pthread_mutex_lock(&agent->lock);
    if (agent->file.table.slots != NULL && !agent->behind) {
        const jt_revoked_state state = jt_revocations_state(agent->revocations);
        jd_segment_set(&agent->file.live->all, state.all(state.of));
        if (jd_segment_is_wasteful(&agent->file, agent->revocations))
            (void)try_remake(agent, "it stays larger than it need be");
    }
    (void)pthread_mutex_unlock(&agent->lock);
}

bool jd_agent_is_written(const jd_agent *agent)
{
    return agent->written && !agent->behind;
}

bool jd_agent_count(jd_agent *agent, jd_agent_counts *counts)
{
    *counts = (jd_agent_counts){0};
    if (pthread_mutex_trylock(&agent->lock) != 0)
        return false; /* nobody waits for this */
    const jd_segment_file *file = &agent->file;
    if (file->live != NULL)
        *counts = (jd_agent_counts){.entries = jd_segment_peek(&file->live->used),
                                    .bytes = file->size,
                                    .generation = file->generation,
                                    .lost = jd_segment_peek(&file->live->lost)};
    (void)pthread_mutex_unlock(&agent->lock);
    return true;
}

/* ---- open and close ------------------------------------------------------------------------- */

static jeton_status find_group(const char *name, gid_t *group, jeton_err *err)
{
    struct group found;
    struct group *there = NULL;
    char room[16384];
    char *end;
    if (getgrnam_r(name, &found, room, sizeof room, &there) == 0 && there != NULL) {
        *group = there->gr_gid;
        return JETON_OK;
    }
    errno = 0;
    const unsigned long number = strtoul(name, &end, 10);
    if (errno != 0 || *end != '\0' || name[0] < '0' || name[0] > '9' || number >= (gid_t)-1)
        return jt_fail(err, JETON_E_SYSTEM, "segment-group: there is no group %.60s", name);
    *group = (gid_t)number;
    return JETON_OK;
}

/* The segment itself is replaced again and again, so the lock is on a file beside it. */
static jeton_status take_lock(jd_agent *of, jeton_err *err)
{
    char path[JD_PATH_MAX + 8];
    char reason[64];
    (void)snprintf(path, sizeof path, "%s.lock", of->path.chars);
    of->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (of->lock_fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot open %.90s: %s", path,
                       strerror_r(errno, reason, sizeof reason));
    if (flock(of->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return jt_fail(err, JETON_E_BUSY, "another jeton writes the segment %.90s", of->path.chars);
    return JETON_OK;
}

static void init_locks(jd_agent *of)
{
    pthread_condattr_t clock;
    (void)pthread_mutex_init(&of->lock, NULL); /* cannot fail, like the others */
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&of->news, &clock);
    (void)pthread_condattr_destroy(&clock);
}

jeton_status jd_agent_path(const jd_config *config, jd_path *path, jeton_err *err)
{
    if (config->segment[0] == '\0')
        return jd_path_join(config->data, "segment", path, err);
    (void)snprintf(path->chars, sizeof path->chars, "%s", config->segment); /* it is shorter */
    return JETON_OK;
}

static jeton_status open_all(jd_agent *of, const jd_agent_options *options, jeton_err *err)
{
    const int len = snprintf(of->path.chars, JD_PATH_MAX, "%s", options->path);
    if (len < 0 || (size_t)len >= JD_PATH_MAX - 8)
        return jt_fail(err, JETON_E_LIMIT, "the segment's path is too long");
    of->has_group = options->group[0] != '\0';
    if (of->has_group)
        JT_TRY(find_group(options->group, &of->group, err));
    if (!jt_boot_id(of->boot))
        return jt_fail(err, JETON_E_SYSTEM, "the system does not say when it was started");
    if (!options->locked)
        JT_TRY(take_lock(of, err));
    return jd_segment_find(of->path.chars, &of->file, err);
}

jeton_status jd_agent_open(const jd_agent_options *options, jd_agent **agent, jeton_err *err)
{
    *agent = NULL;
    JT_AUTO(jd_agent_close) jd_agent *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    made->lock_fd = -1;
    made->revocations = options->revocations;
    made->lease = options->lease;
    init_locks(made);
    JT_TRY(open_all(made, options, err));
    *agent = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

static void stop(jd_agent *of)
{
    (void)pthread_mutex_lock(&of->lock);
    of->closing = true;
    (void)pthread_cond_broadcast(&of->news);
    (void)pthread_mutex_unlock(&of->lock);
    (void)pthread_join(of->thread, NULL);
    jd_segment_set(&of->file.live->state, JT_SEGMENT_STOPPED);
}

void jd_agent_close(jd_agent **agent)
{
    if (agent == NULL || *agent == NULL)
        return;
    jd_agent *of = *agent;
    *agent = NULL;
    if (of->started)
        stop(of);
    jd_segment_done(&of->file);
    if (of->lock_fd >= 0)
        (void)close(of->lock_fd);
    jeton_text_free(&of->jwks);
    (void)pthread_cond_destroy(&of->news);
    (void)pthread_mutex_destroy(&of->lock);
    jt_release(NULL, of);
}
