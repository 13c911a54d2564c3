-- The values of fields of many objects, flat, false where there is none.
-- Needs lib/fields.lua, lib/conditions.lua, lib/order.lua, lib/answer.lua.

local function take_columns()
  local columns = {}
  for i = 1, take_number() do columns[i] = {kind = take(), name = take()} end
  return columns
end

-- {[pk] = value} of a field with a key of its own in each object.
local function strings_of(name, pks)
  local found = {}
  for first = 1, #pks, CHUNK do
    local keys = {}
    for i = first, math.min(first + CHUNK - 1, #pks) do keys[#keys + 1] = prefix .. 'field:' .. name .. ':' .. pks[i] end
    for i, value in ipairs(redis.call('MGET', unpack(keys))) do found[pks[first + i - 1]] = value end
  end
  return found
end

local function column_values(column, pks)
  if column.kind == 's' then return strings_of(column.name, pks) end
  for _, by in ipairs(orders) do
    if column.kind == 'score' and by.by == 'score' then return score_texts(by.key, pks) end
  end
  return {}
end

local function values_of(pks)
  local columns, entries, flat = take_columns(), {}, {}
  local found = {}
  for i, column in ipairs(columns) do
    if column.kind == 'i' then entries[#entries + 1] = column.name
    elseif column.kind ~= 'pk' then found[i] = column_values(column, pks) end
  end
  for _, pk in ipairs(pks) do
    local hash = #entries > 0 and redis.call('HMGET', prefix .. 'hash:' .. pk, unpack(entries))
    local at = 0
    for i, column in ipairs(columns) do
      if column.kind == 'pk' then flat[#flat + 1] = pk
      elseif column.kind == 'i' then
        at = at + 1
        flat[#flat + 1] = hash[at]
      else flat[#flat + 1] = found[i][pk] or false end
    end
  end
  return flat
end
