-- Changes of indexes and values, each noted so that it can be taken back (dry: only counted); refusals.

local undo = {}       -- commands that take back what was done, oldest first
local dry = false     -- true: change nothing, count what would change
local changes = 0

local function did(...)
  undo[#undo + 1] = {...}
end

local function rollback()
  for i = #undo, 1, -1 do redis.pcall(unpack(undo[i])) end
  undo = {}
end

local function refuse(...)
  error({refused = {...}})
end

-- Removing from a key that somebody gave another type: our entry cannot be in it.
local function removed(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    if string.find(reply.err, 'WRONGTYPE', 1, true) then return 0 end
    error(reply)
  end
  return reply
end

local function set_add(key, member)
  if dry then
    changes = changes + 1 - redis.call('SISMEMBER', key, member)
  elseif redis.call('SADD', key, member) == 1 then
    changes = changes + 1
    did('SREM', key, member)
  end
end

local function set_remove(key, member)
  if dry then
    changes = changes + removed('SISMEMBER', key, member)
  elseif removed('SREM', key, member) == 1 then
    changes = changes + 1
    did('SADD', key, member)
  end
end

local function hash_set(key, entry, value)
  local old = redis.call('HGET', key, entry)
  if old == value then return end
  changes = changes + 1
  if dry then return end
  redis.call('HSET', key, entry, value)
  if old then did('HSET', key, entry, old) else did('HDEL', key, entry) end
end

local function hash_remove(key, entry, value)
  local old = removed('HGET', key, entry)
  if not old or old == 0 or (value and old ~= value) then return end
  changes = changes + 1
  if dry then return end
  redis.call('HDEL', key, entry)
  did('HSET', key, entry, old)
end

-- Scores go as text, so that no digit is lost on the way through Lua.
local function zset_add(key, score, member)
  local old = redis.call('ZSCORE', key, member)
  if dry then
    if not old or tonumber(old) ~= tonumber(score) then changes = changes + 1 end
    return
  end
  redis.call('ZADD', key, score, member)
  if not old then
    changes = changes + 1
    did('ZREM', key, member)
  else
    if tonumber(old) ~= tonumber(score) then changes = changes + 1 end
    did('ZADD', key, old, member)
  end
end

local function zset_remove(key, member)
  local old = removed('ZSCORE', key, member)
  if not old or old == 0 then return end
  changes = changes + 1
  if dry then return end
  redis.call('ZREM', key, member)
  did('ZADD', key, old, member)
end

-- Many members of score 0 at once, as parts of a text are.
local function in_thousands(members, act)
  for first = 1, #members, 1000 do
    act({unpack(members, first, math.min(first + 999, #members))})
  end
end

local function zset_add_all(key, members)
  in_thousands(members, function(some)
    local new, argv, scores = {}, {}, redis.call('ZMSCORE', key, unpack(some))
    for i, member in ipairs(some) do
      if not scores[i] then
        new[#new + 1] = member
        argv[#argv + 1] = '0'
        argv[#argv + 1] = member
      elseif tonumber(scores[i]) ~= 0 then zset_add(key, '0', member) end
    end
    changes = changes + #new
    if dry or #new == 0 then return end
    redis.call('ZADD', key, unpack(argv))
    did('ZREM', key, unpack(new))
  end)
end

local function zset_remove_all(key, members)
  in_thousands(members, function(some)
    local old, argv, scores = {}, {}, removed('ZMSCORE', key, unpack(some))
    if type(scores) ~= 'table' then return end
    for i, member in ipairs(some) do
      if scores[i] then
        old[#old + 1] = member
        argv[#argv + 1] = scores[i]
        argv[#argv + 1] = member
      end
    end
    changes = changes + #old
    if dry or #old == 0 then return end
    redis.call('ZREM', key, unpack(old))
    did('ZADD', key, unpack(argv))
  end)
end
