-- Conditions on the objects themselves: kinds 'p', these pks; 'a', every object; 'k', those whose pks
-- are members of a set, sorted set or list. Needs lib/conditions.lua.

estimate.a = function(condition) return redis.call('SCARD', condition.prefix .. 'pks') end

source.a = function(condition) return redis.call('SMEMBERS', condition.prefix .. 'pks') end

filter.a = function(condition, pks)
  local keep = {}
  in_chunks('SMISMEMBER', condition.prefix .. 'pks', pks, function(i, reply) keep[i] = reply == 1 end)
  return kept(pks, keep)
end

estimate.p = function(condition) return #condition.values end

source.p = function(condition) return filter.a(condition, distinct({condition.values})) end

filter.p = function(condition, pks) return among(pks, members(condition.values)) end

estimate.k = function(condition)
  local kind = redis.call('TYPE', condition.values[1]).ok
  condition.type = kind
  if kind == 'none' then return 0 end
  if kind == 'set' then return redis.call('SCARD', condition.values[1]) end
  if kind == 'zset' then return redis.call('ZCARD', condition.values[1]) end
  return redis.call('LLEN', condition.values[1])
end

local function key_members(condition)
  local key = condition.values[1]
  if condition.type == 'none' then return {} end
  if condition.type == 'set' then return redis.call('SMEMBERS', key) end
  if condition.type == 'zset' then return redis.call('ZRANGE', key, 0, -1) end
  return redis.call('LRANGE', key, 0, -1)
end

source.k = function(condition) return filter.a(condition, distinct({key_members(condition)})) end

filter.k = function(condition, pks)
  local keep = {}
  if condition.type == 'set' then
    in_chunks('SMISMEMBER', condition.values[1], pks, function(i, reply) keep[i] = reply == 1 end)
    return kept(pks, keep)
  elseif condition.type == 'zset' then
    in_chunks('ZMSCORE', condition.values[1], pks, function(i, reply) keep[i] = reply end)
    return kept(pks, keep)
  end
  condition.members = condition.members or members(key_members(condition))
  return among(pks, condition.members)
end
