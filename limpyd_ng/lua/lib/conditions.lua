-- One condition of a query: how many objects meet it, which, and which of some candidates.
-- Needs lib/text.lua, lib/fields.lua, lib/compare.lua.
--
-- A condition table: kind, field, index, sub, label, values[].
--   e equal (a set for each value)        u equal in a unique index (a hash)
--   t text range, n number range: values are pairs of bounds, any of which may hold
--   s equal, with a score: a sorted set for each value, its order that of the results
--   m parts of a text: what it has to contain ('' if the bounds say it all), then pairs of
--     bounds, all of which must hold, each for some part of one text
--   g places in any of some shapes (lib/places.lua)
--   p these pks                           x '1': no value, '0': a value
--   a every object of the model           k the members of a set, sorted set or list
--   > a step through a relation (lib/steps.lua)
--   r one whose value stands in a field; becomes one of the others when it is weighed

local CHUNK = 1000

local take_step -- lib/steps.lua

-- The values of a condition on a text that was only known here: twins of indexes/order.py.
local values_for = {
  e = function(_, text) return {text} end,
  u = function(_, text) return {text} end,
  p = function(_, text) return {text} end,
  t = function(suffix, text)
    text = escape(text)
    local first, after = '[' .. text .. '\0', '(' .. text .. '\0\255'
    if suffix == 'eq' then return {first, after} end
    if suffix == 'gt' then return {'[' .. string.sub(after, 2), '+'} end
    if suffix == 'gte' then return {first, '+'} end
    if suffix == 'lt' then return {'-', '(' .. string.sub(first, 2)} end
    if suffix == 'lte' then return {'-', after} end
    local head = string.match(text, '^(.-)\255*$')
    if head == '' then return {text == '' and '-' or '[' .. text, '+'} end
    return {'[' .. text, '(' .. string.sub(head, 1, -2) .. string.char(string.byte(head, -1) + 1)}
  end,
  n = function(suffix, text, index)
    if not is_number(text) then
      if not index.lenient then error({err = 'ERR the field to compare with holds no number'}) end
      text = '0'
    end
    if suffix == 'eq' then return {text, text} end
    if suffix == 'gt' then return {'(' .. text, '+inf'} end
    if suffix == 'gte' then return {text, '+inf'} end
    if suffix == 'lt' then return {'-inf', '(' .. text} end
    return {'-inf', text}
  end,
}

-- Fills in a condition whose value stands in a field: kind, suffix, key, hash entry, '1' if
-- the index's transform is for filter values too. A field without a value: nothing meets it.
local function resolve(condition)
  local kind, suffix, key, entry, transformed = unpack(condition.values)
  local text = entry == '' and redis.call('GET', key) or entry ~= '' and redis.call('HGET', key, entry)
  condition.kind, condition.values = kind, {}
  if not text then return condition end
  if transformed == '1' then text = transform(condition.index.transform, text) end
  condition.values = values_for[kind](suffix, text, condition.index)
  return condition
end

local function take_condition(prefix, kind)
  local condition = {kind = kind, label = take(), sub = take(), field = take_spec()}
  condition.values = take_list()
  condition.index = condition.field.indexes[1]
  if condition.index then
    local base = prefix .. 'index:' .. condition.field.name .. ':' .. condition.index.label
    if condition.field.kind == 'h' then base = base .. ':' .. #condition.sub .. ':' .. condition.sub end
    condition.base = base
  end
  condition.prefix = prefix
  if kind == '>' then return take_step(condition) end -- for: >
  return condition
end

local function pk_of(condition, member)
  if condition.kind == 't' or condition.kind == 'm' or condition.field.multi then
    local _, pk = split_member(member)
    return pk
  end
  return member
end

-- Whether each entry of the index is another object.
local function one_to_one(condition)
  return not condition.field.multi and #condition.values == 2
end

local estimate = {
  e = function(condition)
    local total = 0
    for _, value in ipairs(condition.values) do
      total = total + redis.call('SCARD', condition.base .. ':' .. value)
    end
    return total
  end,
  u = function(condition) return #condition.values end,
  p = function(condition) return #condition.values end,
  a = function(condition) return redis.call('SCARD', condition.prefix .. 'pks') end,
  k = function(condition)
    local kind = redis.call('TYPE', condition.values[1]).ok
    condition.type = kind
    if kind == 'none' then return 0 end
    if kind == 'set' then return redis.call('SCARD', condition.values[1]) end
    if kind == 'zset' then return redis.call('ZCARD', condition.values[1]) end
    return redis.call('LLEN', condition.values[1])
  end,
  x = function(condition) return redis.call('SCARD', condition.prefix .. 'pks') + 1 end,
  t = function(condition)
    local total, values = 0, condition.values
    for i = 1, #values, 2 do total = total + redis.call('ZLEXCOUNT', condition.base, values[i], values[i + 1]) end
    return total
  end,
  n = function(condition)
    local total, values = 0, condition.values
    for i = 1, #values, 2 do total = total + redis.call('ZCOUNT', condition.base, values[i], values[i + 1]) end
    return total
  end,
  s = function(condition)
    local total = 0
    for _, value in ipairs(condition.values) do
      total = total + redis.call('ZCARD', condition.base .. ':' .. value)
    end
    return total
  end,
  m = function(condition)
    local values, least = condition.values, math.huge
    if #values == 0 then return 0 end -- not a word to look for
    for i = 2, #values, 2 do
      local size = redis.call('ZLEXCOUNT', condition.base, values[i], values[i + 1])
      if size < least then least, condition.rarest = size, i end
    end
    return least
  end,
}

-- The pks in these replies, each once.
local function distinct(condition, replies)
  local found, seen = {}, {}
  for _, reply in ipairs(replies) do
    for _, member in ipairs(reply) do
      local pk = pk_of(condition, member)
      if not seen[pk] then
        seen[pk] = true
        found[#found + 1] = pk
      end
    end
  end
  return found
end

local function ranges(condition, command)
  local replies, values = {}, condition.values
  for i = 1, #values, 2 do
    replies[#replies + 1] = redis.call(command, condition.base, values[i], values[i + 1])
  end
  if condition.kind == 'n' and one_to_one(condition) then return replies[1] end
  return distinct(condition, replies)
end

local filter -- below; sources of points check that the objects exist

local source = {
  e = function(condition)
    local values = condition.values
    if #values == 1 then return redis.call('SMEMBERS', condition.base .. ':' .. values[1]) end
    local replies = {}
    for i, value in ipairs(values) do replies[i] = redis.call('SMEMBERS', condition.base .. ':' .. value) end
    return distinct({kind = 'e', field = {}}, replies)
  end,
  u = function(condition)
    local holders = {}
    for _, value in ipairs(condition.values) do
      local holder = redis.call('HGET', condition.base, value)
      if holder then holders[#holders + 1] = holder end
    end
    return distinct({kind = 'u', field = {}}, {holders})
  end,
  p = function(condition)
    return filter.a(condition, distinct({kind = 'p', field = {}}, {condition.values}))
  end,
  a = function(condition) return redis.call('SMEMBERS', condition.prefix .. 'pks') end,
  t = function(condition) return ranges(condition, 'ZRANGEBYLEX') end,
  n = function(condition) return ranges(condition, 'ZRANGEBYSCORE') end,
  s = function(condition)
    local replies = {}
    for i, value in ipairs(condition.values) do
      replies[i] = redis.call('ZRANGE', condition.base .. ':' .. value, 0, -1)
    end
    return distinct({kind = 's', field = {}}, replies)
  end,
  m = function(condition)
    if #condition.values == 0 then return {} end
    if not condition.rarest then estimate.m(condition) end
    local values, i = condition.values, condition.rarest
    local pks = distinct(condition, {redis.call('ZRANGEBYLEX', condition.base, values[i], values[i + 1])})
    if #values == 3 and values[1] == '' then return pks end
    return filter.m(condition, pks)
  end,
}

local function key_members(condition)
  local key = condition.values[1]
  if condition.type == 'none' then return {} end
  if condition.type == 'set' then return redis.call('SMEMBERS', key) end
  if condition.type == 'zset' then return redis.call('ZRANGE', key, 0, -1) end
  return redis.call('LRANGE', key, 0, -1)
end

source.k = function(condition)
  return filter.a(condition, distinct({kind = 'k', field = {}}, {key_members(condition)}))
end

source.x = function(condition) return filter.x(condition, source.a(condition)) end

-- Calls keep(pk, reply for this pk) over replies of a command that takes many members.
local function in_chunks(command, key, pks, keep)
  for first = 1, #pks, CHUNK do
    local last = math.min(first + CHUNK - 1, #pks)
    for i, reply in ipairs(redis.call(command, key, unpack(pks, first, last))) do
      keep(first + i - 1, reply)
    end
  end
end

-- The scores, as numbers, of those of the pks that a sorted set holds; what was asked once is known.
local scores_known = {}

local function scores_of(key, pks)
  local found = scores_known[key] or {}
  scores_known[key] = found
  local asked = pks
  if next(found) ~= nil then
    asked = {}
    for _, pk in ipairs(pks) do
      if found[pk] == nil then asked[#asked + 1] = pk end
    end
  end
  for first = 1, #asked, CHUNK do
    local last = math.min(first + CHUNK - 1, #asked)
    for i, reply in ipairs(redis.call('ZMSCORE', key, unpack(asked, first, last))) do
      found[asked[first + i - 1]] = reply and (tonumber(reply) or to_score(reply))
    end
  end
  return found
end

local function kept(pks, keep)
  local found = {}
  for i, pk in ipairs(pks) do
    if keep[i] then found[#found + 1] = pk end
  end
  return found
end

local function bind(condition, pk)
  local field = condition.field
  field.prefix, field.pk = condition.prefix, pk
  return place(field, field)
end

-- The texts under which one object stands in the index of a condition, or ('stored') its values.
local function indexed_texts(condition, pk, stored)
  local field, index = bind(condition, pk), condition.index
  local raws, texts = {}, {}
  if field.multi then
    for element in pairs(elements(field)) do raws[#raws + 1] = element end
  elseif field.kind == 'h' then raws[1] = cells(field, {condition.sub})[condition.sub] or nil
  else raws[1] = cells(field)[''] or nil end
  for _, raw in ipairs(raws) do
    local text = raw
    if stored then -- as it is
    elseif index.python then
      local entry = index.label .. ':' .. (field.multi and raw or condition.sub)
      text = redis.call('HGET', condition.prefix .. 'memo:' .. field.name .. ':' .. pk, entry)
    elseif index.transform ~= '' then text = transform(index.transform, raw) end
    if text then texts[#texts + 1] = text end
  end
  return texts
end

-- Of a text that is stored as it is indexed, in a cell of its own: the usual case, for less.
local function plain_cells(condition, pks, matches)
  local found, call = {}, redis.call
  local name = condition.field.kind == 'i' and condition.field.name
  local start = condition.prefix .. (name and 'hash:' or 'field:' .. condition.field.name .. ':')
  for _, pk in ipairs(pks) do
    local text
    if name then text = call('HGET', start .. pk, name) else text = call('GET', start .. pk) end
    if text and matches(text, pk) then found[#found + 1] = pk end
  end
  return found
end

local function any_text(condition, pks, matches, stored)
  local kind, index = condition.field.kind, condition.index
  if (kind == 'i' or kind == 's') and (stored or not index.python and index.transform == '') then
    return plain_cells(condition, pks, matches)
  end
  local found = {}
  for _, pk in ipairs(pks) do
    for _, text in ipairs(indexed_texts(condition, pk, stored)) do
      if matches(text, pk) then
        found[#found + 1] = pk
        break
      end
    end
  end
  return found
end

local function members(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

local function among(pks, allowed)
  local found = {}
  for _, pk in ipairs(pks) do
    if allowed[pk] then found[#found + 1] = pk end
  end
  return found
end

-- Whether something is in any of the ranges of a condition; each pair of bounds is read once.
local function in_any_range(condition, range)
  local values, tests = condition.values, {}
  for i = 1, #values, 2 do tests[#tests + 1] = range(values[i], values[i + 1]) end
  if #tests == 1 then return tests[1] end
  return function(item)
    for _, inside in ipairs(tests) do
      if inside(item) then return true end
    end
    return false
  end
end

-- Calls keep(pk's place, score) for the entries of these pks in a scored index.
local function scores(condition, pks, keep)
  for _, value in ipairs(condition.values) do
    in_chunks('ZMSCORE', condition.base .. ':' .. value, pks, function(i, reply)
      if reply then keep(i, reply) end
    end)
  end
end

local function parts_match(condition, text)
  local values, parts = condition.values, split(condition.index.split, text)
  for i = 2, #values, 2 do
    local found = false
    for _, part in ipairs(parts) do
      found = found or lex_range(values[i], values[i + 1])(escape(part) .. '\0')
    end
    if not found then return false end
  end
  return true
end

filter = {
  e = function(condition, pks)
    local keep = {}
    for _, value in ipairs(condition.values) do
      in_chunks('SMISMEMBER', condition.base .. ':' .. value, pks, function(i, reply)
        if reply == 1 then keep[i] = true end
      end)
    end
    return kept(pks, keep)
  end,
  a = function(condition, pks)
    local keep = {}
    in_chunks('SMISMEMBER', condition.prefix .. 'pks', pks, function(i, reply) keep[i] = reply == 1 end)
    return kept(pks, keep)
  end,
  u = function(condition, pks) return among(pks, members(source.u(condition))) end,
  k = function(condition, pks)
    local keep = {}
    if condition.type == 'set' then
      in_chunks('SMISMEMBER', condition.values[1], pks, function(i, reply) keep[i] = reply == 1 end)
      return kept(pks, keep)
    elseif condition.type == 'zset' then
      in_chunks('ZMSCORE', condition.values[1], pks, function(i, reply) keep[i] = reply end)
      return kept(pks, keep)
    end
    condition.members = condition.members or members(key_members(condition))
    return among(pks, condition.members)
  end,
  p = function(condition, pks) return among(pks, members(condition.values)) end,
  x = function(condition, pks)
    local found, wanted = {}, condition.values[1] == '1'
    for _, pk in ipairs(pks) do
      local field, empty = bind(condition, pk), nil
      if field.kind == 'i' then empty = redis.call('HEXISTS', field.key, field.name) == 0
      elseif field.kind == 'h' and condition.sub ~= '' then
        empty = redis.call('HEXISTS', field.key, condition.sub) == 0
      else empty = redis.call('EXISTS', field.key) == 0 end
      if empty == wanted then found[#found + 1] = pk end
    end
    return found
  end,
  t = function(condition, pks)
    local inside = in_any_range(condition, lex_range)
    return any_text(condition, pks, function(text, pk) return inside(escape(text) .. '\0' .. pk) end)
  end,
  s = function(condition, pks)
    local keep = {}
    scores(condition, pks, function(i) keep[i] = true end)
    return kept(pks, keep)
  end,
  m = function(condition, pks)
    local needle = condition.values[1]
    if not needle then return {} end
    return any_text(condition, pks, function(text)
      if needle ~= '' then return string.find(text, needle, 1, true) ~= nil end
      return parts_match(condition, text)
    end)
  end,
  n = function(condition, pks)
    local inside = in_any_range(condition, score_range)
    if condition.field.multi then
      return any_text(condition, pks, function(text) return is_number(text) and inside(to_score(text)) end)
    end
    local found, known = {}, scores_of(condition.base, pks)
    for _, pk in ipairs(pks) do
      local score = known[pk]
      if score and inside(score) then found[#found + 1] = pk end
    end
    return found
  end,
}
