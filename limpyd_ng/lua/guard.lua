-- One native command on a field without indexes, if its object exists. Short, because it
-- runs for every such write; see guard_any.lua for the commands that need more.
--
-- KEYS   1: the collection; 2...: the keys the command names
-- ARGV   1: pk, 2...: the command
-- Reply  that of the command
-- Errors those of Redis, or NOSUCH; nothing changed.

if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return redis.error_reply('NOSUCH object') end
local command, key, entry = ARGV[2], ARGV[3], ARGV[4]
local reply = redis.pcall(unpack(ARGV, 2))
-- include: exact
return reply
