-- One condition of a query: how many objects meet it, which, and which of some candidates.
-- Needs lib/text.lua, lib/fields.lua, lib/compare.lua.
--
-- A condition table: kind, field, index, sub, label, values[]. The kinds, by where they are:
--   lib/equals.lua   e equal (a set for each value)    u equal in a unique index (a hash)
--                    s equal, with a score: a sorted set for each value, its order that of the results
--   lib/ranges.lua   t text range, n number range: values are pairs of bounds, any of which may hold
--   lib/parts.lua    m parts of a text
--   lib/places.lua   g places in any of some shapes
--   lib/pks.lua      p these pks                       k the members of a set, sorted set or list
--                    a every object of the model
--   lib/held.lua     x '1': no value, '0': a value
--   lib/steps.lua    > a step through a relation
--   lib/bounds.lua   r one whose value stands in a field; becomes one of the others when it is weighed

local CHUNK = 1000

-- Of each kind: how many objects meet a condition, which they are, and which of some pks.
local estimate, source, filter = {}, {}, {}

local take_step -- lib/steps.lua

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

-- The pks in these replies, each once; in those of an index whose condition is given.
local function distinct(replies, condition)
  local found, seen = {}, {}
  local paired = condition and (condition.kind == 't' or condition.kind == 'm' or condition.field.multi)
  for _, reply in ipairs(replies) do
    for _, member in ipairs(reply) do
      local _, pk = nil, member
      if paired then _, pk = split_member(member) end
      if not seen[pk] then
        seen[pk] = true
        found[#found + 1] = pk
      end
    end
  end
  return found
end

-- Calls keep(pk, reply for this pk) over replies of a command that takes many members.
local function in_chunks(command, key, pks, keep)
  for first = 1, #pks, CHUNK do
    local last = math.min(first + CHUNK - 1, #pks)
    for i, reply in ipairs(redis.call(command, key, unpack(pks, first, last))) do
      keep(first + i - 1, reply)
    end
  end
end

local function kept(pks, keep)
  local found = {}
  for i, pk in ipairs(pks) do
    if keep[i] then found[#found + 1] = pk end
  end
  return found
end

-- How many members there are in the sets (SCARD), or sorted sets (ZCARD), of a condition's values.
local function sizes(condition, command)
  local total = 0
  for _, value in ipairs(condition.values) do
    total = total + redis.call(command, condition.base .. ':' .. value)
  end
  return total
end

-- How many members of a sorted set are in ranges: pairs of bounds.
local function count_ranges(command, key, bounds)
  local total = 0
  for i = 1, #bounds, 2 do total = total + redis.call(command, key, bounds[i], bounds[i + 1]) end
  return total
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

-- include: bounds
-- include: held
-- include: pks
-- include: equals
-- include: ranges
-- include: parts
