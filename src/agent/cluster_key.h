/* SPDX-License-Identifier: Apache-2.0 */
/* agent/cluster_key.h - the cluster key as a file, which `jeton cluster key` writes for agents. */
#ifndef JD_AGENT_CLUSTER_KEY_H
#define JD_AGENT_CLUSTER_KEY_H

#include "core/secret.h"

#include <jeton/error.h>

#define JD_CLUSTER_KEY_BYTES 32U

/* Reads the file: the key as base64url, and white space behind it.
 *
 * key  emptied first; on JETON_OK the caller's: jt_secret_done()
 *
 * JETON_E_SYSTEM  it cannot be read, or is not there; or others than its owner and its group may
 *                 read it, or its group may write it
 * JETON_E_KEY     it holds something else
 */
JETON_MUST jeton_status jd_cluster_key_read(const char *path, jt_secret *key, jeton_err *err);

#endif
