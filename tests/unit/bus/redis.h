/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bus/redis.h - a redis-server of a test's own: in a folder of its own, on a Unix socket
 * there, gone when the test ends, also when it is killed. */
#ifndef JD_TEST_REDIS_H
#define JD_TEST_REDIS_H

#include "bus/link.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct redis {
    char folder[64];
    char address[128]; /* for the setting bus */
    pid_t pid;         /* 0: it does not run */
} redis;

#define REDIS_WORDS 24U

static inline _Noreturn void redis_become(const redis *of, const char *const *more)
{
    char socket[96];
    const char *words[REDIS_WORDS] = {
        "redis-server", "--port", "0", "--unixsocket", socket,   "--dir",
        of->folder,     "--save", "",  "--loglevel",   "warning"};
    size_t count = 11;
    (void)snprintf(socket, sizeof socket, "%s/s", of->folder);
    for (; more != NULL && *more != NULL; more++)
        words[count++] = *more;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    (void)execvp(words[0], (char *const *)words);
    _exit(127);
}

/* One exchange by itself, as a user who may everything; NULL words end the list. */
static inline redisReply *redis_ask(const redis *of, const char *password, ...)
{
    jd_bus_address address;
    jeton_err err = {0};
    jeton_span words[REDIS_WORDS];
    size_t count = 0;
    redisReply *reply = NULL;
    jd_link link = {0};
    va_list list;
    va_start(list, password);
    for (const char *word; (word = va_arg(list, const char *)) != NULL;)
        words[count++] = jeton_str(word);
    va_end(list);
    assert_int_equal(jd_bus_address_parse(jeton_str(of->address), &address, NULL), JETON_OK);
    const jd_link_place place = {
        .address = &address, .password = jeton_str(password), .stop = -1, .timeout_ms = 20000};
    if (jd_link_open(&link, &place, &err) == JETON_OK) {
        const jeton_status status = jd_link_ask(&link, words, count, 0, &reply, &err);
        assert_int_equal(status, JETON_OK);
    }
    jd_link_close(&link);
    return reply;
}

/* Asks, and wants no error. */
#define redis_do(of, password, ...)                                                                \
    do {                                                                                           \
        redisReply *redis_reply = redis_ask(of, password, __VA_ARGS__, NULL);                      \
        assert_non_null(redis_reply);                                                              \
        assert_int_not_equal(redis_reply->type, REDIS_REPLY_ERROR);                                \
        jd_reply_free(&redis_reply);                                                               \
    } while (0)

static inline void redis_start(redis *of, const char *password, const char *const *more)
{
    of->pid = fork();
    assert_true(of->pid >= 0);
    if (of->pid == 0)
        redis_become(of, more);
    for (unsigned i = 0; i < 3000; i++) {
        int status;
        redisReply *reply = redis_ask(of, password, "PING", NULL);
        const bool up = reply != NULL;
        jd_reply_free(&reply);
        if (up)
            return;
        assert_int_equal(waitpid(of->pid, &status, WNOHANG), 0); /* is redis-server installed? */
        (void)usleep(10000);
    }
    fail_msg("redis-server does not come up");
}

static inline void redis_init(redis *of)
{
    *of = (redis){.folder = "/tmp/jeton-redis-XXXXXX"};
    assert_non_null(mkdtemp(of->folder));
    (void)snprintf(of->address, sizeof of->address, "unix:%s/s", of->folder);
}

static inline void redis_kill(redis *of)
{
    if (of->pid == 0)
        return;
    (void)kill(of->pid, SIGKILL);
    (void)waitpid(of->pid, NULL, 0);
    of->pid = 0;
}

static inline void redis_done(redis *of)
{
    char path[96];
    static const char *const left[] = {"s", "ca.pem", "cert.pem", "key.pem", "password"};
    redis_kill(of);
    for (size_t i = 0; i < COUNT(left); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", of->folder, left[i]);
        (void)unlink(path);
    }
    (void)rmdir(of->folder);
}

#endif
