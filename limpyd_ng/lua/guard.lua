-- One native command on a field without indexes, if its object exists. Short, because it
-- runs for every such write; see guard_any.lua for the commands that need more.
--
-- KEYS   1: the collection, 2: the key of the value
-- ARGV   1: pk, 2: the command, 3...: its arguments after the key
-- Reply  that of the command
-- Errors those of Redis, or a refusal (lib/refused.lua); nothing changed.

if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return redis.error_reply('REFUSED NOSUCH') end
local command, key, entry = ARGV[2], KEYS[2], ARGV[3]
local reply = redis.pcall(command, key, unpack(ARGV, 3))
-- include: exact
return reply
