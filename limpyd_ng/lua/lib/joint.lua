-- Entries that depend on several fields of one object. What they were is noted before the
-- first of these fields changes, what they are is worked out when all steps are done: in
-- between, values that change together do not belong together. Needs lib/entries.lua.
--
-- The text of a joint entry: each value but the last as <length>:<value>:, then the last.

-- All of it is made when first needed, as most writes run without.
local function make_joint()
  local joint = {}

  function joint.text(field, index)
    local values = {cells(field)['']}
    if not values[1] then return nil end
    if index.transform ~= '' then values[1] = transform(index.transform, values[1]) end
    for _, other in ipairs(index.others) do
      values[#values + 1] = other_cell(field, other)
    end
    if #values <= #index.others then return nil end
    local text = values[#values]
    for i = #values - 1, 1, -1 do text = #values[i] .. ':' .. values[i] .. ':' .. text end
    return text
  end

  local function refuse_together(field, index, holder)
    local values = {hex(cells(field)[''])}
    for i, other in ipairs(index.others) do values[i + 1] = hex(other_cell(field, other)) end
    refuse('TOGETHER', field.name, index.label, holder, unpack(values))
  end

  function joint.check(field, index, text)
    local holder = index.unique and redis.call('HGET', index.base, text)
    if holder and holder ~= field.pk then refuse_together(field, index, holder) end
  end

  local watched, watches = {}, {}

  -- Notes what an index says of an object, unless that was noted before.
  local function watch_index(field, index)
    local id = index.base .. '\0' .. field.pk
    if watched[id] then return end
    watched[id] = true
    local watch = {field = field, index = index}
    if index.joint then watch.was = joint.text(field, index)
    else watch.was = other_cell(field, index.others[1]) end
    watches[#watches + 1] = watch
  end

  -- To be called before a field changes.
  function joint.watch(field)
    for _, index in ipairs(field.indexes) do
      if index.joint then watch_index(field, index) end
    end
    for _, follower in ipairs(field.followers) do
      local owner = {}
      for name, value in pairs(follower) do owner[name] = value end
      locate(place(owner, field))
      watch_index(owner, owner.indexes[1])
    end
  end

  -- The score of every value of the object follows the field that gives it.
  function joint.settle_scores(field, index, score)
    if score and not is_number(score) then refuse('NAN', index.others[1].name, hex(score)) end
    for _, value in ipairs(values_of(field)) do
      local text = past(field, index, value[1], value[2])
      local key = text and at(field, index, value[1]) .. ':' .. text
      if key and score then zset_add(key, score, field.pk) elseif key then zset_remove(key, field.pk) end
    end
  end

  -- To be called when all is written: all old entries go before the first new one comes, so
  -- that objects can change places.
  function joint.settle()
    for _, watch in ipairs(watches) do
      local field, index = watch.field, watch.index
      if index.joint then
        watch.is = joint.text(field, index)
        if watch.was and watch.was ~= watch.is then remove_entry(field, index, '', watch.was) end
      else
        watch.is = other_cell(field, index.others[1])
        if watch.is ~= watch.was then joint.settle_scores(field, index, watch.is) end
      end
    end
    for _, watch in ipairs(watches) do
      if watch.index.joint and watch.is and watch.is ~= watch.was then
        joint.check(watch.field, watch.index, watch.is)
        add_entry(watch.field, watch.index, '', watch.is)
      end
    end
  end

  return joint
end

local joint_made

local function joint()
  joint_made = joint_made or make_joint()
  return joint_made
end
