/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/device.c - finds known words in a User-Agent header. */
#include "accounts/device.h"

#include "core/auto.h"

#include <stdio.h>
#include <string.h>

typedef struct known {
    const char *word, *name;
} known;

/* The first one found counts: browsers also name those whose pages they want to be given. */
static const known browsers[] = {
    {"Edg/", "Edge"},          {"EdgA/", "Edge"},       {"EdgiOS/", "Edge"},
    {"OPR/", "Opera"},         {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
    {"FxiOS/", "Firefox"},     {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"},
    {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"},   {"Safari/", "Safari"},
};

static const known systems[] = {
    {"iPhone", "iPhone"},      {"iPad", "iPad"},      {"Android", "Android"}, {"CrOS", "ChromeOS"},
    {"Windows NT", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
};

static const char *find(const known *list, size_t count, jeton_span in)
{
    for (size_t i = 0; in.len > 0 && i < count; i++)
        if (memmem(in.ptr, in.len, list[i].word, strlen(list[i].word)) != NULL)
            return list[i].name;
    return NULL;
}

static void take_first_word(jeton_span text, char to[JD_DEVICE_TEXT])
{
    size_t len = 0;
    while (len < text.len && len < JD_DEVICE_TEXT - 1 && text.ptr[len] > ' ' &&
           text.ptr[len] < 0x7f) {
        to[len] = (char)text.ptr[len];
        len++;
    }
    to[len] = '\0';
}

void jd_device_describe(jeton_span user_agent, char to[JD_DEVICE_TEXT])
{
    const char *browser = find(browsers, JT_COUNT(browsers), user_agent);
    const char *system = find(systems, JT_COUNT(systems), user_agent);
    if (browser == NULL)
        take_first_word(user_agent, to);
    else if (system == NULL)
        (void)snprintf(to, JD_DEVICE_TEXT, "%s", browser);
    else
        (void)snprintf(to, JD_DEVICE_TEXT, "%s on %s", browser, system);
}
