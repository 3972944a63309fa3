-- Writes some tickets, each as a whole, or says why not. Atomic, and harmless when repeated.
--
-- ARGV  1 partition   2 epoch   3 the last seq that the writer knows as acknowledged   4 now in ms
--       5 when refilling, up to which instant in ms all was told before, or "1" for all; else ""
--       6 scopes to be listed, each with a US behind it
--       then for each ticket
--       1 seq   2 ticket (encoded)   3 its document, "" to remove the ticket
--       4 5 6 its memberships: open and incidents, due and active, decided; what lies in several scopes stands once:
--         family US member US score US, then each scope US ("" where the family has none), then RS
--       7 its breaches as JSON, "" for none: a list of
--         [id, status, end, hash, [[name, rank, level, at, at as text, entry], ...]]
--         end: the instant of the end in ms, "withdrawn", or "" while it lasts; hash and entry: flat lists of fields and
--         values; rank: 1 for warned and breached, 2 for withdrawn, 0 for all else
--       (US = \31, RS = \30)
-- Answers 1 written or known already, -1 refused (a newer owner), -2 emptied (epoch unknown, or writes were lost).
--
-- What a ticket left behind is remembered beside it (`sla:memory:`), not by the worker: so that the next owner can take
-- out what a dead one had put in, and nothing is announced twice.

local DAY = 86400000
local US = '\31'
local STREAM = 'sla:breaches'
local GROUP = '([^\31]*)\31([^\31]*)\31([^\31]*)\31([^\30]*)\30'
local SCOPE = '([^\31]*)\31'

local partition, epoch = ARGV[1], tonumber(ARGV[2])
local entered = redis.call('HMGET', 'sla:epochs', partition, partition .. ':seq')
local owner = entered[1] and tonumber(entered[1])
if not owner or owner < epoch then return -2 end
if owner > epoch then return -1 end
local reached = entered[2] and tonumber(entered[2]) or 0
if reached < tonumber(ARGV[3]) then return -2 end
local newest = reached
local now, refilling = tonumber(ARGV[4]), ARGV[5] ~= ''
local told_until = ARGV[5] == '1' and math.huge or refilling and tonumber(ARGV[5]) or -1

-- What all tickets of a call share is gathered by key: one command for many members costs a fraction.
local added, adding, documents, kept, seen = {}, {}, {}, {}, {}

local function flush()
  for key, list in pairs(added) do
    redis.call(key == 'sla:incidents' and 'SADD' or 'ZADD', key, unpack(list))
  end
  if #documents > 0 then redis.call('MSET', unpack(documents)) end
  if #kept > 0 then redis.call('SADD', 'sla:kept:' .. partition, unpack(kept)) end
  added, adding, documents, kept, seen = {}, {}, {}, {}, {}
end

local function add(key, member, score)
  local list = added[key]
  if not list then
    list = {}
    added[key] = list
  end
  local size = #list
  if key == 'sla:incidents' then
    list[size + 1] = member
  else
    list[size + 1] = score
    list[size + 2] = member
  end
  if size > 2000 then
    redis.call(key == 'sla:incidents' and 'SADD' or 'ZADD', key, unpack(list))
    added[key] = nil
  end
end

-- Calls `visit` with key, member and score of each membership in a text.
local function each(text, visit)
  for family, member, score, scopes in string.gmatch(text, GROUP) do
    for scope in string.gmatch(scopes, SCOPE) do
      visit(scope == '' and 'sla:' .. family or 'sla:' .. family .. ':' .. scope, member, score)
    end
  end
end

-- Brings memberships of one kind from what is remembered to what shall be.
local function place(had_text, have_text)
  if refilling or had_text == '' then
    each(have_text, add)
  elseif string.sub(have_text, 1, #had_text) == had_text then
    -- The most usual change, if any: more has counted.
    each(string.sub(have_text, #had_text + 1), add)
    return
  end
  if had_text == '' or had_text == have_text then return end
  local had, have = {}, {}
  each(had_text, function(key, member, score) had[key .. US .. member] = score end)
  each(have_text, function(key, member, score)
    local name = key .. US .. member
    have[name] = true
    if not refilling and had[name] ~= score then add(key, member, score) end
  end)
  for name in pairs(had) do
    if not have[name] then
      local key, member = string.match(name, '^([^\31]*)\31(.*)$')
      redis.call(key == 'sla:incidents' and 'SREM' or 'ZREM', key, member)
    end
  end
end

-- Breaches: announce what is new, take back what is no longer so.
local function announce(flat)
  redis.call('XADD', STREAM, 'MINID', '~', string.format('%.0f', math.max(0, now - 14 * DAY)), '*', unpack(flat))
end

local function late(at)
  return (at <= told_until or now - at > 60000) and 'true' or 'false'
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

-- `id`, revision, change and level name an entry for ever. What a late fact brings may find its name taken: then its
-- revision is the number of events known now, or the first after it that is free.
local function named(used, entry, known)
  local at, rest
  local values = {}
  for i = 1, #entry, 2 do
    values[entry[i]] = entry[i + 1]
    if entry[i] == 'revision' then at = i + 1 end
  end
  if not at then return entry end
  rest = '|' .. values.change .. '|' .. values.level
  if used[entry[at] .. rest] then
    entry[at] = known
    while used[entry[at] .. rest] do entry[at] = string.format('%.0f', tonumber(entry[at]) + 1) end
  end
  used[entry[at] .. rest] = true
  return entry
end

local function field(flat, name)
  for i = 1, #flat, 2 do
    if flat[i] == name then return flat[i + 1] end
  end
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
local function fields_now(document)
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

-- What a ticket's breaches have to tell; answers what to remember of them, nil for nothing.
local function tell(remembered, breaches, document)
  local remember, any = {}, false
  local present = {}

  if breaches ~= '' then
    for _, breach in ipairs(cjson.decode(breaches)) do
      local id, status, ended, hash, transitions = breach[1], breach[2], breach[3], cjson.decode(breach[4]), breach[5]
      local was = remembered[id] or {told = {}, backlog = 'false', ended = '', since = 0}
      local used, known_events = was.used or {}, field(hash, 'revision')
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
        announce(named(used, withdrawal(id, lost, hash, {}), known_events))
        backlog = late(lost[3])
      end
      for _, one in ipairs(transitions) do
        if not known[one[1]] then
          backlog = late(one[4])
          announce(named(used, changed(cjson.decode(one[6]), {backlog = backlog}), known_events))
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
      remember[id] = {told = told, backlog = backlog, ended = ended, since = since, used = used}
      any = true
    end
  end

  if document ~= '' then
    local lost_ids = {}
    for id in pairs(remembered) do
      if not present[id] then lost_ids[#lost_ids + 1] = id end
    end
    table.sort(lost_ids)
    for _, id in ipairs(lost_ids) do
      local was, key = remembered[id], 'sla:breach:' .. id
      local lost, used = taken_back(was.told, {}), was.used or {}
      if lost then
        local entry = withdrawal(id, lost, redis.call('HGETALL', key), fields_now(document))
        announce(named(used, entry, field(entry, 'revision')))
        redis.call('PEXPIRE', store(id, 'withdrawn', entry), string.format('%.0f', 7 * DAY))
      elseif was.ended ~= 'withdrawn' then
        redis.call('DEL', key)
      end
      if next(used) then
        local since = lost and now or was.since
        remember[id] = {told = {}, backlog = was.backlog, ended = 'withdrawn', since = since, used = used}
        any = true
      end
    end
  end

  if document == '' then
    -- A breach that nobody will end any more lives out the days of an ended one.
    for id, was in pairs(remembered) do
      if was.ended == '' and not present[id] then
        redis.call('PEXPIRE', 'sla:breach:' .. id, string.format('%.0f', 7 * DAY))
      end
    end
    for id, is in pairs(remember) do
      if is.ended == '' then redis.call('PEXPIRE', 'sla:breach:' .. id, string.format('%.0f', 7 * DAY)) end
    end
  end
  return any and remember or nil
end

local function write(at)
  local seq, ticket, document, breaches = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 6]
  local board, due, decided = ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  local number = tonumber(seq)
  if seen[ticket] then flush() end
  seen[ticket] = true

  local memory_key = 'sla:memory:' .. ticket
  local memory = redis.call('HMGET', memory_key, 's', 'o', 'd', 'c', 'b')
  local stamp, told = memory[1], memory[5]
  if stamp then
    local last_epoch, last_seq = string.match(stamp, '^(%d+) (%d+)$')
    last_epoch, last_seq = tonumber(last_epoch), tonumber(last_seq)
    if last_epoch > epoch or (last_epoch == epoch and last_seq >= number) then return end
  end
  if number > newest then newest = number end
  if document == '' and not stamp and breaches == '' then return end

  place(memory[2] or '', board)
  place(memory[3] or '', due)
  place(memory[4] or '', decided)
  local remember
  if told or breaches ~= '' then
    remember = tell(told and cjson.decode(told) or {}, breaches, document)
  end

  stamp = ARGV[2] .. ' ' .. seq
  if document == '' then
    redis.call('DEL', 'sla:ticket:' .. ticket)
    redis.call('SREM', 'sla:kept:' .. partition, ticket)
    redis.call('HDEL', memory_key, 'o', 'd', 'c', 'b')
    redis.call('HSET', memory_key, 's', stamp)
    redis.call('PEXPIRE', memory_key, string.format('%.0f', 7 * DAY))
    return
  end
  documents[#documents + 1] = 'sla:ticket:' .. ticket
  documents[#documents + 1] = document
  if not memory[2] then
    kept[#kept + 1] = ticket
    if memory[1] then redis.call('PERSIST', memory_key) end
  end
  if remember then
    redis.call('HSET', memory_key, 's', stamp, 'o', board, 'd', due, 'c', decided, 'b', cjson.encode(remember))
  else
    redis.call('HSET', memory_key, 's', stamp, 'o', board, 'd', due, 'c', decided)
    if told then redis.call('HDEL', memory_key, 'b') end
  end
end

for at = 7, #ARGV, 7 do write(at) end
flush()
if ARGV[6] ~= '' then
  local scopes = {}
  for scope in string.gmatch(ARGV[6], '([^\31]+)') do scopes[#scopes + 1] = scope end
  redis.call('SADD', 'sla:scopes', unpack(scopes))
end
if newest > reached then redis.call('HSET', 'sla:epochs', partition .. ':seq', string.format('%.0f', newest)) end
return 1
