-- Which objects still meet what they were found by. Needs lib/tree.lua.

-- Those of the pks that are there and meet the tree that comes next among the arguments.
local function met(prefix, pks)
  local root = weigh(take_node(prefix))
  return rest(root, filter.a(root, pks), {})
end
