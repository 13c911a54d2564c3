-- Objects and fields as the scripts see them: where a field is stored and what it holds.
-- Needs lib/text.lua.
--
-- A field table: prefix, pk, name, kind, key, multi, indexes[], known[index][raw],
-- followers[] (fields with one index each, whose entries depend on this field too), tracked
-- (whether a change of it changes any entry), joint (whether entries of several fields), least and
-- most (how many values it may hold), target (the collection that values have to be in), leaving
-- (the whole object is on its way out), gone (a table of elements that are about to be taken out
-- together).
-- kind: s string, i entry of the instance's hash, h hash, S set, l list, z sorted set.
-- An index table: n, kind (e equal, s equal with a score, t text, n number), unique, python,
-- lenient (what is not a number counts as 0), base (start of its keys), label, transform,
-- split (into what a text is split, each part an entry), others[] (fields whose values are
-- in the entry too), joint (the entry is made of all these values together).

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

-- name (as stored), kind (followed by 'c' if how much it may hold is limited, 'f' if it has
-- followers), then for each index: flags, label, transform; with flag 'm' its split; with flag 'o' a
-- list of names and kinds of other fields. At the end, with 'c', the least and the most values ('': no
-- limit), with 'f' a list of followers, each a spec of its own.
local take_spec

local function take_index(n)
  local flags = take()
  local index = {n = n, kind = string.sub(flags, 1, 1), label = take(), transform = take()}
  for at = 2, #flags do
    local flag = string.sub(flags, at, at)
    if flag == 'u' then index.unique = true
    elseif flag == 'p' then index.python = true
    elseif flag == 'z' then index.lenient = true
    elseif flag == 'm' then index.split = take()
    else index.others = {} end
  end
  if index.others then
    index.joint = index.kind == 'e'
    for i = 1, take_number() do index.others[i] = {name = take(), kind = take()} end
  end
  return index
end

take_spec = function()
  local field = {name = take(), indexes = {}, known = {}, followers = {}}
  local kind = take()
  field.kind = string.sub(kind, 1, 1)
  field.multi = field.kind == 'S' or field.kind == 'l' or field.kind == 'z'
  for i = 1, take_number() do
    field.indexes[i] = take_index(i)
    field.joint = field.joint or field.indexes[i].joint
  end
  if string.find(kind, 'c', 2, true) then field.least, field.most = take_number(), take_number() end
  if string.find(kind, 'f', 2, true) then
    for i = 1, take_number() do field.followers[i] = take_spec() end
    field.joint = true
  end
  field.tracked = #field.indexes + #field.followers > 0
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

-- Every value of the object as pairs of sub-key and text; only those of 'sub' when given.
local function values_of(field, sub)
  local values = {}
  if field.multi then
    for element in pairs(elements(field)) do values[#values + 1] = {'', element} end
  else
    for key, value in pairs(cells(field, sub and {sub} or nil)) do
      if value then values[#values + 1] = {key, value} end
    end
  end
  return values
end

-- What another field of the same object holds; nil when that is nothing.
local function other_cell(field, other)
  return cells(place({name = other.name, kind = other.kind}, field))[''] or nil
end

local function holds(field, element)
  if field.kind == 'S' then return redis.call('SISMEMBER', field.key, element) == 1 end
  if field.kind == 'z' then return redis.call('ZSCORE', field.key, element) ~= false end
  return redis.call('LPOS', field.key, element) ~= false
end
