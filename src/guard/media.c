/* SPDX-License-Identifier: Apache-2.0 */
/* guard/media.c - the media type of a body. */
#include "guard/media.h"

#include "core/cut.h"

#include <strings.h>

static jeton_span without_parameters(jeton_span text)
{
    const uint8_t *semicolon = text.len > 0 ? memchr(text.ptr, ';', text.len) : NULL;
    if (semicolon != NULL)
        text.len = (size_t)(semicolon - text.ptr);
    return jt_trim(text, jt_is_blank);
}

static bool is_same(jeton_span text, const char *other)
{
    return text.len == strlen(other) && strncasecmp((const char *)text.ptr, other, text.len) == 0;
}

bool jt_media_is(jeton_span content_type, const char *type)
{
    return is_same(without_parameters(content_type), type);
}

bool jt_media_is_json(jeton_span content_type)
{
    static const char family[] = "application/";
    static const char suffix[] = "+json";
    const size_t begin = sizeof family - 1;
    const size_t end = sizeof suffix - 1;
    const jeton_span type = without_parameters(content_type);
    if (is_same(type, "application/json"))
        return true;
    return type.len > begin + end && is_same(jeton_bytes(type.ptr, begin), family) &&
           is_same(jeton_bytes(type.ptr + type.len - end, end), suffix);
}
