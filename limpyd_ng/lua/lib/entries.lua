-- Index entries: what a value is in an index, and the changes that add and remove it.
-- Needs lib/text.lua, lib/fields.lua, lib/journal.lua.
--
-- Where entries live ('at' is the index's base, and for a hash ':<length>:<sub-key>'):
--   equal          set    at:<value>  member pk
--   equal, unique  hash   at          field value, content pk
--   scored equal   zset   at:<value>  score from another field, member pk
--   text           zset   at          score 0, member <escaped value> 00 <pk>
--   (split: the same for each part)
--   number         zset   at          score value, member pk; of a set, list or sorted
--                                     set: <escaped element> 00 <pk>

local function at(field, index, sub)
  if field.kind ~= 'h' then return index.base end
  return index.base .. ':' .. #sub .. ':' .. sub
end

local function memo_entry(field, index, sub, raw)
  return index.label .. ':' .. (field.multi and raw or sub)
end

-- What the value is in the index now; nil when it is not to be indexed.
local function present(field, index, raw)
  local text = raw
  if index.python then
    text = field.known[index.n] and field.known[index.n][raw]
    if text == nil then refuse('NEED', field.name, raw) end
    if not text then return nil end
  elseif index.transform ~= '' then
    text = transform(index.transform, raw)
  end
  if index.kind == 'n' and not is_number(text) then
    if index.lenient then return '0' end
    refuse('NAN', field.name, hex(text ~= '' and text or raw))
  end
  return text
end

-- What the value was when it was indexed: derived again, or remembered.
local function past(field, index, sub, raw)
  if index.python then
    local text = removed('HGET', field.memo, memo_entry(field, index, sub, raw))
    return type(text) == 'string' and text or nil
  end
  local text = raw
  if index.transform ~= '' then text = transform(index.transform, raw) end
  if index.kind == 'n' and not is_number(text) then return index.lenient and '0' or nil end
  return text
end

local function member_of(field, index, text, raw)
  if index.kind == 't' then return escape(text) .. '\0' .. field.pk end
  if field.multi then return escape(raw) .. '\0' .. field.pk end
  return field.pk
end

local function refuse_duplicate(field, raw, holder)
  refuse('UNIQUE', field.name, hex(raw), holder)
end

-- Whether the object that holds 'member' of a number index has exactly this number; the
-- score alone cannot tell two numbers beyond 2^53 apart.
local function same_number(field, index, text, member, holder)
  local other = {prefix = field.prefix, pk = holder, name = field.name, kind = field.kind, multi = field.multi}
  place(other, other)
  other.memo = field.prefix .. 'memo:' .. field.name .. ':' .. holder
  local raw
  if field.multi then raw = split_member(member) else raw = cells(other)[''] end
  local held = raw and past(other, index, '', raw)
  return held and exact(held) == exact(text)
end

local function check_unique(field, index, text, raw)
  if index.kind == 'e' then
    local holder = redis.call('HGET', index.base, text)
    if holder and holder ~= field.pk then refuse_duplicate(field, raw, holder) end
  elseif index.kind == 't' then
    local start = escape(text) .. '\0'
    for _, member in ipairs(redis.call('ZRANGEBYLEX', index.base, '[' .. start, '(' .. start .. '\255', 'LIMIT', 0, 2)) do
      local _, holder = split_member(member)
      if holder ~= field.pk then refuse_duplicate(field, raw, holder) end
    end
  else
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', index.base, text, text)) do
      local holder = member
      if field.multi then _, holder = split_member(member) end
      if holder ~= field.pk and same_number(field, index, text, member, holder) then
        refuse_duplicate(field, raw, holder)
      end
    end
  end
end

-- The score of an object in a scored index; nil when there is none, so no entry either.
local function score_of(field, index)
  local score = other_cell(field, index.others[1])
  return score and is_number(score) and score or nil
end

local function add_entry(field, index, sub, text, raw)
  local key = at(field, index, sub)
  if index.kind == 'e' then
    if index.unique then hash_set(key, text, field.pk) else set_add(key .. ':' .. text, field.pk) end
  elseif index.kind == 's' then
    local score = score_of(field, index)
    if score then zset_add(key .. ':' .. text, score, field.pk) end
  elseif index.kind == 't' then zset_add(key, '0', member_of(field, index, text, raw))
  else zset_add(key, text, member_of(field, index, text, raw)) end
end

local function remove_entry(field, index, sub, text, raw)
  local key = at(field, index, sub)
  if index.kind == 'e' then
    if index.unique then hash_remove(key, text, field.pk) else set_remove(key .. ':' .. text, field.pk) end
  elseif index.kind == 's' then zset_remove(key .. ':' .. text, field.pk)
  else zset_remove(key, member_of(field, index, text, raw)) end
end

-- The members for the parts of a text, but for those to be left out.
local function part_members(field, index, text, left_out)
  local members = {}
  for _, part in ipairs(split(index.split, text)) do
    if not left_out[part] then members[#members + 1] = member_of(field, index, part) end
  end
  return members
end

local function add(field, index, sub, text, raw)
  if index.unique then check_unique(field, index, text, raw) end
  if index.split then zset_add_all(at(field, index, sub), part_members(field, index, text, {}))
  else add_entry(field, index, sub, text, raw) end
  if index.python then hash_set(field.memo, memo_entry(field, index, sub, raw), text) end
end

-- Notes in 'found' what a text is entered as.
local function note_entries(index, text, found)
  if not index.split then
    found[text] = true
    return
  end
  for _, part in ipairs(split(index.split, text)) do found[part] = true end
end

-- The entries that the other elements of the same object have: to an index that transforms
-- or splits, they may be the same.
local function entries_of_others(field, index, raw)
  local found = {}
  if field.leaving or not field.multi or index.kind == 'n' or (index.transform == '' and not index.python and not index.split) then
    return found
  end
  for element in pairs(elements(field)) do
    local stays = element ~= raw and not (field.gone and field.gone[element])
    local text = stays and past(field, index, '', element)
    if text then note_entries(index, text, found) end
  end
  return found
end

-- Removes what 'text' has entered, but for what 'new' (if any) or another element needs.
local function remove(field, index, sub, text, raw, new)
  local kept = entries_of_others(field, index, raw)
  if new and index.split then note_entries(index, new, kept) end
  if index.split then zset_remove_all(at(field, index, sub), part_members(field, index, text, kept))
  elseif not kept[text] then remove_entry(field, index, sub, text, raw) end
end

local function forget(field, index, sub, raw)
  if index.python then hash_remove(field.memo, memo_entry(field, index, sub, raw)) end
end

-- Makes an index follow one value of the field that was 'old' and is 'new' (false: none). The new
-- entry comes first: a refusal then finds the old one untouched.
local function follow_index(field, index, sub, old, new)
  local was = old and past(field, index, sub, old)
  local is = new and present(field, index, new)
  if is and is ~= was then add(field, index, sub, is, new) end
  if was and is ~= was and not (is and index.kind == 'n' and not field.multi) then
    remove(field, index, sub, was, old, is)
  end
  if was and not is then forget(field, index, sub, old) end
end

-- Makes every index of the field follow; in a relation a new value has to be an object's pk.
local function follow(field, sub, old, new)
  if new and field.target and new ~= old and redis.call('SISMEMBER', field.target, new) == 0 then
    refuse('NOTARGET', field.name, hex(new))
  end
  for _, index in ipairs(field.indexes) do
    if not index.joint then follow_index(field, index, sub, old, new) end -- lib/joint.lua
  end
end

-- Refuses with the list of values whose Python transforms the client must compute.
local function require_known(field, raws)
  local missing, seen = {}, {}
  for _, index in ipairs(field.indexes) do
    if index.python then
      local known = field.known[index.n] or {}
      for _, raw in ipairs(raws) do
        if known[raw] == nil and not seen[raw] then
          seen[raw] = true
          missing[#missing + 1] = raw
        end
      end
    end
  end
  if #missing > 0 then refuse('NEED', field.name, unpack(missing, 1, math.min(#missing, 5000))) end
end
