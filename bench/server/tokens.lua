-- SPDX-License-Identifier: Apache-2.0
-- tokens.lua - for wrk: GET with one token of a file after the other: wrk -s tokens.lua URL -- FILE

local tokens, next_one = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        tokens[#tokens + 1] = line
    end
end

function request()
    next_one = next_one % #tokens + 1
    return wrk.format("GET", nil, {Authorization = "Bearer " .. tokens[next_one]})
end
