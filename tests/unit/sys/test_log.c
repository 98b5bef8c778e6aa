/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_log.c - one JSON object per line, whatever a field holds. */
#include "sys/log.h"

#include "../unit.h"
#include "json/json.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static int pipe_ends[2];

static int start_log(void **state)
{
    (void)state;
    assert_int_equal(pipe2(pipe_ends, O_NONBLOCK | O_CLOEXEC), 0);
    jd_log_start(pipe_ends[1], JD_INFO);
    return 0;
}

static int stop_log(void **state)
{
    (void)state;
    jd_log_start(STDERR_FILENO, JD_INFO);
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
    return 0;
}

/* What was written since the last call. */
static jeton_span written(void)
{
    static char bytes[65536];
    const ssize_t len = read(pipe_ends[0], bytes, sizeof bytes);
    return jeton_bytes(bytes, len > 0 ? (size_t)len : 0);
}

/* The one line that was written, as strict JSON. */
static jt_json *line(void)
{
    const jeton_span text = written();
    jt_json *doc = NULL;
    assert_true(text.len > 1 && text.len <= 4096);
    assert_ptr_equal(memchr(text.ptr, '\n', text.len), text.ptr + text.len - 1);
    assert_int_equal(jt_json_parse(NULL, jeton_bytes(text.ptr, text.len - 1), &doc, NULL),
                     JETON_OK);
    return doc;
}

static void line_has_time_level_event_and_the_fields(void **state)
{
    (void)state;
    jd_log(JD_WARN, EV_TOKEN_REFUSED, JD_REQUEST("r-1"), JD_TEXT("client", "web"),
           JD_SPAN("why", jeton_bytes("expired!", 7)), JD_INT("n", -3), JD_BOOL("fresh", true),
           JD_TEXT("absent", NULL));
    jt_json *doc = line();
    const jt_val *root = jt_json_root(doc);
    const jeton_span time = jt_get_text(root, "time");
    int64_t n = 0;
    bool fresh = false;
    assert_int_equal(time.len, strlen("2026-11-21T06:31:22.123Z"));
    assert_int_equal(time.ptr[10], 'T');
    assert_int_equal(time.ptr[19], '.');
    assert_int_equal(time.ptr[23], 'Z');
    unit_assert_span(jt_get_text(root, "level"), "warn");
    unit_assert_span(jt_get_text(root, "event"), "token_refused");
    unit_assert_span(jt_get_text(root, "request"), "r-1");
    unit_assert_span(jt_get_text(root, "client"), "web");
    unit_assert_span(jt_get_text(root, "why"), "expired");
    assert_true(jt_val_int(jt_get(root, "n"), &n) && n == -3);
    assert_true(jt_val_bool(jt_get(root, "fresh"), &fresh) && fresh);
    assert_null(jt_get(root, "absent"));
    jt_json_free(&doc);
}

static void line_without_fields_is_one_too(void **state)
{
    (void)state;
    jd_log(JD_INFO, EV_SERVER_READY);
    jt_json *doc = line();
    assert_int_equal(jt_val_count(jt_json_root(doc)), 3);
    jt_json_free(&doc);
}

static void texts_are_escaped_and_bad_bytes_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *want;
    } rows[] = {
        {"quotes and backslashes", "a\"b\\c", "a\"b\\c"},
        {"a line end, to forge a line", "a\n{\"event\":\"login_ok\"}",
         "a\n{\"event\":\"login_ok\"}"},
        {"an escape sequence, to move the cursor", "\x1b[2J\x7f", "\x1b[2J\x7f"},
        {"letters of two, three and four bytes", "\u00fc\u20ac\U0001f511",
         "\u00fc\u20ac\U0001f511"},
        {"a lone byte",
         "a\xff"
         "b",
         "a\ufffd"
         "b"},
        {"a cut letter", "a\xe2\x82", "a\ufffd\ufffd"},
        {"an overlong slash", "\xc0\xaf", "\ufffd\ufffd"},
        {"a surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_log(JD_INFO, EV_REQUEST, JD_TEXT("path", rows[i].text));
        const jeton_span raw = written();
        for (size_t k = 0; k + 1 < raw.len; k++)
            assert_true(raw.ptr[k] >= 0x20 && raw.ptr[k] != 0x7f);
        jt_json *doc = NULL;
        assert_int_equal(jt_json_parse(NULL, jeton_bytes(raw.ptr, raw.len - 1), &doc, NULL),
                         JETON_OK);
        unit_assert_span(jt_get_text(jt_json_root(doc), "path"), rows[i].want);
        jt_json_free(&doc);
    }
}

static void long_texts_are_cut_and_lines_stay_whole(void **state)
{
    (void)state;
    static const char *const letters[] = {"x", "\x01", "\xff", "\u20ac", "\U0001f511", "\""};
    for (size_t i = 0; i < COUNT(letters); i++) {
        char text[5000];
        const size_t len = strlen(letters[i]);
        for (size_t at = 0; at + len <= sizeof text; at += len)
            memcpy(text + at, letters[i], len);
        const jeton_span span = jeton_bytes(text, sizeof text / len * len);
        for (unsigned fields = 1; fields <= 8; fields++) {
            const jd_field none = {.kind = JD_FIELD_TEXT};
            const jd_field full = {.name = "full", .kind = JD_FIELD_TEXT, .text = span};
            /* each under the same name: strict JSON would refuse it, so only the frame is looked
             * at, and the parser takes the rows of one field */
            jd_log(JD_INFO, EV_REQUEST, &full, fields > 1 ? &full : &none,
                   fields > 2 ? &full : &none, fields > 3 ? &full : &none,
                   fields > 4 ? &full : &none, fields > 5 ? &full : &none,
                   fields > 6 ? &full : &none, fields > 7 ? &full : &none, JD_INT("n", 12345));
            const jeton_span raw = written();
            assert_true(raw.len > 600 && raw.len <= 4096);
            assert_memory_equal(raw.ptr + raw.len - 2, "}\n", 2);
            if (fields > 1)
                continue;
            jt_json *doc = NULL;
            assert_int_equal(jt_json_parse(NULL, jeton_bytes(raw.ptr, raw.len - 1), &doc, NULL),
                             JETON_OK);
            jt_json_free(&doc);
        }
    }
}

static void levels_below_the_least_are_left_out(void **state)
{
    (void)state;
    jd_log(JD_DEBUG, EV_REQUEST);
    assert_int_equal(written().len, 0);
    jd_log_start(pipe_ends[1], JD_ERROR);
    jd_log(JD_WARN, EV_REQUEST);
    assert_int_equal(written().len, 0);
    jd_log(JD_ERROR, EV_REQUEST);
    assert_true(written().len > 0);
    jd_log_start(pipe_ends[1], JD_DEBUG);
    jd_log(JD_DEBUG, EV_REQUEST);
    assert_true(written().len > 0);
}

static void levels_are_found_by_their_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < JD_LEVELS; i++) {
        jd_level level = JD_ERROR;
        assert_true(jd_level_find(jeton_str(jd_level_name((jd_level)i)), &level));
        assert_int_equal(level, i);
    }
    jd_level level = JD_WARN;
    assert_false(jd_level_find(jeton_str("Warn"), &level));
    assert_false(jd_level_find((jeton_span){0}, &level));
    assert_int_equal(level, JD_WARN);
}

static unsigned lines_in(jeton_span text)
{
    unsigned count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

static void events_that_strangers_cause_are_paced_and_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        jd_log(JD_WARN, EV_HTTP_WARNING);
    const unsigned first = lines_in(written());
    assert_in_range(first, 10, 20); /* a second may have turned meanwhile */
    const struct timespec pause = {.tv_sec = 1, .tv_nsec = 10000000};
    (void)nanosleep(&pause, NULL);
    jd_log(JD_WARN, EV_HTTP_WARNING);
    jt_json *doc = line();
    int64_t missed = 0;
    assert_true(jt_val_int(jt_get(jt_json_root(doc), "suppressed"), &missed));
    assert_true(missed > 0 && missed <= 990);
    jt_json_free(&doc);
}

static void line_that_cannot_be_written_is_dropped(void **state)
{
    (void)state;
    jd_log_start(-1, JD_INFO);
    jd_log(JD_ERROR, EV_STORE_FAILED, JD_TEXT("why", "nobody hears this"));
    assert_int_equal(written().len, 0);
}

#define WRITERS 4U
#define EACH    30U

static void *write_lines(void *arg)
{
    for (unsigned i = 0; i < EACH; i++)
        jd_log(JD_INFO, EV_REQUEST, JD_TEXT("path", arg), JD_INT("n", i));
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    pthread_t threads[WRITERS];
    char path[301];
    memset(path, 'p', 300);
    path[300] = '\0';
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, path), 0);
    for (size_t i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    jeton_span left = written();
    unsigned count = 0;
    while (left.len > 0) {
        const uint8_t *end = memchr(left.ptr, '\n', left.len);
        jt_json *doc = NULL;
        assert_non_null(end);
        const size_t len = (size_t)(end - left.ptr);
        assert_int_equal(jt_json_parse(NULL, jeton_bytes(left.ptr, len), &doc, NULL), JETON_OK);
        jt_json_free(&doc);
        left = jeton_bytes(end + 1, left.len - len - 1);
        count++;
    }
    assert_int_equal(count, WRITERS * EACH);
}

#define LOGGING(test) cmocka_unit_test_setup_teardown(test, start_log, stop_log)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOGGING(line_has_time_level_event_and_the_fields),
        LOGGING(line_without_fields_is_one_too),
        LOGGING(texts_are_escaped_and_bad_bytes_replaced),
        LOGGING(long_texts_are_cut_and_lines_stay_whole),
        LOGGING(levels_below_the_least_are_left_out),
        LOGGING(levels_are_found_by_their_names),
        LOGGING(events_that_strangers_cause_are_paced_and_counted),
        LOGGING(line_that_cannot_be_written_is_dropped),
        LOGGING(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
