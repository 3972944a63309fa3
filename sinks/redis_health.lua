-- Writes `sla:health` for one worker and its partitions.
--
-- ARGV  1 worker   2 digest of its policy book   3 its line of `policies` as JSON   4 build   5 now in ms
--       6 how long a worker counts as alive, in ms
--       then for each partition: number, epoch, last acknowledged seq, JSON of its field, JSON of its counters
-- Answers a list: for each partition 1, -1 or -2 as for tickets; then worker and digest of each live worker that differs.

local now, alive = tonumber(ARGV[5]), tonumber(ARGV[6])
local answer = {}
local health = 'sla:health'

for i = 7, #ARGV, 5 do
  local partition, epoch = ARGV[i], tonumber(ARGV[i + 1])
  local entered = redis.call('HMGET', 'sla:epochs', partition, partition .. ':seq')
  local owner = entered[1] and tonumber(entered[1])
  local code = 1
  if not owner or owner < epoch then
    code = -2
  elseif owner > epoch then
    code = -1
  elseif (entered[2] and tonumber(entered[2]) or 0) < tonumber(ARGV[i + 2]) then
    code = -2
  end
  answer[#answer + 1] = code
  if code == 1 then
    redis.call('HSET', health, 'partition:' .. partition, ARGV[i + 3])
    redis.call('HSET', 'sla:counters', partition, ARGV[i + 4])
  end
end

-- Counters are summed from what each partition last said, so that nobody's restart counts twice.
local sums = {}
for _, text in ipairs(redis.call('HVALS', 'sla:counters')) do
  for name, value in pairs(cjson.decode(text)) do sums[name] = (sums[name] or 0) + value end
end
for name, value in pairs(sums) do redis.call('HSET', health, name, string.format('%.0f', value)) end

local function line(worker, text) return cjson.encode(worker) .. ':' .. text end

redis.call('HSET', 'sla:workers', ARGV[1], ARGV[5] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
local lines, differ = {}, 'false'
local workers = redis.call('HGETALL', 'sla:workers')
for i = 1, #workers, 2 do
  local at, digest, text = string.match(workers[i + 1], '^(%d+) (%S*) (.*)$')
  if now - tonumber(at) > alive then
    redis.call('HDEL', 'sla:workers', workers[i])
  else
    lines[#lines + 1] = line(workers[i], text)
    if digest ~= ARGV[2] then
      differ = 'true'
      answer[#answer + 1] = workers[i]
      answer[#answer + 1] = digest
    end
  end
end
table.sort(lines)
redis.call('HSET', health, 'build', ARGV[4], 'policies', '{' .. table.concat(lines, ',') .. '}', 'policies_differ', differ)
return answer
