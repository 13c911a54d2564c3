-- The query engine: which objects meet a tree of conditions, in which order, which slice of
-- them, and with which of their values. Only reads.
--
-- KEYS   1: the collection, then the keys of others that the query names
-- ARGV   what lib/answer.lua takes; 'what' is 'pks', 'count', 'exists', 'explain', 'values' or
--        'fetch'
--          a node: kind, label and list of children (lib/tree.lua), or a condition: kind,
--            label, sub-key, field spec, list of values (lib/conditions.lua)
--          an order: by, type, '1' for descending, where missing values go; for 'field' its
--            spec, with the one index (if any) whose order is that of the sort; for 'near' its
--            spec, longitude and latitude; for 'pattern' key start, key end, hash entry; for
--            'score' the key; for 'held' the key and 'l' (list) or 'z' (sorted set); for 'own'
--            nothing: the scores of the first scored condition
--        for 'values' a list of columns: 'pk', 'score' or a field's kind; name as stored
--        for 'fetch' such a list, then one of nodes (lib/fetch.lua): parent, way, prefix of
--          the model that points, prefix of the model there, field spec, list of strings,
--          list of hash entries
-- Reply  a list of pks; a number; {candidates, order, driver, label, estimate...}; or the
--        values of each object one after the other, nil where there is none; or {pks,
--        values, {links, pks, values} for each node}
-- Errors 'a value is not a number' when a numeric sort meets one; 'STOREDGONE' when the
--        stored result to start from is not there.
-- include: text
-- include: fields
-- include: compare
-- include: conditions
-- include: places
-- include: tree
-- include: steps
-- include: order
-- include: answer
-- include: columns
-- include: fetch

local function explain()
  find()
  local reply = {looked, how, stored and 'stored result' or driver_name(root)}
  for _, child in ipairs(root.children) do
    reply[#reply + 1] = child.label
    reply[#reply + 1] = child.estimate
  end
  return reply
end

local function count()
  if #slices == 0 and not stored then
    local known = known_count(root)
    if known then return known end
  end
  return #find()
end

-- Stops at the first batch of candidates that leaves one.
local function exists()
  if #slices > 0 or stored or known_count(root) then return count() end
  local found, met = candidates(root)
  local size = 10
  local first = 1
  while first <= #found do
    local batch = {unpack(found, first, math.min(first + size - 1, #found))}
    if #rest(root, batch, met) > 0 then return 1 end
    first, size = first + size, math.min(size * 4, CHUNK)
  end
  return 0
end

local function main()
  weigh(root)
  if what == 'count' then return count() end -- for: count
  if what == 'exists' then return exists() end -- for: exists
  if what == 'explain' then return explain() end -- for: explain
  if what == 'values' then return values_of(find()) end -- for: values
  if what == 'fetch' then return fetch_all(find()) end -- for: fetch
  return find()
end

local ok, outcome = pcall(main)
if ok then return outcome end
-- include: finish_error
