/* SPDX-License-Identifier: Apache-2.0 */
/* cli/config_findings.h - what there is to say about settings: for jeton config check and doctor.
 */
#ifndef JD_CLI_CONFIG_FINDINGS_H
#define JD_CLI_CONFIG_FINDINGS_H

#include "cli/findings.h"
#include "sys/config_sources.h"

/* Loads the settings and adds a finding for each mistake (error), for each weak setting, for a file
 * that others may write, and for a variable of the environment that is probably a slip.
 *
 * loaded  as far as it was good
 * worst   what is no mistake is not called worse than that
 *
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jd_config_findings(const jd_config_sources *sources,
                                           jd_config_loaded *loaded, jd_severity worst,
                                           jd_findings *findings, jeton_err *err);

#endif
