-- The collection of a model: the set of the pks of its objects. Needs lib/journal.lua.

-- Takes a new object in; an empty pk asks for the next number that is free.
local function enter_collection(object)
  local pks = object.prefix .. 'pks'
  if object.pk == '' then
    local seq = object.prefix .. 'seq'
    repeat
      local number = redis.call('INCRBY', seq, 1)
      object.pk = string.format('%.0f', number)
      if number == 1 then did('DEL', seq) else did('DECRBY', seq, 1) end
    until redis.call('SADD', pks, object.pk) == 1
  elseif redis.call('SADD', pks, object.pk) == 0 then
    refuse('EXISTS', object.pk)
  end
  did('SREM', pks, object.pk)
end
