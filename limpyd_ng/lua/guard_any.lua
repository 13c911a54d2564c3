-- guard.lua for any command: those with RESP3 replies, and INCRBYFLOAT.
--
-- KEYS   1: the collection; 2...: the keys the command names
-- ARGV   1: pk, 2: resp ('3': run the command with RESP3 types), 3...: the command
-- Reply  {0, reply of the command} or {1, 'NOSUCH', '1'}
-- Errors those of Redis, nothing changed.

-- include: native
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return {1, 'NOSUCH', '1'} end
local reply = run_native(ARGV[2], KEYS[1] .. ':scratch', unpack(ARGV, 3))
if type(reply) == 'table' and reply.err then return reply end
return {0, reply}
