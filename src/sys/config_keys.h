/* SPDX-License-Identifier: Apache-2.0 */
/* sys/config_keys.h - every setting of the program, in one list.
 *
 * X(TYPE, WHEN, field, "name", "default", least, most, "help"). The name makes the flag
 * (--access-ttl), the environment variable (JETON_ACCESS_TTL) and the member of the file
 * ("access-ttl"). `least` and `most` bound the value, for a TEXT or a LIST its length in bytes.
 * Help is one sentence without a full stop; the docs are made of it.
 *
 * WHEN is when a value that has changed is taken: RELOAD, at once by SIGHUP, or RESTART. What is
 * RELOAD is never copied to where it would not be changed: it is read through
 * accounts->config-> each time, or has a row in daemon/reload.c.
 *
 * TEXT      char[]    any text
 * ADDRESS   char[]    of a service, as a URL; a password in it is never shown, nor taken from a
 * flag LIST      char[]    texts parted by commas; in the file also an array of texts SECONDS
 * int64_t   90, 90s, 15m, 12h, 7d COUNT     int64_t   a number AUTO      int64_t   a number, or
 * auto, which is 0 BYTES     int64_t   4096, 64k, 19M SWITCH    bool      on, off, true, false
 * LEVEL     jd_level  debug, info, warn, error
 * MODE      int64_t   of a file, in octal: 600, 0660
 */
#ifndef JD_SYS_CONFIG_KEYS_H
#define JD_SYS_CONFIG_KEYS_H

#define JD_DAY ((int64_t)86400)
#define JD_MIB ((int64_t)1024 * 1024)

/* Bounds that others reason with: how long a revocation must be kept (accounts/accounts.h). */
#define JD_ACCESS_TTL_MAX JD_DAY
#define JD_LEEWAY_MAX     ((int64_t)600)

/* clang-format off */
#define JD_CONFIG_LIST(X)                                                                           \
    X(TEXT,    RESTART, data,          "data",          "data",           1, 1000,                           \
      "folder that holds the store and the keys; made when it is not there")                        \
    X(ADDRESS, RESTART, store,         "store",         "",               0, 1000,                           \
      "database that is the store, as postgres://USER@HOST/DATABASE; empty: a file in the data folder") \
    X(COUNT,   RESTART, store_connections, "store-connections", "8",      2, 200,                            \
      "connections to that database that are open at one time")                                     \
    X(SECONDS, RESTART, store_timeout, "store-timeout", "5s",             1, 300,                            \
      "how long an answer of that database may take, or the wait for a free connection")            \
    X(LIST,    RESTART, listen,        "listen",        "127.0.0.1:8080", 1, 1000,                           \
      "HOST:PORT or unix:PATH to listen on, or several, parted by commas; port 0 lets the system choose") \
    X(MODE,    RESTART, socket_mode,   "socket-mode",   "660",            0, 0777,                           \
      "mode of the file of a Unix socket; who may write to it may connect")                         \
    X(TEXT,    RELOAD,  tls_cert,      "tls-cert",      "",               0, 1000,                           \
      "file with the TLS certificate and its chain, PEM, read again on SIGHUP; empty: no TLS")      \
    X(TEXT,    RELOAD,  tls_key,       "tls-key",       "",               0, 1000,                           \
      "file with the private key of the TLS certificate, PEM")                                      \
    X(TEXT,    RESTART, issuer,        "issuer",        "",               0, 512,                            \
      "the iss of every token; empty: made of the address that is listened on")                     \
    X(TEXT,    RESTART, audience,      "audience",      "",               0, 512,                            \
      "the aud of every token; empty: the issuer")                                                  \
    X(SECONDS, RELOAD,  access_ttl,    "access-ttl",    "15m",            1, JD_ACCESS_TTL_MAX,              \
      "how long an access token lives")                                                             \
    X(SECONDS, RELOAD,  refresh_ttl,   "refresh-ttl",   "7d",             1, 400 * JD_DAY,                   \
      "how long a refresh token lives without use")                                                 \
    X(SECONDS, RELOAD,  session_ttl,   "session-ttl",   "30d",            1, 400 * JD_DAY,                   \
      "how long a session lives at most")                                                           \
    X(SECONDS, RELOAD,  refresh_grace, "refresh-grace", "30s",            0, 600,                            \
      "how long the refresh token before the last is answered with the last once more")             \
    X(SECONDS, RELOAD,  fresh_ttl,     "fresh-ttl",     "5m",             1, JD_DAY,                         \
      "how long after a login its tokens count as fresh")                                           \
    X(LIST,    RELOAD,  token_roles,   "token-roles",   "",               0, 1000,                           \
      "roles that access tokens name, parted by commas; empty: all that the user has")              \
    X(COUNT,   RELOAD,  token_roles_max, "token-roles-max", "32",         0, 32,                             \
      "roles that an access token names at most")                                                   \
    X(SECONDS, RELOAD,  reset_ttl,     "reset-ttl",     "1h",             60, 30 * JD_DAY,                   \
      "how long a one-time code for a new password is good")                                        \
    X(TEXT,    RESTART, token_alg,     "token-alg",     "ES256",          1, 15,                             \
      "algorithm of tokens whose client has none of its own: ES256, Ed25519, EdDSA, RS256 or PS256") \
    X(SECONDS, RESTART, key_active,    "key-active",    "90d",            1, 3650 * JD_DAY,                  \
      "how long a key signs before the next one takes over")                                        \
    X(SECONDS, RESTART, jwks_max_age,  "jwks-max-age",  "5m",             1, JD_DAY,                         \
      "how long others may keep the published keys; a new key is published so long before it signs") \
    X(SECONDS, RESTART, leeway,        "leeway",        "0s",             0, JD_LEEWAY_MAX,                  \
      "difference of clocks tolerated when a token is verified")                                    \
    X(LIST,    RELOAD,  proxies,       "proxies",       "",               0, 1000,                           \
      "networks of proxies whose word on a client's address counts, parted by commas; unix: the socket") \
    X(SWITCH,  RELOAD,  forwarded,     "forwarded",     "off",            0, 0,                              \
      "they say it by Forwarded instead of X-Forwarded-For")                                        \
    X(COUNT,   RESTART, threads,       "threads",       "0",              0, 64,                             \
      "threads that serve HTTP; 0: one for each processor, at most 4")                              \
    X(COUNT,   RESTART, connections,   "connections",   "4096",           1, 1000000,                        \
      "connections open at one time")                                                               \
    X(BYTES,   RESTART, body_limit,    "body-limit",    "64k",            1024, 16 * JD_MIB,                 \
      "longest body of a request")                                                                  \
    X(COUNT,   RESTART, hash_threads,  "hash-threads",  "1",              1, 64,                             \
      "threads that hash passwords")                                                                \
    X(COUNT,   RESTART, hash_queue,    "hash-queue",    "64",             1, 100000,                         \
      "logins that wait for them; more are answered with 503")                                      \
    X(BYTES,   RESTART, hash_memory,   "hash-memory",   "19M",            8 * JD_MIB, 1024 * JD_MIB,         \
      "memory that one password hash takes at most (Argon2id)")                                             \
    X(AUTO,    RESTART, hash_passes,   "hash-passes",   "auto",           1, 64,                             \
      "passes that one password hash makes over it; auto: what fits hash-time, measured once")      \
    X(COUNT,   RESTART, hash_time,     "hash-time",     "50",             1, 1000,                           \
      "milliseconds of processor time that a password hash may take, when it is measured")                                                \
    X(SWITCH,  RELOAD,  rate_limits,   "rate-limits",   "on",             0, 0,                              \
      "limits on failing logins; off is for load tests, and warned about")                          \
    X(COUNT,   RELOAD,  login_rate,    "login-rate",    "60",             1, 1000000,                        \
      "logins that one address may try in a minute, good or bad")                                   \
    X(COUNT,   RELOAD,  account_rate,  "account-rate",  "100",            1, 1000000,                        \
      "logins to one account that may fail in an hour, all addresses taken together that never got in") \
    X(COUNT,   RELOAD,  lock_after,    "lock-after",    "10",             1, 1000000,                        \
      "logins to one account that may fail from one address before it is locked out of that account") \
    X(SECONDS, RELOAD,  lock_time,     "lock-time",     "15m",            1, JD_DAY,                         \
      "how long it takes until all of those tries are given back, one after the other")             \
    X(COUNT,   RESTART, limits_wait,   "limits-wait",   "50",             10, 5000,                          \
      "milliseconds that a login waits for the bus to tell what other servers of this store have counted") \
    X(AUTO,    RESTART, login_slot,    "login-slot",    "auto",           1, 60000,                          \
      "milliseconds that a failed login takes, whatever the reason; auto: what the costliest takes") \
    X(LIST,    RELOAD,  allowed_origins, "allowed-origins", "",           0, 1000,                           \
      "origins of pages that may call with cookies and read answers, parted by commas: https://app.example.com") \
    X(LIST,    RESTART, identity_headers, "identity-headers", "", 0, 1000,                          \
      "headers in which /verify tells who it is, parted by commas: sub=X-User, roles=X-Roles; empty: none") \
    X(TEXT,    RESTART, verify_rules,  "verify-rules",  "",               0, 1000,                           \
      "file of rules on what /verify demands for which methods and paths; empty: what its query says") \
    X(TEXT,    RESTART, login_url,     "login-url",     "",               0, 512,                            \
      "page where browsers log in; /verify sends them there when the proxy passes that on")         \
    X(SWITCH,  RESTART, insecure_cookies, "insecure-cookies", "off",      0, 1,                              \
      "cookies without Secure and __Host-, for development over plain HTTP on localhost only")      \
    X(SECONDS, RELOAD,  hsts_ttl,      "hsts-ttl",      "180d",           0, 3650 * JD_DAY,                  \
      "how long browsers shall use TLS only (HSTS), told over TLS only; 0: not told")               \
    X(LEVEL,   RELOAD,  log_level,     "log-level",     "info",           JD_DEBUG, JD_ERROR,                \
      "lowest level that is logged")                                                                \
    X(SWITCH,  RELOAD,  metrics_local, "metrics-local", "off",            0, 1,                              \
      "whether programs on this machine may read /metrics without a token; leave it off behind a proxy on it") \
    X(TEXT,    RESTART, segment,       "segment",       "",               0, 1000,                           \
      "file of shared memory in which guards and nginx on this host find keys and revocations; empty: segment in the data folder; off: none") \
    X(TEXT,    RESTART, segment_group, "segment-group", "",               0, 255,                            \
      "group that may read the segment, by name or number; empty: nobody but the server's own user") \
    X(ADDRESS, RESTART, bus,           "bus",           "",               0, 1000,                           \
      "Redis or Valkey that tells other nodes of revocations at once, and by which they count logins together: redis://USER@HOST:PORT/DB, rediss://HOST, unix:PATH; empty: they ask the store; the password is in the file JETON_BUS_PASSWORD_FILE or in JETON_BUS_PASSWORD") \
    X(TEXT,    RESTART, bus_prefix,    "bus-prefix",    "jeton",          1, 128,                            \
      "what the names of keys in it begin with; the same for all nodes of one store")               \
    X(TEXT,    RESTART, bus_ca_file,   "bus-ca-file",   "",               0, 1000,                           \
      "file with the certificates that may sign that of a rediss bus, PEM")                         \
    X(TEXT,    RESTART, cluster_key_file, "cluster-key-file", "",         0, 1000,                           \
      "of jeton agent: file with what jeton cluster key prints, by which it knows entries of the revocation log") \
    X(SECONDS, RESTART, lease,         "lease",         "2s",             1, 60,                             \
      "how long a node accepts tokens after it last heard that it knows all revocations, where several share a store") \
    X(TEXT,    RESTART, node_name,     "node-name",     "",               0, 100,                            \
      "name of this node among several; empty: that of the host")                                   \
    X(SWITCH,  RESTART, index,         "index",         "on",             0, 1,                              \
      "access tokens carry an index, by which one of them is revoked with one bit; off: by its jti") \
    X(BYTES,   RELOAD,  revocation_memory, "revocation-memory", "64M",    4096, 65536 * JD_MIB,              \
      "memory for the bits of tokens that are revoked by their index; when it is used up, whole lists of them are refused") \
    X(SWITCH,  RELOAD,  status_claim,  "status-claim",  "off",            0, 1,                              \
      "access tokens say where others find out whether they are revoked: the status claim of the IETF Token Status List") \
    X(SECONDS, RELOAD,  status_ttl,    "status-ttl",    "1m",             5, JD_DAY,                         \
      "how long others may keep a status list")                                                     \
    X(SECONDS, RELOAD,  drain_time,    "drain-time",    "10s",            0, 3600,                           \
      "how long requests under way may take when the server is stopped")
/* clang-format on */

#endif
