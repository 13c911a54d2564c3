-- What is on the other side of relations of the results, with values. Needs lib/steps.lua.
--
-- A node: parent (number of the node whose objects it starts from, 0: the results), way and
-- field as in a step, far (prefix of the model there), strings[] and entries[] (names of the
-- fields whose values are wanted, as stored: strings, and entries of the instance's hash).

local function take_node()
  local node = {parent = take_number(), way = take(), prefix = take(), far = take(), field = take_spec()}
  node.index = node.field.indexes[1]
  node.base = node.prefix .. 'index:' .. node.field.name .. ':' .. node.index.label
  node.strings, node.entries = take_list(), take_list()
  return node
end

-- As the field holds them: in its order, and several times if it does.
local function held(node, pk)
  local field = bind(node, pk)
  if field.kind == 'l' then return redis.call('LRANGE', field.key, 0, -1) end
  if field.kind == 'z' then return redis.call('ZRANGE', field.key, 0, -1) end
  return pointed(node, pk)
end

local function values_there(node, pk)
  local values = {}
  for i, name in ipairs(node.strings) do
    values[i] = redis.call('GET', node.far .. 'field:' .. name .. ':' .. pk)
  end
  if #node.entries > 0 then
    for _, value in ipairs(redis.call('HMGET', node.far .. 'hash:' .. pk, unpack(node.entries))) do
      values[#values + 1] = value
    end
  end
  return values
end

-- {for each starting object: the pks there; all of these, each once; for each its values}
local function fetch(node, pks)
  local links, all, seen = {}, {}, {}
  for i, pk in ipairs(pks) do
    links[i] = node.way == 'to' and held(node, pk) or pointing(node, pk)
    for _, there in ipairs(links[i]) do
      if not seen[there] then
        seen[there] = true
        all[#all + 1] = there
      end
    end
  end
  all = filter.a({prefix = node.far}, all)
  local exist, values = members(all), {}
  for i in ipairs(links) do links[i] = among(links[i], exist) end
  for i, there in ipairs(all) do values[i] = values_there(node, there) end
  return {links, all, values}
end

local function fetch_all(nodes, result)
  local reply, reached = {result}, {[0] = result}
  for n, node in ipairs(nodes) do
    reply[n + 1] = fetch(node, reached[node.parent])
    reached[n] = reply[n + 1][2]
  end
  return reply
end
