/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/agent_host.h - the life of jeton agent: one on each host that verifies tokens without a
 * server of its own. It follows the log (agent/follower.h), and keeps the segment that guards and
 * nginx on the host read.
 *
 * It reads the store, and writes nothing there but its row among the nodes. It has no private key
 * and no master key: the cluster key, by which it knows entries of the log, comes from a file.
 */
#ifndef JD_DAEMON_AGENT_HOST_H
#define JD_DAEMON_AGENT_HOST_H

#include "sys/config.h"

/* Runs until SIGTERM or SIGINT. A store that is away is waited for: until it has answered, and
 * whenever it has not for longer than the lease, the segment is stale, and guards refuse.
 *
 * JETON_E_ARGUMENT  a setting is missing: store, cluster-key-file; or segment is off
 * JETON_E_BUSY      another jeton works on the data folder, or writes the segment
 * JETON_E_KEY       the file of the cluster key holds something else
 * JETON_E_SYSTEM    a file or folder cannot be read or made, …
 */
JETON_MUST jeton_status jd_agent_host_run(const jd_config *config, jeton_err *err);

#endif
