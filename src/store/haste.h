/* SPDX-License-Identifier: Apache-2.0 */
/* store/haste.h - threads that would rather hear of a failure than wait: whoever holds a lease by
 * the answers of the store.
 *
 * A database may be there while one connection to it is dead and nothing says so: a firewall that
 * has forgotten it drops what is sent. What everybody asks waits for ten seconds then, since nobody
 * knows whether a commit has happened until its answer comes; whoever merely asks can ask again on
 * another connection instead. Those in haste have connections of their own, so that they are not
 * kept waiting by all the others that have met the same.
 *
 * For stores in a database of its own; others have nothing that could stand still.
 */
#ifndef JD_STORE_HASTE_H
#define JD_STORE_HASTE_H

/* From now on, until it is called with 0: each operation of this thread has so many milliseconds
 * once it has a connection, and is JETON_E_STORE when they are over. Making a connection is not
 * counted: that takes as long as it does for everybody. */
void jd_haste(unsigned milliseconds);

/* What was said last; 0: no haste. */
unsigned jd_haste_of_thread(void);

#endif
