/* SPDX-License-Identifier: Apache-2.0 */
/* cli/terminal.h - what a terminal is shown: in colour when wanted, and never as a command. */
#ifndef JD_CLI_TERMINAL_H
#define JD_CLI_TERMINAL_H

#include "cli/args.h"
#include "core/buf.h"
#include "json/tree.h"

/* Whether stdout gets colours: --color always|never|auto of the command, by default auto, which
 * means a terminal that is not dumb, and NO_COLOR not set (https://no-color.org).
 * JETON_E_ARGUMENT. */
JETON_MUST jeton_status jd_terminal_colors(const jd_args *args, bool *colors, jeton_err *err);

/* Adds bytes that came in, as printable ASCII: everything else as \xNN. */
JETON_MUST jeton_status jd_terminal_add_bytes(jt_buf *to, jeton_span bytes, jeton_err *err);

/* Adds a tree as JSON of which a terminal shows all and obeys nothing: control characters that JSON
 * lets through (DEL, C1, which holds a second ESC) and those that turn the direction of writing
 * around become \uNNNN, which is the same JSON. JETON_E_SYNTAX: a text in it is not UTF-8. */
JETON_MUST jeton_status jd_terminal_add_tree(jt_buf *to, const jt_tree *tree, const jt_node *root,
                                             jt_layout layout, jeton_err *err);

#endif
