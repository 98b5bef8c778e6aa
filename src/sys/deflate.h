/* SPDX-License-Identifier: Apache-2.0 */
/* sys/deflate.h - compressing, in the ZLIB format (RFC 1950) with DEFLATE (RFC 1951). The only user
 * of zlib; nothing here takes apart what others have compressed. */
#ifndef JD_SYS_DEFLATE_H
#define JD_SYS_DEFLATE_H

#include "core/buf.h"

/* Adds `bytes`, compressed as much as can be, to `to`. JETON_E_NOMEM, JETON_E_LIMIT. */
JETON_MUST jeton_status jd_deflate(jeton_span bytes, jt_buf *to, jeton_err *err);

#endif
