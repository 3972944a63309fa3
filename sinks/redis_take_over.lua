-- Enters the epoch of a partition's new owner; never lowers one.
-- ARGV  1 partition   2 epoch   3 "1": only if an owner was known
-- Answers 1 entered (or entered before), -1 refused: a newer one is known, -2 no owner was known.

local known = redis.call('HGET', 'sla:epochs', ARGV[1])
local epoch = tonumber(ARGV[2])
if known and tonumber(known) > epoch then return -1 end
if not known and ARGV[3] == '1' then return -2 end
if not known or tonumber(known) < epoch then
  redis.call('HSET', 'sla:epochs', ARGV[1], ARGV[2], ARGV[1] .. ':seq', '0')
end
return known and 1 or -2
