-- Runs a query and keeps its pks in a list of their own, which it replaces as a whole.
--
-- KEYS   those of query.lua; the last is the list
-- ARGV   those of lib/answer.lua, then its life in milliseconds, '' for ever
-- Reply  how many pks there are
-- Errors those of query.lua; 'WRONGTYPE' when the key holds something else than a list.
-- include: text
-- include: fields
-- include: compare
-- include: conditions
-- include: places
-- include: tree
-- include: steps
-- include: order
-- include: answer

local function main()
  weigh(root)
  local key, life = KEYS[#KEYS], take()
  local found = find()
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= 'list' then
    error({err = 'WRONGTYPE the key to store the result in holds a ' .. kind})
  end
  redis.call('DEL', key)
  for first = 1, #found, CHUNK do
    redis.call('RPUSH', key, unpack(found, first, math.min(first + CHUNK - 1, #found)))
  end
  if #found == 0 then redis.call('RPUSH', key, '') end
  if life ~= '' then redis.call('PEXPIRE', key, life) end
  return #found
end

local ok, outcome = pcall(main)
if ok then return outcome end
-- include: finish_error
