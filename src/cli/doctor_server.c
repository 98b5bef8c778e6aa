/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_server.c - whether a server works on the folder, and answers where it should. */
#include "cli/doctor.h"
#include "core/auto.h"
#include "daemon/socket.h"
#include "http/listen_place.h"

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE 3U /* seconds for one step of asking */

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* ---- HTTP ----------------------------------------------------------------------------------- */

/* Who listens on every address is asked on this machine's own. */
static const char *reachable(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

static int dial_tcp(const jd_listen_place *place)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(reachable(place->host), place->port, &hints, &found) != 0)
        return -1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        jd_socket_set_patience(fd, PATIENCE);
        if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static int dial_unix(const jd_listen_place *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", place->path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    jd_socket_set_patience(fd, PATIENCE);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* The status of /readyz; 0: what answers does not speak HTTP, or not in time. */
static unsigned ask_ready(int fd)
{
    static const char request[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n"
                                  "Connection: close\r\n\r\n";
    static const char begins[] = "HTTP/1.1 ";
    char answer[64] = "";
    size_t len = 0;
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
        return 0;
    while (len < strlen(begins) + 3) {
        const ssize_t got = recv(fd, answer + len, sizeof answer - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
    }
    unsigned status = 0;
    if (strncmp(answer, begins, strlen(begins)) != 0)
        return 0;
    for (const char *at = answer + strlen(begins); *at >= '0' && *at <= '9' && status < 100; at++)
        status = status * 10 + (unsigned)(*at - '0');
    return status;
}

static void examine_place(jd_doctor *of, jeton_span text)
{
    jd_listen_place place;
    char where[128];
    if (jd_listen_place_parse(text, &place, NULL) != JETON_OK) /* told with the settings */
        return;
    if (place.path[0] == '\0' && strcmp(place.port, "0") == 0)
        return; /* only the server knows which it got */
    if (place.path[0] != '\0')
        (void)snprintf(where, sizeof where, "unix:%.104s", place.path);
    else
        (void)snprintf(where, sizeof where, "%.100s:%s", place.host, place.port);
    JT_AUTO(close_fd) const int fd = place.path[0] != '\0' ? dial_unix(&place) : dial_tcp(&place);
    if (fd < 0) {
        jd_doctor_say(of, JD_FINDING_ERROR, where,
                      "start the server with the same settings, or give doctor those it has",
                      "nobody answers there");
        return;
    }
    if (of->config->tls_cert[0] != '\0') {
        jd_doctor_say(of, JD_FINDING_OK, where, NULL, "somebody answers (not asked over TLS)");
        return;
    }
    const unsigned status = ask_ready(fd);
    if (status == 200)
        jd_doctor_say(of, JD_FINDING_OK, where, NULL, "ready");
    else if (status == 0)
        jd_doctor_say(of, JD_FINDING_ERROR, where, "see who listens there: ss -ltnp",
                      "what answers there does not speak HTTP");
    else
        jd_doctor_say(of, JD_FINDING_ERROR, where, "look into the server's log",
                      "/readyz answers %u instead of 200", status);
}

static void examine_places(jd_doctor *of)
{
    const char *text = of->config->listen;
    bool more = true;
    while (more) {
        const size_t len = strcspn(text, ",");
        examine_place(of, jeton_bytes(text, len));
        more = text[len] == ',';
        text += len + more;
    }
}

/* ---- the folder ----------------------------------------------------------------------------- */

/* Somebody holds the lock: a server that has not opened its socket, or a command at work. */
static bool is_locked(const jd_doctor *of)
{
    jd_lock lock;
    jd_path path;
    if (jd_path_join(of->config->data, "lock", &path, NULL) != JETON_OK ||
        access(path.chars, F_OK) != 0)
        return false; /* taking it would make the file */
    const jeton_status status = jd_lock_take(of->config->data, &lock, NULL);
    jd_lock_drop(&lock);
    return status == JETON_E_BUSY;
}

void jd_doctor_server(jd_doctor *of)
{
    JT_AUTO(close_fd) int fd = -1;
    jeton_err err = {0};
    if (!of->has_folder)
        return;
    if (jd_socket_connect(of->config->data, &fd, &err) != JETON_OK) {
        jd_doctor_say(of, JD_FINDING_ERROR, "server", "run doctor as the user that the server has",
                      "%s", err.text);
        return;
    }
    of->server_answers = fd >= 0;
    if (of->server_answers) {
        jd_doctor_say(of, JD_FINDING_OK, "server", NULL, "one works on the data folder");
        examine_places(of);
    } else if (is_locked(of)) {
        jd_doctor_say(of, JD_FINDING_WARNING, "server", "try again; if it stays, look into its log",
                      "something works on the data folder and does not answer");
    } else {
        jd_doctor_say(of, JD_FINDING_NOTE, "server", "jeton serve",
                      "none works on the data folder");
    }
}
