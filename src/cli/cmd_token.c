/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_token.c - jeton token sign|verify|inspect|lint: make tokens, and judge them. */
#include "cli/token.h"

#include "core/err.h"

#include <string.h>

bool jd_token_is_stdin(const char *text)
{
    return text != NULL && strcmp(text, "-") == 0;
}

jeton_status jd_token_stdin_once(const jd_args *args, bool also, const char *what, jeton_err *err)
{
    if (also && jd_token_is_stdin(jd_args_get(args, "--key")))
        return jt_fail(err, JETON_E_ARGUMENT, "the key and %s cannot both come from stdin", what);
    return JETON_OK;
}

const jd_command jd_token_commands[] = {
    {.noun = "token",
     .verb = "sign",
     .summary = "Makes a token and prints it.",
     .options = jd_token_sign_options,
     .run = jd_token_sign},
    {.noun = "token",
     .verb = "verify",
     .operand = "TOKEN|-",
     .operand_optional = true,
     .summary = "Verifies a token and prints its claims: 0 accepted, 1 refused.",
     .options = jd_token_verify_options,
     .run = jd_token_verify},
    {.noun = "token",
     .verb = "inspect",
     .operand = "TOKEN|-",
     .summary = "Shows what is in a token, without verifying anything.",
     .options = jd_token_inspect_options,
     .run = jd_token_inspect},
    {.noun = "token",
     .verb = "lint",
     .operand = "TOKEN|-",
     .summary = "Judges how a token is made, by RFC 8725 and RFC 9068: 0 no errors, 1 errors.",
     .options = jd_token_lint_options,
     .run = jd_token_lint},
    {.noun = NULL},
};
