/* SPDX-License-Identifier: Apache-2.0 */
/* api/endpoints.h - the steps of every endpoint; each is in ep_<name>.c and in a row of routes.c.
 */
#ifndef JD_API_ENDPOINTS_H
#define JD_API_ENDPOINTS_H

#include "api/call.h"

extern const jd_step jd_ep_agent_metrics[];
extern const jd_step jd_ep_agent_readyz[];
extern const jd_step jd_ep_csrf[];
extern const jd_step jd_ep_healthz[];
extern const jd_step jd_ep_introspect[];
extern const jd_step jd_ep_jwks[];
extern const jd_step jd_ep_login[];
extern const jd_step jd_ep_logout[];
extern const jd_step jd_ep_password[];
extern const jd_step jd_ep_password_reset[];
extern const jd_step jd_ep_metadata[];
extern const jd_step jd_ep_metrics[];
extern const jd_step jd_ep_openapi[];
extern const jd_step jd_ep_readyz[];
extern const jd_step jd_ep_refresh[];
extern const jd_step jd_ep_revoke[];
extern const jd_step jd_ep_session_end[];
extern const jd_step jd_ep_sessions[];
extern const jd_step jd_ep_status_list[];
extern const jd_step jd_ep_status_lists[];
extern const jd_step jd_ep_token[];
extern const jd_step jd_ep_verify[];
extern const jd_step jd_ep_verify_envoy[];
extern const jd_step jd_ep_whoami[];

#endif
