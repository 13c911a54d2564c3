-- The order of texts by bytes. Lua compares strings by the server's locale, so its own
-- '<' serves only where the locale's order is the order of bytes.

local bytewise = 'B' < 'a' and 'a b' < 'aB' and '\195\169' > 'z' and '-' < '0'

local function less(a, b)
  if bytewise then return a < b end
  local size = math.min(#a, #b)
  for i = 1, size do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- A test of whether a sorted set member lies between two ZRANGEBYLEX bounds.
local function lex_range(low, high)
  local first, last = low ~= '-' and string.sub(low, 2), high ~= '+' and string.sub(high, 2)
  local after_first, before_last = string.byte(low) == 40, string.byte(high) == 40
  return function(member)
    if first and (less(member, first) or (after_first and member == first)) then return false end
    return not (last and (less(last, member) or (before_last and member == last)))
  end
end

local function to_score(text)
  if text == '+inf' or text == 'inf' then return math.huge end
  if text == '-inf' then return -math.huge end
  return tonumber(text)
end

-- A ZRANGEBYSCORE bound: '(' excludes it.
local function to_bound(text)
  if string.sub(text, 1, 1) == '(' then return to_score(string.sub(text, 2)), true end
  return to_score(text), false
end

-- A test of whether a number lies between two such bounds.
local function score_range(low, high)
  local first, after_first = to_bound(low)
  local last, before_last = to_bound(high)
  return function(score)
    if score < first or (after_first and score == first) then return false end
    return not (score > last or (before_last and score == last))
  end
end
