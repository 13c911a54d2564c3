-- Everything that objects of one model hold. Only reads.
--
-- KEYS   1: the collection, then keys of the objects
-- ARGV   prefix; list of fields: name, kind (lib/fields.lua); list of pks
-- Reply  for each pk: nothing if there is no such object, else for each field its content:
--        a text (or nothing), or a list as SMEMBERS, LRANGE, HGETALL or ZRANGE WITHSCORES give it
-- Errors those of Redis.
-- include: text
-- include: fields

local prefix = take()
local fields, names = {}, {}
for i = 1, take_number() do
  fields[i] = {name = take(), kind = take()}
  if fields[i].kind == 'i' then names[#names + 1] = fields[i].name end
end

local readers = {
  S = function(key) return redis.call('SMEMBERS', key) end,
  l = function(key) return redis.call('LRANGE', key, 0, -1) end,
  h = function(key) return redis.call('HGETALL', key) end,
  z = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
  s = function(key) return redis.call('GET', key) end,
}

local function load(pk)
  if redis.call('SISMEMBER', prefix .. 'pks', pk) == 0 then return false end
  local cells_of_hash, at, found = {}, 0, {}
  if #names > 0 then cells_of_hash = redis.call('HMGET', prefix .. 'hash:' .. pk, unpack(names)) end
  for i, field in ipairs(fields) do
    if field.kind == 'i' then
      at = at + 1
      found[i] = cells_of_hash[at]
    else
      found[i] = readers[field.kind](prefix .. 'field:' .. field.name .. ':' .. pk)
    end
  end
  return found
end

local replies = {}
for i, pk in ipairs(take_list()) do replies[i] = load(pk) end
return replies
