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

-- Whether a sorted set member lies between two ZRANGEBYLEX bounds.
local function in_lex_range(member, low, high)
  if low ~= '-' then
    local bound = string.sub(low, 2)
    if less(member, bound) then return false end
    if member == bound and string.byte(low) == 40 then return false end
  end
  if high ~= '+' then
    local bound = string.sub(high, 2)
    if less(bound, member) then return false end
    if member == bound and string.byte(high) == 40 then return false end
  end
  return true
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

local function in_score_range(score, low, high)
  local bound, open = to_bound(low)
  if score < bound or (open and score == bound) then return false end
  bound, open = to_bound(high)
  return not (score > bound or (open and score == bound))
end
