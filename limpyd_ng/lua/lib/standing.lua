-- From entries to values: what stands in index keys, each of which must stem from a value of an
-- object that exists. Needs lib/entries.lua, lib/joint.lua, lib/pages.lua, and of the script: work,
-- report, put_at, collection, named.

local WIDE = 1000  -- a collection of more elements is not looked through for one entry
local LONG = 4000  -- nor is a longer text split for one

-- The index that a key belongs to, its field, and what follows in the key.
local function owner_of(key)
  local name, rest = string.match(key, '^([^:]*:[^:]*)(.*)$', #prefix + 7)
  local owner = name and named[name]
  if owner then return owner[1], owner[2], rest end
end

-- Whether all entries of an index are in one key.
local function is_in_one_key(field, index)
  return field.kind ~= 'h' and (index.unique or index.kind == 't' or index.kind == 'n')
end

-- Keys that an index had while its field was unique, or was not yet.
local function is_left_over(field, index, rest)
  return field.kind ~= 'h' and index.kind == 'e' and (rest == '') ~= (index.unique == true)
end

-- The sub-key and what follows it in the end of an index key: ':<length>:<sub-key>...'.
local function split_sub(rest)
  local size, text = string.match(rest, '^:(%d+):(.*)$')
  size = tonumber(size)
  if not size or #text < size then return nil end
  return string.sub(text, 1, size), string.sub(text, size + 1)
end

-- What one item of an index key says: pk, value, score. In 'value' comes what the key says.
local function read_item(field, index, value, items, i)
  if index.kind == 'e' then
    if index.unique then return items[i + 1], items[i], nil end
    return items[i], value, nil
  end
  if index.kind == 's' then return items[i], value, items[i + 1] end
  if index.kind == 'n' and not field.multi then return items[i], nil, items[i + 1] end
  local text, pk = split_member(items[i])
  return pk, text, index.kind == 'n' and items[i + 1] or nil
end

local function single(field, sub)
  if field.kind == 'i' then return redis.call('HGET', field.key, field.name) end
  if field.kind == 's' then return redis.call('GET', field.key) end
  return redis.call('HGET', field.key, sub)
end

local SIZES = {S = 'SCARD', z = 'ZCARD', l = 'LLEN'}

local function is_wide(field)
  local size = redis.call(SIZES[field.kind], field.key)
  work = work + size / 200
  return size > WIDE
end

local function says_number(field, index, sub, raw, score)
  local text = past(field, index, sub, raw)
  return text ~= nil and tonumber(text) == tonumber(score)
end

-- The length of a single value.
local function length(field, sub)
  if field.kind == 's' then return redis.call('STRLEN', field.key) end
  return redis.call('HSTRLEN', field.key, field.kind == 'i' and field.name or sub)
end

local texts_of, parts_of = {}, {}

-- What 'past' gives; a text of many parts is worked out once for all of them.
local function past_text(field, index, sub, raw)
  if not index.split or index.python then return past(field, index, sub, raw) end
  local id = index.n .. ':' .. raw
  if not texts_of[id] then
    texts_of[id] = past(field, index, sub, raw)
    work = work + #raw / 50
  end
  return texts_of[id]
end

local function has_part(index, text, part)
  local id = index.split .. ':' .. text
  if not parts_of[id] then
    parts_of[id] = {}
    note_entries(index, text, parts_of[id])
    work = work + #text / 5
  end
  return parts_of[id][part] == true
end

local function in_single(field, index, sub, value, score, whole)
  if index.split and not whole and length(field, sub) > LONG then return nil end
  local raw = single(field, sub)
  if not raw then return false end
  work = work + #raw / 500
  if index.kind == 'n' then return says_number(field, index, sub, raw, score) end
  local text = past_text(field, index, sub, raw)
  if not text or not index.split then return text == value end
  return has_part(index, text, value)
end

local entered = {}

-- What the elements of an object are entered as.
local function entered_as(field, index)
  local id = index.base .. '\0' .. field.pk
  if not entered[id] then
    entered[id] = {}
    for element in pairs(elements(field)) do
      local text = past(field, index, '', element)
      if text then note_entries(index, text, entered[id]) end
      work = work + 1 + (index.split and #element / 5 or 0)
    end
  end
  return entered[id]
end

local function in_many(field, index, value, score, whole)
  local direct = index.kind == 'n' or (index.transform == '' and not index.python and not index.split)
  if (field.kind == 'l' or not direct) and is_wide(field) and not whole then return nil end
  if not direct then return entered_as(field, index)[value] == true end
  if not holds(field, value) then return false end
  return index.kind ~= 'n' or says_number(field, index, '', value, score)
end

-- Whether an entry stems from a value of the object: nil if that has to be looked for in so much
-- that a step should not do it for one entry (unless 'whole' says that it has to).
local function stands(field, index, sub, value, score, whole)
  if index.joint then return joint().text(field, index) == value end
  if index.kind == 's' and tonumber(score_of(field, index) or '') ~= tonumber(score) then return false end
  if field.multi then return in_many(field, index, value, score, whole) end
  return in_single(field, index, sub, value, score, whole)
end

-- Entries to be compared, eight items each: field, index, key, sub-key, item, pk, value, score.
local noted = {}

local function note(field, index, key, sub, value, items)
  local step, n = (index.kind ~= 'e' or index.unique) and 2 or 1, #noted
  for i = 1, #items, step do
    local pk, text, score = read_item(field, index, value, items, i)
    noted[n + 1], noted[n + 2], noted[n + 3], noted[n + 4] = field, index, key, sub
    noted[n + 5], noted[n + 6], noted[n + 7], noted[n + 8] = items[i], pk, text or false, score or false
    n = n + 8
    work = work + 1 + #items[i] / 500
  end
end

-- Notes a page of an index key; returns where the rest starts (nil: nothing).
local function note_page(key, position)
  local field, index, rest = owner_of(key)
  local sub, value = '', string.sub(rest, 2)
  if field.kind == 'h' then
    sub, value = split_sub(rest)
    value = value and string.sub(value, 2)
  end
  local command = index.kind ~= 'e' and 'ZSCAN' or index.unique and 'HSCAN' or 'SSCAN'
  local reply = sub and removed(command, key, position, 'COUNT', PAGE)
  work = work + 1
  if type(reply) ~= 'table' then
    report('foreign', field, index, '', key)
    return nil
  end
  note(field, index, key, sub, value, reply[2])
  return reply[1] ~= '0' and reply[1] or nil
end

local function take_out(field, index, key, item, pk, value, score)
  local count = changes
  if index.kind ~= 'e' then zset_remove(key, item)
  elseif index.unique then hash_remove(key, value, pk)
  else set_remove(key, pk) end
  if changes > count then report('stale', field, index, pk, value or score, '', key) end
  work = work + 4
end

-- Compares what was noted with the values; 'whole' as in 'stands'. Returns how many entries.
local function try_noted(whole)
  for first = 1, #noted, 8000 do
    local pks, last = {}, math.min(first + 7999, #noted)
    for i = first, last, 8 do pks[#pks + 1] = noted[i + 5] end
    local exist = redis.call('SMISMEMBER', collection, unpack(pks))
    for i = first, last, 8 do
      local field, index, key, sub, item, pk, value, score = unpack(noted, i, i + 7)
      local is = exist[(i - first) / 8 + 1] == 1 and stands(put_at(field, pk), index, sub, value, score, whole)
      if is == nil then
        for _, word in ipairs({field.n, index.n, pk, sub, key, item, value or '', score or ''}) do
          unsure[#unsure + 1] = word
        end
      elseif not is then take_out(field, index, key, item, pk, value or nil, score) end
    end
  end
  local count = #noted / 8
  noted = {}
  return count
end
