-- Lua's numbers are doubles: an integer reply beyond 2^53 would lose digits on its way
-- through. The commands that give one have just stored it as text.

local INTEGERS = {INCR = 'GET', DECR = 'GET', INCRBY = 'GET', DECRBY = 'GET', HINCRBY = 'HGET'}

local function exact_reply(reply, command, key, entry)
  if type(reply) ~= 'number' or (reply < 9007199254740992 and reply > -9007199254740992) then return reply end
  local reader = INTEGERS[string.upper(command)]
  if reader == 'GET' then return redis.call('GET', key) end
  if reader == 'HGET' then return redis.call('HGET', key, entry) end
  return reply
end
