-- The query engine: which objects meet all conditions, in which order, which slice of them.
-- Only reads.
--
-- KEYS   1: the collection
-- ARGV   prefix; what: 'pks', 'count' or 'explain'
--        list of conditions (lib/conditions.lua): kind, label, sub-key, field spec, values
--        order: '' none, 'pk', 'field', 'pattern', 'score' (of the first scored condition), 'held'
--          (that of a list or sorted set of pks); 'alpha', 'number' or 'auto'; '1' for descending;
--          for 'field' its spec, with the one index (if any) whose order is that of the sort;
--          for 'pattern' key start, key end, hash entry; for 'held' key, 'l' list or 'z' sorted set
--        list of slices: start, stop, step ('' where absent), one after the other
--        list of nodes to fetch (lib/fetch.lua): parent, way, prefix of the model that points,
--          prefix of the model there, field spec, list of strings, list of hash entries
-- Reply  a list of pks; with nodes {pks, {links, pks, values}...}; a number; a number; or {candidates, order, driver, label, estimate...}
-- Errors 'a value is not a number' when a numeric sort meets one.
-- include: text
-- include: fields
-- include: compare
-- include: conditions
-- include: steps
-- include: fetch

local prefix, what = take(), take()
local conditions = {}
for i = 1, take_number() do conditions[i] = take_condition(prefix) end
local everything = {kind = 'a', label = 'all objects', prefix = prefix, field = {}, values = {}}

local order = {by = take(), type = take(), desc = take() == '1'}
if order.by == 'field' then
  order.field = take_spec()
elseif order.by == 'held' then
  order.key, order.kind = take(), take()
elseif order.by == 'pattern' then
  order.first, order.last, order.entry = take(), take(), take()
end
local slices = {}
for i = 1, take_number() do slices[i] = {tonumber(take()), tonumber(take()), tonumber(take())} end

local nodes = {}
for i = 1, take_number() do nodes[i] = take_node() end

-- The condition whose scores may order the results: the first of its kind.
local scored
for _, condition in ipairs(conditions) do
  if condition.kind == 's' then scored = scored or condition end
end

-- 1. The plan: the conditions from the most selective to the least.
for _, condition in ipairs(conditions) do condition.estimate = estimate[condition.kind](condition) end
table.sort(conditions, function(a, b) return a.estimate < b.estimate end)
local driver = conditions[1] or everything
local notes = {tested = 0, how = ''}

local function explain()
  local reply = {notes.tested, notes.how, driver.label}
  for _, condition in ipairs(conditions) do
    reply[#reply + 1] = condition.label
    reply[#reply + 1] = condition.estimate
  end
  return reply
end

-- Equal conditions of one value each, which Redis intersects faster than we do.
local function native_sets()
  local keys = {}
  for _, condition in ipairs(conditions) do
    if condition.kind == 'e' and #condition.values == 1 then
      keys[#keys + 1] = condition.base .. ':' .. condition.values[1]
      condition.native = true
    end
  end
  return keys
end

local function candidates()
  if driver.kind == 'e' and #driver.values == 1 then
    local keys = native_sets()
    if #keys > 1 then return redis.call('SINTER', unpack(keys)) end
  end
  driver.native = true
  return source[driver.kind](driver)
end

local function test(pks, skip)
  for _, condition in ipairs(conditions) do
    if #pks == 0 then return pks end
    if not condition.native and condition ~= skip then pks = filter[condition.kind](condition, pks) end
  end
  return pks
end

-- 2. Counting without fetching, where the index knows the number.
local function count_shortcut()
  if #conditions == 0 then return redis.call('SCARD', prefix .. 'pks') end
  if #conditions > 1 then return nil end
  if driver.kind == 'e' and #driver.values == 1 then return driver.estimate end
  if (driver.kind == 'n' or driver.kind == 't') and one_to_one(driver) then return driver.estimate end
end

-- 3. The order: a key for each candidate, ties by pk.
local function value_key(pk)
  if order.by == 'pattern' then
    local key = order.first .. pk .. order.last
    if order.entry ~= '' then return redis.pcall('HGET', key, order.entry) end
    return redis.pcall('GET', key)
  end
  local field = place(order.field, {prefix = prefix, pk = pk})
  return cells(field)['']
end

local function number_key(text)
  if not text or text == '' then return 0 end
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

local function number_keys(pks, keys)
  local index = order.by == 'field' and order.field.indexes[1]
  if index then
    in_chunks('ZMSCORE', prefix .. 'index:' .. order.field.name .. ':' .. index.label, pks, function(i, reply)
      keys[pks[i]] = reply and to_score(reply) or 0
    end)
    return
  end
  for _, pk in ipairs(pks) do keys[pk] = number_key(value_key(pk)) end
end

local function score_keys(pks, keys)
  scores(scored, pks, function(i, score) keys[pks[i]] = to_score(score) end)
end

local function place_keys(keys)
  local command = order.kind == 'z' and 'ZRANGE' or 'LRANGE'
  for place, pk in ipairs(redis.call(command, order.key, 0, -1)) do keys[pk] = keys[pk] or place end
end

local function sort_keys(pks)
  local keys = {}
  local numeric = order.type == 'number'
  if order.by == 'score' then
    numeric = true
    score_keys(pks, keys)
  elseif order.by == 'held' then
    numeric = true
    place_keys(keys)
  elseif order.by == 'pk' then
    if order.type == 'auto' then numeric = all_numbers(pks) end
    for _, pk in ipairs(pks) do keys[pk] = numeric and number_key(pk) or pk end
  elseif numeric then number_keys(pks, keys)
  else
    for _, pk in ipairs(pks) do
      local value = value_key(pk)
      keys[pk] = type(value) == 'string' and value or ''
    end
  end
  return keys, numeric
end

local function sorted(pks)
  if order.by == '' then return pks end
  local keys, numeric = sort_keys(pks)
  local function before(a, b)
    local x, y = keys[a], keys[b]
    if x == y then return less(a, b) end
    if numeric then return x < y end
    return less(x, y)
  end
  if order.desc then
    table.sort(pks, function(a, b) return before(b, a) end)
  else
    table.sort(pks, before)
  end
  return pks
end

-- 4. list[start:stop:step] of Python.
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

-- 5. Walking an index in its own order and stopping early, where that is cheaper than
-- sorting every candidate and no object without an entry can be part of the answer.
local function walk_scores()
  if scored and #scored.values == 1 and (order.by == 'score' or order.by == 'field'
    and order.type == 'number' and scored.index.others[1].name == order.field.name) then
    return scored
  end
end

local function walk_range(index)
  for _, condition in ipairs(conditions) do
    if condition.field.name == order.field.name and condition.index and condition.index.label == index.label
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
  local by_score = walk_scores()
  if not first or not by_score and (order.by ~= 'field' or not order.field.indexes[1]) then return nil end
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
  for _, other in ipairs(conditions) do
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
    for _, pk in ipairs(test(pks, condition)) do found[#found + 1] = pk end
    offset = offset + step_size
    step_size = math.min(step_size * 2, 5000)
  end
  notes.tested, notes.how = math.min(offset, size), 'walked ' .. index.label
  while #found > stop do found[#found] = nil end
  return found
end

local function main()
  if what == 'count' and #slices == 0 then
    local known = count_shortcut()
    if known then return known end
  end
  local result = walk()
  if not result then
    result = candidates()
    notes.tested = #result
    result = test(result)
    if what ~= 'count' then
      notes.how = order.by == '' and 'unordered' or 'sorted'
      result = sorted(result)
    end
  end
  for _, slice in ipairs(slices) do result = cut(result, slice) end
  if what == 'count' then return #result end
  if what == 'explain' then return explain() end
  if #nodes > 0 then return fetch_all(nodes, result) end
  return result
end

local ok, outcome = pcall(main)
if ok then return outcome end
-- include: finish_error
