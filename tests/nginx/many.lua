-- SPDX-License-Identifier: Apache-2.0
-- many.lua - for wrk: one request of a file after the other: wrk -s many.lua URL -- FILE
-- Lines are a path, a tab, and the value of Authorization, which may be empty.

local requests, next_one = {}, 0

function init(arguments)
    for line in io.lines(arguments[1]) do
        local path, value = line:match("^([^\t]*)\t(.*)$")
        local headers = value ~= "" and {Authorization = value} or nil
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    next_one = next_one % #requests + 1
    return requests[next_one]
end
