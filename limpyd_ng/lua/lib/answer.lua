-- The answer to a query: the pks that meet its tree, ordered and cut.
-- Needs lib/tree.lua, lib/order.lua.
--
-- ARGV   prefix; what; the tree; list of orders; list of slices (start, stop, step, ''
--        where absent); list of the stored result to start from (none, or key, first, last)

local prefix, what = take(), take()
local root = take_node(prefix)
local orders = take_orders(prefix)
local order = orders[1]
-- The condition whose scores may order the results: the first of its kind.
local scored
for _, condition in ipairs(root.children) do
  if condition.kind == 's' then scored = scored or condition end
end
if order and order.by == 'own' then order.condition = scored end
local slices = take_slices()
local stored = take_list()
if #stored == 0 then stored = nil end
local how = ''

-- Walking an index in its own order and stopping early, where that is cheaper than
-- sorting every candidate and no object without an entry can be part of the answer.
local function walk_scores()
  if scored and #scored.values == 1 and (order.by == 'own' or order.by == 'field'
    and order.type == 'number' and scored.index.others[1].name == order.field.name) then
    return scored
  end
end

local function walk_range(index)
  for _, condition in ipairs(root.children) do
    if condition.field and condition.field.name == order.field.name and condition.index and condition.index.label == index.label
      and condition.index.transform == '' and not condition.index.python and one_to_one(condition) then
      return condition, condition.values[1], condition.values[2], condition.estimate
    end
  end
  local base = prefix .. 'index:' .. order.field.name .. ':' .. index.label
  local size = redis.call('ZCARD', base)
  if size ~= redis.call('SCARD', prefix .. 'pks') then return nil end
  if index.kind == 't' then return {base = base}, '-', '+', size end
  return {base = base}, '-inf', '+inf', size
end

local function walk_batch(index, base, low, high, offset, size)
  local command = index.kind == 't' and 'BYLEX' or 'BYSCORE'
  if order.desc then return redis.call('ZREVRANGE' .. command, base, high, low, 'LIMIT', offset, size) end
  return redis.call('ZRANGE' .. command, base, low, high, 'LIMIT', offset, size)
end

local function walk()
  local first = slices[1]
  if #orders ~= 1 or stored or not first then return nil end
  local by_score = walk_scores()
  if not by_score and (order.by ~= 'field' or not order.field.indexes[1]) then return nil end
  local start, stop, step = first[1] or 0, first[2], first[3] or 1
  if start < 0 or not stop or stop < 0 or step < 1 then return nil end
  local index, condition, base, low, high, size = nil, by_score, nil, '-inf', '+inf', nil
  if by_score then
    index, base, size = scored.index, scored.base .. ':' .. scored.values[1], scored.estimate
  else
    index = order.field.indexes[1]
    condition, low, high, size = walk_range(index)
    if not condition then return nil end
    base = condition.base
  end
  local others = size
  for _, other in ipairs(root.children) do
    if other ~= condition then others = math.min(others, other.estimate) end
  end
  if stop * size / math.max(others, 1) >= others then return nil end
  local found, offset, budget, step_size = {}, 0, others, math.max(stop, 100)
  while #found < stop and offset < size do
    if offset > budget then return nil end
    local members_read = walk_batch(index, base, low, high, offset, step_size)
    local pks = {}
    for i, member in ipairs(members_read) do
      if index.kind == 't' then member = select(2, split_member(member)) end
      pks[i] = member
    end
    for _, pk in ipairs(rest(root, pks, {[condition] = true})) do found[#found + 1] = pk end
    offset = offset + step_size
    step_size = math.min(step_size * 2, 5000)
  end
  looked, how = math.min(offset, size), 'walked ' .. index.label
  while #found > stop do found[#found] = nil end
  return found
end

-- What is left of a stored result, in its own order. A list cannot be empty in Redis, so
-- an empty result is stored as [''], which is no pk; a key that is not there has expired.
local function from_stored()
  if redis.call('EXISTS', stored[1]) == 0 then error({err = 'STOREDGONE the stored result has expired'}) end
  local found = redis.call('LRANGE', stored[1], stored[2], stored[3])
  looked = #found
  return rest(root, filter.a(root, found), {})
end

local function find()
  local found = walk()
  if not found then
    found = stored and from_stored() or source['&'](root)
    if what ~= 'count' or #slices > 0 then
      how = #orders == 0 and (stored and 'as stored' or 'unordered') or 'sorted'
      if #orders > 0 then found = sort_by(orders, found) end
    end
  end
  for _, slice in ipairs(slices) do found = cut(found, slice) end
  return found
end
