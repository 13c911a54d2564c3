-- What a field holds, a page at a time, so that no step has to read all of a large value. Needs
-- lib/text.lua, lib/fields.lua.

local PAGE = 200       -- elements of a set, hash or sorted set
local LIST_PAGE = 500  -- elements of a list, which are read by their places
local GRAMS = 1000     -- parts of a text that is split into grams
local WORDY = 4000     -- bytes of a text that is split into words

local PAGED = {S = 'SSCAN', h = 'HSCAN', z = 'ZSCAN'}

-- Where a page of a list starts: its position is '0' or '<place>:<tries>:<element before it>'. If
-- others took elements out or put some in meanwhile, that element stands elsewhere. After three
-- such moves the place alone counts, or a busy list would never come to an end.
local function list_start(field, position)
  local start, tries, last = string.match(position, '^(%d+):(%d+):(.*)$')
  if not start then return 0, 0 end
  start, tries = tonumber(start), tonumber(tries)
  if tries >= 3 or redis.call('LINDEX', field.key, start - 1) == last then return start, tries end
  local moved = redis.call('LPOS', field.key, last)
  return moved and moved + 1 or 0, tries + 1
end

local function list_page(field, position)
  local start, tries = list_start(field, position)
  local items = redis.call('LRANGE', field.key, start, start + LIST_PAGE - 1)
  if #items == LIST_PAGE then return items, start + LIST_PAGE .. ':' .. tries .. ':' .. items[#items] end
  return items
end

-- Values of a hash, set, list or sorted set from a position on ('0' at first), as the commands
-- give them, and the position of what follows (nil: nothing). Value and sub-key are in turns in
-- a hash, value and score in a sorted set.
local function page(field, position)
  if field.kind == 'l' then return list_page(field, position) end
  local reply = redis.call(PAGED[field.kind], field.key, position, 'COUNT', PAGE)
  return reply[2], reply[1] ~= '0' and reply[1] or nil
end

-- Runs of 'size' bytes that start up to a place, each once.
local function grams_from(text, size, upto)
  local grams = {}
  for at = 1, upto do grams[at] = string.sub(text, at, at + size - 1) end
  return each_once(grams)
end

-- Transforms that may be made of a piece of a text alone: they change no length and no place.
local PIECEWISE = {lower = true, upper = true}

-- The parts of a text from an offset on, and the offset of what follows (nil: nothing). 'change' is
-- such a transform, still to be made.
local function parts_from(spec, text, from, change)
  if from > 1 and from > #text then return {}, nil end -- it is shorter than it was
  local function piece(last)
    return transform(change or '', string.sub(text, from, last))
  end
  local size = tonumber(string.match(spec, '^grams:(%d+)$') or '')
  if size and #text > GRAMS then
    local upto = math.min(#text, from + GRAMS - 1)
    return grams_from(piece(upto + size - 1), size, upto - from + 1), upto < #text and upto + 1 or nil
  end
  if size or #text - from < WORDY then return split(spec, piece(#text)), nil end
  local apart = string.find(text, '[^0-9A-Za-z\128-\255]', from + WORDY)
  local mark = string.find(text, '\227\128[\128-\191]', from + WORDY)
  local cut = math.min(apart or #text + 1, mark or #text + 1)
  return split(spec, piece(cut - 1)), cut <= #text and cut or nil
end
