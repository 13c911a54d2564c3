-- The write engine: native commands and whole-value assignments on the fields of one or
-- several objects, with everything their indexes need, all or nothing.
--
-- KEYS   the collection of each object, then the objects' own keys that are known when the
--        call is made. Index keys depend on stored values: they carry the same hash tag.
-- ARGV   (each list: its length, then its items)
--   list of references: number of the argument to fill in, key, hash entry ('': a string), name
--   list of objects: prefix, pk, mode
--     mode 'must': it has to exist; 'new': it must not, and '' as pk asks for the next
--     automatic one
--   list of steps:
--     'native'  resp ('3': run the command with RESP3 types), chunk start, chunk size
--               (0: never split), position of the key to fill in from the first effect
--               (0: none), list of arguments, list of effects: object number, field spec,
--               known transforms, target, list of touches: how, list of values
--     'assign'  object number, field spec, known transforms, target, list of values: the whole
--               new content (string and hash entry: one value; hash: key, value...; set, list:
--               elements; sorted set: score, element...; none at all: remove the field)
--   A field spec is in lib/fields.lua; target: the collection that values have to be in, or ''.
--   A touch says which parts of the value the command may change:
--     'named'   hash: these sub-keys            'all'    anything
--     'sure'    these elements will be there    'add'    these elements may be there
--     'gone'    these elements may be gone      'taken'  those in the reply may be gone
--     'at'      the element at this list position may be gone
-- Reply  {0, pk of the first object, reply of each native step...} or, nothing changed,
--        {1, 'NOSUCH', object number} {1, 'EXISTS', pk} {1, 'UNIQUE', field, hex value, pk}
--        {1, 'NAN', field, hex value} {1, 'NOTARGET', field, hex value} {1, 'NOVALUE', name}
--        {1, 'TOGETHER', field, index label, pk, hex value...}
--        {1, 'NEED', field, values...} (transforms to compute)
-- Errors those of Redis, nothing changed.
-- include: text
-- include: fields
-- include: entries
-- include: joint
-- include: native
-- include: collection

local function fill_references()
  for _ = 1, take_number() do
    local at, key, entry, name = take_number(), take(), take(), take()
    local value
    if entry == '' then value = redis.call('GET', key) else value = redis.call('HGET', key, entry) end
    if not value then refuse('NOVALUE', name) end
    ARGV[at] = value
  end
end

local objects
local replies = {}

local function raise_if_error(reply)
  if type(reply) == 'table' and reply.err then error(reply) end
  return reply
end

-- Runs a command of any length; a list of same arguments longer than the Lua stack is
-- sent in parts of whole groups, and integer replies are added up.
local function run_parts(argv, start, size)
  local total
  local room = 7000 - 7000 % size
  for first = start, #argv, room do
    local part = {unpack(argv, 1, start - 1)}
    for i = first, math.min(first + room - 1, #argv) do part[#part + 1] = argv[i] end
    local reply = raise_if_error(redis.pcall(unpack(part)))
    if type(reply) == 'number' and total and string.upper(argv[1]) ~= 'LPUSH' and string.upper(argv[1]) ~= 'RPUSH' then
      total = total + reply
    else
      total = reply
    end
  end
  return total
end

local function run(step)
  local argv = step.argv
  if #argv <= 7500 then
    return raise_if_error(run_native(step.resp, objects[1].prefix .. 'pks:scratch', unpack(argv)))
  end
  if step.size == 0 then
    refuse('TOOMANY', tostring(#argv))
  end
  return run_parts(argv, step.start, step.size)
end

-- The elements in the reply of a command that takes some out.
local function taken(kind, reply)
  if type(reply) == 'string' then return {reply} end
  if type(reply) ~= 'table' then return {} end
  local found = {}
  if reply.set then
    for element in pairs(reply.set) do found[#found + 1] = element end
  elseif kind == 'z' and type(reply[1]) == 'table' then
    for _, pair in ipairs(reply) do found[#found + 1] = pair[1] end
  else
    for i = 1, #reply, kind == 'z' and 2 or 1 do found[#found + 1] = reply[i] end
  end
  return found
end

-- Notes how to bring a whole key back, and tells whether there is one. A copy needs no
-- right that a limited user may lack; where there is no memory for one, a dump serves.
local spares = {}

local function keep_whole(field)
  if field.kept ~= nil then return field.kept end
  local spare = field.prefix .. 'scratch:' .. #spares + 1
  local copied = redis.pcall('COPY', field.key, spare, 'REPLACE')
  field.kept = copied == 1
  if field.kept then
    spares[#spares + 1] = spare
    did('RENAME', spare, field.key)
  elseif copied == 0 then
    did('DEL', field.key)
  else
    local dump = redis.call('DUMP', field.key)
    field.kept = dump ~= false
    if dump then did('RESTORE', field.key, math.max(0, redis.call('PTTL', field.key)), dump, 'REPLACE')
    else did('DEL', field.key) end
  end
  return field.kept
end

local function keep_cells(field, before)
  if field.kind == 's' then
    if before[''] then did('SET', field.key, before[''], 'KEEPTTL') else did('DEL', field.key) end
    return
  end
  for sub, old in pairs(before) do
    local entry = field.kind == 'i' and field.name or sub
    if old then did('HSET', field.key, entry, old) else did('HDEL', field.key, entry) end
  end
end

local function follow_cells(field, before, after)
  local raws = {}
  for _, new in pairs(after) do if new then raws[#raws + 1] = new end end
  require_known(field, raws)
  for sub, old in pairs(before) do
    if not after[sub] then follow(field, sub, old, false) end
  end
  for sub, new in pairs(after) do
    if new then follow(field, sub, before[sub], new) end
  end
end

local function follow_elements(field, before, after)
  local raws = {}
  for element in pairs(after) do raws[#raws + 1] = element end
  require_known(field, raws)
  for element in pairs(before) do
    if not after[element] then follow(field, '', element, false) end
  end
  for element in pairs(after) do
    if not before[element] then follow(field, '', false, element) end
  end
end

-- 1. Before a command: read what it may change, and enter the elements it names. An entry
-- that is refused for an element which may not be added after all waits for the outcome.
local before = {}

before.cells = function(field, subs)
  field.subs = subs
  field.before = cells(field, subs)
  keep_cells(field, field.before)
end

before.all = function(field)
  keep_whole(field)
  field.before = elements(field)
end

before.enter = function(field, names, sure)
  require_known(field, names)
  for _, element in ipairs(names) do
    local ok, reason = pcall(follow, field, '', false, element)
    if not ok then
      if sure or not (type(reason) == 'table' and reason.refused) then error(reason) end
      keep_whole(field)
      field.pending = field.pending or {}
      field.pending[element] = reason
    end
  end
end

local function look_before(effect)
  local field = effect.field
  if not field.tracked then return end
  field.gone, field.added, field.reply = {}, {}, false
  for _, touch in ipairs(effect.touches) do
    if not field.multi then
      if field.kind ~= 'h' then before.cells(field)
      elseif touch.how == 'named' then before.cells(field, touch.values)
      else keep_whole(field) field.before = cells(field) end
    elseif touch.how == 'all' then before.all(field)
    elseif touch.how == 'sure' then before.enter(field, touch.values, true)
    elseif touch.how == 'add' then
      before.enter(field, touch.values, false)
      for _, element in ipairs(touch.values) do field.added[#field.added + 1] = element end
    elseif touch.how == 'gone' then
      for _, element in ipairs(touch.values) do field.gone[#field.gone + 1] = element end
    elseif touch.how == 'taken' then field.reply = true
    elseif touch.how == 'at' then
      local element = redis.pcall('LINDEX', field.key, touch.values[1])
      if type(element) == 'string' then field.gone[#field.gone + 1] = element end
    end
  end
end

-- Where the outcome is open, every value that the command may change must come back too.
local function keep_if_open(effects)
  for _, effect in ipairs(effects) do
    if effect.field.pending or #effects > 1 and effect.field.before then
      for _, each in ipairs(effects) do keep_whole(each.field) end
      return
    end
  end
end

-- 2. After it: what is no longer there loses its entries, what is there keeps or gets them.
local function settle_gone(field, reply)
  if field.reply then
    for _, element in ipairs(taken(field.kind, reply)) do field.gone[#field.gone + 1] = element end
  end
  for _, element in ipairs(field.gone) do
    if not holds(field, element) then follow(field, '', element, false) end
  end
end

local function settle_added(field)
  for _, element in ipairs(field.added) do
    if not holds(field, element) then follow(field, '', element, false)
    elseif field.pending and field.pending[element] then follow(field, '', false, element) end
  end
end

local function look_after(effects, reply)
  for _, effect in ipairs(effects) do
    local field = effect.field
    if not field.tracked or not field.multi and not field.before then -- nothing to follow
    elseif not field.multi then follow_cells(field, field.before, cells(field, field.subs))
    elseif field.before then follow_elements(field, field.before, elements(field))
    else settle_gone(field, reply) end
  end
  -- last, because an element may have come from where it is gone now
  for _, effect in ipairs(effects) do
    if effect.field.added then settle_added(effect.field) end
  end
end

local function take_field()
  local object = objects[take_number()]
  local field = take_spec()
  take_known(field)
  local target = take()
  field.target = target ~= '' and target
  locate(place(field, object))
  if field.joint then joint().watch(field) end
  return field
end

local steps = {}

steps.native = function()
  local step = {resp = take(), start = take_number(), size = take_number()}
  local position = take_number()
  step.argv = take_list()
  local effects = {}
  for i = 1, take_number() do
    local effect = {field = take_field(), touches = {}}
    for j = 1, take_number() do effect.touches[j] = {how = take(), values = take_list()} end
    effects[i] = effect
  end
  if position > 0 then step.argv[position] = effects[1].field.key end
  for _, effect in ipairs(effects) do look_before(effect) end
  keep_if_open(effects)
  local reply = run(step)
  look_after(effects, reply)
  replies[#replies + 1] = reply
end

local WRITERS = {S = {'SADD', 1}, l = {'RPUSH', 1}, z = {'ZADD', 2}, h = {'HSET', 2}}

local function store(field, values)
  if field.kind == 's' then
    if values[1] then redis.call('SET', field.key, values[1]) else redis.call('DEL', field.key) end
  elseif field.kind == 'i' then
    if values[1] then redis.call('HSET', field.key, field.name, values[1]) else redis.call('HDEL', field.key, field.name) end
  else
    redis.call('UNLINK', field.key)
    if #values > 0 then
      local command = WRITERS[field.kind]
      local argv = {command[1], field.key}
      for i = 1, #values do argv[i + 2] = values[i] end
      run({argv = argv, start = 3, size = command[2]})
    end
  end
end

steps.assign = function()
  local field = take_field()
  local values = take_list()
  local read = field.multi and elements or cells
  local old
  if field.kind == 's' or field.kind == 'i' then
    old = cells(field)
    keep_cells(field, old)
  else
    old = keep_whole(field) and #field.indexes > 0 and read(field) or {}
  end
  store(field, values)
  if #field.indexes > 0 then
    local follow_all = field.multi and follow_elements or follow_cells
    follow_all(field, old, read(field))
  end
end

local function main()
  fill_references()
  objects = take_objects()
  for number, object in ipairs(objects) do
    if object.mode == 'new' then enter_collection(object)
    elseif redis.call('SISMEMBER', object.prefix .. 'pks', object.pk) == 0 then
      refuse('NOSUCH', tostring(number))
    end
  end
  for _ = 1, take_number() do steps[take()]() end
  if joint_made then joint_made.settle() end
  for _, spare in ipairs(spares) do redis.call('UNLINK', spare) end
  return {0, objects[1].pk, unpack(replies)}
end

-- include: finish
