/* SPDX-License-Identifier: Apache-2.0 */
/* guard/settings.c - the presets as tables, and what is wrong with settings. */
#include "guard/settings.h"

#include "core/auto.h"
#include "core/err.h"
#include "guard/cookie.h"

#include <strings.h>

/* What a text has to be. */
typedef enum text_form { ANY_TEXT, A_NAME, A_SCHEME, AN_ATTRIBUTE, A_PATH, A_CLAIM } text_form;

/* A text of the settings: where it is, what it has to be, what the presets say. */
static const struct {
    size_t at;
    text_form form;
    const char *name, *strict, *flask;
} texts[] = {
#define TEXT(member, form, strict, flask)                                                          \
    {                                                                                              \
        offsetof(jeton_guard_settings, member), form, #member, strict, flask                       \
    }
    TEXT(header, A_NAME, "Authorization", "Authorization"),
    TEXT(scheme, A_SCHEME, "Bearer", "Bearer"),
    TEXT(query, ANY_TEXT, "jwt", "jwt"),
    TEXT(query_prefix, ANY_TEXT, "", ""),
    TEXT(access_member, ANY_TEXT, "access_token", "access_token"),
    TEXT(refresh_member, ANY_TEXT, "refresh_token", "refresh_token"),
    TEXT(access_cookie, A_NAME, "__Host-jeton-access", "access_token_cookie"),
    TEXT(refresh_cookie, A_NAME, "__Host-jeton-refresh", "refresh_token_cookie"),
    TEXT(access_csrf_cookie, A_NAME, "__Host-jeton-csrf", "csrf_access_token"),
    TEXT(refresh_csrf_cookie, A_NAME, "__Host-jeton-refresh-csrf", "csrf_refresh_token"),
    TEXT(access_path, A_PATH, "/", "/"),
    TEXT(refresh_path, A_PATH, "/", "/"),
    TEXT(access_csrf_path, A_PATH, "/", "/"),
    TEXT(refresh_csrf_path, A_PATH, "/", "/"),
    TEXT(cookie_domain, AN_ATTRIBUTE, NULL, NULL),
    TEXT(same_site, AN_ATTRIBUTE, "Lax", NULL),
    TEXT(access_csrf_header, A_NAME, "X-CSRF-TOKEN", "X-CSRF-TOKEN"),
    TEXT(refresh_csrf_header, A_NAME, "X-CSRF-TOKEN", "X-CSRF-TOKEN"),
    TEXT(access_csrf_field, ANY_TEXT, "csrf_token", "csrf_token"),
    TEXT(refresh_csrf_field, ANY_TEXT, "csrf_token", "csrf_token"),
    TEXT(identity_claim, A_CLAIM, "sub", "sub"),
    TEXT(roles_claim, A_CLAIM, "roles", "roles"),
    TEXT(scope_claim, A_CLAIM, "scope", "scope"),
    TEXT(realm, AN_ATTRIBUTE, NULL, NULL),
    TEXT(resource_metadata, AN_ATTRIBUTE, NULL, NULL),
    TEXT(error_member, ANY_TEXT, NULL, "msg"),
    TEXT(issuer, ANY_TEXT, NULL, NULL),
#undef TEXT
};

static const struct {
    size_t at;
    const char *name;
    bool strict, flask;
} switches[] = {
#define SWITCH(member, strict, flask)                                                              \
    {                                                                                              \
        offsetof(jeton_guard_settings, member), #member, strict, flask                             \
    }
    SWITCH(secure, true, false),
    SWITCH(session_cookies, false, true),
    SWITCH(csrf, true, true),
    SWITCH(csrf_form, false, false),
    SWITCH(csrf_in_cookies, true, true),
    SWITCH(options_pass, true, true),
    SWITCH(not_before, false, true),
#undef SWITCH
};

static const char *const flask_methods[] = {"POST", "PUT", "PATCH", "DELETE"};

/* ---- completing ----------------------------------------------------------------------------- */

static const char **text_at(jeton_guard_settings *settings, size_t at)
{
    return (const char **)(void *)((uint8_t *)settings + at);
}

static jeton_switch *switch_at(jeton_guard_settings *settings, size_t at)
{
    return (jeton_switch *)(void *)((uint8_t *)settings + at);
}

static bool has_form(text_form form, const char *text)
{
    switch (form) {
    case ANY_TEXT: return true;
    case A_NAME: return jt_is_http_name(text);
    case A_SCHEME: return text[0] == '\0' || jt_is_http_name(text);
    case AN_ATTRIBUTE: return jt_is_attribute(text) && strpbrk(text, "\"\\") == NULL;
    case A_PATH: return text[0] == '/' && jt_is_attribute(text);
    case A_CLAIM: break;
    }
    return text[0] != '\0';
}

static jeton_status copy(jt_settings *settings, const char **text, jeton_err *err)
{
    if (*text == NULL)
        return JETON_OK;
    *text = jt_arena_text(&settings->texts, jeton_str(*text));
    return *text != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "settings");
}

static jeton_status complete_texts(jt_settings *settings, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(texts); i++) {
        const char **text = text_at(&settings->is, texts[i].at);
        if (*text == NULL)
            *text = settings->is_flask ? texts[i].flask : texts[i].strict;
        if (*text != NULL && !has_form(texts[i].form, *text))
            return jt_fail(err, JETON_E_ARGUMENT, "%s cannot be that", texts[i].name);
        JT_TRY(copy(settings, text, err));
    }
    return JETON_OK;
}

static jeton_status complete_switches(jt_settings *settings, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(switches); i++) {
        jeton_switch *at = switch_at(&settings->is, switches[i].at);
        if ((unsigned)*at > JETON_OFF)
            return jt_fail(err, JETON_E_ARGUMENT, "%s is no switch", switches[i].name);
        if (*at == JETON_AS_PRESET)
            *at = (settings->is_flask ? switches[i].flask : switches[i].strict) ? JETON_ON
                                                                                : JETON_OFF;
    }
    return JETON_OK;
}

static jeton_status copy_list(jt_settings *settings, const char **list, size_t most, jeton_err *err)
{
    for (size_t i = 0; i < most && list[i] != NULL; i++)
        JT_TRY(copy(settings, &list[i], err));
    return JETON_OK;
}

static jeton_status complete_lists(jt_settings *settings, jeton_err *err)
{
    jeton_guard_settings *is = &settings->is;
    if (settings->is_flask && is->csrf_methods[0] == NULL)
        memcpy(is->csrf_methods, flask_methods, sizeof flask_methods);
    JT_TRY(copy_list(settings, is->csrf_methods, JT_COUNT(is->csrf_methods), err));
    return copy_list(settings, is->audiences, JT_COUNT(is->audiences), err);
}

static void complete_numbers(jt_settings *settings)
{
    jeton_guard_settings *is = &settings->is;
    if (is->locations[0] == JETON_NOWHERE)
        is->locations[0] = JETON_IN_HEADER;
    if (is->fresh_for == 0 && !settings->is_flask)
        is->fresh_for = 300;
    if (is->access_life == 0)
        is->access_life = 15 * 60;
    if (is->refresh_life == 0)
        is->refresh_life = 30 * 24 * 3600;
}

/* ---- checking ------------------------------------------------------------------------------- */

bool jt_locations_are_good(const jeton_location *locations)
{
    bool ended = false;
    unsigned seen = 0;
    for (size_t i = 0; i < JETON_GUARD_PLACES; i++) {
        const unsigned place = (unsigned)locations[i];
        if (place > JETON_IN_JSON || (ended && place != JETON_NOWHERE) ||
            (place != JETON_NOWHERE && (seen & 1U << place) != 0))
            return false;
        ended = place == JETON_NOWHERE;
        seen |= 1U << place;
    }
    return true;
}

/* What browsers demand of names that begin so (RFC 6265bis §4.1.3); they drop other cookies. */
static bool has_what_its_name_says(const jeton_guard_settings *is, const char *name,
                                   const char *path)
{
    if (strncasecmp(name, "__Host-", 7) == 0)
        return is->secure == JETON_ON && is->cookie_domain == NULL && strcmp(path, "/") == 0;
    return strncasecmp(name, "__Secure-", 9) != 0 || is->secure == JETON_ON;
}

static bool is_same_site(const char *text)
{
    return text == NULL || strcmp(text, "Strict") == 0 || strcmp(text, "Lax") == 0 ||
           strcmp(text, "None") == 0;
}

static jeton_status check_cookies(const jt_settings *settings, jeton_err *err)
{
    const jeton_guard_settings *is = &settings->is;
    for (jeton_token_type type = JETON_ACCESS; type <= JETON_REFRESH; type++) {
        const jt_names_of_type names = jt_settings_names(settings, type);
        if (!has_what_its_name_says(is, names.cookie, names.path) ||
            !has_what_its_name_says(is, names.csrf_cookie, names.csrf_path))
            return jt_fail(err, JETON_E_ARGUMENT,
                           "a cookie is not what browsers demand of one of its name");
    }
    if (!is_same_site(is->same_site))
        return jt_fail(err, JETON_E_ARGUMENT, "same_site is none of Strict, Lax, None");
    if (is->same_site != NULL && strcmp(is->same_site, "None") == 0 && is->secure != JETON_ON)
        return jt_fail(err, JETON_E_ARGUMENT, "same_site None needs secure");
    return JETON_OK;
}

jeton_status jt_settings_init(jt_settings *settings, const jeton_ctx *ctx,
                              const jeton_guard_settings *from, jeton_err *err)
{
    *settings = (jt_settings){.texts = jt_arena_init(ctx)};
    if (from != NULL)
        settings->is = *from;
    settings->is_flask = settings->is.preset == JETON_GUARD_FLASK;
    if (!settings->is_flask && settings->is.preset != JETON_GUARD_STRICT)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no such preset");
    if (!jt_locations_are_good(settings->is.locations))
        return jt_fail(err, JETON_E_ARGUMENT, "locations: one is none, or comes twice");
    JT_TRY(complete_texts(settings, err));
    JT_TRY(complete_switches(settings, err));
    JT_TRY(complete_lists(settings, err));
    complete_numbers(settings);
    return check_cookies(settings, err);
}

void jt_settings_done(jt_settings *settings)
{
    jt_arena_done(&settings->texts);
}

/* ---- asking --------------------------------------------------------------------------------- */

jt_names_of_type jt_settings_names(const jt_settings *settings, jeton_token_type type)
{
    const jeton_guard_settings *is = &settings->is;
    if (type == JETON_REFRESH)
        return (jt_names_of_type){
            .cookie = is->refresh_cookie,
            .path = is->refresh_path,
            .csrf_cookie = is->refresh_csrf_cookie,
            .csrf_path = is->refresh_csrf_path,
            .csrf_header = is->refresh_csrf_header,
            .csrf_field = is->refresh_csrf_field,
            .member = is->refresh_member,
        };
    return (jt_names_of_type){
        .cookie = is->access_cookie,
        .path = is->access_path,
        .csrf_cookie = is->access_csrf_cookie,
        .csrf_path = is->access_csrf_path,
        .csrf_header = is->access_csrf_header,
        .csrf_field = is->access_csrf_field,
        .member = is->access_member,
    };
}
