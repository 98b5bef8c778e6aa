/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/device.h - what a client's User-Agent header says it is, in a few words for the owner of
 * a session: "Firefox on Linux", "Safari on iPhone", "curl/8.5.0". Nothing is decided by it, since
 * a client may say what it likes. Pure functions. */
#ifndef JD_ACCOUNTS_DEVICE_H
#define JD_ACCOUNTS_DEVICE_H

#include <jeton/span.h>

#define JD_DEVICE_TEXT 64U

/* Writes printable ASCII and a NUL: the browser and its system when they are known ones, else the
 * first word, cut to what fits; "" for an empty header, and for one that begins with anything but
 * printable ASCII. */
void jd_device_describe(jeton_span user_agent, char to[JD_DEVICE_TEXT]);

#endif
