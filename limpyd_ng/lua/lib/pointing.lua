-- Who points to an object. Only reads.
--
-- relation: index (the one of its field that finds who points to a pk), base (what its keys start with).

local function pointing(relation, pk)
  if not relation.index.unique then return redis.call('SMEMBERS', relation.base .. ':' .. pk) end
  local holder = redis.call('HGET', relation.base, pk)
  return holder and {holder} or {}
end
