-- Objects and fields as the scripts see them: where a field is stored and what it holds.
-- Needs lib/text.lua.
--
-- A field table: prefix, pk, name, kind, key, multi, indexes[], known[index][raw]; target: the
-- collection that values have to be in; leaving: the whole object is on its way out.
-- kind: s string, i entry of the instance's hash, h hash, S set, l list, z sorted set.
-- An index table: n, kind (e equal, t text, n number), unique, python, lenient (what is
-- not a number counts as 0), base (start of its keys), label, transform.

local cursor = 0

local function take()
  cursor = cursor + 1
  return ARGV[cursor]
end

local function take_number()
  return tonumber(take())
end

local function take_list()
  local list = {}
  for i = 1, take_number() do list[i] = take() end
  return list
end

-- For each object: prefix, pk, mode.
local function take_objects()
  local objects = {}
  for i = 1, take_number() do
    objects[i] = {prefix = take(), pk = take(), mode = take()}
  end
  return objects
end

local function place(field, object)
  field.prefix, field.pk = object.prefix, object.pk
  if field.kind == 'i' then
    field.key = object.prefix .. 'hash:' .. object.pk
  else
    field.key = object.prefix .. 'field:' .. field.name .. ':' .. object.pk
  end
  return field
end

-- name (as stored), kind, then for each index: flags, label, transform.
local function take_spec()
  local field = {name = take(), kind = take(), indexes = {}, known = {}}
  field.multi = field.kind == 'S' or field.kind == 'l' or field.kind == 'z'
  for i = 1, take_number() do
    local flags = take()
    field.indexes[i] = {
      n = i, kind = string.sub(flags, 1, 1), label = take(), transform = take(),
      unique = string.find(flags, 'u', 2, true) ~= nil,
      python = string.find(flags, 'p', 2, true) ~= nil,
      lenient = string.find(flags, 'z', 2, true) ~= nil,
    }
  end
  return field
end

-- What Python transforms make of values: index number, value, '1' and result or '0' and ''.
local function take_known(field)
  for _ = 1, take_number() do
    local n, raw, has, result = take_number(), take(), take(), take()
    field.known[n] = field.known[n] or {}
    field.known[n][raw] = has == '1' and result
  end
  return field
end

local function locate(field)
  for _, index in ipairs(field.indexes) do
    index.base = field.prefix .. 'index:' .. field.name .. ':' .. index.label
  end
  field.memo = field.prefix .. 'memo:' .. field.name .. ':' .. field.pk
  return field
end

local function pairs_of(flat)
  local map = {}
  for i = 1, #flat, 2 do map[flat[i]] = flat[i + 1] end
  return map
end

-- What a field of single values holds: {[sub-key or ''] = value}; only 'subs' when given.
local function cells(field, subs)
  local found = {}
  if field.kind == 's' then
    found[''] = redis.call('GET', field.key)
  elseif field.kind == 'i' then
    found[''] = redis.call('HGET', field.key, field.name)
  elseif subs then
    for _, sub in ipairs(subs) do found[sub] = redis.call('HGET', field.key, sub) end
  else
    found = pairs_of(redis.call('HGETALL', field.key))
  end
  return found
end

-- The distinct elements of a set, list or sorted set: {[element] = true}.
local function elements(field)
  local list
  if field.kind == 'S' then list = redis.call('SMEMBERS', field.key)
  elseif field.kind == 'z' then list = redis.call('ZRANGE', field.key, 0, -1)
  else list = redis.call('LRANGE', field.key, 0, -1) end
  local found = {}
  for _, element in ipairs(list) do found[element] = true end
  return found
end

local function holds(field, element)
  if field.kind == 'S' then return redis.call('SISMEMBER', field.key, element) == 1 end
  if field.kind == 'z' then return redis.call('ZSCORE', field.key, element) ~= false end
  return redis.call('LPOS', field.key, element) ~= false
end
