-- Writes one ticket as a whole, or says why not. Atomic, and harmless when repeated.
--
-- ARGV  1 partition   2 epoch   3 seq   4 the last seq that the writer knows as acknowledged
--       5 ticket (encoded)   6 its document, "" to remove the ticket   7 now in ms   8 "1" when refilling
--       9 memberships: key US member US score RS, repeated (US = \31, RS = \30)
--      10 its breaches as JSON, "" for none: a list of
--         [id, status, end, hash, [[name, rank, level, at, at as text, entry], ...]]
--         end: the instant of the end in ms, "withdrawn", or "" while it lasts; hash and entry: flat lists of fields and
--         values; rank: 1 for warned and breached, 2 for withdrawn, 0 for all else
-- Answers 1 written, 0 known already, -1 refused (a newer owner), -2 emptied (epoch unknown, or writes were lost).
--
-- What the ticket left behind is remembered beside it (`sla:memory:`), not by the worker: so that the next owner can
-- take out what a dead one had put in, and nothing is announced twice.

local DAY = 86400000
local US, RS = '\31', '\30'

local partition, epoch, seq = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local entered = redis.call('HMGET', 'sla:epochs', partition, partition .. ':seq')
local owner = entered[1] and tonumber(entered[1])
if not owner or owner < epoch then return -2 end
if owner > epoch then return -1 end
local reached = entered[2] and tonumber(entered[2]) or 0
if reached < tonumber(ARGV[4]) then return -2 end

local ticket, document, now, refilling = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8] == '1'
local gone = document == ''
local memory_key = 'sla:memory:' .. ticket
local memory = redis.call('HMGET', memory_key, 's', 'm', 'b')
if memory[1] then
  local last_epoch, last_seq = string.match(memory[1], '^(%d+) (%d+)$')
  last_epoch, last_seq = tonumber(last_epoch), tonumber(last_seq)
  if last_epoch > epoch or (last_epoch == epoch and last_seq >= seq) then return 0 end
end

if gone and not memory[1] and ARGV[10] == '' then
  if seq > reached then redis.call('HSET', 'sla:epochs', partition .. ':seq', ARGV[3]) end
  return 1
end

-- Memberships: the difference between what is remembered and what shall be.
local members = ARGV[9]
local had_members = memory[2] or ''
if refilling or members ~= had_members then
  local had, have, moved = {}, {}, {}
  for entry in string.gmatch(had_members, '([^' .. RS .. ']+)') do had[entry] = true end
  for entry in string.gmatch(members, '([^' .. RS .. ']+)') do
    have[entry] = true
    if refilling or not had[entry] then
      local key, member, score = string.match(entry, '^([^\31]*)\31([^\31]*)\31(.*)$')
      if key == 'sla:incidents' then
        redis.call('SADD', key, member)
      else
        redis.call('ZADD', key, score, member)
      end
      moved[key .. US .. member] = true
      local scope = string.match(key, '^sla:%a+:(.+)$')
      if scope then redis.call('SADD', 'sla:scopes', scope) end
    end
  end
  for entry in pairs(had) do
    if not have[entry] then
      local key, member = string.match(entry, '^([^\31]*)\31([^\31]*)\31')
      if not moved[key .. US .. member] then
        redis.call(key == 'sla:incidents' and 'SREM' or 'ZREM', key, member)
      end
    end
  end
end

-- Breaches: announce what is new, take back what is no longer so.
local STREAM = 'sla:breaches'
local function announce(flat)
  redis.call('XADD', STREAM, 'MINID', '~', string.format('%.0f', math.max(0, now - 14 * DAY)), '*', unpack(flat))
end

local function late(at)
  return (refilling or now - at > 60000) and 'true' or 'false'
end

-- A flat list of fields and values without `status`, with some values replaced or added.
local function changed(flat, values)
  local out, seen = {}, {}
  for i = 1, #flat, 2 do
    local name = flat[i]
    if name ~= 'status' then
      out[#out + 1] = name
      out[#out + 1] = values[name] or flat[i + 1]
      seen[name] = true
    end
  end
  for name, value in pairs(values) do
    if not seen[name] then
      out[#out + 1] = name
      out[#out + 1] = value
    end
  end
  return out
end

-- The highest announced level that is not among the names any more: the one that lies latest; of equals, the last told.
local function taken_back(told, names)
  local highest
  for _, one in ipairs(told) do
    if one[2] ~= '' and not names[one[1]] and (not highest or one[3] >= highest[3]) then highest = one end
  end
  return highest
end

local function withdrawal(id, lost, flat, values)
  values.id, values.change, values.level, values.at = id, 'withdrawn', lost[2], lost[4]
  values.backlog = late(lost[3])
  return changed(flat, values)
end

-- The ticket's fields as an entry holds them, for a breach that the ticket no longer speaks of.
local function fields_now()
  local now_so, values = cjson.decode(document), {}
  now_so.tier = now_so.customer_tier
  for _, name in ipairs({'revision', 'priority', 'team', 'assignee', 'tier', 'channel', 'category', 'issue_key', 'incident'}) do
    local value = now_so[name]
    if type(value) == 'number' then
      values[name] = string.format('%.0f', value)
    elseif type(value) == 'string' then
      values[name] = value
    else
      values[name] = ''
    end
  end
  local flags = now_so.flags
  values.flags = type(flags) == 'table' and #flags > 0 and cjson.encode(flags) or '[]'
  return values
end

local function store(id, status, flat)
  local key = 'sla:breach:' .. id
  redis.call('DEL', key)
  redis.call('HSET', key, 'status', status, unpack(flat))
  return key
end

local remembered = memory[3] and cjson.decode(memory[3]) or {}
local remember, any = {}, false
local present = {}

if ARGV[10] ~= '' then
  for _, breach in ipairs(cjson.decode(ARGV[10])) do
    local id, status, ended, hash, transitions = breach[1], breach[2], breach[3], cjson.decode(breach[4]), breach[5]
    local was = remembered[id] or {told = {}, backlog = 'false', ended = '', since = 0}
    present[id] = true

    local known, names, told, says_withdrawn = {}, {}, {}, false
    for _, one in ipairs(was.told) do known[one[1]] = true end
    for _, one in ipairs(transitions) do
      names[one[1]] = true
      told[#told + 1] = {one[1], one[2] == 1 and one[3] or '', one[4], one[5]}
      if one[2] == 2 and not known[one[1]] then says_withdrawn = true end
    end

    local backlog = was.backlog
    local lost = taken_back(was.told, names)
    if lost and not says_withdrawn then
      local entry = withdrawal(id, lost, hash, {})
      announce(entry)
      backlog = late(lost[3])
    end
    for _, one in ipairs(transitions) do
      if not known[one[1]] then
        backlog = late(one[4])
        announce(changed(cjson.decode(one[6]), {backlog = backlog}))
      end
    end

    if #told == 0 and lost then
      hash = withdrawal(id, lost, hash, {})
      status, ended = 'withdrawn', 'withdrawn'
    else
      hash = changed(hash, {backlog = backlog})
    end
    local since = was.ended == ended and was.since or now
    local key = store(id, status, hash)
    if ended ~= '' then
      local left = 7 * DAY - (now - since)
      if left > 0 then redis.call('PEXPIRE', key, string.format('%.0f', left)) else redis.call('DEL', key) end
    end
    remember[id] = {told = told, backlog = backlog, ended = ended, since = since}
    any = true
  end
end

if not gone then
  for id, was in pairs(remembered) do
    if not present[id] then
      local lost = taken_back(was.told, {})
      local key = 'sla:breach:' .. id
      if lost then
        local entry = withdrawal(id, lost, redis.call('HGETALL', key), fields_now())
        announce(entry)
        redis.call('PEXPIRE', store(id, 'withdrawn', entry), string.format('%.0f', 7 * DAY))
      elseif was.ended ~= 'withdrawn' then
        redis.call('DEL', key)
      end
    end
  end
end

-- The document, and what the next write has to know.
if gone then
  -- A breach that nobody will end any more lives out the days of an ended one.
  for id, was in pairs(remembered) do
    if was.ended == '' and not present[id] then
      redis.call('PEXPIRE', 'sla:breach:' .. id, string.format('%.0f', 7 * DAY))
    end
  end
  for id, is in pairs(remember) do
    if is.ended == '' then redis.call('PEXPIRE', 'sla:breach:' .. id, string.format('%.0f', 7 * DAY)) end
  end
  redis.call('DEL', 'sla:ticket:' .. ticket)
  redis.call('SREM', 'sla:kept:' .. partition, ticket)
  redis.call('HDEL', memory_key, 'm', 'b')
  redis.call('HSET', memory_key, 's', ARGV[2] .. ' ' .. ARGV[3])
  redis.call('PEXPIRE', memory_key, string.format('%.0f', 7 * DAY))
else
  redis.call('SET', 'sla:ticket:' .. ticket, document)
  if not memory[2] then
    redis.call('SADD', 'sla:kept:' .. partition, ticket)
    redis.call('PERSIST', memory_key)
  end
  if any then
    redis.call('HSET', memory_key, 's', ARGV[2] .. ' ' .. ARGV[3], 'm', members, 'b', cjson.encode(remember))
  else
    redis.call('HSET', memory_key, 's', ARGV[2] .. ' ' .. ARGV[3], 'm', members)
    if memory[3] then redis.call('HDEL', memory_key, 'b') end
  end
end
if seq > reached then redis.call('HSET', 'sla:epochs', partition .. ':seq', ARGV[3]) end
return 1
