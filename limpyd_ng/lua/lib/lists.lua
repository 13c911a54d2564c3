-- Lists, and commands that take one, which may be longer than what a call can be given (the Lua stack).

-- Calls 'act' with each part of a list; pairs stay together.
local function in_parts(list, act)
  for first = 1, #list, 1000 do act(unpack(list, first, math.min(first + 999, #list))) end
end

-- A command with a key and a list.
local function call_all(command, key, list)
  in_parts(list, function(...) redis.call(command, key, ...) end)
end

-- Whether a command with a key and a list finds any of it.
local function finds_any(command, key, list)
  local found = false
  in_parts(list, function(...)
    for _, reply in ipairs(redis.call(command, key, ...)) do found = found or reply and reply ~= 0 end
  end)
  return found
end

-- Each of ARGV, in steps from 'first' to 'last', that is not in 'old', and each of 'old' that is not in ARGV.
local function difference(old, first, last, step)
  local before, after, come, gone = {}, {}, {}, {}
  for _, element in ipairs(old) do before[element] = true end
  for i = first, last, step do
    local element = ARGV[i]
    if not after[element] then
      after[element] = true
      if not before[element] then come[#come + 1] = element end
    end
  end
  for _, element in ipairs(old) do
    if not after[element] then
      after[element] = true
      gone[#gone + 1] = element
    end
  end
  return come, gone
end

-- The pairs in ARGV from 'first' to 'last', of which the last with a name counts.
local function named(first, last)
  local map = {}
  for i = first, last, 2 do map[ARGV[i]] = ARGV[i + 1] end
  return map
end

-- The same as 'difference' for pairs, in lists of names and values.
local function pair_difference(old, first, last)
  local before, after, come, gone = {}, named(first, last), {}, {}
  for i = 1, #old, 2 do
    local name, value = old[i], old[i + 1]
    before[name] = value
    if after[name] ~= value then gone[#gone + 1] = name gone[#gone + 1] = value end
  end
  for name, value in pairs(after) do
    if before[name] ~= value then come[#come + 1] = name come[#come + 1] = value end
  end
  return come, gone
end
