-- Lua's numbers are doubles: an integer reply beyond 2^53 has lost digits on its way. The
-- commands that give such a reply have just stored it as text. Needs command, key, entry.
  if type(reply) == 'number' and (reply >= 9007199254740992 or reply <= -9007199254740992) then
    local readers = {INCR = 'GET', DECR = 'GET', INCRBY = 'GET', DECRBY = 'GET', HINCRBY = 'HGET'}
    local reader = readers[string.upper(command)]
    if reader == 'GET' then reply = redis.call('GET', key) end
    if reader == 'HGET' then reply = redis.call('HGET', key, entry) end
  end
