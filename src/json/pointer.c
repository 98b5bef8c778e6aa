/* SPDX-License-Identifier: Apache-2.0 */
/* json/pointer.c - follows names and JSON Pointers. */
#include "json/pointer.h"

#include <yyjson.h>

bool jt_path_is_good(const char *path)
{
    if (path[0] != '/')
        return path[0] != '\0';
    for (const char *at = strchr(path, '~'); at != NULL; at = strchr(at + 1, '~'))
        if (at[1] != '0' && at[1] != '1')
            return false;
    return true;
}

const jt_val *jt_path_find(const jt_val *root, const char *path)
{
    if (path[0] != '/')
        return jt_get(root, path);
    return (const jt_val *)yyjson_ptr_get((yyjson_val *)(uintptr_t)root, path);
}
