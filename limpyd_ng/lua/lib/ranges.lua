-- Conditions of ranges: kinds 't' of texts, 'n' of numbers. Values are pairs of bounds, any of which
-- may hold. Needs lib/compare.lua, lib/conditions.lua, lib/held.lua.

-- Whether each entry of the index is another object.
local function one_to_one(condition)
  return not condition.field.multi and #condition.values == 2
end

local function ranges(condition, command)
  local replies, values = {}, condition.values
  for i = 1, #values, 2 do
    replies[#replies + 1] = redis.call(command, condition.base, values[i], values[i + 1])
  end
  if condition.kind == 'n' and one_to_one(condition) then return replies[1] end
  return distinct(replies, condition)
end

-- Whether something is in any of the ranges of a condition; each pair of bounds is read once.
local function in_any_range(condition, range)
  local values, tests = condition.values, {}
  for i = 1, #values, 2 do tests[#tests + 1] = range(values[i], values[i + 1]) end
  if #tests == 1 then return tests[1] end
  return function(item)
    for _, inside in ipairs(tests) do
      if inside(item) then return true end
    end
    return false
  end
end

estimate.t = function(condition) return count_ranges('ZLEXCOUNT', condition.base, condition.values) end

source.t = function(condition) return ranges(condition, 'ZRANGEBYLEX') end

filter.t = function(condition, pks)
  local inside = in_any_range(condition, lex_range)
  return any_text(condition, pks, function(text, pk) return inside(escape(text) .. '\0' .. pk) end)
end

-- The scores, as numbers, of those of the pks that a sorted set holds; what was asked once is known.
local scores_known = {}

local function scores_of(key, pks)
  local found = scores_known[key] or {}
  scores_known[key] = found
  local asked = pks
  if next(found) ~= nil then
    asked = {}
    for _, pk in ipairs(pks) do
      if found[pk] == nil then asked[#asked + 1] = pk end
    end
  end
  for first = 1, #asked, CHUNK do
    local last = math.min(first + CHUNK - 1, #asked)
    for i, reply in ipairs(redis.call('ZMSCORE', key, unpack(asked, first, last))) do
      found[asked[first + i - 1]] = reply and (tonumber(reply) or to_score(reply))
    end
  end
  return found
end

estimate.n = function(condition) return count_ranges('ZCOUNT', condition.base, condition.values) end

source.n = function(condition) return ranges(condition, 'ZRANGEBYSCORE') end

filter.n = function(condition, pks)
  local inside = in_any_range(condition, score_range)
  if condition.field.multi then
    return any_text(condition, pks, function(text) return is_number(text) and inside(to_score(text)) end)
  end
  local found, known = {}, scores_of(condition.base, pks)
  for _, pk in ipairs(pks) do
    local score = known[pk]
    if score and inside(score) then found[#found + 1] = pk end
  end
  return found
end
