-- Creates many objects of one model, each all or nothing: one that is refused leaves no
-- trace and hides none of the others.
--
-- KEYS   1: the collection
-- ARGV   (each list: its length, then its items)
--   prefix
--   list of fields: spec (lib/fields.lua), known transforms, target (the collection that
--     values have to be in, or '')
--   list of objects: pk ('': the next automatic one), how many arguments follow, list of
--     contents: number of the field, list of values (as for 'assign' in write.lua)
-- Reply  for each object its pk, or why it was refused: {'EXISTS', pk}
--        {'UNIQUE', field, hex value, pk} {'NAN', field, hex value} {'NOTARGET', field, hex value}
--        {'TOGETHER', ...} {'ERROR', text}
-- Errors none but those of the script's own arguments.
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint
-- include: collection
-- include: failed

local prefix = take()
local fields = {}

-- An index whose entry is the value itself takes the short way: a new object has no entry yet.
local function is_quick(field, index)
  return field.kind ~= 'h' and index.transform == '' and not index.python and not index.split and not index.others
end

local function take_fields()
  for i = 1, take_number() do
    local field = take_known(take_spec())
    local target = take()
    field.target = target ~= '' and target
    field.joined = #field.followers > 0
    field.start = prefix .. 'field:' .. field.name .. ':'
    field.prefix, field.pk = prefix, ''
    locate(field)
    for _, index in ipairs(field.indexes) do
      if index.joint then field.joined = true end
      if index.python then field.python = true end
      index.quick = is_quick(field, index)
      index.colon = index.base .. ':'
    end
    fields[i] = field
  end
end

-- What takes back quick entries: command, key, member, one after the other.
local trail, trailed = {}, 0

local function mark(command, key, member)
  trail[trailed + 1], trail[trailed + 2], trail[trailed + 3] = command, key, member
  trailed = trailed + 3
end

local function take_back()
  for i = trailed - 2, 1, -3 do redis.call(trail[i], trail[i + 1], trail[i + 2]) end
  rollback()
end

local quick = {}

quick.e = function(field, index, raw)
  local key = index.colon .. raw
  redis.call('SADD', key, field.pk)
  mark('SREM', key, field.pk)
end

quick.u = function(field, index, raw)
  if redis.call('HSETNX', index.base, raw, field.pk) == 1 then mark('HDEL', index.base, raw)
  else check_unique(field, index, raw, raw) end
end

quick.t = function(field, index, raw)
  if index.unique then check_unique(field, index, raw, raw) end
  local member = escape(raw) .. '\0' .. field.pk
  redis.call('ZADD', index.base, '0', member)
  mark('ZREM', index.base, member)
end

quick.n = function(field, index, raw)
  local text = present(field, index, raw)
  if index.unique then check_unique(field, index, text, raw) end
  local member = member_of(field, index, text, raw)
  redis.call('ZADD', index.base, text, member)
  mark('ZREM', index.base, member)
end

local function enter(field, sub, raw)
  if field.target and redis.call('SISMEMBER', field.target, raw) == 0 then
    refuse('NOTARGET', field.name, hex(raw))
  end
  for _, index in ipairs(field.indexes) do
    if index.quick then quick[index.kind == 'e' and index.unique and 'u' or index.kind](field, index, raw)
    elseif not index.joint then follow_index(field, index, sub, false, raw) end
  end
end

-- Joint entries look at fields when all is written, so such fields need tables of their own.
local function bind(field, object)
  if field.joined then
    local bound = {}
    for name, value in pairs(field) do bound[name] = value end
    locate(place(bound, object))
    joint().watch(bound)
    return bound
  end
  field.pk = object.pk
  if field.kind == 'i' then field.key = object.hash else field.key = field.start .. object.pk end
  if field.python then field.memo = prefix .. 'memo:' .. field.name .. ':' .. object.pk end
  return field
end

-- What others may have left under the keys of an object that is not there goes; until the object
-- is whole it is only moved aside.
local aside = {}

local function clear_leftovers(keys)
  if redis.call('EXISTS', unpack(keys)) == 0 then return end
  for _, key in ipairs(keys) do
    if redis.call('EXISTS', key) == 1 then
      local spare = prefix .. 'scratch:' .. #aside + 1
      aside[#aside + 1] = spare
      redis.call('RENAME', key, spare)
      did('RENAME', spare, key)
    end
  end
end

local WRITERS = {S = 'SADD', l = 'RPUSH', z = 'ZADD', h = 'HSET'}

-- All of ARGV from 'first' to 'last', in parts that the Lua stack can hold.
local function write(command, key, first, last)
  for start = first, last, 7000 do
    redis.call(command, key, unpack(ARGV, start, math.min(start + 6999, last)))
  end
end

-- For each content of the object: its field, and where in ARGV its values are.
local function take_contents(object)
  local contents, keys, cells_of_hash = {}, {}, {}
  for i = 1, take_number() do
    local field = bind(fields[take_number()], object)
    local count = take_number()
    contents[i] = {field = field, first = cursor + 1, last = cursor + count}
    if field.kind == 'i' then
      cells_of_hash[#cells_of_hash + 1] = field.name
      cells_of_hash[#cells_of_hash + 1] = ARGV[cursor + 1]
    else
      keys[#keys + 1] = field.key
    end
    cursor = cursor + count
  end
  if #cells_of_hash > 0 then keys[#keys + 1] = object.hash end
  return contents, keys, cells_of_hash
end

local function store(object, contents, keys, cells_of_hash)
  if #keys == 0 then return end
  clear_leftovers(keys)
  did('DEL', unpack(keys))
  if #cells_of_hash > 0 then redis.call('HSET', object.hash, unpack(cells_of_hash)) end
  for _, content in ipairs(contents) do
    local kind = content.field.kind
    if kind == 's' then redis.call('SET', content.field.key, ARGV[content.first])
    elseif kind ~= 'i' then write(WRITERS[kind], content.field.key, content.first, content.last) end
  end
end

-- The last value of each sub-key, and each element once.
local function enter_all(field, first, last)
  if field.kind == 'h' then
    local map = {}
    for i = first, last, 2 do map[ARGV[i]] = ARGV[i + 1] end
    for sub, raw in pairs(map) do enter(field, sub, raw) end
    return
  end
  local seen, step = {}, field.kind == 'z' and 2 or 1
  for i = first + step - 1, last, step do
    if not seen[ARGV[i]] then
      seen[ARGV[i]] = true
      enter(field, '', ARGV[i])
    end
  end
end

local function enter_indexes(contents)
  for _, content in ipairs(contents) do
    local field = content.field
    if #field.indexes == 0 and not field.target then -- nothing to enter
    elseif not field.multi and field.kind ~= 'h' then enter(field, '', ARGV[content.first])
    else enter_all(field, content.first, content.last) end
  end
end

local function create(object)
  undo, trailed, joint_made = {}, 0, nil
  enter_collection(object)
  object.hash = prefix .. 'hash:' .. object.pk
  local contents, keys, cells_of_hash = take_contents(object)
  store(object, contents, keys, cells_of_hash)
  enter_indexes(contents)
  if joint_made then joint_made.settle() end
  for _, spare in ipairs(aside) do redis.call('UNLINK', spare) end
  aside = {}
end

take_fields()
local replies = {}
for i = 1, take_number() do
  local object = {prefix = prefix, pk = take()}
  local size = take_number()
  local stop = cursor + size
  local ok, outcome = pcall(create, object)
  if ok then replies[i] = object.pk
  else
    take_back()
    aside = {}
    replies[i] = reason_of(outcome)
  end
  cursor = stop
end
return replies
