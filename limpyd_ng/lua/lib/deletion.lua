-- Objects going, and what happens to those that point to them. Needs lib/entries.lua,
-- lib/joint.lua. What the models are told as is in delete.lua.
-- include: pointing

local models = {}

local function take_relation()
  local relation = {rule = take(), name = take(), prefix = take(), source = take_number(), field = take_spec()}
  relation.field.prefix = relation.prefix
  relation.index = relation.field.indexes[take_number()]
  relation.base = relation.prefix .. 'index:' .. relation.field.name .. ':' .. relation.index.label
  local alone = #relation.field.indexes == 1 and #relation.field.followers == 0 and not relation.index.unique
  if relation.rule == 'n' and alone then relation.rule = 's' end -- see sweep
  return relation
end

local function take_model()
  local model = {prefix = take(), endings = take_list(), fields = {}, relations = {}, doomed = {}, pks = {}}
  for i = 1, take_number() do
    model.fields[i] = take_spec()
    model.fields[i].leaving = true
  end
  for i = 1, take_number() do model.relations[i] = take_relation() end
  return model
end

-- One field table serves object after object.
local function bound(field, prefix, pk)
  field.prefix, field.pk = prefix, pk
  return locate(place(field, field))
end

local function each_reference(rule, act)
  for _, model in ipairs(models) do
    for _, relation in ipairs(model.relations) do
      if relation.rule == rule then
        local source = models[relation.source]
        for _, pk in ipairs(model.pks) do
          for _, referrer in ipairs(pointing(relation, pk)) do
            if not (source and source.doomed[referrer]) then act(relation, pk, referrer, model) end
          end
        end
      end
    end
  end
end

-- 1. Who goes: the objects, those that point to them by a cascading relation, and so on.
local waiting = {}

local function doom(model, pk)
  if model.doomed[pk] then return end
  model.doomed[pk] = true
  model.pks[#model.pks + 1] = pk
  waiting[#waiting + 1] = {model, pk}
end

local function spread()
  local at = 1
  while waiting[at] do
    local model, pk = waiting[at][1], waiting[at][2]
    for _, relation in ipairs(model.relations) do
      if relation.rule == 'c' then
        for _, referrer in ipairs(pointing(relation, pk)) do doom(models[relation.source], referrer) end
      end
    end
    at = at + 1
  end
end

-- 2. What points to them and stays: it loses its index entries; its value goes at the end,
-- when all keys have been read and nothing can be refused any more.
local clearing, cleared = {}, 0

-- Without the value of one of its fields there is no entry of several fields.
local function part(field, index)
  if not index.joint then joint().settle_scores(field, index, nil) return end
  local text = joint().text(field, index)
  if text then remove_entry(field, index, '', text) end
end

local function part_all(field)
  for _, index in ipairs(field.indexes) do
    if index.joint then part(field, index) end
  end
end

local function clear(relation, pk, referrer, target)
  local field = bound(relation.field, relation.prefix, referrer)
  field.gone = target.doomed
  if field.multi then holds(field, pk) else cells(field) end -- fails here if the key is of a wrong type
  follow(field, '', pk, false)
  part_all(field)
  for _, follower in ipairs(field.followers) do
    bound(follower, relation.prefix, referrer)
    part(follower, follower.indexes[1])
  end
  clearing[#clearing + 1] = {kind = field.kind, key = field.key, name = field.name, pk = pk}
end

local function keep_list(key)
  local items = redis.call('LRANGE', key, 0, -1)
  for first = 1 + math.floor((#items - 1) / 5000) * 5000, 1, -5000 do
    did('RPUSH', key, unpack(items, first, math.min(first + 4999, #items)))
  end
  did('DEL', key)
end

-- Each tells whether the pk was there.
local erase = {}

erase.s = function(one)
  if redis.call('GET', one.key) ~= one.pk then return false end
  redis.call('DEL', one.key)
  did('SET', one.key, one.pk)
  return true
end

erase.i = function(one)
  if redis.call('HGET', one.key, one.name) ~= one.pk then return false end
  redis.call('HDEL', one.key, one.name)
  did('HSET', one.key, one.name, one.pk)
  return true
end

erase.S = function(one)
  if redis.call('SREM', one.key, one.pk) == 0 then return false end
  did('SADD', one.key, one.pk)
  return true
end

erase.z = function(one)
  local score = redis.call('ZSCORE', one.key, one.pk)
  if not score then return false end
  redis.call('ZREM', one.key, one.pk)
  did('ZADD', one.key, score, one.pk)
  return true
end

erase.l = function(one)
  if not redis.call('LPOS', one.key, one.pk) then return false end
  keep_list(one.key)
  redis.call('LREM', one.key, 0, one.pk)
  return true
end

-- Where the field has no other index, the set of those who point to the pk goes as a whole.
local spares = {}

local function sweep(relation, pk, source)
  local field = relation.field
  local index = relation.base .. ':' .. pk
  local list = redis.call('SMEMBERS', index)
  if #list == 0 then return end
  local spare = relation.prefix .. 'scratch:' .. #spares + 1
  redis.call('RENAME', index, spare)
  did('RENAME', spare, index)
  spares[#spares + 1] = spare
  local one = {name = field.name, pk = pk}
  for _, referrer in ipairs(list) do
    if not (source and source.doomed[referrer]) then
      field.prefix, field.pk = relation.prefix, referrer
      one.key = place(field, field).key
      if erase[field.kind](one) then cleared = cleared + 1 end
    end
  end
end

local function clear_all()
  for _, model in ipairs(models) do
    for _, relation in ipairs(model.relations) do
      if relation.rule == 's' then
        for _, pk in ipairs(model.pks) do sweep(relation, pk, models[relation.source]) end
      end
    end
  end
  for _, one in ipairs(clearing) do
    if erase[one.kind](one) then cleared = cleared + 1 end
  end
end

-- 3. The objects themselves: first every index entry, then, with nothing left that could
-- fail, the keys and the pk.
local function leave(model, pk)
  for _, spec in ipairs(model.fields) do
    local field = bound(spec, model.prefix, pk)
    if field.multi then
      for element in pairs(elements(field)) do follow(field, '', element, false) end
    else
      for sub, old in pairs(cells(field)) do
        if old then follow(field, sub, old, false) end
      end
    end
    part_all(field)
  end
end

local function unlink(model, pk)
  for _, ending in ipairs(model.endings) do redis.call('UNLINK', model.prefix .. ending .. ':' .. pk) end
  return redis.call('SREM', model.prefix .. 'pks', pk)
end

local function take_models()
  for i = 1, take_number() do models[i] = take_model() end
end

-- Removes these objects of the first model; those that are not there are refused or passed over.
local function delete_all(pks, must)
  local chosen, removed = 0, 0
  for _, pk in ipairs(pks) do
    if redis.call('SISMEMBER', models[1].prefix .. 'pks', pk) == 1 then
      if not models[1].doomed[pk] then chosen = chosen + 1 end
      doom(models[1], pk)
    elseif must then refuse('NOSUCH', pk) end
  end
  spread()
  each_reference('r', function(relation, pk, referrer) refuse('RESTRICT', relation.name, pk, referrer) end)
  each_reference('n', clear)
  for _, model in ipairs(models) do
    for _, pk in ipairs(model.pks) do leave(model, pk) end
  end
  clear_all()
  for _, model in ipairs(models) do
    for _, pk in ipairs(model.pks) do removed = removed + unlink(model, pk) end
  end
  for _, spare in ipairs(spares) do redis.call('UNLINK', spare) end
  return {0, chosen, removed - chosen, cleared}
end
