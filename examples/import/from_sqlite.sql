-- SPDX-License-Identifier: Apache-2.0
-- from_sqlite.sql - a table of users and one of their roles as JSON lines for `jeton user import`.
--
--     sqlite3 shop.db < from_sqlite.sql > users.jsonl
SELECT json_object('name', u.name,
                   'email', u.email,
                   'password_hash', u.password,
                   'roles', (SELECT json_group_array(r.role) FROM user_roles r WHERE r.user_id = u.id),
                   'disabled', json(CASE WHEN u.blocked THEN 'true' ELSE 'false' END))
  FROM users u
 WHERE u.password IS NOT NULL
 ORDER BY u.id;
