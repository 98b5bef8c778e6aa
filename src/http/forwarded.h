/* SPDX-License-Identifier: Apache-2.0 */
/* http/forwarded.h - which client a proxy speaks for: X-Forwarded-For, and Forwarded (RFC 7239).
 *
 * Each proxy adds the address it was reached from at the end, so only the end can be trusted: a
 * client may send such a header itself, and whatever it wrote stands in front.
 */
#ifndef JD_HTTP_FORWARDED_H
#define JD_HTTP_FORWARDED_H

#include "sys/cidr.h"

/* Whose word counts for whom they speak, and how they say it. */
typedef struct jd_trust {
    jd_cidrs proxies;
    bool forwarded; /* by Forwarded (RFC 7239) instead of X-Forwarded-For. One or the other, never
                       both: what a proxy does not write, its client may have */
} jd_trust;

/* Moves from a peer that is trusted to the client it names. To be called for each header field of
 * that name, the last one first, while it says true.
 *
 * value    of one field
 * trusted  the proxies
 * client   goes from the peer, which is one of them, from hop to hop, up to the first address that
 *          is none; it stays where it is at a hop that is no address ("unknown", "_hidden",
 * garbage)
 *
 * True when every hop of the value was a proxy: then the field before counts, too. */
JETON_MUST bool jd_forwarded_for(jeton_span value, const jd_cidrs *trusted, jd_address *client);

/* The same of Forwarded, of which each element names one hop by "for=". A value that does not keep
 * to RFC 7239 §4 names nobody. */
JETON_MUST bool jd_forwarded(jeton_span value, const jd_cidrs *trusted, jd_address *client);

#define JD_FORWARDED_HOPS 32U /* of one Forwarded value: more is no chain of proxies */

#endif
