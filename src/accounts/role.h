/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/role.h - roles, what they permit, and what of them a token says.
 *
 * A change holds for every token that is issued after it, refreshed ones too. Those issued before
 * say what was true then, until they expire; to end them at once, end the sessions.
 */
#ifndef JD_ACCOUNTS_ROLE_H
#define JD_ACCOUNTS_ROLE_H

#include "accounts/accounts.h"
#include "store/roles.h"
#include "store/users.h"

#include <jeton/claims.h>

#define JD_ROLE_MAX 64U /* bytes of the name of a role, and of a permission */

/* Letters, digits and . _ : - in a role; in a permission / as well, since it is a scope of OAuth
 * (RFC 6749 §3.3): neither holds what would part it from the next one in a list.
 * JETON_E_REQUEST. */
JETON_MUST jeton_status jd_role_may_be(jeton_span role, jeton_err *err);
JETON_MUST jeton_status jd_permission_may_be(jeton_span permission, jeton_err *err);

/* A role with its permissions is added; permissions are added to one, or taken away.
 *
 * JETON_E_REQUEST  a name may not be, or no permission was named
 * JETON_E_EXISTS, JETON_E_NOT_FOUND, JETON_E_LIMIT  as in store/store.h
 */
JETON_MUST jeton_status jd_role_add(jd_accounts *accounts, const jd_role *role, jeton_err *err);
JETON_MUST jeton_status jd_role_grant(jd_accounts *accounts, const jd_role *role, jeton_err *err);
JETON_MUST jeton_status jd_role_revoke(jd_accounts *accounts, const jd_role *role, jeton_err *err);

/* JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_role_remove(jd_accounts *accounts, jeton_span name, jeton_err *err);

/* Puts the claim "roles": those that the settings let through. What the roles permit is the scope,
 * which depends on the client as well (accounts/session.c). */
void jd_role_claim(const jd_accounts *accounts, const jd_user *user, jeton_claims *claims);

#endif
