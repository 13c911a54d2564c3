-- Compares values with index entries, and mends the entries if asked: so much of it that the server
-- is not kept busy for long. What is left comes back as a list of jobs, for the next request.
--
-- KEYS   1: the collection
-- ARGV   prefix; 'mend' or 'check'; how much to look at, about so many values and entries; list of
--        fields: spec, known transforms, target (the collection that values have to be in, or '');
--        jobs, of which the last one comes first:
--   c  position                       pks from there on (SSCAN): each value must have its entries
--   o  list of pks                    the same for these
--   v  field, pk, position            the same for the rest of a large value
--   t  field, index, pk, sub-key, element, offset, '1' if it is reported already
--                                     the same for the rest of a text with many parts
--   s  position, pattern              index keys from there on (SCAN): each entry must have its value
--   k  list of keys                   the same for these
--   e  key, position                  the same for the rest of an index key
--   x  field, index, pk, sub-key, key, item, value, score
--                                     the same for an entry, whatever has to be read for it
--   w  field, index, pk, sub-key, position
--                                     gives back what the values from there on are entered as
-- Reply  objects done; entries done; list of differences, each kind, field, index label, pk, value,
--        holder, place; list of values that a Python transform is to be told for, each field,
--        value; list of entries as in job x that would take too much reading; list of texts (job w; of
--        a number index each after its element); list of jobs that are left
-- The kinds: 'missing', 'stale', 'duplicate' (holder: the other pk), 'invalid', 'foreign' (value: the
-- key), 'dangling' (a pk that is not in the target)
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint

local prefix, mend, limit = take(), take() == 'mend', take_number()
local collection, object = KEYS[1], {prefix = prefix}
local fields, named, columns = {}, {}, {}
local work, objects_done, entries_done = 0, 0, 0
local found, unsure, texts = {}, {}, {}
dry = not mend

local function report(kind, field, index, pk, value, holder, place)
  for _, word in ipairs({kind, field.n, index.label, pk, value, holder or '', place or ''}) do
    found[#found + 1] = word
  end
end

-- Turns a field to another object; 'hash' is the key of its hash, where that is known.
local function put_at(field, pk, hash)
  if hash and field.kind == 'i' then
    field.pk, field.key = pk, hash
  else
    object.pk = pk
    place(field, object)
  end
  if field.python then field.memo = prefix .. 'memo:' .. field.name .. ':' .. pk end
  return field
end

-- include: pages
-- include: wanted
-- include: standing

local function take_field(n)
  local field = take_known(take_spec())
  field.n, field.target, field.shelf, field.prefix = n, take(), {}, prefix
  for _, index in ipairs(field.indexes) do
    index.base = prefix .. 'index:' .. field.name .. ':' .. index.label
    index.shelf, index.memos = {}, {}
    field.python = field.python or index.python
    named[field.name .. ':' .. index.label] = {field, index}
  end
  if field.kind == 'i' then
    columns[#columns + 1] = field.name
    field.column = #columns
  end
  fields[n] = field
end

-- include: jobs

-- Takes on the work that came with what was gathered: it comes before all other.
local function push_fresh()
  for _, job in ipairs(fresh) do push(job) end
  fresh = {}
end

-- How many objects are compared together: fewer if that leads to much mending.
local batch = 50

local function mend_gathered()
  batch = settle() > batch and 10 or math.min(200, batch * 2)
end

-- A part of a value is done when nothing in it is needed from the client; 'more' is where its job
-- goes on, in the given place.
local function finish_part(job, at, more)
  mend_gathered()
  if #needs > 0 then
    push(job)
    fresh = {}
    return
  end
  job[at] = more
  if more then push(job) end
  push_fresh()
end

-- What a job does in one step; it comes back into the list of jobs if there is more to do.
local run = {}

function run.c(job)
  local reply = redis.call('SSCAN', collection, job[2], 'COUNT', math.min(200, limit))
  job[2] = reply[1]
  if reply[1] ~= '0' then push(job) end
  push({'o', reply[2], 1})
end

function run.o(job)
  local pks, first, start, back = job[2], job[3], work, {}
  local last = math.min(#pks, first + batch - 1)
  if last < first then return end
  local exist, i = redis.call('SMISMEMBER', collection, unpack(pks, first, last)), first
  while i <= last and (i == first or work - start < limit / 2) do
    local before, follow = asked, #fresh
    if exist[i - first + 1] == 1 then want_object(pks[i]) end
    if asked > before then
      back[#back + 1] = pks[i]
      for j = #fresh, follow + 1, -1 do fresh[j] = nil end
    end
    i = i + 1
  end
  mend_gathered()
  job[3], objects_done = i, objects_done + i - first - #back
  if i <= #pks then push(job) end
  if #back > 0 then push({'o', back, 1}) end
  push_fresh()
end

local function exists(pk)
  return redis.call('SISMEMBER', collection, pk) == 1
end

function run.v(job)
  local field, more = fields[tonumber(job[2])], nil
  if exists(job[3]) then more = want_page(put_at(field, job[3]), job[4]) end
  finish_part(job, 4, more)
end

function run.t(job)
  local _, n, i, pk, sub, raw, from, told = unpack(job)
  local field = put_at(fields[tonumber(n)], pk)
  local index, more = field.indexes[tonumber(i)], nil
  local id = text_id(field, index, pk, sub, raw)
  reported[id] = reported[id] or told == '1'
  if field.multi then raw = holds(field, raw) and raw else raw = single(field, sub) end
  local change = PIECEWISE[index.transform] and index.transform
  if raw and not exists(pk) then raw = false end
  local text = raw and (change and raw or text_in(field, index, sub, raw))
  if text then
    work = work + math.min(#text / 500, limit / 2)
    more = want_parts(field, index, sub, raw, text, tonumber(from), change)
  end
  finish_part(job, 7, more)
  job[8] = reported[id] and '1' or ''
end

function run.s(job)
  local count = math.max(10, math.min(500, limit))
  local reply, keys = redis.call('SCAN', job[2], 'MATCH', job[3], 'COUNT', count), {}
  work = work + count / 8
  for _, key in ipairs(reply[2]) do
    local field, index, rest = owner_of(key)
    if field and is_left_over(field, index, rest) then
      if mend then redis.call('UNLINK', key) end
      report('stale', field, index, '', key, '', key)
    elseif field and rest ~= '' and not is_in_one_key(field, index) then
      keys[#keys + 1] = key
    end
  end
  job[2] = reply[1]
  if reply[1] ~= '0' then push(job) end
  if #keys > 0 then push({'k', keys, 1}) end
end

function run.k(job)
  local keys, i, start = job[2], job[3], work
  while i <= #keys and #noted < 8 * PAGE and work - start < limit / 2 do
    local more = note_page(keys[i], '0')
    if more then fresh[#fresh + 1] = {'e', keys[i], more} end
    i = i + 1
  end
  entries_done = entries_done + try_noted()
  job[3] = i
  if i <= #keys then push(job) end
  push_fresh()
end

function run.e(job)
  job[3] = note_page(job[2], job[3])
  entries_done = entries_done + try_noted()
  if job[3] then push(job) end
end

function run.x(job)
  local _, n, i, pk, sub, key, item, value, score = unpack(job)
  local field = fields[tonumber(n)]
  noted = {field, field.indexes[tonumber(i)], key, sub, item, pk, value, score}
  work = work + 1
  try_noted(true)
end

local function tell(field, index, raw, text, from, change)
  if index.kind == 'n' then texts[#texts + 1] = raw end
  local parts, more = {text}, nil
  if index.split then parts, more = parts_from(index.split, text, from, change) end
  for _, part in ipairs(parts) do texts[#texts + 1] = part end
  work = work + #parts
  return more
end

function run.w(job)
  local _, n, i, pk, sub, position = unpack(job)
  local field, more = put_at(fields[tonumber(n)], pk), nil
  local index = field.indexes[tonumber(i)]
  if field.multi then
    local items, rest = page(field, position)
    more = rest
    for at = 1, #items, field.kind == 'z' and 2 or 1 do
      local text = past(field, index, sub, items[at])
      if text and (not index.split or #text < GRAMS) then tell(field, index, items[at], text, 1) end
    end
  else
    local change = index.split and PIECEWISE[index.transform] and index.transform
    local raw = single(field, sub)
    local text = raw and (change and raw or past(field, index, sub, raw))
    if text then
      work = work + math.min(#text / 500, limit / 2)
      more = tell(field, index, raw, text, tonumber(position), change)
    end
  end
  job[6] = more
  if more then push(job) end
end

local function main()
  for n = 1, take_number() do take_field(n) end
  while cursor < #ARGV do push(take_job()) end
  repeat
    local job = table.remove(jobs)
    run[job[1]](job)
  until #jobs == 0 or #needs > 0 or work >= limit
  return {objects_done, entries_done, found, needs, unsure, texts, jobs_left()}
end

local ok, outcome = pcall(main)
if ok then return outcome end
-- include: finish_error
