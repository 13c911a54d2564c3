-- Conditions whose value stands in a field (kind 'r'): what they become. Needs lib/text.lua, lib/compare.lua.

-- The values of a condition on a text that was only known here: twins of indexes/order.py.
local values_for = {
  e = function(_, text) return {text} end,
  u = function(_, text) return {text} end,
  p = function(_, text) return {text} end,
  t = function(suffix, text)
    text = escape(text)
    local first, after = '[' .. text .. '\0', '(' .. text .. '\0\255'
    if suffix == 'eq' then return {first, after} end
    if suffix == 'gt' then return {'[' .. string.sub(after, 2), '+'} end
    if suffix == 'gte' then return {first, '+'} end
    if suffix == 'lt' then return {'-', '(' .. string.sub(first, 2)} end
    if suffix == 'lte' then return {'-', after} end
    local head = string.match(text, '^(.-)\255*$')
    if head == '' then return {text == '' and '-' or '[' .. text, '+'} end
    return {'[' .. text, '(' .. string.sub(head, 1, -2) .. string.char(string.byte(head, -1) + 1)}
  end,
  n = function(suffix, text, index)
    if not is_number(text) then
      if not index.lenient then error({err = 'ERR the field to compare with holds no number'}) end
      text = '0'
    end
    if suffix == 'eq' then return {text, text} end
    if suffix == 'gt' then return {'(' .. text, '+inf'} end
    if suffix == 'gte' then return {text, '+inf'} end
    if suffix == 'lt' then return {'-inf', '(' .. text} end
    return {'-inf', text}
  end,
}

-- Fills in a condition whose value stands in a field: kind, suffix, key, hash entry, '1' if
-- the index's transform is for filter values too. A field without a value: nothing meets it.
local function resolve(condition)
  local kind, suffix, key, entry, transformed = unpack(condition.values)
  local text = entry == '' and redis.call('GET', key) or entry ~= '' and redis.call('HGET', key, entry)
  condition.kind, condition.values = kind, {}
  if not text then return condition end
  if transformed == '1' then text = transform(condition.index.transform, text) end
  condition.values = values_for[kind](suffix, text, condition.index)
  return condition
end
