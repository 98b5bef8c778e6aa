/* SPDX-License-Identifier: Apache-2.0 */
/* api/openapi.h - docs/openapi.json inside the program. */
#ifndef JD_API_OPENAPI_H
#define JD_API_OPENAPI_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t jd_openapi[];
extern const size_t jd_openapi_len;

#endif
