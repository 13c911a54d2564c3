-- A table that can be changed without changing the one it was made of.

local function copied(template)
  local copy = {}
  for name, value in pairs(template) do copy[name] = value end
  return copy
end
