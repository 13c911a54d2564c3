-- Runs a native command inside a script so that its reply is the command's own.

-- The reply, an error as a table with 'err'; 'scratch' is a key that nothing else uses.
-- What is rarely needed is made where it is needed: a script pays for each function it has.
local function run_native(resp, scratch, ...)
  local command, key, entry = ...
  if not redis.REDIS_VERSION_NUM and string.upper(command) == 'INCRBYFLOAT' then
    -- INCRBYFLOAT grows its own argument list, which before Redis 7 overruns the buffer that
    -- scripts share for arguments and crashes the server later. There a hash does the sum.
    local value = redis.pcall('GET', key)
    if type(value) == 'table' then return value end
    if value then redis.call('HSET', scratch, 'value', value) end
    local sum = redis.pcall('HINCRBYFLOAT', scratch, 'value', entry)
    redis.call('DEL', scratch)
    if type(sum) == 'table' then return redis.error_reply('ERR value is not a valid float') end
    redis.call('SET', key, sum, 'KEEPTTL')
    return sum
  end
  if resp == '3' then
    redis.setresp(3)
    local reply = redis.pcall(...)
    redis.setresp(2)
    return reply
  end
  local reply = redis.pcall(...)
  -- include: exact
  return reply
end
