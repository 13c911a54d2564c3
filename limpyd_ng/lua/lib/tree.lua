-- The condition tree of a query: which objects meet it, driven from its cheapest branch.
-- Needs lib/conditions.lua.
--
-- A node is a condition, or a group with children:
--   & all of them (none: every object)    | any of them    ! not the one
-- Each kind of node, leaf or group, has an entry in 'estimate', 'source' and 'filter'.

local looked = 0 -- entries read by the branches that drive

local function take_node(prefix)
  local kind = take()
  if kind ~= '&' and kind ~= '|' and kind ~= '!' then return take_condition(prefix, kind) end
  local node = {kind = kind, label = take(), prefix = prefix, children = {}}
  for i = 1, take_number() do node.children[i] = take_node(prefix) end
  return node
end

estimate['&'] = function(node)
  return node.children[1] and node.children[1].estimate or estimate.a(node)
end

estimate['|'] = function(node)
  local total = 0
  for _, child in ipairs(node.children) do total = total + child.estimate end
  return total
end

-- what is not there can only be told by looking at every object
estimate['!'] = function(node) return estimate.a(node) + 1 end

-- Estimates every node; children stand from the most selective to the least.
local function weigh(node)
  if node.children then
    for _, child in ipairs(node.children) do weigh(child) end
    table.sort(node.children, function(a, b) return a.estimate < b.estimate end)
  end
  if node.kind == 'r' then resolve(node) end -- for: r
  node.estimate = estimate[node.kind](node)
  return node
end

local function drive(node)
  local found = source[node.kind](node)
  if not node.children then looked = looked + #found end
  return found
end

local function one_set(node) return node.kind == 'e' and #node.values == 1 end

-- The entries of the cheapest branch of an '&', and which children they meet already.
-- Redis intersects equalities of one value each faster than we do.
local function candidates(node)
  local driver, met, keys = node.children[1], {}, {}
  if not driver then
    local found = source.a(node)
    looked = looked + #found
    return found, met
  end
  met[driver] = true
  if not one_set(driver) then return drive(driver), met end
  for _, child in ipairs(node.children) do
    if one_set(child) and #keys < CHUNK then
      keys[#keys + 1] = child.base .. ':' .. child.values[1]
      met[child] = true
    end
  end
  if #keys == 1 then return drive(driver), met end
  local found = redis.call('SINTER', unpack(keys))
  looked = looked + #found
  return found, met
end

-- Those of the pks that meet every child but the ones already met.
local function rest(node, pks, met)
  for _, child in ipairs(node.children) do
    if #pks == 0 then return pks end
    if not met[child] then pks = filter[child.kind](child, pks) end
  end
  return pks
end

source['&'] = function(node)
  local found, met = candidates(node)
  return rest(node, found, met)
end

source['|'] = function(node)
  local replies = {}
  for i, child in ipairs(node.children) do replies[i] = drive(child) end
  return distinct(replies)
end

source['!'] = function(node)
  local found = source.a(node)
  looked = looked + #found
  return filter['!'](node, found)
end

filter['&'] = function(node, pks) return rest(node, pks, {}) end

filter['|'] = function(node, pks)
  local met, left = {}, pks
  for _, child in ipairs(node.children) do
    for _, pk in ipairs(filter[child.kind](child, left)) do met[pk] = true end
    local others = {}
    for _, pk in ipairs(left) do
      if not met[pk] then others[#others + 1] = pk end
    end
    left = others
    if #left == 0 then break end
  end
  return among(pks, met)
end

filter['!'] = function(node, pks)
  local child, found = node.children[1], {}
  local met = members(filter[child.kind](child, pks))
  for _, pk in ipairs(pks) do
    if not met[pk] then found[#found + 1] = pk end
  end
  return found
end

-- How many objects meet a node, where the index knows the number; else nil.
local function known_count(node)
  if one_set(node) then return node.estimate end
  if (node.kind == 'n' or node.kind == 't') and one_to_one(node) then return node.estimate end
  if node.kind == '&' and #node.children == 0 then return estimate.a(node) end
  if node.kind == '&' and #node.children == 1 then return known_count(node.children[1]) end
  if node.kind == '!' then
    local count = known_count(node.children[1])
    return count and estimate.a(node) - count
  end
end

-- Which indexes give the candidates, for explain().
local function driver_name(node)
  if node.kind == '|' then
    local names = {}
    for i, child in ipairs(node.children) do names[i] = driver_name(child) end
    return 'union of ' .. table.concat(names, ', ')
  end
  if node.kind == '!' or not node.children then
    return node.kind == '!' and 'all objects' or node.label
  end
  return node.children[1] and driver_name(node.children[1]) or 'all objects'
end
