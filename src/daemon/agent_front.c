/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/agent_front.c - a small HTTP server around an agent's app. */
#include "daemon/agent_front.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/log.h"

#define CONNECTIONS  64U /* whoever watches asks every few seconds */
#define BODY_LIMIT   1024U
#define HEADER_LIMIT 8192U

struct jd_agent_front {
    jd_app app;
    jd_http *http;
    char address[JD_CONFIG_TEXT];
};

static void log_http(void *app, const char *text)
{
    (void)app;
    jd_log(JD_WARN, EV_HTTP_WARNING, JD_TEXT("why", text));
}

static jeton_status serve(jd_agent_front *front, const jd_config *config, jeton_err *err)
{
    const jd_http_options options = {
        .listen = config->listen,
        .socket_mode = (unsigned)config->socket_mode,
        .threads = 1,
        .connections = CONNECTIONS,
        .header_limit = HEADER_LIMIT,
        .body_limit = BODY_LIMIT,
        .user = &front->app,
        .handle = jd_app_handle,
        .refuse = jd_app_refuse,
        .finish = jd_app_finish,
        .log = log_http,
    };
    JT_TRY(jd_http_open(&options, &front->http, err));
    front->app.http = front->http;
    jd_listeners_print(jd_http_listeners(front->http), front->address, sizeof front->address);
    return jd_http_start(front->http, err);
}

jeton_status jd_agent_front_open(const jd_config *config, jd_agent_view *view,
                                 jd_agent_front **front, jeton_err *err)
{
    *front = NULL;
    if (config->listen[0] == '\0')
        return JETON_OK;
    JT_AUTO(jd_agent_front_close) jd_agent_front *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "HTTP server");
    JT_TRY(jd_agent_app_open(&made->app, view, err));
    JT_TRY(serve(made, config, err));
    *front = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

const char *jd_agent_front_address(const jd_agent_front *front)
{
    return front != NULL ? front->address : NULL;
}

bool jd_agent_front_is_turning(jd_agent_front *front, unsigned wait_ms)
{
    return front == NULL || jd_http_is_turning(front->http, wait_ms);
}

void jd_agent_front_close(jd_agent_front **front)
{
    if (front == NULL || *front == NULL)
        return;
    jd_http_close(&(*front)->http);
    jt_release(NULL, *front);
    *front = NULL;
}
