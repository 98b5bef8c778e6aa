/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/main.c - load WHAT PORT PATH [OPTION]…: asks a server on 127.0.0.1, and says how long
 * that took. bench/server and tests/bench run it. */
#include "load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: load chain|each|pace PORT PATH [OPTION]...\n"
    "\n"
    "chain  each line of the input is a refresh token; POST it, then its successor, and so on\n"
    "each   each line of the input is a body; POST it once\n"
    "pace   GET, at moments that do not depend on the answers\n"
    "\n"
    "  -c N     connections (each, pace)          -s N     seconds (chain, pace)\n"
    "  -r N     requests a second (pace)          -a TEXT  the Authorization header\n"
    "  -m NAME  keep that member of each answer   -o FILE  where (each)\n";

static const struct {
    const char *name;
    unsigned long (*run)(load_options *options);
} kinds[] = {{"chain", load_chain}, {"each", load_each}, {"pace", load_pace}};

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

/* Whether the option is understood. */
static bool set_option(load_options *to, int option)
{
    switch (option) {
    case 'c': to->connections = number(optarg); break;
    case 's': to->seconds = number(optarg); break;
    case 'r': to->rate = number(optarg); break;
    case 'a': to->authorization = optarg; break;
    case 'm': to->member = optarg; break;
    case 'o': to->kept = fopen(optarg, "w"); break;
    default: return false;
    }
    return true;
}

static bool read_options(int argc, char **argv, load_options *to)
{
    *to = (load_options){.connections = 8, .seconds = 1, .rate = 1000};
    if (argc < 4)
        return false;
    to->port = (uint16_t)number(argv[2]);
    to->path = argv[3];
    optind = 4;
    for (int option; (option = getopt(argc, argv, "c:s:r:a:m:o:")) != -1;)
        if (!set_option(to, option))
            return false;
    return optind == argc && to->connections > 0 && to->connections <= LOAD_CONNECTIONS &&
           to->rate > 0 && (to->member != NULL) == (to->kept != NULL);
}

static int run(const char *what, load_options *options)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(what, kinds[i].name) != 0)
            continue;
        const int64_t start = load_now();
        const unsigned long failed = kinds[i].run(options);
        load_report(options->connections, failed, load_now() - start);
        return failed == 0 ? 0 : 1;
    }
    (void)fputs(usage, stderr);
    return 2;
}

int main(int argc, char **argv)
{
    load_options options;
    if (!read_options(argc, argv, &options)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    const int status = run(argv[1], &options);
    if (options.kept != NULL && fclose(options.kept) != 0)
        return 1;
    return status;
}
