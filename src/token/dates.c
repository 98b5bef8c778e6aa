/* SPDX-License-Identifier: Apache-2.0 */
/* token/dates.c - the checks that look at dates, and when they pass.
 *
 * A claim that is no date is refused whether the policy asks for it or not. */
#include "token/checks.h"

static const jt_failure not_a_date = {JETON_E_CLAIM, "not a date"};

/* ---- reading -------------------------------------------------------------------------------- */

/* What Python's int() makes of a text, without the spaces, signs, underscores and other people's
 * digits that it also takes. */
static bool read_decimal(const jt_val *claim, int64_t *number)
{
    jeton_span text;
    *number = 0;
    if (!jt_val_text(claim, &text))
        return false;
    const bool negative = text.len > 1 && text.ptr[0] == '-';
    const size_t start = negative ? 1 : 0;
    if (text.len <= start || text.len - start > 12) /* years 0 to 9999 take no more */
        return false;
    for (size_t i = start; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *number = *number * 10 + (text.ptr[i] - '0');
    }
    if (negative)
        *number = -*number;
    return true;
}

/* PyJWT takes int() of exp and nbf: texts of digits count, and fractions are dropped towards zero.
 * It looks at iat as it is. */
static bool read_like_pyjwt(const jt_val *claim, jeton_time *date)
{
    int64_t seconds;
    if (read_decimal(claim, &seconds))
        return jt_date_of(seconds, date);
    const bool is_date = jt_val_date(claim, date);
    *date -= *date % 1000;
    return is_date;
}

static bool read_date(const jt_subject *on, jt_claim which, jeton_time *date)
{
    if (on->policy->preset->like_pyjwt && which != JT_IAT)
        return read_like_pyjwt(on->claims[which], date);
    return jt_val_date(on->claims[which], date);
}

/* ---- when the checks pass ------------------------------------------------------------------- */

/* What a date says about now: the first moment it allows, and the first one it does not any more.
 * The checks below and jt_policy_window() have them from here. */
static jeton_time first_of(const jt_subject *on, jeton_time begin)
{
    return begin - (jeton_time)on->policy->is.leeway * 1000;
}

static jeton_time end_of(const jt_subject *on, jeton_time exp)
{
    return exp + (jeton_time)on->policy->is.leeway * 1000;
}

static jeton_time end_of_age(const jt_subject *on, jeton_time iat)
{
    const jeton_time max_age = (jeton_time)on->policy->is.max_age * 1000;
    return max_age > 0 ? end_of(on, iat + max_age) + 1 : INT64_MAX;
}

static jeton_time earlier(jeton_time a, jeton_time b)
{
    return a < b ? a : b;
}

static jeton_time later(jeton_time a, jeton_time b)
{
    return a > b ? a : b;
}

jt_window jt_policy_window(const jt_policy *policy, const jt_val *claims)
{
    jt_window window = {.from = INT64_MIN, .until = INT64_MAX};
    jt_subject on;
    jt_subject_init(&on, policy, claims);
    jeton_time date;
    if (read_date(&on, JT_EXP, &date))
        window.until = end_of(&on, date);
    if (read_date(&on, JT_NBF, &date))
        window.from = first_of(&on, date);
    if (read_date(&on, JT_IAT, &date)) {
        window.until = earlier(window.until, end_of_age(&on, date));
        if ((policy->is.allow & JETON_ALLOW_FUTURE_IAT) == 0)
            window.from = later(window.from, first_of(&on, date));
    }
    return window;
}

/* ---- the checks ----------------------------------------------------------------------------- */

/* RFC 7519 §4.1.4: now must be before exp. */
const jt_failure *jt_check_exp(jt_subject *on)
{
    static const jt_failure expired = {JETON_E_EXPIRED, "has passed"};
    jeton_time exp;
    if (on->claims[JT_EXP] == NULL)
        return (on->policy->is.allow & JETON_ALLOW_NO_EXP) != 0 ? NULL : &jt_missing;
    if (!read_date(on, JT_EXP, &exp))
        return &not_a_date;
    return on->now >= end_of(on, exp) ? &expired : NULL;
}

/* RFC 7519 §4.1.5: now must be nbf or later. */
const jt_failure *jt_check_nbf(jt_subject *on)
{
    static const jt_failure early = {JETON_E_NOT_YET, "lies in the future"};
    jeton_time nbf;
    if (on->claims[JT_NBF] == NULL)
        return NULL;
    if (!read_date(on, JT_NBF, &nbf))
        return &not_a_date;
    return on->now < first_of(on, nbf) ? &early : NULL;
}

const jt_failure *jt_check_iat(jt_subject *on)
{
    static const jt_failure early = {JETON_E_ISSUED, "lies in the future"};
    static const jt_failure old = {JETON_E_ISSUED, "lies too far back"};
    const jeton_policy *is = &on->policy->is;
    jeton_time iat;
    if (on->claims[JT_IAT] == NULL)
        return is->max_age == 0 ? NULL : &jt_missing;
    if (!read_date(on, JT_IAT, &iat))
        return &not_a_date;
    if ((is->allow & JETON_ALLOW_FUTURE_IAT) == 0 && on->now < first_of(on, iat))
        return &early;
    return on->now >= end_of_age(on, iat) ? &old : NULL;
}

/* How long the token was made to live. What is no date has been refused above. */
const jt_failure *jt_check_life(jt_subject *on)
{
    static const jt_failure long_life = {JETON_E_LIFE, "lies too far behind iat"};
    const jeton_time max_life = (jeton_time)on->policy->is.max_life * 1000;
    jeton_time iat;
    jeton_time exp;
    if (on->claims[JT_EXP] == NULL)
        return &jt_missing;
    if (on->claims[JT_IAT] == NULL) {
        on->claim = "iat";
        return &jt_missing;
    }
    if (!read_date(on, JT_EXP, &exp) || !read_date(on, JT_IAT, &iat))
        return NULL;
    return exp - iat > max_life ? &long_life : NULL;
}
