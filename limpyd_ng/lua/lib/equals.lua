-- Conditions of equal values: kinds 'e' (a set for each value), 'u' (a hash: one object for each) and
-- 's' (a sorted set for each). Needs lib/conditions.lua.

estimate.e = function(condition) return sizes(condition, 'SCARD') end

source.e = function(condition)
  local values = condition.values
  if #values == 1 then return redis.call('SMEMBERS', condition.base .. ':' .. values[1]) end
  local replies = {}
  for i, value in ipairs(values) do replies[i] = redis.call('SMEMBERS', condition.base .. ':' .. value) end
  return distinct(replies)
end

filter.e = function(condition, pks)
  local keep = {}
  for _, value in ipairs(condition.values) do
    in_chunks('SMISMEMBER', condition.base .. ':' .. value, pks, function(i, reply)
      if reply == 1 then keep[i] = true end
    end)
  end
  return kept(pks, keep)
end

estimate.u = function(condition) return #condition.values end

source.u = function(condition)
  local holders = {}
  for _, value in ipairs(condition.values) do
    local holder = redis.call('HGET', condition.base, value)
    if holder then holders[#holders + 1] = holder end
  end
  return distinct({holders})
end

filter.u = function(condition, pks) return among(pks, members(source.u(condition))) end

-- Calls keep(pk's place, score) for the entries of these pks in a scored index.
local function scores(condition, pks, keep)
  for _, value in ipairs(condition.values) do
    in_chunks('ZMSCORE', condition.base .. ':' .. value, pks, function(i, reply)
      if reply then keep(i, reply) end
    end)
  end
end

estimate.s = function(condition) return sizes(condition, 'ZCARD') end

source.s = function(condition)
  local replies = {}
  for i, value in ipairs(condition.values) do
    replies[i] = redis.call('ZRANGE', condition.base .. ':' .. value, 0, -1)
  end
  return distinct(replies)
end

filter.s = function(condition, pks)
  local keep = {}
  scores(condition, pks, function(i) keep[i] = true end)
  return kept(pks, keep)
end
