-- SPDX-License-Identifier: Apache-2.0
-- post.lua - for wrk: the same POST again and again: wrk -s post.lua URL -- BODY

local text

function init(arguments)
    local kind = arguments[1]:sub(1, 1) == "{" and "json" or "x-www-form-urlencoded"
    wrk.headers["Content-Type"] = "application/" .. kind
    text = wrk.format("POST", nil, nil, arguments[1])
end

function request()
    return text
end
