-- Writes finished figures of one owner, or says why not. Atomic, and harmless when repeated.
--
-- ARGV  1 owner   2 epoch   3 seq   4 the last seq that the writer knows as acknowledged   5 "1": these are all, enter
--       then for each document: operation, key, field, value, scope
--         hset   one field of a hash            replace   the whole hash; value = JSON, a flat list
--         set    a string                       remove    one field, or with field "" the key
--         since  no field of the hash that comes before `value`
--         announce   an entry of the stream `key`, unless one of `field` of this revision, or of a later one, was made;
--                value = JSON, a flat list; the revision stands in the operation after a colon: `announce:2`
--       6… come in fives; `scope` "" is not listed in `sla:scopes`; a value's time to live stands in the operation
--       after a colon, in ms: `set:3456000000`
-- Answers 1 written, -1 refused (a newer owner or a newer write), -2 emptied (owner unknown, or writes were lost).

local owner, epoch, seq = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HGET', 'sla:fences', owner)
local known_epoch, known_seq
if known then
  known_epoch, known_seq = string.match(known, '^(%d+) (%d+)$')
  known_epoch, known_seq = tonumber(known_epoch), tonumber(known_seq)
  if known_epoch > epoch or (known_epoch == epoch and known_seq > seq) then return -1 end
end
if ARGV[5] ~= '1' and (not known or known_epoch < epoch or known_seq < tonumber(ARGV[4])) then return -2 end
redis.call('HSET', 'sla:fences', owner, ARGV[2] .. ' ' .. ARGV[3])

for i = 6, #ARGV, 5 do
  local operation, key, field, value, scope = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local verb, ttl = string.match(operation, '^(%a+):?(%d*)$')
  if verb == 'hset' then
    redis.call('HSET', key, field, value)
  elseif verb == 'replace' then
    redis.call('DEL', key)
    redis.call('HSET', key, unpack(cjson.decode(value)))
  elseif verb == 'set' then
    redis.call('SET', key, value)
  elseif verb == 'since' then
    local gone = {}
    for _, name in ipairs(redis.call('HKEYS', key)) do
      if name < value then gone[#gone + 1] = name end
    end
    for from = 1, #gone, 5000 do
      redis.call('HDEL', key, unpack(gone, from, math.min(from + 4999, #gone)))
    end
  elseif verb == 'announce' then
    if tonumber(redis.call('HGET', 'sla:announced', field) or '0') < tonumber(ttl) then
      redis.call('XADD', key, '*', unpack(cjson.decode(value)))
      redis.call('HSET', 'sla:announced', field, ttl)
    end
    ttl = ''
  elseif field ~= '' then
    redis.call('HDEL', key, field)
  else
    redis.call('DEL', key)
  end
  if ttl ~= '' then redis.call('PEXPIRE', key, ttl) end
  if scope ~= '' and verb ~= 'remove' then redis.call('SADD', 'sla:scopes', scope) end
end
return 1
