/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/daemon/test_control.c - both ends of the control socket, and the operations behind it.
 */
#include "daemon/control.h"

#include "../accounts/world.h"
#include "core/auto.h"
#include "daemon/callers.h"
#include "daemon/socket.h"
#include "store/users.h"
#include "sys/clock.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct asked {
    jeton_status status;
    jt_json *answer;
    jeton_err err;
} asked;

static asked ask(const world *on, const char *request)
{
    asked got = {.answer = BOGUS};
    bool reached = false;
    got.status =
        jd_control_ask(on->config.data, jeton_str(request), &got.answer, &reached, &got.err);
    assert_true(reached);
    return got;
}

static const jt_val *result_of(const asked *got)
{
    return jt_get(jt_json_root(got->answer), "result");
}

static void an_operation_has_taken_effect_when_the_answer_comes(void **state)
{
    world *on = *state;
    jd_control *control = BOGUS;
    jd_tokens tokens = world_log_in(on);
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    asked got = ask(on, "{\"operation\":\"user.disable\",\"arguments\":{\"user\":\"alice\"}}");
    assert_int_equal(got.status, JETON_OK);
    assert_int_equal(world_verify(on, &tokens), JETON_E_REVOKED);
    bool changed = false;
    assert_true(jt_val_bool(jt_get(result_of(&got), "changed"), &changed));
    assert_true(changed);
    jt_json_free(&got.answer);
    jd_control_close(&control);
    assert_null(control);
    jd_tokens_done(&tokens);
}

static const struct {
    const char *why, *request;
    jeton_status want;
} refused[] = {
    {"no such operation", "{\"operation\":\"user.fly\",\"arguments\":{}}", JETON_E_UNSUPPORTED},
    {"no operation", "{}", JETON_E_UNSUPPORTED},
    {"not an object", "[]", JETON_E_UNSUPPORTED},
    {"an argument is missing", "{\"operation\":\"user.disable\",\"arguments\":{}}",
     JETON_E_REQUEST},
    {"an argument of the wrong type", "{\"operation\":\"user.disable\",\"arguments\":{\"user\":7}}",
     JETON_E_REQUEST},
    {"an argument that it does not take",
     "{\"operation\":\"user.disable\",\"arguments\":{\"user\":\"alice\",\"name\":\"bob\"}}",
     JETON_E_REQUEST},
    {"two ways to say who",
     "{\"operation\":\"user.disable\",\"arguments\":{\"user\":\"alice\",\"id\":\"alice\"}}",
     JETON_E_REQUEST},
    {"somebody who is not there",
     "{\"operation\":\"user.disable\",\"arguments\":{\"user\":\"nobody\"}}", JETON_E_NOT_FOUND},
    {"a role that is no text",
     "{\"operation\":\"user.add\",\"arguments\":{\"name\":\"bob\",\"password\":\"a7!kz0qw\","
     "\"roles\":[7]}}",
     JETON_E_REQUEST},
    {"roles that are no list",
     "{\"operation\":\"user.add\",\"arguments\":{\"name\":\"bob\",\"password\":\"a7!kz0qw\","
     "\"roles\":\"admin\"}}",
     JETON_E_REQUEST},
    {"a name that is taken",
     "{\"operation\":\"user.add\",\"arguments\":{\"name\":\"alice\",\"password\":\"a7!kz0qw\","
     "\"roles\":[]}}",
     JETON_E_EXISTS},
    {"not JSON: the connection just ends", "{\"operation\":", JETON_E_SYSTEM},
};

static void what_is_wrong_comes_back_as_its_outcome(void **state)
{
    world *on = *state;
    jd_control *control = NULL;
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        asked got = ask(on, refused[i].request);
        assert_int_equal(got.status, refused[i].want);
        assert_true(strlen(got.err.text) > 0);
        jt_json_free(&got.answer);
    }
    jd_control_close(&control);
}

static void users_are_listed_in_the_order_of_their_names(void **state)
{
    world *on = *state;
    jd_control *control = NULL;
    jd_user bob;
    const jd_new_user user = {.name = jeton_str("Bob"), .password = jeton_str("a7!kz0qw")};
    assert_int_equal(world_add(on, &user, &bob, NULL), JETON_OK);
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    asked got = ask(on, "{\"operation\":\"user.list\",\"arguments\":{\"after\":\"\"}}");
    assert_int_equal(got.status, JETON_OK);
    jt_iter it = jt_iter_of(jt_get(result_of(&got), "users"));
    assert_true(jt_iter_next(&it));
    unit_assert_span(jt_get_text(it.val, "name"), "alice");
    assert_true(jt_iter_next(&it));
    unit_assert_span(jt_get_text(it.val, "name"), "Bob");
    assert_false(jt_iter_next(&it));
    jt_json_free(&got.answer);
    jd_control_close(&control);
}

static void a_socket_left_over_from_a_killed_server_is_replaced(void **state)
{
    world *on = *state;
    char path[128];
    jd_control *control = NULL;
    (void)snprintf(path, sizeof path, "%s/control.sock", on->folder);
    FILE *left_over = fopen(path, "w");
    assert_non_null(left_over);
    (void)fclose(left_over);
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    jd_control_close(&control);
    assert_int_not_equal(access(path, F_OK), 0); /* and removed at the end */
}

static void without_a_server_nobody_is_reached(void **state)
{
    world *on = *state;
    jt_json *answer = BOGUS;
    bool reached = true;
    assert_int_equal(jd_control_ask(on->config.data, jeton_str("{}"), &answer, &reached, NULL),
                     JETON_E_NOT_FOUND);
    assert_false(reached);
    assert_null(answer);
}

/* ---- several at a time ---- */

static int call(const world *on)
{
    int fd = -1;
    assert_int_equal(jd_socket_connect(on->config.data, &fd, NULL), JETON_OK);
    assert_true(fd >= 0);
    return fd;
}

static void who_says_nothing_keeps_nobody_waiting(void **state)
{
    world *on = *state;
    int silent[JD_CALLERS - 1]; /* with one more there would be no room */
    jd_control *control = NULL;
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(silent); i++) {
        silent[i] = call(on);
        assert_int_equal(send(silent[i], "{\"oper", i % 2 == 0 ? 6 : 0, MSG_NOSIGNAL),
                         i % 2 == 0 ? 6 : 0);
    }
    const int64_t began = jd_monotonic();
    for (int i = 0; i < 20; i++) {
        asked got = ask(on, "{\"operation\":\"user.list\",\"arguments\":{\"after\":\"\"}}");
        assert_int_equal(got.status, JETON_OK);
        jt_json_free(&got.answer);
    }
    assert_in_range(jd_monotonic() - began, 0, JD_CALLER_PATIENCE - 1);
    for (size_t i = 0; i < COUNT(silent); i++) { /* each has his time, and no more */
        char byte;
        assert_int_equal(recv(silent[i], &byte, 1, 0), 0);
        close(silent[i]);
    }
    assert_in_range(jd_monotonic() - began, JD_CALLER_PATIENCE - 2000, INT64_MAX);
    jd_control_close(&control);
}

static void a_request_may_come_in_pieces_between_others(void **state)
{
    world *on = *state;
    static const char request[] = "{\"operation\":\"user.list\",\"arguments\":{\"after\":\"\"}}\n";
    jd_control *control = NULL;
    assert_int_equal(jd_control_open(&on->accounts, &control, NULL), JETON_OK);
    const int fd = call(on);
    for (size_t i = 0; request[i] != '\0'; i++) {
        assert_int_equal(send(fd, request + i, 1, MSG_NOSIGNAL), 1);
        if (i % 20 == 0) {
            asked got = ask(on, "{\"operation\":\"user.fly\",\"arguments\":{}}");
            assert_int_equal(got.status, JETON_E_UNSUPPORTED);
            jt_json_free(&got.answer);
        }
    }
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    assert_int_equal(jd_socket_receive(fd, &line, NULL), JETON_OK);
    assert_memory_equal(line.ptr, "{\"status\":0,", 12);
    close(fd);
    jd_control_close(&control);
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(an_operation_has_taken_effect_when_the_answer_comes),
        WORLD_TEST(what_is_wrong_comes_back_as_its_outcome),
        WORLD_TEST(users_are_listed_in_the_order_of_their_names),
        WORLD_TEST(a_socket_left_over_from_a_killed_server_is_replaced),
        WORLD_TEST(without_a_server_nobody_is_reached),
        WORLD_TEST(who_says_nothing_keeps_nobody_waiting),
        WORLD_TEST(a_request_may_come_in_pieces_between_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
