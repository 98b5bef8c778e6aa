/* SPDX-License-Identifier: Apache-2.0 */
/* cli/pages.h - lists that come page by page: each page begins behind the last row of the one
 * before, so that a list of any length takes little memory and little of the server's time. */
#ifndef JD_CLI_PAGES_H
#define JD_CLI_PAGES_H

#include "cli/operation.h"

/* What a list is made of. */
typedef struct jd_pages {
    const char *operation;            /* "user.list"; takes "after", gives the rows and "next" */
    const char *rows;                 /* what its result calls the rows: "users" */
    void (*print)(const jt_val *row); /* one row as a line for people */
} jd_pages;

/* Prints all rows: line by line, or with --json as one array. Gives the exit status. */
int jd_pages_report(const jd_args *args, const jd_pages *pages);

#endif
