-- What a field of another model's pk points to. Only reads.
--
-- KEYS   1: the key of the field, 2: the collection of its model, 3: that of the target
-- ARGV   hash entry ('': the key is a string); pk of the object that holds the field
-- Reply  {1, pk} the target exists, {0, pk} it does not, {1} no value, {0} no such object
-- Errors those of Redis.
local value
if ARGV[1] == '' then value = redis.call('GET', KEYS[1]) else value = redis.call('HGET', KEYS[1], ARGV[1]) end
if value then return {redis.call('SISMEMBER', KEYS[3], value), value} end
return {redis.call('SISMEMBER', KEYS[2], ARGV[2])}
