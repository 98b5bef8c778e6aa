/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cluster/guard_reader.c - a guard that writes down what it decides: a
 * service that goes by the segment, as jeton/segment.h has it, and nothing
 * else.
 *
 * usage: guard_reader SEGMENT ISSUER AUDIENCE PAUSE_MS [allow]
 *
 * Standard input says which tokens to look at, a line each: "+ID TOKEN" from
 * now on, "-ID" no longer. It verifies all of them, pauses, and does so again,
 * until its input ends. Each decision is a line:
 *
 *   ID BEFORE AFTER STATUS
 *
 * with the monotonic clock in nanoseconds right before and right after the
 * verification, in this very process: whatever the machine does in between, the
 * decision was taken after the one and before the other.
 *
 * With "allow" it goes on when it is stale, which breaks the promise: for tests
 * of the judge.
 */
#include <inttypes.h>
#include <jeton.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TOKENS     512
#define TOKEN_SIZE 4096

typedef struct token {
    char id[32]; /* "": this place is free */
    char text[TOKEN_SIZE];
} token;

static token tokens[TOKENS];
static char input[2 * TOKEN_SIZE];
static size_t held; /* bytes of input that are not a whole line yet */

static int64_t now(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "guard_reader: %s: %s\n", what, why);
    exit(2);
}

static token *find(const char *id)
{
    for (size_t i = 0; i < TOKENS; i++)
        if (strcmp(tokens[i].id, id) == 0)
            return &tokens[i];
    return NULL;
}

static void obey(const char *line)
{
    char id[sizeof tokens[0].id] = "";
    char text[TOKEN_SIZE] = "";
    const int words = sscanf(line + 1, "%31s %4095s", id, text);
    token *place = find(line[0] == '+' ? "" : id);
    if (place == NULL || words != (line[0] == '+' ? 2 : 1))
        fail("this cannot be done", line);
    memcpy(place->text, text, sizeof text);
    memcpy(place->id, line[0] == '+' ? id : "", line[0] == '+' ? sizeof id : 1);
}

/* Takes what there is to read; false when there will be no more. */
static bool read_orders(void)
{
    const ssize_t got = read(STDIN_FILENO, input + held, sizeof input - 1 - held);
    if (got <= 0)
        return false;
    held += (size_t)got;
    input[held] = '\0';
    char *line = input;
    for (char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
        *end = '\0';
        obey(line);
        line = end + 1;
    }
    held -= (size_t)(line - input);
    memmove(input, line, held);
    return true;
}

static void decide(const jeton_verifier *verifier, const token *about, jeton_verdict *verdict)
{
    const jeton_span text = jeton_str(about->text);
    const int64_t before = now();
    const jeton_status status = jeton_verify(verifier, text, verdict);
    const int64_t after = now();
    printf("%s %" PRId64 " %" PRId64 " %s\n", about->id, before, after, jeton_status_name(status));
}

static void watch(const jeton_verifier *verifier, jeton_verdict *verdict, int pause)
{
    struct pollfd orders = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        while (poll(&orders, 1, 0) > 0)
            if (!read_orders())
                return;
        for (size_t i = 0; i < TOKENS; i++)
            if (tokens[i].id[0] != '\0')
                decide(verifier, &tokens[i], verdict);
        (void)fflush(stdout);
        (void)poll(&orders, 1, pause);
    }
}

int main(int count, char **words)
{
    static const jeton_segment_options options = {.may_come = true};
    jeton_err err = {0};
    jeton_segment *segment = NULL;
    jeton_verifier *verifier = NULL;
    jeton_verdict *verdict = NULL;
    const jeton_stale_rule allow = {.then = JETON_STALE_ALLOW};
    if (count != 5 && (count != 6 || strcmp(words[5], "allow") != 0))
        fail("usage", "guard_reader SEGMENT ISSUER AUDIENCE PAUSE_MS [allow]");
    const jeton_policy policy = {
        .preset = JETON_PRESET_JETON, .issuers = {words[2]}, .audiences = {words[3]}};
    if (jeton_segment_open(NULL, words[1], &options, &segment, &err) != JETON_OK ||
        jeton_segment_verifier_new(NULL, &policy, segment, count == 6 ? &allow : NULL, &verifier,
                                   &err) != JETON_OK ||
        jeton_verdict_new(NULL, &verdict, &err) != JETON_OK)
        fail(words[1], err.text);
    watch(verifier, verdict, atoi(words[4]));
    jeton_verdict_free(&verdict);
    jeton_verifier_free(&verifier);
    jeton_segment_free(&segment);
    return 0;
}
