-- How many values a field may hold: what a native command leaves is counted before it counts.
-- Needs lib/entries.lua, lib/assign.lua.

local SIZES = {S = 'SCARD', l = 'LLEN', z = 'ZCARD', h = 'HLEN'}
local WHOLE = {DEL = true, UNLINK = true, RENAME = true, RENAMENX = true, MOVE = true}

local function size_of(field)
  local size = redis.pcall(SIZES[field.kind], field.key)
  return type(size) == 'number' and size or 0
end

-- Whether a command that adds or takes away this many values at most can break the limits.
local function may_break(effect, count)
  local field = effect.field
  for _, touch in ipairs(effect.touches) do
    if touch.how == 'all' or touch.how == 'gone' and field.kind == 'l' and field.least then return true end
  end
  if field.most and field.size + count > field.most then return true end
  return field.least ~= nil and field.size - count < field.least
end

-- Before the command: how many there are; if the limits may break, all that it writes is kept.
local function limits_before(effects, argv)
  local limited = false
  for _, effect in ipairs(effects) do
    local field = effect.field
    if (field.least or field.most) and #effect.touches > 0 then
      limited, field.size = true, size_of(field)
      -- the last argument may be a count
      if may_break(effect, math.max(#argv, tonumber(argv[#argv]) or 0)) then
        for _, each in ipairs(effects) do keep_whole(each.field) end
      end
    end
  end
  return limited
end

-- After it. What was outside of the limits already may come nearer; a whole value may go.
local function limits_after(effects, argv)
  for _, effect in ipairs(effects) do
    local field = effect.field
    if field.size then
      local size = size_of(field)
      local many = field.most and size > field.most and size > field.size
      local few = field.least and size < field.least and (size < field.size or field.size == 0 and size > 0)
      if many or few and not (size == 0 and WHOLE[string.upper(argv[1])]) then
        refuse('COUNT', field.name, tostring(size))
      end
    end
  end
end
