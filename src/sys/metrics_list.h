/* SPDX-License-Identifier: Apache-2.0 */
/* sys/metrics_list.h - everything that is counted, in one list; docs/metrics.md is made of it.
 *
 * X(name, KIND, "text", DIMENSION, DIMENSION, "help"). Help is one sentence without a full stop.
 *
 * COUNTER  only grows; its text ends in _total
 * GAUGE    what is the case at the moment somebody asks
 * TIMES    a histogram of durations; its text ends in _seconds
 * SIZES    a histogram of small numbers
 *
 * A dimension is a label with a bounded number of values, known when the program is built or set
 * once at the start: nothing that a client sends ever becomes a label.
 */
#ifndef JD_SYS_METRICS_LIST_H
#define JD_SYS_METRICS_LIST_H

/* X(name, "label", most, sparse): sparse families leave out what was never counted. */
/* clang-format off */
#define JD_DIMENSION_LIST(X)          \
    X(NONE,    "",        1,  false)  \
    X(ROUTE,   "route",   128, true)  \
    X(STATUS,  "status",  24, true)   \
    X(LOGIN,   "outcome", 8,  false)  \
    X(VERDICT, "reason",  96, true)   \
    X(REFRESH, "outcome", 5,  false)  \
    X(RACE,    "reason",  2,  false)  \
    X(LANE,    "lane",    3,  false)  \
    X(COMMIT,  "outcome", 2,  false)  \
    X(HANDSHAKE, "outcome", 2, false) \
    X(KEY,     "state",   4,  false)  \
    X(VERSION, "version", 1,  false)

#define JD_METRIC_LIST(X)                                                                           \
    X(REQUESTS, COUNTER, "jeton_http_requests_total", ROUTE, STATUS,                                \
      "Requests that were answered")                                                                \
    X(LATENCIES, TIMES, "jeton_http_request_duration_seconds", ROUTE, NONE,                         \
      "Time from a request being complete to its answer being ready, waiting included")             \
    X(CONNECTIONS, GAUGE, "jeton_http_connections", NONE, NONE,                                     \
      "Connections that are open")                                                                  \
    X(HANDSHAKES, COUNTER, "jeton_tls_handshakes_total", HANDSHAKE, NONE,                           \
      "TLS handshakes, by what came of them")                                                       \
    X(CERTIFICATE, GAUGE, "jeton_tls_certificate_expiry_seconds", NONE, NONE,                       \
      "When the TLS certificate expires, in seconds since 1970; 0 without TLS")                     \
    X(LOGINS, COUNTER, "jeton_logins_total", LOGIN, NONE,                                           \
      "Attempts to log in with a password")                                                         \
    X(VERIFICATIONS, COUNTER, "jeton_verifications_total", VERDICT, NONE,                           \
      "Access tokens that were verified, by what came of it")                                       \
    X(REFRESHES, COUNTER, "jeton_refreshes_total", REFRESH, NONE,                                   \
      "Refresh tokens that were presented")                                                         \
    X(RACES, COUNTER, "jeton_refresh_races_tolerated_total", RACE, NONE,                            \
      "Refreshes that met another one of the same session and were answered all the same")          \
    X(LANE_WAITING, GAUGE, "jeton_lane_waiting", LANE, NONE,                                        \
      "Works that wait for a thread of the lane")                                                   \
    X(LANE_ACTIVE, GAUGE, "jeton_lane_active", LANE, NONE,                                          \
      "Works that a thread of the lane has in hand")                                                \
    X(LANE_WORKS, COUNTER, "jeton_lane_works_total", LANE, NONE,                                    \
      "Works that a thread of the lane has taken")                                                  \
    X(LANE_REJECTED, COUNTER, "jeton_lane_rejected_total", LANE, NONE,                              \
      "Works that were refused because the lane's queue was full")                                  \
    X(CACHE_HITS, COUNTER, "jeton_verdict_cache_hits_total", NONE, NONE,                            \
      "Verifications that were answered from the verdict cache")                                    \
    X(CACHE_MISSES, COUNTER, "jeton_verdict_cache_misses_total", NONE, NONE,                        \
      "Verifications that the verdict cache had nothing for")                                       \
    X(CACHE_EXPIRED, COUNTER, "jeton_verdict_cache_expired_total", NONE, NONE,                      \
      "Verifications that found an entry of the verdict cache outside its time")                    \
    X(CACHE_EVICTED, COUNTER, "jeton_verdict_cache_evicted_total", NONE, NONE,                      \
      "Entries that were taken out of the verdict cache")                                           \
    X(CACHE_ENTRIES, GAUGE, "jeton_verdict_cache_entries", NONE, NONE,                              \
      "Entries of the verdict cache")                                                               \
    X(CACHE_BYTES, GAUGE, "jeton_verdict_cache_bytes", NONE, NONE,                                  \
      "Memory of the entries of the verdict cache")                                                 \
    X(REVOCATIONS, GAUGE, "jeton_revocations", NONE, NONE,                                          \
      "Entries of the revocation log that still refuse something")                                  \
    X(LOG_HEAD, GAUGE, "jeton_revocation_log_head", NONE, NONE,                                     \
      "Number of the last entry of the revocation log")                                             \
    X(INDEX_LISTS, GAUGE, "jeton_index_lists", NONE, NONE,                                          \
      "Lists of indexes of tokens that are known here")                                             \
    X(INDEX_PLACES, GAUGE, "jeton_index_places_announced", NONE, NONE,                              \
      "Places of those lists that some server may give to tokens")                                  \
    X(INDEX_BYTES, GAUGE, "jeton_index_bits_bytes", NONE, NONE,                                     \
      "Memory of the bits of those lists")                                                          \
    X(INDEX_LIMIT, GAUGE, "jeton_index_bits_limit_bytes", NONE, NONE,                               \
      "Memory that they may take: the setting revocation-memory")                                   \
    X(INDEX_VOID, GAUGE, "jeton_index_lists_void", NONE, NONE,                                      \
      "Lists of which every token is refused because there was no memory for a bit")                \
    X(INDEX_UNKNOWN, COUNTER, "jeton_index_unknown_total", NONE, NONE,                              \
      "Tokens that were refused because nobody has announced their index")                          \
    X(INDEX_BLOCKS, COUNTER, "jeton_index_blocks_leased_total", NONE, NONE,                         \
      "Blocks of indexes that this server has leased for its tokens")                               \
    X(SEGMENT_ENTRIES, GAUGE, "jeton_segment_entries", NONE, NONE,                                  \
      "Entries of the segment that guards on this host read")                                       \
    X(SEGMENT_BYTES, GAUGE, "jeton_segment_bytes", NONE, NONE,                                      \
      "Size of the segment")                                                                        \
    X(SEGMENT_GENERATION, GAUGE, "jeton_segment_generation", NONE, NONE,                            \
      "How many files have been made for the segment")                                              \
    X(SEGMENT_LOST, GAUGE, "jeton_segment_lost", NONE, NONE,                                        \
      "Revocations for which the segment has no room, so that it refuses every token from before them") \
    X(SEGMENT_WRITTEN, GAUGE, "jeton_segment_written", NONE, NONE,                                  \
      "1 while the segment holds all it should, 0 while it cannot be written or there is none")     \
    X(LEASE_FRESH, GAUGE, "jeton_lease_fresh", NONE, NONE,                                          \
      "1 while this node may accept tokens by what it knows to be revoked, else 0")                 \
    X(LEASE_LEFT, GAUGE, "jeton_lease_left_milliseconds", NONE, NONE,                               \
      "How long its lease still lasts unless the store answers; 0: over, or not needed")         \
    X(LOG_APPLIED, GAUGE, "jeton_log_applied", NONE, NONE,                                          \
      "Number up to which this node has applied the revocation log of all nodes")                   \
    X(LOG_LAG, GAUGE, "jeton_log_lag_entries", NONE, NONE,                                          \
      "Entries of that log that this node has heard of and not applied")                            \
    X(LOG_ASKED, COUNTER, "jeton_log_requests_total", NONE, NONE,                                   \
      "Times that this node asked the store for new entries of the log")                            \
    X(LOG_FAILED, COUNTER, "jeton_log_requests_failed_total", NONE, NONE,                           \
      "Times that it got no good answer")                                                           \
    X(LOG_ANEW, COUNTER, "jeton_log_read_anew_total", NONE, NONE,                                   \
      "Times that the store had another log than before, and all of it was read anew")              \
    X(BUS_UP, GAUGE, "jeton_bus_up", NONE, NONE,                                                    \
      "1 while the bus is connected, else 0")                                                       \
    X(BUS_TOLD, COUNTER, "jeton_bus_published_entries_total", NONE, NONE,                           \
      "Entries of the log that this node told other nodes by the bus")                              \
    X(BUS_UNTOLD, COUNTER, "jeton_bus_unpublished_entries_total", NONE, NONE,                       \
      "Entries that it could not tell them, so that they find them in the store")                   \
    X(BUS_FORGED, COUNTER, "jeton_bus_forged_entries_total", NONE, NONE,                            \
      "Entries of the bus that have no good MAC, and items that are none")                          \
    X(KEYS, GAUGE, "jeton_signing_keys", KEY, NONE,                                                 \
      "Signing keys")                                                                               \
    X(COMMITS, COUNTER, "jeton_store_commits_total", COMMIT, NONE,                                  \
      "Transactions of the store that wrote")                                                       \
    X(COMMIT_TIMES, TIMES, "jeton_store_commit_duration_seconds", NONE, NONE,                       \
      "Time that a commit took to reach the disk")                                                  \
    X(BATCHES, SIZES, "jeton_store_batch_works", NONE, NONE,                                        \
      "Works that reached the disk with one commit")                                                \
    X(LOG_DROPPED, COUNTER, "jeton_log_dropped_lines_total", NONE, NONE,                            \
      "Lines of the log that were dropped because nobody read it for long")                         \
    X(MEMORY, GAUGE, "process_resident_memory_bytes", NONE, NONE,                                   \
      "Resident memory of the process")                                                             \
    X(STARTED, GAUGE, "process_start_time_seconds", NONE, NONE,                                     \
      "When the process began, in seconds since 1970")                                              \
    X(BUILD, GAUGE, "jeton_build_info", VERSION, NONE,                                              \
      "Always 1, with the version of the program")

/* Values of dimensions that the code counts by name. */
#define JD_LOGIN_LIST(X)                    \
    X(OK,          "ok")                    \
    X(NAME,        "unknown_name")          \
    X(PASSWORD,    "wrong_password")        \
    X(DISABLED,    "disabled")              \
    X(LOCKED,      "locked")                \
    X(LIMITED,     "limited")               \
    X(MUST_CHANGE, "must_change_password")  \
    X(OTHER,       "other")

#define JD_REFRESH_LIST(X)      \
    X(ROTATED,  "rotated")      \
    X(REPEATED, "repeated")     \
    X(REPLAYED, "replayed")     \
    X(REFUSED,  "refused")      \
    X(FAILED,   "failed")

#define JD_RACE_LIST(X)              \
    X(SAME_TOKEN, "same_token")      \
    X(OVERTAKEN,  "overtaken")

#define JD_LANE_LIST(X)     \
    X(READ,   "read")       \
    X(COMMIT, "commit")     \
    X(HASH,   "hash")

#define JD_COMMIT_LIST(X)   \
    X(OK,     "ok")         \
    X(FAILED, "failed")

#define JD_HANDSHAKE_LIST(X) \
    X(DONE,   "done")        \
    X(FAILED, "failed")

#define JD_KEY_STATE_LIST(X)          \
    X(NEXT,      "next")              \
    X(ACTIVE,    "active")            \
    X(RETIRING,  "retiring")          \
    X(WITHDRAWN, "withdrawn")
/* clang-format on */

#endif
