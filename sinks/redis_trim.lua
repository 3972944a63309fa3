-- Removes what is past its time from one scope, a bounded piece.
-- ARGV  1 sorted set   2 the least score that stays   3 how many members at most
--       4 hash of slots   5 the least field that stays
-- Answers how many went.

local limit = tonumber(ARGV[3])
local old = #redis.call('ZRANGEBYSCORE', ARGV[1], '-inf', '(' .. ARGV[2], 'LIMIT', 0, limit)
if old > 0 then redis.call('ZREMRANGEBYRANK', ARGV[1], 0, old - 1) end
local gone = {}
for _, field in ipairs(redis.call('HKEYS', ARGV[4])) do
  if field < ARGV[5] and #gone < limit then gone[#gone + 1] = field end
end
if #gone > 0 then redis.call('HDEL', ARGV[4], unpack(gone)) end
return old + #gone
