/**
 * The Lua script of the load generator: requests come from files in which each is preceded by its length, and are sent in turn, from
 * `start` on. `texts` are put together to bodies; their counters make every value of a run its own. Attacks stop before the run ends, so
 * that each gets its answer and counts can be compared exactly.
 */
export const WRK_SCRIPT = String.raw`
local ffi = require("ffi")
ffi.cdef[[ typedef struct { long seconds; long micros; } instant; int gettimeofday(instant *now, void *zone); ]]
local instant = ffi.new("instant")
local function now()
  ffi.C.gettimeofday(instant, nil)
  return tonumber(instant.seconds) + tonumber(instant.micros) / 1e6
end

local function read(path)
  local records = {}
  if path == "-" then return records end
  local file = assert(io.open(path, "rb"))
  local all = file:read("*a")
  file:close()
  local at = 1
  while at <= #all do
    local stop = string.find(all, "\n", at, true)
    local length = tonumber(string.sub(all, at, stop - 1))
    records[#records + 1] = string.sub(all, stop + 1, stop + length)
    at = stop + length + 1
  end
  return records
end

local requests, texts, attacks
local sent, position, until_time, attack_share = 0, 0, 0, 0
attacked = 0

local threads = {}
function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  requests, texts, attacks = read(args[1]), read(args[2]), read(args[3])
  position = tonumber(args[4])
  attack_share = tonumber(args[5])
  until_time = now() + tonumber(args[6])
end

local function body()
  local parts = {}
  for field = 0, 9 do
    local text = texts[(position * 10 + field * 17) % #texts + 1]
    parts[field + 1] = string.format("field%d=%08x+", field, position * 10 + field) .. text
  end
  return table.concat(parts, "&")
end

function request()
  sent = sent + 1
  position = position + 1
  if attack_share > 0 and math.floor(sent * attack_share) > math.floor((sent - 1) * attack_share) and now() < until_time then
    attacked = attacked + 1
    local raw = attacks[position % #attacks + 1]
    return string.sub(raw, 1, -3) .. "X-Attack: " .. attacked .. "\r\n\r\n"
  end
  local raw = requests[position % #requests + 1]
  if #texts > 0 then return raw .. body() end
  return raw
end

function done(summary, latency)
  local attacked = 0
  for _, thread in ipairs(threads) do attacked = attacked + thread:get("attacked") end
  local errors = summary.errors
  io.write(string.format("wrk requests=%d duration_us=%d refused=%d connect=%d read=%d write=%d timeout=%d attacks=%d p50_us=%d p99_us=%d\n",
    summary.requests, summary.duration, errors.status, errors.connect, errors.read, errors.write, errors.timeout, attacked,
    latency:percentile(50), latency:percentile(99)))
end
`;
