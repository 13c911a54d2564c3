-- Gives fields of those of some objects that are there and meet a tree of conditions the same
-- new content, all or nothing.
--
-- KEYS   1: the collection
-- ARGV   (each list: its length, then its items)
--   list of references (lib/references.lua); prefix; list of pks; a tree of conditions (lib/tree.lua)
--   list of fields: spec (lib/fields.lua), known transforms, target (the collection that
--     values have to be in, or ''), list of values (as for 'assign' in write.lua)
-- Reply  {0, how many objects} or, nothing changed, {1, reason...} as write.lua
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
-- include: assign
-- include: references
-- include: copied

local function take_contents()
  local contents = {}
  for i = 1, take_number() do
    local field = take_known(take_spec())
    local target = take()
    field.target = target ~= '' and target
    contents[i] = {field = field, values = take_list()}
  end
  return contents
end

local function main()
  fill_references()
  local prefix, pks = take(), take_list()
  pks = met(prefix, pks)
  for _, content in ipairs(take_contents()) do
    for _, pk in ipairs(pks) do
      local field = locate(place(copied(content.field), {prefix = prefix, pk = pk}))
      if field.joint then joint().watch(field) end
      assign(field, content.values)
    end
  end
  if joint_made then joint_made.settle() end
  drop_spares()
  return {0, #pks}
end

-- include: finish
