/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/export.h - how public functions are marked; included by every other public header. */
#ifndef JETON_EXPORT_H
#define JETON_EXPORT_H

#define JETON_VERSION "0.1.0"

/* Visible in the shared library. The complete list is src/libjeton.map, held to by the tests. */
#define JETON_API __attribute__((visibility("default")))

/* The result is an outcome and must be looked at. */
#define JETON_MUST __attribute__((warn_unused_result))

#ifdef __cplusplus
#define JETON_BEGIN extern "C" {
#define JETON_END   }
#else
#define JETON_BEGIN
#define JETON_END
#endif

#endif
