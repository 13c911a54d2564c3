-- Compares index entries with values, a chunk at a time, and mends them if asked.
--
-- KEYS   1: the collection
-- ARGV   prefix; 'mend' or 'check'; 'objects' or 'entries'; field spec, known transforms, target
--          (the collection that values have to be in, or '')
--   objects  list of pks: each value they hold must have its entries
--   entries  number of the index, an index key, list of its items as read by SSCAN (pk...),
--            HSCAN (value, pk...) or ZSCAN (member, score...): each must stem from a value
--   keys     number of the index, the largest set to read here, list of keys of an index
--            with a key for each value: their items are read here; a larger set is reported
--            as 'large', its key as value
-- Reply  {'NEED', values...}, or {'OK', kind, index label, pk, hex value, holder...}, five
--        items for each difference: 'missing', 'stale', 'duplicate' (holder: the other pk),
--        'dangling' (a pk that is not in the target)
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint
-- include: copied

local prefix, mend, what = take(), take() == 'mend', take()
dry = not mend
local template = take_spec()
take_known(template)
local target = take()
local found = {'OK'}

local function report(kind, index, pk, value, holder)
  for _, item in ipairs({kind, index.label, pk, hex(value), holder or ''}) do found[#found + 1] = item end
end

local function field_of(pk)
  return locate(place(copied(template), {prefix = prefix, pk = pk}))
end

local function exists(pk)
  return redis.call('SISMEMBER', prefix .. 'pks', pk) == 1
end

local function ensure(field, index, sub, raw)
  local count = changes
  local ok, reason = pcall(function()
    if index.joint then
      local text = joint().text(field, index)
      if text then joint().check(field, index, text) add_entry(field, index, sub, text) end
      return
    end
    local is, was = present(field, index, raw), nil
    if index.python then was = past(field, index, sub, raw) end
    if is then add(field, index, sub, is, raw) end
    if was and was ~= is then remove(field, index, sub, was, raw, is) end
  end)
  if ok then
    if changes > count then report('missing', index, field.pk, raw) end
  elseif type(reason) == 'table' and reason.refused and reason.refused[1] == 'UNIQUE' then
    report('duplicate', index, field.pk, raw, reason.refused[4])
  elseif type(reason) == 'table' and reason.refused and reason.refused[1] == 'TOGETHER' then
    report('duplicate', index, field.pk, joint().text(field, index), reason.refused[4])
  elseif type(reason) == 'table' and reason.refused and reason.refused[1] == 'NAN' then
    report('invalid', index, field.pk, raw)
  elseif string.find(type(reason) == 'table' and reason.err or tostring(reason), 'WRONGTYPE', 1, true) then
    return -- the index key is somebody else's: reported when the index itself is read
  else
    error(reason)
  end
end

local function audit_objects(pks)
  local work, raws = {}, {}
  for _, pk in ipairs(pks) do
    if exists(pk) then
      local field = field_of(pk)
      for _, value in ipairs(values_of(field)) do
        work[#work + 1] = {field, value[1], value[2]}
        raws[#raws + 1] = value[2]
      end
    end
  end
  require_known(template, raws)
  for _, item in ipairs(work) do
    for _, index in ipairs(template.indexes) do ensure(item[1], index, item[2], item[3]) end
    if target ~= '' and redis.call('SISMEMBER', target, item[3]) == 0 then
      report('dangling', template.indexes[1], item[1].pk, item[3])
    end
  end
end

-- The sub-key and what follows it in the end of an index key: '<length>:<sub-key>...'.
local function split_sub(rest)
  local size, text = string.match(rest, '^(%d+):(.*)$')
  size = tonumber(size)
  return string.sub(text, 1, size), string.sub(text, size + 2)
end

-- What one item of an index key says: pk, value, sub-key, score.
local function read_item(index, rest, items, at)
  local sub, value = '', rest
  if template.kind == 'h' then sub, value = split_sub(rest) end
  if index.kind == 'e' then
    if index.unique then return items[at + 1], items[at], '', nil end
    return items[at], value, sub, nil
  end
  if index.kind == 's' then return items[at], value, sub, items[at + 1] end
  if index.kind == 'n' and not template.multi then return items[at], nil, sub, items[at + 1] end
  local text, pk = split_member(items[at])
  return pk, text, sub, index.kind == 'n' and items[at + 1] or nil
end

local part_sets = {}

local function is_part(index, text, part)
  if not index.split then return part == text end
  if not part_sets[text] then
    part_sets[text] = {}
    for _, each in ipairs(split(index.split, text)) do part_sets[text][each] = true end
  end
  return part_sets[text][part]
end

local function still_true(field, index, sub, value, score)
  if not exists(field.pk) then return false end
  if index.joint then return joint().text(field, index) == value end
  if index.kind == 's' and tonumber(score_of(field, index) or '') ~= tonumber(score) then return false end
  local values
  if field.multi and index.transform == '' and not index.python and not index.split then -- no need to read them all
    values = holds(field, value) and {{'', value}} or {}
  end
  for _, pair in ipairs(values or values_of(field, sub)) do
    local text = past(field, index, sub, pair[2])
    if text then
      if index.kind ~= 'n' then
        if is_part(index, text, value) then return true end
      elseif (not field.multi or pair[2] == value) and tonumber(text) == tonumber(score) then
        return true
      end
    end
  end
  return false
end

local function audit_entries(index, key, items)
  local base = prefix .. 'index:' .. template.name .. ':' .. index.label
  local rest = string.sub(key, #base + 2)
  local pairwise = index.kind ~= 'e' or index.unique
  for at = 1, #items, pairwise and 2 or 1 do
    local pk, value, sub, score = read_item(index, rest, items, at)
    local field = field_of(pk)
    if not still_true(field, index, sub, value, score) then
      local count = changes
      if index.kind ~= 'e' then zset_remove(key, items[at])
      elseif index.unique then hash_remove(key, value, pk)
      else set_remove(key, pk) end
      if changes > count then report('stale', index, pk, value or score) end
    end
  end
end

local function audit_keys(index, limit, keys)
  for _, key in ipairs(keys) do
    local size = redis.pcall(index.kind == 's' and 'ZCARD' or 'SCARD', key)
    if type(size) == 'table' then report('foreign', index, '', key)
    elseif size > limit then report('large', index, '', key)
    elseif index.kind == 's' then audit_entries(index, key, redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'))
    else audit_entries(index, key, redis.call('SMEMBERS', key)) end
  end
end

local function main()
  if what == 'objects' then
    audit_objects(take_list())
  else
    local index = template.indexes[take_number()]
    if what == 'keys' then audit_keys(index, take_number(), take_list())
    else audit_entries(index, take(), take_list()) end
  end
  return found
end

local ok, outcome = pcall(main)
if ok then return outcome end
if type(outcome) == 'table' and outcome.refused then
  rollback()
  return {outcome.refused[1], unpack(outcome.refused, 3)}
end
-- include: finish_error
