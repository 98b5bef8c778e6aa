/* SPDX-License-Identifier: Apache-2.0 */
/* api/joint.h - works for a lane from threads that are in no call: the control socket's. */
#ifndef JD_API_JOINT_H
#define JD_API_JOINT_H

#include "accounts/accounts.h"
#include "api/lane.h"

/* Has the lane do a work among the others, and waits until it is settled. Not on the lane's own
 * threads. What the work returned, else why it was not done or does not hold; JETON_E_BUSY: the
 * lane is full. */
JETON_MUST jeton_status jd_joint_run(jd_lane *lane, jd_joint_work *work, void *args,
                                     jeton_err *err);

#endif
