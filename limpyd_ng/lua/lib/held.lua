-- What objects themselves hold, where no index can be asked: which texts; kind 'x', whether any.
-- Needs lib/conditions.lua.

local function bind(condition, pk)
  local field = condition.field
  field.prefix, field.pk = condition.prefix, pk
  return place(field, field)
end

-- The texts under which one object stands in the index of a condition, or ('stored') its values.
local function indexed_texts(condition, pk, stored)
  local field, index = bind(condition, pk), condition.index
  local raws, texts = {}, {}
  if field.multi then
    for element in pairs(elements(field)) do raws[#raws + 1] = element end
  elseif field.kind == 'h' then raws[1] = cells(field, {condition.sub})[condition.sub] or nil
  else raws[1] = cells(field)[''] or nil end
  for _, raw in ipairs(raws) do
    local text = raw
    if stored then -- as it is
    elseif index.python then
      local entry = index.label .. ':' .. (field.multi and raw or condition.sub)
      text = redis.call('HGET', condition.prefix .. 'memo:' .. field.name .. ':' .. pk, entry)
    elseif index.transform ~= '' then text = transform(index.transform, raw) end
    if text then texts[#texts + 1] = text end
  end
  return texts
end

-- Of a text that is stored as it is indexed, in a cell of its own: the usual case, for less.
local function plain_cells(condition, pks, matches)
  local found, call = {}, redis.call
  local name = condition.field.kind == 'i' and condition.field.name
  local start = condition.prefix .. (name and 'hash:' or 'field:' .. condition.field.name .. ':')
  for _, pk in ipairs(pks) do
    local text
    if name then text = call('HGET', start .. pk, name) else text = call('GET', start .. pk) end
    if text and matches(text, pk) then found[#found + 1] = pk end
  end
  return found
end

local function any_text(condition, pks, matches, stored)
  local kind, index = condition.field.kind, condition.index
  if (kind == 'i' or kind == 's') and (stored or not index.python and index.transform == '') then
    return plain_cells(condition, pks, matches)
  end
  local found = {}
  for _, pk in ipairs(pks) do
    for _, text in ipairs(indexed_texts(condition, pk, stored)) do
      if matches(text, pk) then
        found[#found + 1] = pk
        break
      end
    end
  end
  return found
end

estimate.x = function(condition) return estimate.a(condition) + 1 end

source.x = function(condition) return filter.x(condition, source.a(condition)) end

filter.x = function(condition, pks)
  local found, wanted = {}, condition.values[1] == '1'
  for _, pk in ipairs(pks) do
    local field, empty = bind(condition, pk), nil
    if field.kind == 'i' then empty = redis.call('HEXISTS', field.key, field.name) == 0
    elseif field.kind == 'h' and condition.sub ~= '' then
      empty = redis.call('HEXISTS', field.key, condition.sub) == 0
    else empty = redis.call('EXISTS', field.key) == 0 end
    if empty == wanted then found[#found + 1] = pk end
  end
  return found
end
