-- A condition on the other side of a relation: kind '>'. Needs lib/tree.lua.
--
-- The field of the relation is in the model that points; its one index finds who points to
-- a pk. A step goes 'to' (from objects that point to what they point to: the condition is on
-- what the field holds) or 'from' (from objects to those that point to them).
--
-- step: own (prefix of the model that is asked for), prefix (of the model that points),
-- far (prefix of the model on the other side), inner (the tree of conditions there), null ('1': nobody
-- there, '0': anybody, '': see inner).
-- include: pointing

local FEW = 1000 -- so many objects of the other side are found first, to see who is concerned

take_step = function(step)
  step.way, step.far, step.null = take(), take(), take()
  step.own = step.prefix
  if step.way == 'from' then
    step.prefix = step.far
    step.base = step.far .. 'index:' .. step.field.name .. ':' .. step.index.label
  end
  step.inner = take_node(step.far)
  return step
end

-- 1. The other side.
local function plan_inner(step)
  if not step.size then step.size = weigh(step.inner).estimate end
end

local function filter_inner(step, pks) return filter['&'](step.inner, pks) end

local function all_inner(step)
  plan_inner(step)
  if not step.found then
    local before = looked -- which counts objects of our side
    step.found = source['&'](step.inner)
    looked = before
  end
  return step.found
end

-- 2. The relation itself.
local function count_pointing(step, pk)
  if step.index.unique then return redis.call('HEXISTS', step.base, pk) end
  return redis.call('SCARD', step.base .. ':' .. pk)
end

local function pointed(step, pk)
  local field, found = bind(step, pk), {}
  if not field.multi then return {cells(field)[''] or nil} end
  for element in pairs(elements(field)) do found[#found + 1] = element end
  return found
end

local SIZES = {S = 'SCARD', l = 'LLEN', z = 'ZCARD'}

local function count_pointed(step, pk)
  local size = SIZES[step.field.kind]
  return size and redis.call(size, bind(step, pk).key) or 1
end

local REACH = {
  to = {go = pointed, count_go = count_pointed, back = pointing, count_back = count_pointing},
  from = {go = pointing, count_go = count_pointing, back = pointed, count_back = count_pointed},
}

local function total(step, pks, count)
  local sum = 0
  for _, pk in ipairs(pks) do sum = sum + count(step, pk) end
  return sum
end

-- The other sides of some objects, each once, and for each who led to it.
local function across(step, pks, reach)
  local list, led = {}, {}
  for _, pk in ipairs(pks) do
    for _, there in ipairs(reach(step, pk)) do
      if not led[there] then
        led[there] = {}
        list[#list + 1] = there
      end
      local leaders = led[there]
      leaders[#leaders + 1] = pk
    end
  end
  return list, led
end

local function led_by(list, led)
  local found, seen = {}, {}
  for _, there in ipairs(list) do
    for _, pk in ipairs(led[there]) do
      if not seen[pk] then
        seen[pk] = true
        found[#found + 1] = pk
      end
    end
  end
  return found
end

local function own_size(step) return redis.call('SCARD', step.own .. 'pks') end

-- 3. From the other side to ours: who is concerned by what was found there.
local function come(step)
  local list = across(step, all_inner(step), REACH[step.way].back)
  -- a relation that may hold any pk leads to objects that are not there
  return step.way == 'from' and filter.a({prefix = step.own}, list) or list
end

-- 4. From ours to the other side: which of these are concerned.
local function go(step, pks)
  local list, led = across(step, pks, REACH[step.way].go)
  if step.found then list = among(list, members(step.found))
  else list = filter_inner(step, filter.a({prefix = step.far}, list)) end
  return among(pks, members(led_by(list, led)))
end

-- Asks the index of each one found, where these are few.
local function ask(step, pks)
  local keep = {}
  for _, there in ipairs(step.found) do
    in_chunks('SMISMEMBER', step.base .. ':' .. there, pks, function(i, reply)
      if reply == 1 then keep[i] = true end
    end)
  end
  return kept(pks, keep)
end

local function filter_null(step, pks)
  local found, wanted = {}, step.null == '1'
  for _, pk in ipairs(pks) do
    if (count_pointing(step, pk) == 0) == wanted then found[#found + 1] = pk end
  end
  return found
end

estimate['>'] = function(step)
  if step.null ~= '' then return own_size(step) + 1 end
  plan_inner(step)
  if step.size > FEW then return own_size(step) end
  step.reach = total(step, all_inner(step), REACH[step.way].count_back)
  return step.reach
end

source['>'] = function(step)
  if step.null ~= '' or not step.found and step.size > own_size(step) then
    return filter['>'](step, source.a({prefix = step.own}))
  end
  return come(step)
end

-- The unit of cost is the reading of a value; asking an index about one pk is a fifth of it.
filter['>'] = function(step, pks)
  if step.null ~= '' then return filter_null(step, pks) end
  local effort = total(step, pks, REACH[step.way].count_go)
  if not step.found and step.size > effort then return go(step, pks) end
  local found = all_inner(step)
  if step.way == 'to' and not step.index.unique and #found * #pks <= 5 * effort then return ask(step, pks) end
  if step.way == 'from' and (step.reach or #found) <= effort then return among(pks, members(come(step))) end
  return go(step, pks)
end
