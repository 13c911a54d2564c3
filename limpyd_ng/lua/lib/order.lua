-- The order of results: keys to compare by, and list[start:stop:step] of Python.
-- Needs lib/text.lua, lib/compare.lua, lib/fields.lua, lib/conditions.lua, lib/places.lua.
--
-- An order table: by ('pk', 'field', 'near' a place, 'pattern', 'score' of a sorted set, 'own' of a
-- scored condition, 'held' by a list or sorted set), type ('alpha', 'number', 'auto'), desc,
-- missing ('' counts as 0 or the empty text, 'first', 'last'), and what 'by' needs.

local function take_order(prefix)
  local order = {by = take(), type = take(), desc = take() == '1', missing = take(), prefix = prefix}
  if order.by == 'field' then order.field = take_spec()
  elseif order.by == 'near' then order.field, order.lon, order.lat = take_spec(), take_number(), take_number()
  elseif order.by == 'pattern' then order.first, order.last, order.entry = take(), take(), take()
  elseif order.by == 'score' then order.key = take()
  elseif order.by == 'held' then order.key, order.held = take(), take() end
  return order
end

local function take_orders(prefix)
  local orders = {}
  for i = 1, take_number() do orders[i] = take_order(prefix) end
  return orders
end

local function take_slices()
  local slices = {}
  for i = 1, take_number() do slices[i] = {tonumber(take()), tonumber(take()), tonumber(take())} end
  return slices
end

local function value_key(order, pk)
  if order.by == 'pattern' then
    local key = order.first .. pk .. order.last
    local value
    if order.entry ~= '' then value = redis.pcall('HGET', key, order.entry)
    else value = redis.pcall('GET', key) end
    return type(value) == 'string' and value or nil
  end
  return cells(place(order.field, {prefix = order.prefix, pk = pk}))[''] or nil
end

local function number_key(text)
  if type(text) == 'number' then return text end
  if not text or text == '' then return 0 end
  if #text < 16 and string.match(text, '^%-?%d+$') then return tonumber(text) end
  local number = is_number(text) and to_score(string.lower(text)) or tonumber(text)
  if not number or number ~= number then
    error({err = 'ERR a value is not a number: sort by this field with alpha=True'})
  end
  return number
end

local function all_numbers(pks)
  for _, pk in ipairs(pks) do
    if not string.match(pk, '^%-?%d+$') or #pk > 15 then return false end
  end
  return true
end

-- The score, as a text, of each of the pks that the sorted set holds.
local function score_texts(key, pks)
  local found = {}
  in_chunks('ZMSCORE', key, pks, function(i, reply) found[pks[i]] = reply or nil end)
  return found
end

local function places_of(order)
  local found, command = {}, order.held == 'z' and 'ZRANGE' or 'LRANGE'
  for place, pk in ipairs(redis.call(command, order.key, 0, -1)) do found[pk] = found[pk] or place end
  return found
end

local function own_scores(order, pks)
  local found = {}
  scores(order.condition, pks, function(i, score) found[pks[i]] = score end)
  return found
end

local function distances(order, pks)
  local found = {}
  for _, pk in ipairs(pks) do
    local text = value_key(order, pk)
    local lon, lat = place_of(text or '')
    if lon then found[pk] = distance(order.lon, order.lat, lon, lat) end
  end
  return found
end

-- The text each pk is ordered by, nil where it has none; no table where it is the pk itself.
local function texts_to_order(order, pks)
  if order.by == 'pk' then return nil end
  if order.by == 'held' then return places_of(order) end -- for: held
  if order.by == 'score' then return (order.type == 'alpha' and score_texts or scores_of)(order.key, pks) end -- for: score
  if order.by == 'own' then return own_scores(order, pks) end -- for: own
  if order.by == 'near' then return distances(order, pks) end -- for: near
  local index = order.by == 'field' and order.type == 'number' and order.field.indexes[1]
  if index then return scores_of(order.prefix .. 'index:' .. order.field.name .. ':' .. index.label, pks) end
  local texts = {}
  for _, pk in ipairs(pks) do
    texts[pk] = value_key(order, pk)
  end
  return texts
end

local function sort_keys(order, pks)
  local numeric = order.type == 'number' or order.type == 'auto' and (order.by ~= 'pk' or all_numbers(pks))
  local keys, texts, default = {}, texts_to_order(order, pks), ''
  if numeric then default = order.by == 'score' and -math.huge or order.by == 'near' and math.huge or 0 end
  if order.missing ~= '' then default = nil end
  for _, pk in ipairs(pks) do
    local text = pk
    if texts then text = texts[pk] end
    if not text then keys[pk] = default
    elseif numeric then keys[pk] = number_key(text)
    else keys[pk] = text end
  end
  return keys, numeric
end

-- Sorts by one key. What is equal is put aside together, so that the many comparisons are of
-- the keys alone, by Lua itself where it can: a comparison by a function costs five times as much.
local function sort_by_one(order, pks, keys, numeric)
  local distinct_keys, same = {}, {}
  for _, pk in ipairs(pks) do
    local key = keys[pk]
    local others = same[key]
    if others then others[#others + 1] = pk
    else
      same[key] = {pk}
      distinct_keys[#distinct_keys + 1] = key
    end
  end
  if numeric or bytewise then table.sort(distinct_keys) else table.sort(distinct_keys, less) end
  local at, step = 1, 1
  if order.desc then at, step = #pks, -1 end
  for _, key in ipairs(distinct_keys) do
    local equal = same[key]
    if #equal > 1 then table.sort(equal, less) end
    for _, pk in ipairs(equal) do
      pks[at] = pk
      at = at + step
    end
  end
end

local function by_several(orders, keys, numeric)
  local backwards = orders[#orders].desc
  return function(a, b)
    for i, order in ipairs(orders) do
      local x, y = keys[i][a], keys[i][b]
      if x ~= y then
        if x == nil then return order.missing == 'first' end
        if y == nil then return order.missing == 'last' end
        if order.desc then x, y = y, x end
        if numeric[i] then return x < y end
        return less(x, y)
      end
    end
    if backwards then return less(b, a) end
    return less(a, b)
  end
end

-- Sorts in place; what is equal in every order stands by pk, as the last order runs.
local function sort_by(orders, pks)
  local keys, numeric = {}, {}
  for i, order in ipairs(orders) do keys[i], numeric[i] = sort_keys(order, pks) end
  if #orders == 1 and orders[1].missing == '' then
    sort_by_one(orders[1], pks, keys[1], numeric[1])
  else
    table.sort(pks, by_several(orders, keys, numeric))
  end
  return pks
end

-- list[start:stop:step] of Python.
local function cut(list, slice)
  local size, step = #list, slice[3] or 1
  local function bound(value, default, low, high)
    if not value then return default end
    if value < 0 then value = value + size end
    return math.max(low, math.min(high, value))
  end
  local result, start, stop = {}, nil, nil
  if step > 0 then
    start, stop = bound(slice[1], 0, 0, size), bound(slice[2], size, 0, size)
    for i = start, stop - 1, step do result[#result + 1] = list[i + 1] end
  else
    start, stop = bound(slice[1], size - 1, -1, size - 1), bound(slice[2], -1, -1, size - 1)
    for i = start, stop + 1, step do result[#result + 1] = list[i + 1] end
  end
  return result
end
