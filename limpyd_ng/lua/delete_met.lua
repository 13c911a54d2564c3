-- Removes those of some objects that are there and meet a tree of conditions; else as delete.lua.
--
-- KEYS   those of delete.lua
-- ARGV   its list of models; list of pks; a tree of conditions (lib/tree.lua)
-- Reply  as delete.lua, but for NOSUCH
-- Errors those of Redis, nothing changed.
-- include: text
-- include: fields
-- include: compare
-- include: journal
-- include: entries
-- include: joint
-- include: conditions
-- include: places
-- include: tree
-- include: met
-- include: deletion

local function main()
  take_models()
  local pks = take_list()
  return delete_all(met(models[1].prefix, pks))
end

-- include: finish
