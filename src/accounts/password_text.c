/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password_text.c - normal form by libunistring, and the look into the common ones. */
#include "accounts/password_text.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/utf8.h"
#include "crypto/sha2.h"

#include <uninorm.h>

/* ---- normal form ----------------------------------------------------------------------------- */

#define GROWTH 3U /* NFC makes of a character at most three times its bytes (UAX #15) */

static bool is_ascii(jeton_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= 0x80)
            return false;
    return true;
}

jeton_status jd_password_normal(jeton_span typed, jt_secret *normal, jeton_err *err)
{
    *normal = (jt_secret){0};
    if (is_ascii(typed) || typed.len > JD_PASSWORD_TYPED || !jt_is_utf8(typed))
        return jt_secret_copy(NULL, typed, normal, err);
    JT_AUTO(jt_secret_done) jt_secret room = {0};
    JT_TRY(jt_secret_new(NULL, GROWTH * typed.len, &room, err));
    size_t len = room.len;
    /* With room enough the result is written there, and nothing is allocated for it. */
    if (u8_normalize(UNINORM_NFC, typed.ptr, typed.len, room.ptr, &len) != room.ptr)
        return jt_fail(err, JETON_E_NOMEM, "memory for a password");
    return jt_secret_copy(NULL, jeton_bytes(room.ptr, len), normal, err);
}

/* ---- common passwords ------------------------------------------------------------------------ */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* What people write for a letter. */
static uint8_t plain(uint8_t c)
{
    static const char pairs[] = "@a4a3e1i!i0o$s5s7t";
    for (const char *at = pairs; *at != '\0'; at += 2)
        if ((uint8_t)*at == c)
            return (uint8_t)at[1];
    return lower(c);
}

static bool is_listed(jeton_span text)
{
    uint8_t digest[32];
    uint64_t key = 0;
    jt_sha2_once(JT_SHA256, text, digest);
    for (size_t i = 0; i < 8; i++)
        key = key << 8 | digest[i];
    size_t low = 0;
    size_t high = jd_common_password_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (jd_common_passwords[middle] == key)
            return true;
        if (jd_common_passwords[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* One key held down, or two in turn. */
static bool is_run(jeton_span text)
{
    for (size_t i = 2; i < text.len; i++)
        if (text.ptr[i] != text.ptr[i - 2])
            return false;
    return true;
}

#define LONGEST_COMMON 48U /* with what stands around it */
#define AROUND         6U  /* digits and marks that make a common word no less common */
#define DIGITS         10U /* a date, a telephone number */

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

static bool is_short_number(jeton_span text)
{
    bool digits = text.len <= DIGITS;
    for (size_t i = 0; digits && i < text.len; i++)
        digits = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return digits;
}

/* Looks the word up that is left without some bytes at either end: as it is, and with look-alikes
 * read as letters. */
static bool is_word_within(jeton_span text, size_t before, size_t behind)
{
    uint8_t read[LONGEST_COMMON];
    const jeton_span word = jeton_bytes(text.ptr + before, text.len - before - behind);
    for (size_t i = 0; i < word.len; i++)
        read[i] = plain(word.ptr[i]);
    const bool found = is_listed(word) || is_listed(jeton_bytes(read, word.len));
    jt_wipe(read, sizeof read);
    return found;
}

/* Takes away what is no letter, a byte more each time, first behind the word and then before it:
 * "123p@ssw0rd!" has 3 before and 1 behind. */
static bool is_decorated(jeton_span text)
{
    for (size_t before = 0; before <= AROUND && before < text.len; before++) {
        for (size_t behind = 0; before + behind <= AROUND && before + behind < text.len; behind++) {
            if (behind > 0 && is_letter(text.ptr[text.len - behind]))
                break;
            if (is_word_within(text, before, behind))
                return true;
        }
        if (is_letter(text.ptr[before]))
            break;
    }
    return false;
}

bool jd_password_is_common(jeton_span password)
{
    uint8_t small[LONGEST_COMMON];
    if (password.len > sizeof small)
        return false;
    if (is_run(password) || is_short_number(password))
        return true;
    for (size_t i = 0; i < password.len; i++)
        small[i] = lower(password.ptr[i]);
    const bool found = is_decorated(jeton_bytes(small, password.len));
    jt_wipe(small, sizeof small);
    return found;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_filling(uint8_t c)
{
    return c < 0x80 && !(lower(c) >= 'a' && lower(c) <= 'z');
}

static bool equals(jeton_span a, jeton_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

static jeton_span without_filling(jeton_span text)
{
    while (text.len > 0 && is_filling(text.ptr[0]))
        text = jeton_bytes(text.ptr + 1, text.len - 1);
    while (text.len > 0 && is_filling(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

bool jd_password_is_name(jeton_span password, jeton_span name)
{
    const jeton_span core = without_filling(name);
    return name.len > 0 &&
           (equals(password, name) || (core.len > 0 && equals(without_filling(password), core)));
}
