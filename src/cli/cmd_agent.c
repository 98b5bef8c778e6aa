/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_agent.c - jeton agent: keeps the segment of a host that has no server of its own. */
#include "cli/report.h"
#include "cli/settings.h"
#include "daemon/agent_host.h"

static int agent(const jd_args *args)
{
    jd_config_sources sources;
    jd_config_loaded loaded;
    jeton_err err = {0};
    jd_settings_sources(args, &sources);
    const int exit = jd_settings_load(args, &sources, &loaded);
    if (exit != JD_EXIT_DONE)
        return exit;
    /* The address of a server's default is not ours: without being told we listen nowhere. */
    if (jd_config_source_of(&loaded, "listen") == JD_FROM_DEFAULT)
        loaded.config.listen[0] = '\0';
    const jeton_status status = jd_agent_host_run(&loaded.config, &err);
    return status == JETON_OK ? JD_EXIT_DONE : jd_report_failure(args, status, &err);
}

/* Those settings that an agent has a use for; jeton-serve(1) tells what they are. */
static const jd_option options[] = {
    JD_CONFIG_OPTION,
    {.name = "--store", .value = "URL", .help = "whose log is followed: postgres://…"},
    {.name = "--bus", .value = "URL", .help = "where revocations are heard of at once: redis://…"},
    {.name = "--bus-prefix", .value = "TEXT", .help = "as on the servers [jeton]"},
    {.name = "--bus-ca-file", .value = "FILE", .help = "certificates of a rediss bus, PEM"},
    {.name = "--cluster-key-file",
     .value = "FILE",
     .help = "what `jeton cluster key` prints on a server; readable by its owner alone"},
    {.name = "--data",
     .value = "DIR",
     .help = "folder for a snapshot, and for the segment unless that is elsewhere [data]"},
    {.name = "--segment", .value = "FILE", .help = "where guards on this host look"},
    {.name = "--segment-group", .value = "GROUP", .help = "who else may read the segment"},
    {.name = "--lease",
     .value = "SECONDS",
     .help = "how long tokens are accepted after it was last heard that all is known [2s]"},
    {.name = "--revocation-memory",
     .value = "BYTES",
     .help = "for the bits of revoked tokens, here and again in the segment [64M]"},
    {.name = "--leeway", .value = "SECONDS", .help = "how far our clock may be off [0s]"},
    {.name = "--node-name", .value = "TEXT", .help = "for `jeton nodes`; by default the host's"},
    {.name = "--listen",
     .value = "LIST",
     .help = "HOST:PORT or unix:PATH where /healthz, /readyz and /metrics are answered [nowhere]"},
    {.name = "--log-level", .value = "LEVEL", .help = "debug, info, warn or error [info]"},
    {.name = NULL},
};

const jd_command jd_agent_commands[] = {
    {.noun = "agent",
     .summary = "Follows the revocation log of servers elsewhere, for guards and nginx on this "
                "host.",
     .options = options,
     .run = agent},
    {.noun = NULL},
};
