/* SPDX-License-Identifier: Apache-2.0 */
/* api/token_answer.c - a pair of tokens as JSON, or in cookies. */
#include "api/token_answer.h"

#include "api/cookies.h"
#include "core/auto.h"

static void put_tokens(jt_tree *tree, jt_node *answer, const jd_tokens *tokens)
{
    jt_put_text(tree, answer, "access_token", jeton_text_span(tokens->access));
    jt_put_text(tree, answer, "token_type", jeton_str("Bearer"));
    if (tokens->refresh[0] != '\0')
        jt_put_text(tree, answer, "refresh_token", jeton_str(tokens->refresh));
}

jeton_status jd_token_answer(jd_call *call, const jd_tokens *tokens, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    const bool cookies = tokens->csrf[0] != '\0';
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    if (cookies) {
        JT_TRY(jd_cookies_put(call, tokens, err));
        jt_put_text(tree, answer, "csrf_token", jeton_str(tokens->csrf));
    } else {
        put_tokens(tree, answer, tokens);
    }
    jt_put_int(tree, answer, "expires_in", tokens->expires_in);
    if (tokens->scope[0] != '\0')
        jt_put_text(tree, answer, "scope", jeton_str(tokens->scope));
    jd_call_header(call, "Pragma", "no-cache"); /* RFC 6749 §5.1 asks for it beside no-store */
    return jd_call_answer(call, 200, tree, answer, err);
}
