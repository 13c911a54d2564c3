-- The whole new content of a field, and what it takes to take it back: shared by the scripts that
-- write values. Needs lib/entries.lua.

local function raise_if_error(reply)
  if type(reply) == 'table' and reply.err then error(reply) end
  return reply
end

-- Runs a command of any length; a list of same arguments longer than the Lua stack is
-- sent in parts of whole groups, and integer replies are added up.
local function run_parts(argv, start, size)
  if #argv <= 7500 then return raise_if_error(redis.pcall(unpack(argv))) end
  local total
  local room = 7000 - 7000 % size
  for first = start, #argv, room do
    local part = {unpack(argv, 1, start - 1)}
    for i = first, math.min(first + room - 1, #argv) do part[#part + 1] = argv[i] end
    local reply = raise_if_error(redis.pcall(unpack(part)))
    if type(reply) == 'number' and total and string.upper(argv[1]) ~= 'LPUSH' and string.upper(argv[1]) ~= 'RPUSH' then
      total = total + reply
    else
      total = reply
    end
  end
  return total
end

-- Notes how to bring a whole key back, and tells whether there is one. A copy needs no
-- right that a limited user may lack; where there is no memory for one, a dump serves.
local spares = {}

local function keep_whole(field)
  if field.kept ~= nil then return field.kept end
  local spare = field.prefix .. 'scratch:' .. #spares + 1
  local copied = redis.pcall('COPY', field.key, spare, 'REPLACE')
  field.kept = copied == 1
  if field.kept then
    spares[#spares + 1] = spare
    did('RENAME', spare, field.key)
  elseif copied == 0 then
    did('DEL', field.key)
  else
    local dump = redis.call('DUMP', field.key)
    field.kept = dump ~= false
    if dump then did('RESTORE', field.key, math.max(0, redis.call('PTTL', field.key)), dump, 'REPLACE')
    else did('DEL', field.key) end
  end
  return field.kept
end

local function keep_cells(field, before)
  if field.kind == 's' then
    local life = not field.tracked and redis.call('PTTL', field.key) or -1
    if life > 0 then did('PEXPIRE', field.key, life) end -- after the value is back
    if before[''] then did('SET', field.key, before[''], 'KEEPTTL') else did('DEL', field.key) end
    return
  end
  for sub, old in pairs(before) do
    local entry = field.kind == 'i' and field.name or sub
    if old then did('HSET', field.key, entry, old) else did('HDEL', field.key, entry) end
  end
end

local function follow_cells(field, before, after)
  local raws = {}
  for _, new in pairs(after) do if new then raws[#raws + 1] = new end end
  require_known(field, raws)
  for sub, old in pairs(before) do
    if not after[sub] then follow(field, sub, old, false) end
  end
  for sub, new in pairs(after) do
    if new then follow(field, sub, before[sub], new) end
  end
end

local function follow_elements(field, before, after)
  local raws = {}
  for element in pairs(after) do raws[#raws + 1] = element end
  require_known(field, raws)
  for element in pairs(before) do
    if not after[element] then follow(field, '', element, false) end
  end
  for element in pairs(after) do
    if not before[element] then follow(field, '', false, element) end
  end
end

local WRITERS = {S = {'SADD', 1}, l = {'RPUSH', 1}, z = {'ZADD', 2}, h = {'HSET', 2}}

local function store(field, values)
  if field.kind == 's' then
    if values[1] then redis.call('SET', field.key, values[1]) else redis.call('DEL', field.key) end
  elseif field.kind == 'i' then
    if values[1] then redis.call('HSET', field.key, field.name, values[1]) else redis.call('HDEL', field.key, field.name) end
  else
    redis.call('UNLINK', field.key)
    if #values > 0 then
      local command = WRITERS[field.kind]
      local argv = {command[1], field.key}
      for i = 1, #values do argv[i + 2] = values[i] end
      run_parts(argv, 3, command[2])
    end
  end
end

-- No values remove the field.
local function assign(field, values)
  local read = field.multi and elements or cells
  local old
  if field.kind == 's' or field.kind == 'i' then
    old = cells(field)
    keep_cells(field, old)
  else
    old = keep_whole(field) and #field.indexes > 0 and read(field) or {}
  end
  store(field, values)
  if #field.indexes > 0 then
    local follow_all = field.multi and follow_elements or follow_cells
    follow_all(field, old, read(field))
  end
end

local function drop_spares()
  for _, spare in ipairs(spares) do redis.call('UNLINK', spare) end
end
