-- SPDX-License-Identifier: Apache-2.0
-- jeton.lua - asks jeton serve about each request (forward auth), for HAProxy 2.5 and later.
--
--     http-request lua.jeton http://127.0.0.1:8080/verify?proxy=haproxy
--
-- Answered with 200, the request goes on, and what the answer says of its user is in variables: the
-- header X-User in txn.jeton.x_user. Anything else is the client's answer, and when nobody answers
-- that is a 503: without an answer nothing goes on.

local TIMEOUT = 5000 -- milliseconds

-- What jeton looks at. Nothing else of the client reaches it, least of all what it would believe of
-- us.
local PASSED = {
    "authorization", "cookie", "accept", "origin", "host", "user-agent", "traceparent",
    "x-csrf-token", "sec-fetch-mode", "sec-fetch-site",
}

-- What of its refusals reaches the client.
local RETURNED = {
    "content-type", "www-authenticate", "location", "cache-control", "retry-after", "set-cookie",
    "x-request-id", "x-content-type-options",
}

-- HAProxy counts the values of a header from 0.
local function values_of(header)
    local values = {}
    for i = 0, #header do
        values[#values + 1] = header[i]
    end
    return values
end

local function pick(headers, names)
    local picked = {}
    for _, name in ipairs(names) do
        if headers[name] ~= nil then
            picked[name] = values_of(headers[name])
        end
    end
    return picked
end

local function question(txn)
    local headers = pick(txn.http:req_get_headers(), PASSED)
    headers["x-original-method"] = {txn.sf:method()}
    headers["x-original-uri"] = {txn.sf:pathq()}
    headers["x-forwarded-proto"] = {txn.sf:ssl_fc() == "1" and "https" or "http"}
    headers["x-forwarded-for"] = {txn.sf:src()}
    headers["x-forwarded-host"] = headers["host"]
    return headers
end

-- Sets the variables that tell who it is.
local function keep_identity(txn, headers)
    for name, header in pairs(headers) do
        if header[0] ~= "" then
            txn:set_var("txn.jeton." .. string.gsub(name, "[^%w]", "_"), header[0])
        end
    end
end

local function refuse(txn, status, headers, body)
    local reply = txn:reply({status = status, body = body})
    for name, values in pairs(pick(headers, RETURNED)) do
        for _, value in ipairs(values) do
            reply:add_header(name, value)
        end
    end
    txn:done(reply)
end

local function verify(txn, url)
    local asked, answer = pcall(function()
        return core.httpclient():get({url = url, headers = question(txn), timeout = TIMEOUT})
    end)
    if not asked or answer == nil or answer.status == nil or answer.status == 0 then
        refuse(txn, 503, {}, "")
    elseif answer.status == 200 then
        keep_identity(txn, answer.headers)
    else
        refuse(txn, answer.status, answer.headers, answer.body)
    end
end

core.register_action("jeton", {"http-req"}, verify, 1)
