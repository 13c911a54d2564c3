-- From values to entries: what values ask for is gathered for many objects and compared with what
-- is there in few commands. What is missing is added in few commands too; what is more than that (a
-- value that somebody else holds, that the index cannot take, that was another one when it was
-- entered) is looked at alone, by 'ensure'.
-- Needs lib/entries.lua, lib/joint.lua, lib/pages.lua, and of the script: work, report, put_at,
-- collection, fields, columns.

local groups, suspects, fresh = {}, {}, {}
local needs, needed, asked = {}, {}, 0 -- values that the client is asked for, how often that was
local amiss = 0 -- how many entries were missing in the last comparison
local COMPARE = {S = 'SMISMEMBER', h = 'HMGET', z = 'ZMSCORE'}
local COMPARE_ONE = {S = 'SISMEMBER', h = 'HGET', z = 'ZSCORE'}

-- What should be in one key, first of all this; 'id' tells the keys on a shelf apart.
local function open_group(shelf, id, kind, key, field, index, sub, raw, item, expected)
  local group = {
    shelf = shelf, id = id, kind = kind, key = key, field = field, index = index,
    items = {item}, who = {field.pk, sub, raw, expected},
  }
  shelf[id] = group
  groups[#groups + 1] = group
end

-- Notes that an item should be in the key of a group too.
local function put(group, field, sub, raw, item, expected)
  local items, who = group.items, group.who
  local n = #items
  items[n + 1] = item
  n = 4 * n
  who[n + 1], who[n + 2], who[n + 3], who[n + 4] = field.pk, sub, raw, expected
end

-- Notes what should be in one key: that of the index if there is none given.
local function put_in_key(shelf, id, kind, key, field, index, sub, raw, item, expected)
  local group = shelf[id]
  work = work + 1 + #item / 500
  if group then return put(group, field, sub, raw, item, expected) end
  open_group(shelf, id, kind, key or at(field, index, sub), field, index, sub, raw, item, expected)
end

-- The same for an index that is in one key, or has one for each sub-key.
local function put_in_index(kind, field, index, sub, raw, item, expected)
  return put_in_key(index.shelf, sub, kind, nil, field, index, sub, raw, item, expected)
end

-- The same for one that has a key for each value.
local function put_in_value(kind, field, index, sub, raw, text, expected)
  local shelf = index.shelf
  local id = field.kind == 'h' and #sub .. ':' .. sub .. ':' .. text or text
  local group = shelf[id]
  work = work + 1 + #text / 500
  if group then return put(group, field, sub, raw, field.pk, expected) end
  open_group(shelf, id, kind, at(field, index, sub) .. ':' .. text, field, index, sub, raw, field.pk, expected)
end

local function suspect(field, index, pk, sub, raw)
  suspects[#suspects + 1] = {field = field, index = index, pk = pk, sub = sub, raw = raw}
  work = work + 4
end

local function want_parts(field, index, sub, raw, text, from, change)
  local parts, more = parts_from(index.split, text, from, change)
  for _, part in ipairs(parts) do
    put_in_index('z', field, index, sub, raw, member_of(field, index, part), '0')
  end
  return more
end

local function want_entry(field, index, sub, text, raw)
  local kind = index.kind
  if kind == 'e' and index.unique then
    put_in_index('h', field, index, sub, raw, text, field.pk)
  elseif kind == 'e' then
    put_in_value('S', field, index, sub, raw, text, 1)
  elseif kind == 's' then
    local score = score_of(field, index)
    if score then put_in_value('z', field, index, sub, raw, text, score) end
  else
    put_in_index('z', field, index, sub, raw, member_of(field, index, text, raw), kind == 'n' and text or '0')
  end
end

-- What a value is in an index: a text, false for none, nil if only the client can tell.
local function text_in(field, index, sub, raw)
  if not index.python then
    if index.transform == '' then return raw end
    work = work + #raw / 50
    return transform(index.transform, raw)
  end
  local text = field.known[index.n] and field.known[index.n][raw]
  if text == nil then
    local id = field.n .. ':' .. raw
    asked, work = asked + 1, work + 1
    if not needed[id] then
      needed[id] = true
      needs[#needs + 1], needs[#needs + 2] = field.n, raw
    end
    return nil
  end
  local entry = memo_entry(field, index, sub, raw)
  put_in_key(index.memos, field.pk, 'h', field.memo, field, index, sub, raw, entry, text)
  return text
end

local function want(field, index, sub, raw)
  if index.joint then
    local text = joint().text(field, index)
    if text then want_entry(field, index, sub, text, raw) end
    return
  end
  local text = text_in(field, index, sub, raw)
  if not text then return end
  if index.split then
    local more = want_parts(field, index, sub, raw, text, 1)
    if more then fresh[#fresh + 1] = {'t', field.n, index.n, field.pk, sub, field.multi and raw or '', more, ''} end
  elseif index.unique and index.kind ~= 'e' then
    suspect(field, index, field.pk, sub, raw) -- others may have an entry with the same value
  elseif index.kind == 'n' and not is_number(text) then
    if index.lenient then want_entry(field, index, sub, '0', raw) else suspect(field, index, field.pk, sub, raw) end
  else
    want_entry(field, index, sub, text, raw)
  end
end

local function want_value(field, sub, raw)
  for _, index in ipairs(field.indexes) do want(field, index, sub, raw) end
  if field.target ~= '' then
    put_in_key(field.shelf, '', 'S', field.target, field, nil, sub, raw, raw, 1)
  end
end

local function want_page(field, position)
  local items, more = page(field, position)
  if field.kind == 'h' then
    for i = 1, #items, 2 do want_value(field, items[i], items[i + 1]) end
  else
    for i = 1, #items, field.kind == 'z' and 2 or 1 do want_value(field, '', items[i]) end
  end
  return more
end

-- Everything an object holds; of large values the start, the rest is work to come.
local function want_object(pk)
  local hash = prefix .. 'hash:' .. pk
  local row = columns[1] and redis.call('HMGET', hash, unpack(columns))
  for n, field in ipairs(fields) do
    put_at(field, pk, hash)
    if field.column then
      local raw = row[field.column]
      if raw then want_value(field, '', raw) end
    elseif field.kind == 's' then
      local raw = redis.call('GET', field.key)
      if raw then want_value(field, '', raw) end
    else
      local more = want_page(field, '0')
      if more then fresh[#fresh + 1] = {'v', n, pk, more} end
    end
  end
  work = work + 1 + #fields / 2
end

-- Texts whose parts are missing: each is reported once.
local reported = {}

local function text_id(field, index, pk, sub, raw)
  return table.concat({field.n, index.n, #pk, pk, #sub, sub, field.multi and raw or ''}, ':')
end

-- One value of an index, exactly: adds its entry if it is missing, or tells why it cannot be there.
local function ensure(field, index, sub, raw)
  local count = changes
  local ok, reason = pcall(function()
    if index.joint then
      local text = joint().text(field, index)
      if text then joint().check(field, index, text) add_entry(field, index, sub, text) end
      return
    end
    local is, was = present(field, index, raw), nil
    if index.python then was = past(field, index, sub, raw) end
    if is then add(field, index, sub, is, raw) end
    if was and was ~= is then remove(field, index, sub, was, raw, is) end
  end)
  local refused = type(reason) == 'table' and reason.refused or {}
  if ok then
    if changes > count then report('missing', field, index, field.pk, raw, '', sub) end
  elseif refused[1] == 'UNIQUE' then
    report('duplicate', field, index, field.pk, raw, refused[4], sub)
  elseif refused[1] == 'TOGETHER' then
    report('duplicate', field, index, field.pk, joint().text(field, index), refused[4], sub)
  elseif refused[1] == 'NAN' then
    report('invalid', field, index, field.pk, raw, '', sub)
  elseif string.find(type(reason) == 'table' and reason.err or tostring(reason), 'WRONGTYPE', 1, true) then
    return -- the index key is somebody else's: reported when the index itself is read
  else
    error(reason)
  end
end

local function report_missing(field, index, pk, raw, sub)
  if index.split then
    local id = text_id(field, index, pk, sub, raw)
    if reported[id] then return end
    reported[id] = true
  end
  report('missing', field, index, pk, raw, '', sub)
end

-- Adds an entry of a unique value; false if another object of the same group was there first.
local function is_added(group, i, pk)
  return not mend or redis.call('HSETNX', group.key, group.items[i], pk) == 1
end

-- Adds the entries of a group that are missing, by their places in it.
local function add_missing(group, missing)
  local who, argv = group.who, {}
  for _, i in ipairs(missing) do
    local pk, sub, raw, expected = unpack(who, 4 * i - 3, 4 * i)
    if group.kind == 'h' and not is_added(group, i, pk) then
      suspect(group.field, group.index, pk, sub, raw)
    else
      report_missing(group.field, group.index, pk, raw, sub)
    end
    if group.kind == 'z' then argv[#argv + 1] = expected end
    argv[#argv + 1] = group.items[i]
  end
  if mend and group.kind ~= 'h' then redis.call(group.kind == 'z' and 'ZADD' or 'SADD', group.key, unpack(argv)) end
  work = work + 2 * #missing
  amiss = amiss + #missing
end

local function differs(kind, reply, expected)
  if reply == expected then return false end
  return kind ~= 'z' or not reply or tonumber(reply) ~= tonumber(expected)
end

-- What is not as it should be in a part of a group; 'reply' is what is there.
local function judge(group, i, reply, missing)
  local field, index = group.field, group.index
  local pk, sub, raw = unpack(group.who, 4 * i - 3, 4 * i - 1)
  if not index then
    report('dangling', field, field.indexes[1], pk, raw, '', sub)
  elseif group.shelf == index.memos or (group.kind == 'h' and reply) then
    suspect(field, index, pk, sub, raw)
  else
    missing[#missing + 1] = i
  end
end

-- What is in the key of a group; nil if it is of another type, which is reported when the index
-- itself is read.
local function there(group, command, ...)
  local reply = redis.pcall(command, group.key, ...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if not group.index or not string.find(reply.err, 'WRONGTYPE', 1, true) then error(reply) end
end

local function compare_one(group)
  local reply = there(group, COMPARE_ONE[group.kind], group.items[1])
  if reply == nil or not differs(group.kind, reply, group.who[4]) then return end
  local missing = {}
  judge(group, 1, reply, missing)
  if #missing > 0 then add_missing(group, missing) end
end

-- Compares what is in the key of a group with what should be.
local function compare(group, first, last)
  local replies, missing = there(group, COMPARE[group.kind], unpack(group.items, first, last)), {}
  for i = first, replies and last or 0 do
    local reply = replies[i - first + 1]
    if differs(group.kind, reply, group.who[4 * i]) then judge(group, i, reply, missing) end
  end
  if #missing > 0 then add_missing(group, missing) end
end

-- Compares and mends what was gathered; returns how much was not as it should be.
local function settle()
  amiss = 0
  for _, group in ipairs(groups) do
    group.shelf[group.id] = nil
    local count = #group.items
    if count == 1 then
      compare_one(group)
    else
      for first = 1, count, 1000 do compare(group, first, math.min(first + 999, count)) end
    end
  end
  local some = suspects
  groups, suspects = {}, {}
  for _, one in ipairs(some) do ensure(put_at(one.field, one.pk), one.index, one.sub, one.raw) end
  return amiss + #some
end
