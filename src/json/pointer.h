/* SPDX-License-Identifier: Apache-2.0 */
/* json/pointer.h - a value within a value, by its path. */
#ifndef JT_JSON_POINTER_H
#define JT_JSON_POINTER_H

#include "json/json.h"

/* Whether `path` is one: a name, or when it begins with "/" a JSON Pointer (RFC 6901 §3), in which
 * "~" is followed by 0 or 1. "" is none. */
bool jt_path_is_good(const char *path);

/* The value at a path: the member of that name, or what the JSON Pointer leads to. NULL when there
 * is none, the path is no good, or `root` is NULL. */
const jt_val *jt_path_find(const jt_val *root, const char *path);

#endif
