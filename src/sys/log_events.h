/* SPDX-License-Identifier: Apache-2.0 */
/* sys/log_events.h - every event that is ever logged, in one list.
 *
 * X(name, text, lines): EV_name in the code, "text" in the log. `lines` is how many lines of it
 * are written in a second at most, for events that a stranger can cause without end; 0: all.
 * A number of lines left out is told by the next line of that event, as "suppressed".
 */
#ifndef JD_SYS_LOG_EVENTS_H
#define JD_SYS_LOG_EVENTS_H

/* clang-format off */
#define JD_EVENT_LIST(X)                          \
    /* the server itself */                       \
    X(SERVER_STARTING, "server_starting",   0)    \
    X(SERVER_READY,    "server_ready",      0)    \
    X(SERVER_DRAINING, "server_draining",   0)    \
    X(SERVER_STOPPED,  "server_stopped",    0)    \
    X(SERVER_FAILED,   "server_failed",     0)    \
    X(LOG_DROPPED,     "log_dropped",       0)    \
    X(SETTING_WARNING, "setting_warning",   0)    \
    X(TLS_CERTIFICATE, "tls_certificate",   0)    \
    X(RELOADED,        "reloaded",          0)    \
    X(RELOAD_REFUSED,  "reload_refused",    0)    \
    /* HTTP */                                    \
    X(REQUEST,         "request",           0)    \
    X(CONTROL_FAILED,  "control_failed",   10)    \
    X(REQUEST_FAILED,  "request_failed",   10)    \
    X(HTTP_WARNING,    "http_warning",     10)    \
    /* accounts and sessions */                   \
    X(LOGIN_OK,        "login_ok",          0)    \
    X(LOGIN_FAILED,    "login_failed",    100)    \
    X(LIMITED,         "login_limited",   100)    \
    X(LIMITS_SHARED,   "limits_shared",    10)    \
    X(LIMITS_ALONE,    "limits_alone",     10)    \
    X(REFRESH_OK,      "refresh_ok",        0)    \
    X(REFRESH_REPLAYED,"refresh_replayed",  0)    \
    X(REFRESH_REFUSED, "refresh_refused", 100)    \
    X(LOGOUT,          "logout",            0)    \
    X(SESSIONS_ENDED,  "sessions_ended",    0)    \
    X(TOKEN_ISSUED,    "token_issued",      0)    \
    X(CLIENT_REFUSED,  "client_refused",  100)    \
    X(CLIENT_ADDED,    "client_added",      0)    \
    X(CLIENT_CHANGED,  "client_changed",    0)    \
    X(CLIENT_DISABLED, "client_disabled",   0)    \
    X(CLIENT_ENABLED,  "client_enabled",    0)    \
    X(CLIENT_REMOVED,  "client_removed",    0)    \
    X(CLIENT_SECRET,   "client_secret_made", 0)   \
    X(REVOKED,         "revoked",           0)    \
    X(TOKEN_REFUSED,   "token_refused",   100)    \
    X(USER_ADDED,      "user_added",        0)    \
    X(USER_DISABLED,   "user_disabled",     0)    \
    X(USER_ENABLED,    "user_enabled",      0)    \
    X(USER_REMOVED,    "user_removed",      0)    \
    X(USER_CHANGED,    "user_changed",      0)    \
    X(USERS_IMPORTED,  "users_imported",    0)    \
    X(ROLE_CHANGED,    "role_changed",      0)    \
    X(HASH_MEASURED,   "hash_measured",     0)    \
    X(SLOT_GREW,       "login_slot_grew",   0)    \
    X(RESET_CODE_MADE, "reset_code_made",   0)    \
    X(PASSWORD_REFUSED,"password_refused", 100)   \
    X(PASSWORD_CHANGED,"password_changed",  0)    \
    X(PASSWORD_REHASHED,"password_rehashed", 0)   \
    /* keys and the store */                      \
    X(MASTER_KEY_MADE, "master_key_made",   0)    \
    X(KEY_MADE,        "key_made",          0)    \
    X(MASTER_KEY_CHANGED, "master_key_changed", 0) \
    X(KEY_CHANGED,     "key_changed",       0)    \
    X(KEYS_FAILED,     "keys_failed",      10)    \
    X(STORE_MIGRATED,  "store_migrated",    0)    \
    X(AUDIT_FAILED,    "audit_failed",     10)    \
    X(STORE_FAILED,    "store_failed",     10)    \
    X(REVOCATIONS_FULL,"revocations_full", 10)    \
    X(SEGMENT_FAILED,  "segment_failed",   10)    \
    /* one of several nodes */                    \
    X(AGENT_READY,     "agent_ready",       0)    \
    X(AGENT_STOPPED,   "agent_stopped",     0)    \
    X(SNAPSHOT_LOADED, "snapshot_loaded",   0)    \
    X(SNAPSHOT_FAILED, "snapshot_failed",  10)    \
    X(NODE_FRESH,      "node_fresh",       10)    \
    X(NODE_STALE,      "node_stale",       10)    \
    X(LOG_JUMPED,      "log_jumped",       10)    \
    X(BUS_UP,          "bus_up",           10)    \
    X(BUS_DOWN,        "bus_down",         10)    \
    X(BUS_FAILED,      "bus_failed",       10)    \
    X(BUS_FORGED,      "bus_forged",       10)
/* clang-format on */

typedef enum jd_event {
#define JD_EVENT_ENUM(name, text, lines) EV_##name,
    JD_EVENT_LIST(JD_EVENT_ENUM)
#undef JD_EVENT_ENUM
} jd_event;

#endif
