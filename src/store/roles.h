/* SPDX-License-Identifier: Apache-2.0 */
/* store/roles.h - roles, what they permit, and who has them. The rules of store/store.h hold. */
#ifndef JD_STORE_ROLES_H
#define JD_STORE_ROLES_H

#include "core/arena.h"
#include "store/store.h"
#include "sys/id.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_ROLES_MAX       32U     /* of one user */
#define JD_PERMISSIONS_MAX 64U     /* of one role */
#define JD_ROLE_ADMIN      "admin" /* the role that at least one user keeps who can log in */

typedef struct jd_role {
    jeton_span name;
    const jeton_span *permissions; /* in the order of their names */
    size_t permission_count;
    uint64_t users; /* how many have it */
} jd_role;

typedef struct jd_roles {
    const jd_role *at;
    size_t count;
} jd_roles;

/* JETON_E_EXISTS. JETON_E_LIMIT: more than JD_PERMISSIONS_MAX. */
JETON_MUST jeton_status jd_store_role_add(jd_store *store, const jd_role *role, jeton_err *err);

/* All roles in the order of their names. */
JETON_MUST jeton_status jd_store_role_list(jd_store *store, jt_arena *arena, jd_roles *roles,
                                           jeton_err *err);

/* Gives permissions to a role or takes them away; what it has, or has not, already is fine.
 * JETON_E_NOT_FOUND; JETON_E_LIMIT: it would have more than JD_PERMISSIONS_MAX. */
JETON_MUST jeton_status jd_store_role_grant(jd_store *store, const jd_role *role, jeton_err *err);
JETON_MUST jeton_status jd_store_role_revoke(jd_store *store, const jd_role *role, jeton_err *err);

/* Removes a role, and takes it from whoever has it.
 * JETON_E_NOT_FOUND. JETON_E_LAST_ADMIN: it is JD_ROLE_ADMIN, which stays. */
JETON_MUST jeton_status jd_store_role_remove(jd_store *store, jeton_span name, jeton_err *err);

/* Gives roles to a user and takes others away; those given that are new are made, and one that is
 * in both lists is given. To give what he has and to take what he has not is fine.
 *
 * JETON_E_NOT_FOUND
 * JETON_E_LIMIT       he would have more than JD_ROLES_MAX
 * JETON_E_LAST_ADMIN  see jd_store_user_disable()
 */
typedef struct jd_role_change {
    const jeton_span *give, *take;
    size_t give_count, take_count;
} jd_role_change;

JETON_MUST jeton_status jd_store_user_roles(jd_store *store, const jd_id *id,
                                            const jd_role_change *change, jeton_err *err);

#endif
