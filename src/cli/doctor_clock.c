/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_clock.c - whether the clock can be believed: tokens live and expire by it. */
#include "cli/doctor.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "sys/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/timex.h>

#define PROGRAM_IS_OLDER 1767225600 /* 2026-01-01: before this program was written */
#define AHEAD            ((int64_t)5)
#define SAMPLE_MS        50
#define STEP_MS          20

/* What was written later than now was written by a clock that has gone back since. */
static bool is_behind_the_store(const jd_doctor *of, int64_t now)
{
    static const char *const names[] = {"jeton.db", "jeton.db-wal"};
    for (size_t i = 0; i < JT_COUNT(names); i++) {
        jd_path path;
        struct stat found;
        if (jd_path_join(of->config->data, names[i], &path, NULL) == JETON_OK &&
            stat(path.chars, &found) == 0 && found.st_mtime > now + AHEAD)
            return true;
    }
    return false;
}

/* How much more than the clock that only goes forward, in milliseconds. */
static int64_t step_of_a_moment(void)
{
    const int64_t wall = jt_now(NULL);
    const int64_t steady = jd_monotonic();
    (void)nanosleep(&(const struct timespec){.tv_nsec = SAMPLE_MS * 1000000L}, NULL);
    return (jt_now(NULL) - wall) - (jd_monotonic() - steady);
}

static bool is_synchronised(void)
{
    struct timex state = {0}; /* asks, and sets nothing */
    const int got = adjtimex(&state);
    return got >= 0 && got != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

void jd_doctor_clock(jd_doctor *of)
{
    static const char where[] = "clock";
    static const char advice[] = "timedatectl set-ntp true";
    const size_t before = of->findings->counts[JD_FINDING_ERROR];
    const int64_t now = jt_now(NULL) / 1000;
    if (now < PROGRAM_IS_OLDER)
        jd_doctor_say(of, JD_FINDING_ERROR, where, advice,
                      "it stands before this program was written: tokens are refused everywhere");
    if (is_behind_the_store(of, now))
        jd_doctor_say(of, JD_FINDING_ERROR, where, advice,
                      "the store was written later than it says now: it has been set back, and "
                      "expired tokens may be good again");
    if (llabs(step_of_a_moment()) > STEP_MS)
        jd_doctor_say(of, JD_FINDING_WARNING, where, advice, "it is being set while it runs");
    if (!is_synchronised())
        jd_doctor_say(
            of, JD_FINDING_WARNING, where, advice,
            "nothing keeps it synchronised: services that verify by their own clocks will "
            "come to refuse tokens");
    else if (of->findings->counts[JD_FINDING_ERROR] == before)
        jd_doctor_say(of, JD_FINDING_OK, where, NULL, "synchronised");
}
