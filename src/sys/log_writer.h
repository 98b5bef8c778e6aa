/* SPDX-License-Identifier: Apache-2.0 */
/* sys/log_writer.h - lines on their way to a descriptor whose reader may be slow, or stuck.
 *
 * A line is written at once where that takes no waiting. Otherwise it waits in memory for a thread
 * that does nothing else; and when a megabyte waits, more lines are dropped and counted: no log is
 * worth that logins stand still. For log.c, and for whoever starts and ends the program. Any
 * thread. */
#ifndef JD_SYS_LOG_WRITER_H
#define JD_SYS_LOG_WRITER_H

#include <jeton/error.h>

#include <stddef.h>

/* Where lines go from now on; standard error at first. Borrowed. */
void jd_log_writer_use(int fd);

/* Starts the thread, unless it is there. Without it, lines are written at once, whatever time it
 * takes: that is for commands. JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_log_writer_start(jeton_err *err);

/* Waits for what waits to be written, but not for a reader that takes nothing for a second. The
 * thread goes on. */
void jd_log_writer_flush(void);

/* Writes a line, newline included. The number of lines that were dropped since the last one that
 * was not; 0 as well when this one is dropped. */
unsigned jd_log_writer_put(const char *line, size_t len);

#endif
