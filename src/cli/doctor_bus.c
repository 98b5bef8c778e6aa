/* SPDX-License-Identifier: Apache-2.0 */
/* cli/doctor_bus.c - whether the bus can be reached, and lets us in. */
#include "bus/bus.h"
#include "cli/doctor.h"
#include "core/auto.h"

#include <signal.h>

void jd_doctor_bus(jd_doctor *of)
{
    const jd_config *config = of->config;
    const jd_bus_options options = {
        .address = config->bus, .prefix = config->bus_prefix, .ca_file = config->bus_ca_file};
    JT_AUTO(jd_bus_close) jd_bus *bus = NULL;
    jeton_err err = {0};
    if (config->bus[0] == '\0')
        return; /* one server needs none */
    (void)signal(SIGPIPE, SIG_IGN);
    if (jd_bus_open(&options, &bus, &err) != JETON_OK)
        return; /* a mistake in the settings, which are looked at before */
    if (jd_bus_connect(bus, &err) == JETON_OK)
        jd_doctor_say(of, JD_FINDING_OK, "bus", NULL, "answers");
    else
        jd_doctor_say(
            of, JD_FINDING_WARNING, "bus",
            "nodes ask the store four times a second meanwhile: start the server that bus "
            "names, or give its password by JETON_BUS_PASSWORD_FILE",
            "%s", err.text);
}
