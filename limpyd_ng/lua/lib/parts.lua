-- Conditions of parts of a text: kind 'm'. Values are what it has to contain ('' if the bounds say it
-- all), then pairs of bounds, all of which must hold, each for some part of one text.
-- Needs lib/compare.lua, lib/conditions.lua, lib/held.lua.

estimate.m = function(condition)
  local values, least = condition.values, math.huge
  if #values == 0 then return 0 end -- not a word to look for
  for i = 2, #values, 2 do
    local size = redis.call('ZLEXCOUNT', condition.base, values[i], values[i + 1])
    if size < least then least, condition.rarest = size, i end
  end
  return least
end

source.m = function(condition)
  if #condition.values == 0 then return {} end
  if not condition.rarest then estimate.m(condition) end
  local values, i = condition.values, condition.rarest
  local pks = distinct({redis.call('ZRANGEBYLEX', condition.base, values[i], values[i + 1])}, condition)
  if #values == 3 and values[1] == '' then return pks end
  return filter.m(condition, pks)
end

local function parts_match(condition, text)
  local values, parts = condition.values, split(condition.index.split, text)
  for i = 2, #values, 2 do
    local found = false
    for _, part in ipairs(parts) do
      found = found or lex_range(values[i], values[i + 1])(escape(part) .. '\0')
    end
    if not found then return false end
  end
  return true
end

filter.m = function(condition, pks)
  local needle = condition.values[1]
  if not needle then return {} end
  return any_text(condition, pks, function(text)
    if needle ~= '' then return string.find(text, needle, 1, true) ~= nil end
    return parts_match(condition, text)
  end)
end
