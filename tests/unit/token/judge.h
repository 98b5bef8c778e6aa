/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/judge.h - claims before a policy: tokens whose signature is good, one verdict.
 */
#ifndef JT_UNIT_JUDGE_H
#define JT_UNIT_JUDGE_H

#include "tokens.h"

#define BIT(name) JETON_CHECK_##name

/* An "exp" that is good, for payloads about something else. */
#define EXP "\"exp\":1700000900"

static jeton_keyset *keys;
static jeton_verdict *verdict;

static inline int judge_set_up(void **state)
{
    (void)state;
    keys = token_keyset(token_key(JETON_HS256));
    return jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK ? 0 : 1;
}

static inline int judge_tear_down(void **state)
{
    (void)state;
    jeton_keyset_free(&keys);
    jeton_verdict_free(&verdict);
    return 0;
}

static inline jeton_status judge_header(const jeton_policy *policy, const char *header,
                                        const char *payload)
{
    char *token = token_forge(token_key(JETON_HS256), JETON_HS256, header, payload);
    const jeton_status status = token_judge(policy, keys, jeton_str(token), verdict);
    free(token);
    return status;
}

static inline jeton_status judge(const jeton_policy *policy, const char *payload)
{
    return judge_header(policy, "{\"alg\":\"HS256\"}", payload);
}

/* Refused for one reason, on one claim. */
static inline void assert_refused(jeton_status status, jeton_status want, uint32_t failed,
                                  const char *claim)
{
    assert_int_equal(status, want);
    assert_int_equal(jeton_verdict_failed(verdict), failed);
    assert_string_equal(jeton_verdict_claim(verdict), claim);
    assert_non_null(strstr(jeton_verdict_why(verdict), claim));
}

static inline void assert_accepted(jeton_status status)
{
    assert_int_equal(status, JETON_OK);
    assert_int_equal(jeton_verdict_failed(verdict), 0);
    assert_string_equal(jeton_verdict_claim(verdict), "");
    assert_string_equal(jeton_verdict_why(verdict), "");
}

/* Accepted when `want` says so, otherwise refused for that one reason. */
static inline void assert_answer(jeton_status status, jeton_status want, uint32_t failed,
                                 const char *claim)
{
    if (want == JETON_OK)
        assert_accepted(status);
    else
        assert_refused(status, want, failed, claim);
}

/* A policy of which no verifier can be made. */
static inline void assert_no_policy(const jeton_policy *policy)
{
    jeton_verifier *verifier = BOGUS;
    jeton_err err = {0};
    assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &verifier, &err),
                     JETON_E_ARGUMENT);
    assert_null(verifier);
    assert_int_equal(err.status, JETON_E_ARGUMENT);
    assert_string_not_equal(err.text, "");
}

#endif
