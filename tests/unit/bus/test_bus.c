/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bus/test_bus.c - the stream, with a real redis-server: what is published is read; and
 * flushed, trimmed, overtaken, forged, frozen, killed, locked, it is lost, never wrong, and comes
 * back by itself. */
#include "bus/bus.h"
#include "redis.h"
#include "sys/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#define PATIENT 20000U /* ms: the machine may be busy */
#define WAIT    100U

static redis server;

static jd_bus *bus_at(const char *address, unsigned timeout_ms)
{
    const jd_bus_options options = {
        .address = address, .prefix = "test", .ca_file = "", .timeout_ms = timeout_ms};
    jd_bus *bus = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jd_bus_open(&options, &bus, &err), JETON_OK);
    return bus;
}

static jd_bus *new_bus(void)
{
    return bus_at(server.address, PATIENT);
}

static jd_bus_item item_of(uint64_t n)
{
    jd_bus_item item = {.count = 1, .hurry = n % 2 == 0};
    item.at[0] = (jt_revocation){.n = n, .kind = JT_REVOKED_SESSION, .expires = 1790000000000};
    memset(item.at[0].id, (int)(n % 251), JT_REVOKED_ID);
    memset(item.at[0].mac, (int)(n % 241), JT_REVOKED_MAC);
    return item;
}

static bool publish(jd_bus *bus, uint64_t n)
{
    const jd_bus_item item = item_of(n);
    jeton_err err = {0};
    bool late = true;
    const jeton_status status = jd_bus_publish(bus, &item, &late, &err);
    if (status != JETON_OK)
        print_message("  %s\n", err.text);
    assert_int_equal(status, JETON_OK);
    return !late;
}

typedef struct seen {
    size_t count;
    uint64_t n[64];
} seen;

static void note(void *user, const jd_bus_item *item)
{
    seen *of = user;
    const jd_bus_item want = item_of(item->at[0].n);
    assert_int_equal(item->count, 1);
    assert_int_equal(item->hurry, want.hurry);
    assert_memory_equal(item->at[0].id, want.at[0].id, JT_REVOKED_ID);
    assert_memory_equal(item->at[0].mac, want.at[0].mac, JT_REVOKED_MAC);
    assert_true(of->count < COUNT(of->n));
    of->n[of->count++] = item->at[0].n;
}

/* Reads once. Gives how many items came; *bad counts up what was none. */
static seen read_some(jd_bus *bus, uint64_t after, uint64_t *bad)
{
    seen got = {0};
    jeton_err err = {0};
    jd_bus_reading reading = {.after = after, .wait_ms = WAIT, .take = note, .user = &got};
    const jeton_status status = jd_bus_read(bus, &reading, &err);
    if (status != JETON_OK)
        print_message("  %s\n", err.text);
    assert_int_equal(status, JETON_OK);
    assert_int_equal(reading.taken, got.count);
    if (bad != NULL)
        *bad += reading.bad;
    return got;
}

static void what_is_published_is_read(void **state)
{
    (void)state;
    jd_bus *writer = new_bus();
    jd_bus *reader = new_bus();
    assert_int_equal(read_some(reader, 0, NULL).count, 0);
    for (uint64_t n = 1; n <= 3; n++)
        assert_true(publish(writer, n));
    seen got = read_some(reader, 1, NULL);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.n[0], 2);
    assert_int_equal(got.n[1], 3);
    assert_true(publish(writer, 4));
    got = read_some(reader, 1, NULL); /* it goes on where it was, whatever `after` says */
    assert_int_equal(got.count, 1);
    assert_int_equal(got.n[0], 4);
    assert_int_equal(read_some(reader, 1, NULL).count, 0);
    assert_int_equal(read_some(reader, 2, NULL).count, 2); /* and anew when nothing came */
    jd_bus_close(&writer);
    jd_bus_close(&reader);
    assert_null(writer);
}

static void a_number_that_is_passed_leaves_a_hole(void **state)
{
    (void)state;
    jd_bus *bus = new_bus();
    assert_true(publish(bus, 10));
    assert_false(publish(bus, 9));
    assert_false(publish(bus, 10));
    assert_true(publish(bus, 11));
    const seen got = read_some(bus, 8, NULL);
    assert_int_equal(got.count, 2);
    assert_int_equal(got.n[0], 10);
    assert_int_equal(got.n[1], 11);
    jd_bus_close(&bus);
}

static void a_stream_that_is_flushed_goes_on(void **state)
{
    (void)state;
    jd_bus *writer = new_bus();
    jd_bus *reader = new_bus();
    assert_true(publish(writer, 5));
    assert_int_equal(read_some(reader, 4, NULL).count, 1);
    redis_do(&server, "", "FLUSHALL");
    assert_int_equal(read_some(reader, 5, NULL).count, 0);
    assert_true(publish(writer, 6));
    const seen got = read_some(reader, 5, NULL);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.n[0], 6);
    jd_bus_close(&writer);
    jd_bus_close(&reader);
}

static void what_was_trimmed_is_missing_and_the_rest_is_there(void **state)
{
    (void)state;
    jd_bus *bus = new_bus();
    for (uint64_t n = 1; n <= 5; n++)
        assert_true(publish(bus, n));
    redis_do(&server, "", "XTRIM", "test:log", "MAXLEN", "1");
    const seen got = read_some(bus, 1, NULL);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.n[0], 5);
    jd_bus_close(&bus);
}

static void what_is_no_item_is_passed_over(void **state)
{
    (void)state;
    uint64_t bad = 0;
    jd_bus *bus = new_bus();
    redis_do(&server, "", "XADD", "test:log", "1-0", "e", "rubbish");
    redis_do(&server, "", "XADD", "test:log", "1-7", "e", "an id that is no number");
    redis_do(&server, "", "XADD", "test:log", "2-0", "x", "another field");
    redis_do(&server, "", "XADD", "test:log", "3-0", "e", "two", "e", "fields");
    assert_true(publish(bus, 4));
    const seen got = read_some(bus, 0, &bad);
    assert_int_equal(got.count, 1);
    assert_int_equal(bad, 4);
    assert_int_equal(read_some(bus, 4, &bad).count, 0); /* it waits, and does not read them again */
    assert_int_equal(bad, 4);
    jd_bus_close(&bus);
}

static void a_stream_with_a_number_of_its_own_is_told(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *bus = new_bus();
    jd_bus *reader = new_bus();
    const jd_bus_item item = item_of(8);
    redis_do(&server, "", "XADD", "test:log", "18446744073709551615-7", "e", "forged");
    assert_int_equal(read_some(reader, 7, NULL).count, 0);
    assert_int_equal(jd_bus_publish(bus, &item, NULL, &err), JETON_E_LIMIT);
    assert_non_null(strstr(err.text, "test:log"));
    redis_do(&server, "", "DEL", "test:log");
    assert_true(publish(bus, 9)); /* and no pause */
    size_t count = 0;
    for (unsigned i = 0; i < 3 && count == 0; i++)
        count = read_some(reader, 7, NULL).count;
    assert_int_equal(count, 1);
    jd_bus_close(&reader);
    jd_bus_close(&bus);
}

/* Somebody has put in more than any answer may have. It would come again and again, as fast as the
 * network carries it. */
static void a_stream_that_is_too_large_to_be_read_is_read_less_and_less_often(void **state)
{
    (void)state;
    enum { HUGE_BYTES = 5000000, TRIES = 7 };
    static char huge[HUGE_BYTES + 1];
    seen got = {0};
    jeton_err err = {0};
    jd_bus_reading reading = {.wait_ms = WAIT, .take = note, .user = &got};
    jd_bus *reader = new_bus();
    memset(huge, 'x', HUGE_BYTES);
    redis_do(&server, "", "XADD", "test:log", "*", "e", huge);
    const int64_t began = jd_monotonic();
    for (unsigned i = 0; i < TRIES; i++)
        assert_int_equal(jd_bus_read(reader, &reading, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "too long"));
    assert_true(jd_monotonic() - began >= 25 + 50 + 100 + 200 + 400);
    redis_do(&server, "", "DEL", "test:log");
    assert_int_equal(read_some(reader, 0, NULL).count, 0);
    for (unsigned i = 0; i < 3; i++)
        assert_true(publish(reader, 5 + i));
    assert_int_equal(read_some(reader, 4, NULL).count, 3);
    assert_int_equal(got.count, 0);
    jd_bus_close(&reader);
}

static void another_kind_of_key_there_is_an_error(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *bus = new_bus();
    const jd_bus_item item = item_of(8);
    redis_do(&server, "", "SET", "test:log", "secret text");
    assert_int_equal(jd_bus_publish(bus, &item, NULL, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "WRONGTYPE"));
    jd_bus_close(&bus);
}

static void a_stream_that_is_deleted_is_empty(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *bus = new_bus();
    jd_bus *reader = new_bus();
    assert_true(publish(bus, 5));
    redis_do(&server, "", "SET", "test:other", "stays");
    assert_int_equal(jd_bus_delete(bus, &err), JETON_OK);
    assert_int_equal(jd_bus_delete(bus, &err), JETON_OK); /* there is none */
    assert_int_equal(read_some(reader, 0, NULL).count, 0);
    assert_true(publish(bus, 2)); /* of a stream with 5 in it that would be too late */
    jd_bus_stop(bus);
    assert_int_equal(jd_bus_delete(bus, &err), JETON_E_BUSY);
    redis_do(&server, "", "RENAME", "test:other", "test:log"); /* fails when it is not there */
    jd_bus_close(&reader);
    jd_bus_close(&bus);
}

static void another_database_is_another_stream(void **state)
{
    (void)state;
    char address[160];
    (void)snprintf(address, sizeof address, "%s?db=3", server.address);
    jd_bus *here = new_bus();
    jd_bus *there = bus_at(address, PATIENT);
    assert_true(publish(there, 1));
    assert_int_equal(read_some(here, 0, NULL).count, 0);
    assert_int_equal(read_some(there, 0, NULL).count, 1);
    jd_bus_close(&here);
    jd_bus_close(&there);
}

/* ---- away, and back ------------------------------------------------------------------------- */

static void publish_when_it_is_back(jd_bus *bus, uint64_t n)
{
    const jd_bus_item item = item_of(n);
    jeton_err err = {0};
    for (unsigned i = 0; i < 1000; i++)
        if (jd_bus_publish(bus, &item, NULL, &err) == JETON_OK)
            return;
    fail_msg("%s", err.text);
}

/* As after a failover to a replica that has nothing. */
static void a_server_that_comes_back_empty_is_used_again(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *writer = new_bus();
    jd_bus *reader = new_bus();
    const jd_bus_item item = item_of(2);
    seen got = {0};
    jd_bus_reading reading = {.after = 1, .wait_ms = WAIT, .take = note, .user = &got};
    assert_true(publish(writer, 1));
    assert_int_equal(read_some(reader, 0, NULL).count, 1);
    redis_kill(&server);
    assert_int_equal(jd_bus_publish(writer, &item, NULL, &err), JETON_E_SYSTEM);
    err = (jeton_err){0};
    assert_int_equal(jd_bus_read(reader, &reading, &err), JETON_E_SYSTEM);
    redis_start(&server, "", NULL);
    publish_when_it_is_back(writer, 3);
    for (unsigned i = 0; i < 1000 && got.count == 0; i++) {
        const jeton_status status = jd_bus_read(reader, &reading, NULL);
        assert_true(status == JETON_OK || status == JETON_E_SYSTEM);
    }
    assert_int_equal(got.count, 1);
    assert_int_equal(got.n[0], 3);
    jd_bus_close(&writer);
    jd_bus_close(&reader);
}

static void a_server_that_is_frozen_is_given_up_in_time(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *bus = bus_at(server.address, 300);
    const jd_bus_item item = item_of(2);
    publish_when_it_is_back(bus, 1);
    (void)kill(server.pid, SIGSTOP);
    assert_int_equal(jd_bus_publish(bus, &item, NULL, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "in time"));
    (void)kill(server.pid, SIGCONT);
    publish_when_it_is_back(bus, 3);
    jd_bus_close(&bus);
}

static void *stop_soon(void *bus)
{
    (void)usleep(20000);
    jd_bus_stop(bus);
    return NULL;
}

static void who_waits_is_woken_to_stop(void **state)
{
    (void)state;
    seen got = {0};
    jeton_err err = {0};
    pthread_t thread;
    jd_bus *bus = new_bus();
    jd_bus_reading reading = {.wait_ms = 3600000, .take = note, .user = &got};
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, bus), 0);
    assert_int_equal(jd_bus_read(bus, &reading, &err), JETON_E_BUSY);
    assert_int_equal(pthread_join(thread, NULL), 0);
    err = (jeton_err){0};
    assert_int_equal(jd_bus_connect(bus, &err), JETON_E_BUSY); /* and nothing is begun any more */
    jd_bus_close(&bus);
}

/* ---- who is let in -------------------------------------------------------------------------- */

static jeton_status try_as(const char *address, const char *password, jeton_err *err)
{
    *err = (jeton_err){0};
    if (password != NULL)
        (void)setenv(JD_BUS_PASSWORD_ENV, password, 1);
    jd_bus *bus = bus_at(address, PATIENT);
    (void)unsetenv(JD_BUS_PASSWORD_ENV);
    const jeton_status status = jd_bus_connect(bus, err);
    jd_bus_close(&bus);
    return status;
}

static void a_password_is_asked_for(void **state)
{
    (void)state;
    jeton_err err;
    static const char *const locked[] = {"--requirepass", "opened sesame", NULL};
    redis_kill(&server);
    redis_start(&server, "opened sesame", locked);
    assert_int_equal(try_as(server.address, "opened sesame", &err), JETON_OK);
    assert_int_equal(try_as(server.address, NULL, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "NOAUTH"));
    assert_int_equal(try_as(server.address, "opened Sesame", &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "WRONGPASS"));
    assert_null(strstr(err.text, "Sesame"));
    redis_kill(&server);
    redis_start(&server, "", NULL);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_password_may_be_in_a_file_that_is_private(void **state)
{
    (void)state;
    char path[96];
    jeton_err err = {0};
    jd_bus *bus = NULL;
    const jd_bus_options options = {.address = server.address, .prefix = "test", .ca_file = ""};
    (void)snprintf(path, sizeof path, "%s/password", server.folder);
    (void)setenv(JD_BUS_PASSWORD_FILE_ENV, path, 1);
    redis_do(&server, "", "CONFIG", "SET", "requirepass", "of the file");
    write_file(path, "of the file\n", 0600);
    assert_int_equal(try_as(server.address, "of the environment", &err), JETON_OK);
    (void)chmod(path, 0644);
    assert_int_equal(jd_bus_open(&options, &bus, &err), JETON_E_SYSTEM);
    assert_null(bus);
    (void)unlink(path);
    err = (jeton_err){0};
    assert_int_not_equal(jd_bus_open(&options, &bus, &err), JETON_OK);
    (void)unsetenv(JD_BUS_PASSWORD_FILE_ENV);
    redis_do(&server, "of the file", "CONFIG", "SET", "requirepass", "");
}

/* Over TCP, as a user who may do what a node does and nothing else. */
static unsigned open_a_port(void)
{
    char text[16];
    for (unsigned tries = 0; tries < 50; tries++) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof at;
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
        (void)close(fd);
        (void)snprintf(text, sizeof text, "%u", ntohs(at.sin_port));
        redisReply *reply = redis_ask(&server, "", "CONFIG", "SET", "port", text, NULL);
        const bool taken = reply != NULL && reply->type == REDIS_REPLY_STATUS;
        jd_reply_free(&reply);
        if (taken)
            return ntohs(at.sin_port);
    }
    fail_msg("no port is free");
    return 0;
}

static void a_user_with_few_rights_is_enough(void **state)
{
    (void)state;
    char address[128];
    jeton_err err = {0};
    (void)snprintf(address, sizeof address, "redis://node@127.0.0.1:%u", open_a_port());
    redis_do(&server, "", "ACL", "SETUSER", "node", "on", ">hers", "~test:*", "+xadd", "+xread",
             "+xrevrange", "+ping");
    (void)setenv(JD_BUS_PASSWORD_ENV, "hers", 1);
    jd_bus *bus = bus_at(address, PATIENT);
    (void)unsetenv(JD_BUS_PASSWORD_ENV);
    assert_true(publish(bus, 3));
    assert_false(publish(bus, 2));
    assert_int_equal(read_some(bus, 0, NULL).count, 1);
    redis_do(&server, "", "ACL", "SETUSER", "node", "-xadd");
    const jd_bus_item item = item_of(4);
    assert_int_equal(jd_bus_publish(bus, &item, NULL, &err), JETON_E_SYSTEM);
    assert_non_null(strstr(err.text, "NOPERM"));
    jd_bus_close(&bus);
    redis_do(&server, "", "ACL", "DELUSER", "node");
}

/* ---- others --------------------------------------------------------------------------------- */

/* Somebody who listens there and is no Redis: says one thing to whoever comes, for ever. */
typedef struct stranger {
    int fd;
    const char *says;
    unsigned times;
} stranger;

static void *speak(void *user)
{
    const stranger *of = user;
    char room[4096];
    const int fd = accept(of->fd, NULL, NULL);
    if (fd < 0)
        return NULL;
    const ssize_t got = read(fd, room, sizeof room);
    for (unsigned i = 0; got > 0 && i < of->times; i++)
        if (send(fd, of->says, strlen(of->says), MSG_NOSIGNAL) < 0)
            break;
    while (read(fd, room, sizeof room) > 0)
        continue;
    (void)close(fd);
    return NULL;
}

static const struct {
    const char *what, *says, *why;
    unsigned times, timeout_ms;
} strangers[] = {
    {"it speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "protocol", 1, PATIENT},
    {"it never ends a text", "$9999999999\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     "", 200000, PATIENT},
    {"it nests without end", "*1\r\n", "", 100, 300},
    {"it answers something else", ":1\r\n", "none of ours", 1, PATIENT},
};

static void strangers_are_no_bus(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(strangers); i++) {
        print_message("  %s\n", strangers[i].what);
        char address[64];
        pthread_t thread;
        jeton_err err = {0};
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t len = sizeof at;
        stranger of = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                       .says = strangers[i].says,
                       .times = strangers[i].times};
        assert_int_equal(bind(of.fd, (struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(listen(of.fd, 1), 0);
        assert_int_equal(getsockname(of.fd, (struct sockaddr *)&at, &len), 0);
        assert_int_equal(pthread_create(&thread, NULL, speak, &of), 0);
        (void)snprintf(address, sizeof address, "redis://127.0.0.1:%u", ntohs(at.sin_port));
        jd_bus *bus = bus_at(address, strangers[i].timeout_ms);
        assert_int_equal(jd_bus_connect(bus, &err), JETON_E_SYSTEM);
        assert_non_null(strstr(err.text, strangers[i].why));
        jd_bus_close(&bus);
        assert_int_equal(pthread_join(thread, NULL), 0);
        (void)close(of.fd);
    }
}

static void nobody_there_is_told_and_tried_again(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_bus *bus = bus_at("unix:/nonexistent/redis.sock", 200);
    const int64_t began = jd_monotonic();
    for (unsigned i = 0; i < 4; i++) {
        err = (jeton_err){0};
        assert_int_equal(jd_bus_connect(bus, &err), JETON_E_SYSTEM);
    }
    assert_true(jd_monotonic() - began >= 25 + 50 + 100); /* pauses, at least half of each */
    jd_bus_close(&bus);
}

static const struct {
    const char *why, *address, *ca_file;
    jeton_status want;
} refused[] = {
    {"no address", "bus.example", "", JETON_E_ARGUMENT},
    {"a password in it", "redis://u:p@h", "", JETON_E_ARGUMENT},
    {"TLS without certificates", "rediss://h", "", JETON_E_ARGUMENT},
#ifdef JD_HIREDIS_SSL
    {"certificates that are not there", "rediss://h", "/nonexistent", JETON_E_SYSTEM},
#else
    {"TLS that this build does not have", "rediss://h", "/nonexistent", JETON_E_UNSUPPORTED},
#endif
};

static void bad_options_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        const jd_bus_options options = {
            .address = refused[i].address, .prefix = "test", .ca_file = refused[i].ca_file};
        jd_bus *bus = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jd_bus_open(&options, &bus, &err), refused[i].want);
        assert_null(bus);
    }
}

#ifdef JD_HIREDIS_SSL

static void make_certificate(const char *name)
{
    char command[512];
    (void)snprintf(command, sizeof command,
                   "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                   "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout %s/key.pem "
                   "-out %s/%s 2>/dev/null",
                   server.folder, server.folder, name);
    assert_int_equal(system(command), 0);
}

static void tls_is_spoken_with_whom_the_certificates_allow(void **state)
{
    (void)state;
    char path[96];
    char key[96];
    char address[64];
    char ca[96];
    char port[16];
    jeton_err err = {0};
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", server.folder);
    (void)snprintf(path, sizeof path, "%s/cert.pem", server.folder);
    (void)snprintf(key, sizeof key, "%s/key.pem", server.folder);
    make_certificate("ca.pem"); /* somebody else's */
    make_certificate("cert.pem");
    const unsigned number = open_a_port();
    (void)snprintf(port, sizeof port, "%u", number);
    redis_do(&server, "", "CONFIG", "SET", "port", "0");
    redis_do(&server, "", "CONFIG", "SET", "tls-cert-file", path, "tls-key-file", key,
             "tls-ca-cert-file", path, "tls-auth-clients", "no", "tls-port", port);
    (void)snprintf(address, sizeof address, "rediss://127.0.0.1:%u", number);
    const char *const files[] = {path, ca};
    for (size_t i = 0; i < COUNT(files); i++) {
        const jd_bus_options options = {
            .address = address, .prefix = "test", .ca_file = files[i], .timeout_ms = PATIENT};
        jd_bus *bus = NULL;
        assert_int_equal(jd_bus_open(&options, &bus, &err), JETON_OK);
        assert_int_equal(jd_bus_connect(bus, &err), i == 0 ? JETON_OK : JETON_E_SYSTEM);
        if (i == 0) {
            assert_true(publish(bus, 1));
            assert_int_equal(read_some(bus, 0, NULL).count, 1);
        }
        jd_bus_close(&bus);
    }
    redis_do(&server, "", "CONFIG", "SET", "tls-port", "0");
}

#endif

static int empty_it(void **state)
{
    (void)state;
    redis_do(&server, "", "FLUSHALL");
    return 0;
}

static int begin(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* as in the program */
    redis_init(&server);
    redis_start(&server, "", NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    redis_done(&server);
    return 0;
}

#define bus_test(function) cmocka_unit_test_setup(function, empty_it)

int main(void)
{
    const struct CMUnitTest tests[] = {
        bus_test(what_is_published_is_read),
        bus_test(a_number_that_is_passed_leaves_a_hole),
        bus_test(a_stream_that_is_flushed_goes_on),
        bus_test(what_was_trimmed_is_missing_and_the_rest_is_there),
        bus_test(what_is_no_item_is_passed_over),
        bus_test(a_stream_with_a_number_of_its_own_is_told),
        bus_test(a_stream_that_is_too_large_to_be_read_is_read_less_and_less_often),
        bus_test(another_kind_of_key_there_is_an_error),
        bus_test(a_stream_that_is_deleted_is_empty),
        bus_test(another_database_is_another_stream),
        bus_test(a_server_that_comes_back_empty_is_used_again),
        bus_test(a_server_that_is_frozen_is_given_up_in_time),
        bus_test(who_waits_is_woken_to_stop),
        bus_test(a_password_is_asked_for),
        bus_test(a_password_may_be_in_a_file_that_is_private),
        bus_test(a_user_with_few_rights_is_enough),
        bus_test(strangers_are_no_bus),
        bus_test(nobody_there_is_told_and_tried_again),
        bus_test(bad_options_are_refused),
#ifdef JD_HIREDIS_SSL
        bus_test(tls_is_spoken_with_whom_the_certificates_allow),
#endif
    };
    return cmocka_run_group_tests(tests, begin, end);
}
