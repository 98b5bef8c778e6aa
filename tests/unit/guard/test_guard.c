/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_guard.c - the strict preset: who is let in, and who is not. */
#include "requests.h"

#define BEARER(name) "Authorization: Bearer @" name
#define COOKIE(name) "Cookie: __Host-jeton-access=@" name
#define XCSRF        "X-CSRF-Token: abcdefghijklmnopqrstuvwxyz012345"
#define JSON         "Content-Type: application/json"

static const jeton_guard_settings plain = {0};
static const jeton_guard_settings everywhere = {
    .locations = {JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON},
    .csrf_form = JETON_ON,
    .query_prefix = "T "};
static const jeton_guard_settings cookies = {.locations = {JETON_IN_COOKIE}};

static const jeton_route open = {0};
static const jeton_route optional = {.optional = true};
static const jeton_route refresh = {.type = JETON_REFRESH};
static const jeton_route either = {.type = JETON_EITHER};
static const jeton_route fresh = {.fresh = true};
static const jeton_route young = {.fresh_within = 300};
static const jeton_route bare = {.bare_token = true};
static const jeton_route number = {.number_identity = true};
static const jeton_route by_query = {.locations = {JETON_IN_QUERY}};
static const jeton_route any_role = {.roles_any = {"root", "admin"}};
static const jeton_route no_such_role = {.roles_any = {"root", "staff"}};
static const jeton_route both_roles = {.roles_all = {"admin", "user"}};
static const jeton_route third_role = {.roles_all = {"admin", "user", "root"}};
static const jeton_route scopes = {.scopes_all = {"read", "write"}};
static const jeton_route more_scopes = {.scopes_all = {"read", "delete"}};
static const jeton_route level = {.claims = {{"level", JETON_RULE_AT_LEAST, "3"}}};
static const jeton_route level_four = {.claims = {{"level", JETON_RULE_AT_LEAST, "4"}}};
static const jeton_route absent = {.claims = {{"level", JETON_RULE_ABSENT, NULL}}};
static const jeton_route no_operator = {.claims = {{"level", (jeton_rule_op)99, "4"}}};
static const jeton_route no_json = {.claims = {{"level", JETON_RULE_EQUALS, "{"}}};
static const jeton_route no_number = {.claims = {{"level", JETON_RULE_AT_LEAST, "\"x\""}}};
static const jeton_route no_path = {.claims = {{"/~", JETON_RULE_EXISTS, NULL}}};
static const jeton_route no_type = {.type = (jeton_token_type)9};
static const jeton_route no_place = {.locations = {(jeton_location)9}};
static const jeton_route twice = {.locations = {JETON_IN_HEADER, JETON_IN_HEADER}};
static const jeton_route gap = {.locations = {JETON_NOWHERE, JETON_IN_HEADER}};
static const jeton_route no_stale = {.stale = {.then = (jeton_stale)9}};

#define LONG_SPACE "Authorization: Bearer  @access"

static const struct {
    const char *why;
    const jeton_guard_settings *settings;
    const jeton_route *route;
    request_sent sent;
    jeton_status want;
    jeton_refusal refusal;
    unsigned http;
    jeton_location location;
    const char *identity;
} rows[] = {
/* clang-format off */
#define IN(location, who) JETON_OK, JETON_REFUSED_NOT, 200, JETON_IN_##location, who
#define OUT(status, refusal, http) JETON_##status, JETON_REFUSED_##refusal, http, JETON_NOWHERE, ""
#define OUT_OF(status, refusal, http, location) JETON_##status, JETON_REFUSED_##refusal, http, JETON_IN_##location, ""
#define NOBODY JETON_OK, JETON_REFUSED_NOT, 200, JETON_NOWHERE, ""
    /* the header */
    {"a good token", &plain, &open, {.headers = {BEARER("access")}}, IN(HEADER, "alice")},
    {"without a type", &plain, &open, {.headers = {BEARER("bob")}}, IN(HEADER, "bob")},
    {"a scheme in another case", &plain, &open, {.headers = {"authorization: bEARER @access"}}, IN(HEADER, "alice")},
    {"no header", &plain, &open, {.headers = {"Accept: x"}}, OUT(E_MISSING, MISSING, 401)},
    {"an empty header", &plain, &open, {.headers = {"Authorization:  "}}, OUT(E_MISSING, MISSING, 401)},
    {"another scheme", &plain, &open, {.headers = {"Authorization: Basic @access"}}, OUT(E_MISSING, MISSING, 401)},
    {"a scheme that begins so", &plain, &open, {.headers = {"Authorization: BearerX @access"}}, OUT(E_MISSING, MISSING, 401)},
    {"no scheme", &plain, &open, {.headers = {"Authorization: @access"}}, OUT(E_MISSING, MISSING, 401)},
    {"no scheme, where that is taken", &plain, &bare, {.headers = {"Authorization: @access"}}, IN(HEADER, "alice")},
    {"a scheme, where none is needed", &plain, &bare, {.headers = {BEARER("access")}}, IN(HEADER, "alice")},
    {"two words, where none is needed", &plain, &bare, {.headers = {"Authorization: Basic @access"}}, OUT(E_SYNTAX, INVALID, 401)},
    {"the scheme alone", &plain, &open, {.headers = {"Authorization: Bearer"}}, OUT(E_SYNTAX, INVALID, 401)},
    {"two spaces", &plain, &open, {.headers = {LONG_SPACE}}, OUT(E_SYNTAX, INVALID, 401)},
    {"two tokens in it", &plain, &open, {.headers = {"Authorization: Bearer @access @access"}}, OUT(E_SYNTAX, INVALID, 401)},
    {"two headers", &plain, &open, {.headers = {BEARER("access"), BEARER("access")}}, OUT(E_REQUEST, REQUEST, 400)},
    {"not a token", &plain, &open, {.headers = {"Authorization: Bearer x"}}, OUT_OF(E_SYNTAX, INVALID, 401, HEADER)},
    {"a bad signature", &plain, &open, {.headers = {BEARER("forged")}}, OUT_OF(E_SIGNATURE, INVALID, 401, HEADER)},
    {"expired", &plain, &open, {.headers = {BEARER("expired")}}, OUT_OF(E_EXPIRED, EXPIRED, 401, HEADER)},
    {"not yet good", &plain, &open, {.headers = {BEARER("notyet")}}, OUT_OF(E_NOT_YET, INVALID, 401, HEADER)},
    {"whose it is, it does not say", &plain, &open, {.headers = {BEARER("nobody")}}, OUT_OF(E_MISSING, INVALID, 401, HEADER)},
    {"an empty name", &plain, &open, {.headers = {BEARER("empty")}}, OUT_OF(E_MISSING, INVALID, 401, HEADER)},
    {"a number", &plain, &open, {.headers = {BEARER("number")}}, OUT_OF(E_MISSING, INVALID, 401, HEADER)},
    {"a number, where that is taken", &plain, &number, {.headers = {BEARER("number")}}, IN(HEADER, "42")},
    {"a list for an identity", &(const jeton_guard_settings){.identity_claim = "who"}, &open, {.headers = {BEARER("list")}}, OUT_OF(E_MISSING, INVALID, 401, HEADER)},
    {"an identity deep inside", &(const jeton_guard_settings){.identity_claim = "/realm_access/roles/0"}, &open, {.headers = {BEARER("deep")}}, IN(HEADER, "admin")},
    {"a header of another name", &(const jeton_guard_settings){.header = "X-Token", .scheme = ""}, &open, {.headers = {"X-Token: @access"}}, IN(HEADER, "alice")},
    {"a scheme where there is none", &(const jeton_guard_settings){.header = "X-Token", .scheme = ""}, &open, {.headers = {"X-Token: Bearer @access"}}, OUT(E_SYNTAX, INVALID, 401)},
    /* optional, OPTIONS */
    {"optional: nothing", &plain, &optional, {.headers = {NULL}}, NOBODY},
    {"optional: another scheme", &plain, &optional, {.headers = {"Authorization: Basic x"}}, NOBODY},
    {"optional: a good token", &plain, &optional, {.headers = {BEARER("access")}}, IN(HEADER, "alice")},
    {"optional: a bad one", &plain, &optional, {.headers = {BEARER("forged")}}, OUT_OF(E_SIGNATURE, INVALID, 401, HEADER)},
    {"optional: an expired one", &plain, &optional, {.headers = {BEARER("expired")}}, OUT_OF(E_EXPIRED, EXPIRED, 401, HEADER)},
    {"OPTIONS", &plain, &fresh, {.method = "OPTIONS", .headers = {BEARER("forged")}}, NOBODY},
    {"OPTIONS, not let through", &(const jeton_guard_settings){.options_pass = JETON_OFF}, &open, {.method = "OPTIONS"}, OUT(E_MISSING, MISSING, 401)},
    /* type */
    {"a refresh token", &plain, &open, {.headers = {BEARER("refresh")}}, OUT_OF(E_TYP, INVALID, 401, HEADER)},
    {"an unknown type", &plain, &open, {.headers = {BEARER("oddtype")}}, OUT_OF(E_TYP, INVALID, 401, HEADER)},
    {"a type that is a number", &plain, &open, {.headers = {BEARER("numbertype")}}, OUT_OF(E_TYP, INVALID, 401, HEADER)},
    {"refresh: a refresh token", &plain, &refresh, {.headers = {BEARER("refresh")}}, IN(HEADER, "alice")},
    {"refresh: an access token", &plain, &refresh, {.headers = {BEARER("access")}}, OUT_OF(E_TYP, INVALID, 401, HEADER)},
    {"refresh: without a type", &plain, &refresh, {.headers = {BEARER("bob")}}, OUT_OF(E_TYP, INVALID, 401, HEADER)},
    {"either: a refresh token", &plain, &either, {.headers = {BEARER("refresh")}}, IN(HEADER, "alice")},
    {"either: an access token", &plain, &either, {.headers = {BEARER("access")}}, IN(HEADER, "alice")},
    /* freshness */
    {"fresh: it says so", &plain, &fresh, {.headers = {BEARER("fresh")}}, IN(HEADER, "alice")},
    {"fresh: it says not so", &plain, &fresh, {.headers = {BEARER("unfresh")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"fresh: until then", &plain, &fresh, {.headers = {BEARER("freshuntil")}}, IN(HEADER, "alice")},
    {"fresh: until a while ago", &plain, &fresh, {.headers = {BEARER("freshpast")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"fresh: a text", &plain, &fresh, {.headers = {BEARER("freshtext")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"fresh: a login 300 s ago", &plain, &fresh, {.headers = {BEARER("login300")}}, IN(HEADER, "alice")},
    {"fresh: a login 301 s ago", &plain, &fresh, {.headers = {BEARER("login301")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"fresh: made just now, nothing said about the login", &plain, &fresh, {.headers = {BEARER("iat300")}}, IN(HEADER, "alice")},
    {"fresh: nothing said at all", &plain, &fresh, {.headers = {BEARER("access")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"within: a login 300 s ago", &plain, &young, {.headers = {BEARER("login300")}}, IN(HEADER, "alice")},
    {"within: a login 301 s ago", &plain, &young, {.headers = {BEARER("login301")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"within: a login that is no time", &plain, &young, {.headers = {BEARER("logintext")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"within: made 300 s ago", &plain, &young, {.headers = {BEARER("iat300")}}, IN(HEADER, "alice")},
    {"within: made 301 s ago", &plain, &young, {.headers = {BEARER("iat301")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"within: young, and says it is not fresh", &plain, &young, {.headers = {BEARER("unfresh")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    {"within: says fresh, and is old", &plain, &young, {.headers = {BEARER("fresh")}}, OUT_OF(E_NOT_FRESH, NOT_FRESH, 401, HEADER)},
    /* roles, scopes, rules */
    {"eight roles, all of them", &plain, &(const jeton_route){.roles_all = {"admin", "user", "admin", "user", "admin", "user", "admin", "user"}}, {.headers = {BEARER("admin")}}, IN(HEADER, "alice")},
    {"eight roles, none of them", &plain, &(const jeton_route){.roles_any = {"a", "b", "c", "d", "e", "f", "g", "h"}}, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"one of the roles", &plain, &any_role, {.headers = {BEARER("admin")}}, IN(HEADER, "alice")},
    {"none of the roles", &plain, &no_such_role, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"no roles at all", &plain, &any_role, {.headers = {BEARER("access")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"all roles", &plain, &both_roles, {.headers = {BEARER("admin")}}, IN(HEADER, "alice")},
    {"all roles in one text", &plain, &both_roles, {.headers = {BEARER("words")}}, IN(HEADER, "alice")},
    {"all but one", &plain, &third_role, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"roles deep inside", &(const jeton_guard_settings){.roles_claim = "/realm_access/roles"}, &any_role, {.headers = {BEARER("deep")}}, IN(HEADER, "alice")},
    {"roles where nobody looks", &plain, &any_role, {.headers = {BEARER("deep")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"the scopes", &plain, &scopes, {.headers = {BEARER("admin")}}, IN(HEADER, "alice")},
    {"the scopes in a list", &plain, &scopes, {.headers = {BEARER("words")}}, IN(HEADER, "alice")},
    {"a scope is missing", &plain, &more_scopes, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"a rule that is met", &plain, &level, {.headers = {BEARER("admin")}}, IN(HEADER, "alice")},
    {"a rule that is not", &plain, &level_four, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    {"absent, as demanded", &plain, &absent, {.headers = {BEARER("access")}}, IN(HEADER, "alice")},
    {"not absent", &plain, &absent, {.headers = {BEARER("admin")}}, OUT_OF(E_SCOPE, FORBIDDEN, 403, HEADER)},
    /* routes that are none let nobody in */
    {"no operator", &plain, &no_operator, {.headers = {BEARER("admin")}}, OUT_OF(E_ARGUMENT, FAILURE, 500, HEADER)},
    {"a value that is no JSON", &plain, &no_json, {.headers = {BEARER("admin")}}, OUT_OF(E_ARGUMENT, FAILURE, 500, HEADER)},
    {"a value of another kind", &plain, &no_number, {.headers = {BEARER("admin")}}, OUT_OF(E_ARGUMENT, FAILURE, 500, HEADER)},
    {"a path that is none", &plain, &no_path, {.headers = {BEARER("admin")}}, OUT_OF(E_ARGUMENT, FAILURE, 500, HEADER)},
    {"no such type", &plain, &no_type, {.headers = {BEARER("admin")}}, OUT(E_ARGUMENT, FAILURE, 500)},
    {"no such location", &plain, &no_place, {.headers = {BEARER("admin")}}, OUT(E_ARGUMENT, FAILURE, 500)},
    {"a location twice", &plain, &twice, {.headers = {BEARER("admin")}}, OUT(E_ARGUMENT, FAILURE, 500)},
    {"a location behind the end", &plain, &gap, {.headers = {BEARER("admin")}}, OUT(E_ARGUMENT, FAILURE, 500)},
    {"no such stale policy", &plain, &no_stale, {.headers = {BEARER("admin")}}, OUT(E_ARGUMENT, FAILURE, 500)},
    /* cookies */
    {"a cookie", &cookies, &open, {.headers = {"Cookie: a=b; __Host-jeton-access=@access; c=d"}}, IN(COOKIE, "alice")},
    {"no cookie of that name", &cookies, &open, {.headers = {"Cookie: jeton-access=@access"}}, OUT(E_MISSING, MISSING, 401)},
    {"a header, where cookies are asked for", &cookies, &open, {.headers = {BEARER("access")}}, OUT(E_MISSING, MISSING, 401)},
    {"a cookie, where headers are asked for", &plain, &open, {.headers = {COOKIE("access")}}, OUT(E_MISSING, MISSING, 401)},
    {"a cookie twice", &cookies, &open, {.headers = {"Cookie: __Host-jeton-access=@access; __Host-jeton-access=@access"}}, OUT(E_REQUEST, REQUEST, 400)},
    {"two Cookie headers", &cookies, &open, {.headers = {COOKIE("access"), "Cookie: a=b"}}, OUT(E_REQUEST, REQUEST, 400)},
    {"a cookie with strange bytes is not absent", &cookies, &optional, {.headers = {"Cookie: __Host-jeton-access=a\"b\\c"}}, OUT_OF(E_SYNTAX, INVALID, 401, COOKIE)},
    {"the refresh cookie", &cookies, &refresh, {.headers = {"Cookie: __Host-jeton-refresh=@refresh"}}, IN(COOKIE, "alice")},
    {"the access cookie for the refresh cookie", &cookies, &refresh, {.headers = {COOKIE("refresh")}}, OUT(E_MISSING, MISSING, 401)},
    {"POST with the CSRF value", &cookies, &open, {.method = "POST", .headers = {COOKIE("access"), XCSRF}}, IN(COOKIE, "alice")},
    {"an unknown method with it", &cookies, &open, {.method = "BREW", .headers = {COOKIE("access"), XCSRF}}, IN(COOKIE, "alice")},
    {"POST without", &cookies, &open, {.method = "POST", .headers = {COOKIE("access")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"POST without, optional", &cookies, &optional, {.method = "POST", .headers = {COOKIE("access")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"an unknown method without", &cookies, &open, {.method = "BREW", .headers = {COOKIE("access")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"HEAD without", &cookies, &open, {.method = "HEAD", .headers = {COOKIE("access")}}, IN(COOKIE, "alice")},
    {"POST with another value", &cookies, &open, {.method = "POST", .headers = {COOKIE("access"), "X-CSRF-Token: abcdefghijklmnopqrstuvwxyz012344"}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"POST with two values", &cookies, &open, {.method = "POST", .headers = {COOKIE("access"), XCSRF, XCSRF}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"the token has no value", &cookies, &open, {.method = "POST", .headers = {COOKIE("nocsrf"), XCSRF}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"the token's value is too short", &cookies, &open, {.method = "POST", .headers = {COOKIE("shortcsrf"), "X-CSRF-Token: a"}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"forged: told without the value nothing of the token", &cookies, &open, {.method = "POST", .headers = {COOKIE("forged")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"forged, with a value", &cookies, &open, {.method = "POST", .headers = {COOKIE("forged"), XCSRF}}, OUT_OF(E_SIGNATURE, INVALID, 401, COOKIE)},
    {"POST, nothing to guard", &(const jeton_guard_settings){.locations = {JETON_IN_COOKIE}, .csrf = JETON_OFF}, &open, {.method = "POST", .headers = {COOKIE("access")}}, IN(COOKIE, "alice")},
    {"only PUT is guarded: POST", &(const jeton_guard_settings){.locations = {JETON_IN_COOKIE}, .csrf_methods = {"PUT"}}, &open, {.method = "POST", .headers = {COOKIE("access")}}, IN(COOKIE, "alice")},
    {"only PUT is guarded: PUT", &(const jeton_guard_settings){.locations = {JETON_IN_COOKIE}, .csrf_methods = {"PUT"}}, &open, {.method = "PUT", .headers = {COOKIE("access")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"eight methods are guarded: the last", &(const jeton_guard_settings){.locations = {JETON_IN_COOKIE}, .csrf_methods = {"A", "B", "C", "D", "E", "F", "G", "H"}}, &open, {.method = "H", .headers = {COOKIE("access")}}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"eight methods are guarded: another", &(const jeton_guard_settings){.locations = {JETON_IN_COOKIE}, .csrf_methods = {"A", "B", "C", "D", "E", "F", "G", "H"}}, &open, {.method = "I", .headers = {COOKIE("access")}}, IN(COOKIE, "alice")},
    {"the value in a form, not asked for", &cookies, &open, {.method = "POST", .headers = {COOKIE("access"), "Content-Type: application/x-www-form-urlencoded"}, .body = "csrf_token=abcdefghijklmnopqrstuvwxyz012345"}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"the value in a form", &everywhere, &open, {.method = "POST", .headers = {COOKIE("access"), "Content-Type: application/x-www-form-urlencoded; charset=utf-8"}, .body = "a=b&csrf_token=abcdefghijklmnopqrstuvwxyz01234%35"}, IN(COOKIE, "alice")},
    {"the value in a form of another type", &everywhere, &open, {.method = "POST", .headers = {COOKIE("access"), "Content-Type: text/plain"}, .body = "csrf_token=abcdefghijklmnopqrstuvwxyz012345"}, OUT_OF(E_CSRF, CSRF, 403, COOKIE)},
    {"a form that is none", &everywhere, &open, {.method = "POST", .headers = {COOKIE("access"), "Content-Type: application/x-www-form-urlencoded"}, .body = "%"}, OUT_OF(E_REQUEST, REQUEST, 400, COOKIE)},
    /* the query */
    {"in the query", &plain, &by_query, {.query = "a=b&jwt=@access"}, IN(QUERY, "alice")},
    {"in the query, not asked for", &plain, &open, {.query = "jwt=@access"}, OUT(E_MISSING, MISSING, 401)},
    {"in the query, empty", &plain, &by_query, {.query = "jwt="}, OUT(E_MISSING, MISSING, 401)},
    {"no query", &plain, &by_query, {.query = NULL}, OUT(E_MISSING, MISSING, 401)},
    {"in the query twice", &plain, &by_query, {.query = "jwt=@access&jwt=@access"}, OUT(E_REQUEST, REQUEST, 400)},
    {"a query that is none", &plain, &by_query, {.query = "jwt=@access&a=%0"}, OUT(E_REQUEST, REQUEST, 400)},
    {"with a prefix", &everywhere, &open, {.query = "jwt=T+@access"}, IN(QUERY, "alice")},
    {"without the prefix", &everywhere, &open, {.query = "jwt=@access"}, OUT(E_SYNTAX, INVALID, 401)},
    {"shorter than the prefix", &everywhere, &open, {.query = "jwt=T"}, OUT(E_SYNTAX, INVALID, 401)},
    /* a JSON body */
    {"in JSON", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"@access\"}"}, IN(JSON, "alice")},
    {"in JSON with parameters", &everywhere, &open, {.method = "POST", .headers = {"Content-Type: Application/JSON ; charset=utf-8"}, .body = "{\"access_token\":\"@access\"}"}, IN(JSON, "alice")},
    {"in JSON of a kind", &everywhere, &open, {.method = "POST", .headers = {"Content-Type: application/x+json"}, .body = "{\"access_token\":\"@access\"}"}, IN(JSON, "alice")},
    {"in JSON that is said to be text", &everywhere, &open, {.method = "POST", .headers = {"Content-Type: text/json"}, .body = "{\"access_token\":\"@access\"}"}, OUT(E_MISSING, MISSING, 401)},
    {"in JSON, a refresh token", &everywhere, &refresh, {.method = "POST", .headers = {JSON}, .body = "{\"refresh_token\":\"@refresh\"}"}, IN(JSON, "alice")},
    {"in JSON by the other name", &everywhere, &refresh, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"@refresh\"}"}, OUT(E_MISSING, MISSING, 401)},
    {"JSON that is broken", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"@access\""}, OUT(E_MISSING, MISSING, 401)},
    {"a member twice", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"@access\",\"access_token\":\"@bob\"}"}, OUT(E_MISSING, MISSING, 401)},
    {"a list", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "[\"@access\"]"}, OUT(E_MISSING, MISSING, 401)},
    {"no body", &everywhere, &open, {.method = "POST", .headers = {JSON}}, OUT(E_MISSING, MISSING, 401)},
    {"an empty member", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":\"\"}"}, OUT(E_MISSING, MISSING, 401)},
    {"null", &everywhere, &open, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":null}"}, OUT(E_MISSING, MISSING, 401)},
    {"a number is a token that is none", &everywhere, &optional, {.method = "POST", .headers = {JSON}, .body = "{\"access_token\":7}"}, OUT_OF(E_SYNTAX, INVALID, 401, JSON)},
    /* several places */
    {"the same token in header and cookie needs no CSRF value", &everywhere, &open, {.method = "POST", .headers = {BEARER("access"), COOKIE("access")}}, IN(HEADER, "alice")},
    {"different tokens in header and cookie", &everywhere, &open, {.headers = {BEARER("access"), COOKIE("bob")}}, OUT_OF(E_REQUEST, REQUEST, 400, HEADER)},
    {"different tokens in cookie and query", &everywhere, &open, {.headers = {COOKIE("bob")}, .query = "jwt=T+@access"}, OUT_OF(E_REQUEST, REQUEST, 400, COOKIE)},
    {"another scheme in the header, and a cookie", &everywhere, &open, {.headers = {"Authorization: Basic x", COOKIE("access")}}, IN(COOKIE, "alice")},
    {"a broken header, and a cookie", &everywhere, &open, {.headers = {"Authorization: Bearer", COOKIE("access")}}, OUT(E_SYNTAX, INVALID, 401)},
    {"a forged token in the header, and a good cookie", &everywhere, &open, {.headers = {BEARER("forged"), COOKIE("access")}}, OUT_OF(E_REQUEST, REQUEST, 400, HEADER)},
    {"nothing anywhere", &everywhere, &open, {.headers = {NULL}}, OUT(E_MISSING, MISSING, 401)},
    /* clang-format on */
};

static void the_strict_preset_decides_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(request_judge(rows[i].settings, rows[i].route, &rows[i].sent),
                         rows[i].want);
        assert_int_equal(decision.refusal, rows[i].refusal);
        assert_int_equal(decision.http, rows[i].http);
        assert_int_equal(decision.location, rows[i].location);
        unit_assert_span(decision.identity, rows[i].identity);
        assert_int_equal(decision.verdict != NULL && rows[i].want == JETON_OK,
                         rows[i].identity[0] != '\0');
    }
}

static void a_route_can_be_checked_at_the_start(void **state)
{
    (void)state;
    const jeton_route *const good[] = {NULL,   &open,   &refresh,  &fresh, &any_role,
                                       &level, &absent, &by_query, &bare};
    const jeton_route *const bad[] = {&no_operator, &no_json, &no_number, &no_path, &no_type,
                                      &no_place,    &twice,   &gap,       &no_stale};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_int_equal(jeton_route_check(NULL, good[i], NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(bad); i++) {
        jeton_err err = {0};
        assert_int_equal(jeton_route_check(NULL, bad[i], &err), JETON_E_ARGUMENT);
        assert_string_not_equal(err.text, "");
    }
}

static void no_guard_without_a_verifier(void **state)
{
    (void)state;
    jeton_guard *guard = BOGUS;
    assert_int_equal(jeton_guard_new(NULL, NULL, NULL, &guard, NULL), JETON_E_ARGUMENT);
    assert_null(guard);
    jeton_guard_free(&guard);
    jeton_guard_free(NULL);
    jeton_visit_free(NULL);
    guard = request_guard(NULL);
    request_begin(&(const request_sent){.headers = {BEARER("access")}});
    assert_int_equal(request_check(guard, NULL), JETON_OK);
    jeton_guard_free(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strict_preset_decides_as_the_table_says),
        cmocka_unit_test(a_route_can_be_checked_at_the_start),
        cmocka_unit_test(no_guard_without_a_verifier),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
