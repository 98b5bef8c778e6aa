/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/server.h - the life of jeton serve: boot, serve, drain. */
#ifndef JD_DAEMON_SERVER_H
#define JD_DAEMON_SERVER_H

#include "sys/config_sources.h"

/* Runs the server until SIGTERM or SIGINT has been drained; a second signal cuts it short. SIGHUP
 * loads the settings again (reload.h).
 *
 * config   the settings to start with
 * sources  where they came from; borrowed
 *
 * JETON_E_BUSY    another jeton works on the data folder
 * JETON_E_SYSTEM  the address is taken, the folder cannot be made, …
 * what jd_accounts_open() gives
 */
JETON_MUST jeton_status jd_server_run(const jd_config *config, const jd_config_sources *sources,
                                      jeton_err *err);

#endif
