-- Runs a native command inside a script so that its reply is the command's own.

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

-- INCRBYFLOAT grows its own argument list, which before Redis 7 overruns the buffer that
-- scripts share for arguments and crashes the server later. There a hash does the sum.
local function add_float(scratch, key, amount)
  local value = redis.pcall('GET', key)
  if type(value) == 'table' then return value end
  if value then redis.call('HSET', scratch, 'value', value) end
  local sum = redis.pcall('HINCRBYFLOAT', scratch, 'value', amount)
  redis.call('DEL', scratch)
  if type(sum) == 'table' then return redis.error_reply('ERR value is not a valid float') end
  redis.call('SET', key, sum, 'KEEPTTL')
  return sum
end

-- The reply, an error as a table with 'err'; 'scratch' is a key that nothing else uses.
local function run_native(resp, scratch, ...)
  local command, key, argument = ...
  if not redis.REDIS_VERSION_NUM and string.upper(command) == 'INCRBYFLOAT' then
    return add_float(scratch, key, argument)
  end
  if resp ~= '3' then return exact_reply(redis.pcall(...), command, key, argument) end
  redis.setresp(3)
  local reply = redis.pcall(...)
  redis.setresp(2)
  return reply
end
