-- Creates many objects of one model, each all or nothing: one that is refused leaves no
-- trace and hides none of the others.
--
-- KEYS   1: the collection
-- ARGV   (each list: its length, then its items)
--   prefix
--   list of fields: spec (lib/fields.lua), known transforms, target (the collection that
--     values have to be in, or '')
--   list of objects: pk ('': the next automatic one), list of contents: number of the field,
--     list of values (as for 'assign' in write.lua)
-- Reply  for each object its pk, or why it was refused: {'EXISTS', pk}
--        {'UNIQUE', field, hex value, pk} {'NAN', field, hex value} {'NOTARGET', field, hex value}
--        {'TOGETHER', ...} {'NEED', field, values...} (transforms to compute) {'ERROR', text}
-- Errors none but those of the script's own arguments.
-- include: text
-- include: fields
-- include: entries
-- include: joint
-- include: collection

local prefix = take()
local fields = {}

local function take_fields()
  for i = 1, take_number() do
    local field = take_known(take_spec())
    local target = take()
    field.target = target ~= '' and target
    field.joined = #field.followers > 0
    for _, index in ipairs(field.indexes) do
      if index.joint then field.joined = true end
    end
    fields[i] = field
  end
end

-- All is taken before anything is done: what is refused must not stop the reading.
local function take_object()
  local object = {prefix = prefix, pk = take(), contents = {}}
  for i = 1, take_number() do object.contents[i] = {field = fields[take_number()], values = take_list()} end
  return object
end

-- Joint entries look at fields when all is written, so such fields need tables of their own.
local function bind(field, object)
  local bound = field
  if field.joined then
    bound = {}
    for name, value in pairs(field) do bound[name] = value end
  end
  return locate(place(bound, object))
end

-- What others may have left under the keys of an object that is not there.
local function refuse_leftovers(keys)
  if redis.call('EXISTS', unpack(keys)) > 0 then
    for _, key in ipairs(keys) do
      if redis.call('EXISTS', key) == 1 then refuse('INWAY', key) end
    end
  end
end

local WRITERS = {S = {'SADD', 1}, l = {'RPUSH', 1}, z = {'ZADD', 2}, h = {'HSET', 2}}

local function write(command, key, values, size)
  local room = 7000 - 7000 % size
  for first = 1, #values, room do
    redis.call(command, key, unpack(values, first, math.min(first + room - 1, #values)))
  end
end

local function store(object)
  local keys, cells_of_hash, hash = {}, {}, nil
  for _, content in ipairs(object.contents) do
    local field = bind(content.field, object)
    content.field = field
    if field.kind == 'i' then
      cells_of_hash[#cells_of_hash + 1] = field.name
      cells_of_hash[#cells_of_hash + 1] = content.values[1]
      hash = field.key
    else
      keys[#keys + 1] = field.key
    end
  end
  if hash then keys[#keys + 1] = hash end
  if #keys == 0 then return end
  refuse_leftovers(keys)
  did('DEL', unpack(keys))
  for _, content in ipairs(object.contents) do
    local field = content.field
    if field.joined then watch(field) end
  end
  if hash then write('HSET', hash, cells_of_hash, 2) end
  for _, content in ipairs(object.contents) do
    local field, values = content.field, content.values
    if field.kind == 's' then redis.call('SET', field.key, values[1])
    elseif field.kind ~= 'i' then write(WRITERS[field.kind][1], field.key, values, WRITERS[field.kind][2]) end
  end
end

-- The values that are indexed: {sub-key, value}; each element of a set or list once.
local function pairs_to_follow(field, values)
  local found, seen = {}, {}
  if field.kind == 'h' then
    local last = pairs_of(values)
    for sub, value in pairs(last) do found[#found + 1] = {sub, value} end
    return found
  end
  for i = field.kind == 'z' and 2 or 1, #values, field.kind == 'z' and 2 or 1 do
    if not seen[values[i]] then
      seen[values[i]] = true
      found[#found + 1] = {'', values[i]}
    end
  end
  return found
end

local function enter_indexes(object)
  for _, content in ipairs(object.contents) do
    local field = content.field
    if #field.indexes > 0 or field.target then
      if not field.multi and field.kind ~= 'h' then follow(field, '', false, content.values[1])
      else
        for _, pair in ipairs(pairs_to_follow(field, content.values)) do follow(field, pair[1], false, pair[2]) end
      end
    end
  end
end

local function create(object)
  undo, watched, watches = {}, {}, {}
  enter_collection(object)
  store(object)
  enter_indexes(object)
  settle_joints()
end

local function reason_of(outcome)
  if type(outcome) == 'table' then return outcome.refused or {'ERROR', outcome.err} end
  return {'ERROR', (string.gsub(outcome, '^.*user_script:%s?%d+: ', ''))}
end

take_fields()
local objects, replies = {}, {}
for i = 1, take_number() do objects[i] = take_object() end
for i, object in ipairs(objects) do
  local ok, outcome = pcall(create, object)
  if ok then replies[i] = object.pk
  else
    rollback()
    replies[i] = reason_of(outcome)
  end
end
return replies
