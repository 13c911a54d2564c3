-- Gives an object another pk: its keys, its index entries, and what points to it. All or nothing.
--
-- KEYS   1: the collection
-- ARGV   prefix; pk; new pk; list of key ends (what follows the prefix) of its values; list of
--        indexed fields: specs (lib/fields.lua); list of relations that point to the model:
--          name, prefix of the referring model, spec of the field, what its Python transforms
--          make of the new pk (known transforms), number of the index that finds referrers
-- Reply  {0, references changed} or, nothing changed, {1, 'NOSUCH', pk} {1, 'EXISTS', new pk}
--        {1, 'INWAY', key} {1, 'REFERRER', relation, pk of the referring object}
-- Errors those of Redis, nothing changed.
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint
-- include: copied
-- include: pointing

local prefix, old_pk, new_pk = take(), take(), take()
local endings = take_list()
local fields = {}
for i = 1, take_number() do fields[i] = take_spec() end

local function bind(field, model, pk)
  local bound = copied(field)
  bound.indexes = {}
  for i, index in ipairs(field.indexes) do bound.indexes[i] = copied(index) end
  bound.prefix, bound.pk = model, pk
  return locate(place(bound, bound))
end

-- {sub-key, value} of all that a field holds.
local function content(field)
  local found = {}
  if field.multi then
    for element in pairs(elements(field)) do found[#found + 1] = {'', element} end
  else
    for sub, value in pairs(cells(field)) do
      if value then found[#found + 1] = {sub, value} end
    end
  end
  return found
end

-- What Python made of the values once is what it is under the new pk.
local function remember(field, held)
  for _, index in ipairs(field.indexes) do
    if index.python then
      field.known[index.n] = {}
      for _, pair in ipairs(held) do
        field.known[index.n][pair[2]] = past(field, index, pair[1], pair[2]) or false
      end
    end
  end
end

local function leave(field, held)
  field.leaving = true
  for _, index in ipairs(field.indexes) do
    local text = index.joint and joint().text(field, index)
    if text then remove_entry(field, index, '', text) end
  end
  for _, pair in ipairs(held) do follow(field, pair[1], pair[2], false) end
end

local function arrive(field, held)
  for _, pair in ipairs(held) do follow(field, pair[1], false, pair[2]) end
  for _, index in ipairs(field.indexes) do
    local text = index.joint and joint().text(field, index)
    if text then add_entry(field, index, '', text) end
  end
end

local function move_keys()
  for _, ending in ipairs(endings) do
    local from, to = prefix .. ending .. ':' .. old_pk, prefix .. ending .. ':' .. new_pk
    if redis.call('EXISTS', to) == 1 then refuse('INWAY', to) end
    if redis.call('EXISTS', from) == 1 then
      redis.call('RENAME', from, to)
      did('RENAME', to, from)
    end
  end
end

local function move()
  local moved = {}
  for i, field in ipairs(fields) do
    local one = bind(field, prefix, old_pk)
    one.held = content(one)
    remember(one, one.held)
    moved[i] = one
  end
  for _, one in ipairs(moved) do leave(one, one.held) end
  move_keys()
  redis.call('SADD', prefix .. 'pks', new_pk)
  did('SREM', prefix .. 'pks', new_pk)
  redis.call('SREM', prefix .. 'pks', old_pk)
  did('SADD', prefix .. 'pks', old_pk)
  for i, one in ipairs(moved) do
    local arrived = bind(fields[i], prefix, new_pk)
    arrived.known = one.known
    arrive(arrived, one.held)
  end
end

local replace = {
  s = function(field)
    redis.call('SET', field.key, new_pk, 'KEEPTTL')
    did('SET', field.key, old_pk, 'KEEPTTL')
  end,
  i = function(field)
    redis.call('HSET', field.key, field.name, new_pk)
    did('HSET', field.key, field.name, old_pk)
  end,
  S = function(field)
    did('SADD', field.key, old_pk)
    if redis.call('SADD', field.key, new_pk) == 1 then did('SREM', field.key, new_pk) end
    redis.call('SREM', field.key, old_pk)
  end,
  z = function(field)
    local score = redis.call('ZSCORE', field.key, old_pk)
    did('ZADD', field.key, score, old_pk)
    local other = redis.call('ZSCORE', field.key, new_pk)
    if other then did('ZADD', field.key, other, new_pk) else did('ZREM', field.key, new_pk) end
    redis.call('ZADD', field.key, score, new_pk)
    redis.call('ZREM', field.key, old_pk)
  end,
  l = function(field)
    for place, item in ipairs(redis.call('LRANGE', field.key, 0, -1)) do
      if item == old_pk then
        redis.call('LSET', field.key, place - 1, new_pk)
        did('LSET', field.key, place - 1, old_pk)
      end
    end
  end,
}

local function point_anew(field)
  if field.joint then joint().watch(field) end
  local there
  if field.multi then there = holds(field, old_pk) else there = cells(field)[''] == old_pk end
  if there then replace[field.kind](field) end
  if not field.multi then follow(field, '', old_pk, there and new_pk)
  else
    if there then follow(field, '', false, new_pk) end
    follow(field, '', old_pk, false)
  end
  if joint_made then joint_made.settle() end
  joint_made = nil
  return there and 1 or 0
end

local function main()
  if redis.call('SISMEMBER', prefix .. 'pks', old_pk) == 0 then refuse('NOSUCH', old_pk) end
  if redis.call('SISMEMBER', prefix .. 'pks', new_pk) == 1 then refuse('EXISTS', new_pk) end
  move()
  local changed = 0
  for _ = 1, take_number() do
    local name, model, field = take(), take(), take_known(take_spec())
    local index = field.indexes[take_number()]
    local relation = {index = index, base = model .. 'index:' .. field.name .. ':' .. index.label}
    for _, referrer in ipairs(pointing(relation, old_pk)) do
      local ok, outcome = pcall(point_anew, bind(field, model, referrer))
      if not ok then
        if type(outcome) == 'table' and outcome.refused then refuse('REFERRER', name, referrer) end
        error(outcome)
      end
      changed = changed + outcome
    end
  end
  return {0, changed}
end

-- include: finish
