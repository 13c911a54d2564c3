-- One native command on a field without indexes, if its object exists. Short, because it
-- runs for every such write; see guard_any.lua for the commands that need more.
--
-- KEYS   1: the collection; 2...: the keys the command names
-- ARGV   1: pk, 2...: the command
-- Reply  {0, reply of the command} or {1, 'NOSUCH', '1'}
-- Errors those of Redis, nothing changed.

if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return {1, 'NOSUCH', '1'} end
local command, key, entry = ARGV[2], ARGV[3], ARGV[4]
local reply = redis.pcall(unpack(ARGV, 2))
if type(reply) == 'table' and reply.err then return reply end
-- include: exact
return {0, reply}
