-- Texts and numbers as the indexes see them. Shared by every script that reads or writes
-- an index; the Python twins are in indexes/transforms.py and indexes/order.py.

-- A value as the start of a sorted set member: NUL becomes 00 FF, and 00 ends the value,
-- so members sort by the bytes of the value and what follows never mixes with it.
local function escape(text)
  if string.find(text, '\0', 1, true) then return (string.gsub(text, '%z', '\0\255')) end
  return text
end

local function unescape(text)
  return (string.gsub(text, '%z\255', '\0'))
end

-- The value and the pk of such a member: the pk starts after the first NUL that is not
-- an escaped one (a pk is never empty and, being UTF-8, never starts with FF).
local function split_member(member)
  local at = 1
  while true do
    local stop = string.find(member, '\0', at, true)
    if not stop then return member, '' end
    if string.byte(member, stop + 1) ~= 255 then
      local text = string.sub(member, 1, stop - 1)
      return at == 1 and text or unescape(text), string.sub(member, stop + 1)
    end
    at = stop + 2
  end
end

-- Where each character of a UTF-8 text starts, as byte offsets, and one past the end.
local function starts(text)
  local found = {}
  for at = 1, #text do
    local byte = string.byte(text, at)
    if byte < 128 or byte > 191 then found[#found + 1] = at end
  end
  found[#found + 1] = #text + 1
  return found
end

-- text[first:last] of Python, by characters; an empty bound is an absent one.
local function slice(text, first, last)
  local at = starts(text)
  local size = #at - 1
  local function bound(value, default)
    if value == '' then return default end
    local number = tonumber(value)
    if number < 0 then number = number + size end
    return math.max(0, math.min(size, number))
  end
  local from, upto = bound(first, 0), bound(last, size)
  if from >= upto then return '' end
  return string.sub(text, at[from + 1], at[upto + 1] - 1)
end

local function reverse(text)
  local at, parts = starts(text), {}
  for i = #at - 1, 1, -1 do parts[#parts + 1] = string.sub(text, at[i], at[i + 1] - 1) end
  return table.concat(parts)
end

local function lower(text)
  return (string.gsub(text, '%u+', string.lower))
end

local function upper(text)
  return (string.gsub(text, '%l+', string.upper))
end

local function strip(text)
  return (string.match(text, '^[ \t\n\r\f\v]*(.-)[ \t\n\r\f\v]*$'))
end

-- Longitude and latitude in a text, if it is a place that Redis's geo commands take.
local function place_of(text)
  local lon, lat = string.match(text, '^([%d%.eE+-]+),([%d%.eE+-]+)$')
  lon, lat = tonumber(lon or ''), tonumber(lat or '')
  if lon and lat and lon >= -180 and lon <= 180 and lat >= -85.05112878 and lat <= 85.05112878 then return lon, lat end
end

-- The score that GEOADD gives such a place: its cell among 2^26 times 2^26, the bits of longitude
-- and latitude taking turns. The easternmost and northernmost line is in the last cell.
local function geohash(text)
  local lon, lat = place_of(text)
  if not lon then return '' end
  local x = math.min(67108863, math.floor((lon + 180) / 360 * 67108864))
  local y = math.min(67108863, math.floor((lat + 85.05112878) / 170.10225756 * 67108864))
  local hash, place = 0, 1
  while x > 0 or y > 0 do -- two bits of each at a time
    local a, b = x % 4, y % 4
    x, y = (x - a) / 4, (y - b) / 4
    if a > 1 then a = a + 2 end
    if b > 1 then b = b + 2 end
    hash, place = hash + place * (2 * a + b), place * 16
  end
  return string.format('%.0f', hash)
end

-- A declarative transform is 'word' or 'slice:first:last', several joined by '|'.
local function transform(spec, text)
  for word in string.gmatch(spec, '[^|]+') do
    if word == 'lower' then text = lower(text)
    elseif word == 'upper' then text = upper(text)
    elseif word == 'strip' then text = strip(text)
    elseif word == 'reverse' then text = reverse(text)
    elseif word == 'reverse-bytes' then text = string.reverse(text)
    elseif word == 'geohash' then text = geohash(text)
    else
      local first, last = string.match(word, '^slice:(%-?%d*):(%-?%d*)$')
      text = slice(text, first, last)
    end
  end
  return text
end

local splits

-- Made when first needed, as most scripts run without.
local function make_splits()
  local splits = {}

  -- Each run of 'size' bytes, and the shorter ones at the end, so that any part of the text is
  -- the start of one of them; of the empty text the empty one.
  splits.grams = function(text, size)
    local found = {}
    size = tonumber(size)
    for at = 1, #text do found[#found + 1] = string.sub(text, at, at + size - 1) end
    if text == '' then found[1] = '' end
    return found
  end

  -- Letters and digits of ASCII, and all beyond ASCII but the punctuation of these blocks:
  -- U+0080-00BF, U+2000-207F, U+3000-303F.
  splits.words = function(text)
    text = string.gsub(text, '\194[\128-\191]', ' ')
    text = string.gsub(text, '\226[\128\129][\128-\191]', ' ')
    text = string.gsub(text, '\227\128[\128-\191]', ' ')
    local found = {}
    for word in string.gmatch(text, '[0-9A-Za-z\128-\255]+') do found[#found + 1] = word end
    return found
  end

  return splits
end

-- The parts of a list, each once.
local function each_once(parts)
  local found, seen = {}, {}
  for _, part in ipairs(parts) do
    if not seen[part] then
      seen[part] = true
      found[#found + 1] = part
    end
  end
  return found
end

-- What a text is split into, each once: the split is a word and, after ':', its argument.
local function split(spec, text)
  local word, argument = string.match(spec, '^(%a+):?(.*)$')
  splits = splits or make_splits()
  return each_once(splits[word](text, argument))
end

-- Whether a decimal number is in the range of a double: the server would refuse another one as a score.
local function in_range(text)
  local number = tonumber(text)
  return number ~= math.huge and number ~= -math.huge and (number ~= 0 or string.match(text, '^[^eE]*[1-9]') == nil)
end

-- Whether a text is a decimal number (or an infinity) that a sorted set takes as a score.
local function is_number(text)
  if string.match(text, '^[+-]?%d+%.?%d*$') or string.match(text, '^[+-]?%d*%.?%d+$') then
    return #text < 300 or in_range(text)
  end
  if string.match(text, '^[+-]?%d+%.?%d*[eE][+-]?%d+$') or string.match(text, '^[+-]?%.%d+[eE][+-]?%d+$') then
    return in_range(text)
  end
  local word = string.lower(text)
  return string.match(word, '^[+-]?inf$') ~= nil or string.match(word, '^[+-]?infinity$') ~= nil
end

-- The exact decimal value of such a text in one spelling, to tell apart numbers that
-- share a double (beyond 2^53) and to find equal ones that are spelled differently.
local function exact(text)
  local sign, rest = string.match(string.lower(text), '^([+-]?)(.*)$')
  sign = sign == '-' and '-' or ''
  if string.sub(rest, 1, 3) == 'inf' then return sign .. 'inf' end
  local mantissa, exponent = string.match(rest, '^([%d%.]*)e?([+-]?%d*)$')
  local whole, fraction = string.match(mantissa, '^(%d*)%.?(%d*)$')
  local digits, power = whole .. fraction, (tonumber(exponent) or 0) - #fraction
  digits = string.gsub(digits, '^0+', '')
  local trailing = #string.match(digits, '0*$')
  digits = string.sub(digits, 1, #digits - trailing)
  if digits == '' then return '0' end
  return sign .. digits .. 'e' .. (power + trailing)
end

local function hex(text)
  return (string.gsub(text, '.', function(char) return string.format('%02x', string.byte(char)) end))
end
