-- The write engine: native commands and whole-value assignments on the fields of one or
-- several objects, with everything their indexes need, all or nothing.
--
-- KEYS   the collection of each object, then the objects' own keys that are known when the
--        call is made. Index keys depend on stored values: they carry the same hash tag.
-- ARGV   (each list: its length, then its items)
--   list of references: number of the argument to fill in, key, hash entry ('': a string), name
--   list of objects: prefix, pk, mode
--     mode 'must': it has to exist; 'any': it may; 'new': it must not, and '' as pk asks for the next
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
--        {1, 'COUNT', field, how many values there would be}
--        {1, 'TOGETHER', field, index label, pk, hex value...}
--        {1, 'NEED', field, values...} (transforms to compute)
-- Errors those of Redis, nothing changed.
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint
-- include: assign
-- include: limits
-- include: references
-- include: native
-- include: collection

local objects
local replies = {}

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
  local limited = limits_before(effects, step.argv)
  local reply = run(step)
  if limited then limits_after(effects, step.argv) end
  look_after(effects, reply)
  replies[#replies + 1] = reply
end

steps.assign = function()
  local field = take_field()
  assign(field, take_list())
end

local function main()
  fill_references()
  objects = take_objects()
  for number, object in ipairs(objects) do
    if object.mode == 'new' then enter_collection(object)
    elseif object.mode == 'any' then
      if redis.call('SADD', object.prefix .. 'pks', object.pk) == 1 then did('SREM', object.prefix .. 'pks', object.pk) end
    elseif redis.call('SISMEMBER', object.prefix .. 'pks', object.pk) == 0 then
      refuse('NOSUCH', tostring(number))
    end
  end
  for _ = 1, take_number() do steps[take()]() end
  if joint_made then joint_made.settle() end
  drop_spares()
  return {0, objects[1].pk, unpack(replies)}
end

-- include: finish
