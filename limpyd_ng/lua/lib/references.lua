-- Arguments that stand for what a field holds. Needs lib/fields.lua, lib/journal.lua.
--
-- A list of: number of the argument to fill in, key, hash entry ('': a string), name.

local function fill_references()
  for _ = 1, take_number() do
    local at, key, entry, name = take_number(), take(), take(), take()
    local value
    if entry == '' then value = redis.call('GET', key) else value = redis.call('HGET', key, entry) end
    if not value then refuse('NOVALUE', name) end
    ARGV[at] = value
  end
end
