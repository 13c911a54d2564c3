-- Conditions on places, kind 'g': which shapes there are, and what is in them. Needs lib/conditions.lua.
--
-- It has one shape after the other, any of which a place may be in: kind,
-- four numbers, how many ranges of scores follow, these (low, high). The ranges cover the shape,
-- and more: what the field holds tells.
--   circle  longitude, latitude, metres, 1 if Redis's own search knows its way there, else 0
--   box     west, south, east, north; west of the date line to east of it if west is greater

-- The metres between two places, by the haversine formula: the Lua side of codecs/places.py.
local function distance(lon1, lat1, lon2, lat2)
  lat1, lat2 = math.rad(lat1), math.rad(lat2)
  local u, v = math.sin((lat2 - lat1) / 2), math.sin((math.rad(lon2) - math.rad(lon1)) / 2)
  return 2 * 6372797.560856 * math.asin(math.sqrt(math.min(1, u * u + math.cos(lat1) * math.cos(lat2) * v * v)))
end

-- For each kind of shape what makes a test of its numbers.
local shape_tests = {
  circle = function(lon, lat, metres)
    return function(x, y) return distance(lon, lat, x, y) <= metres end
  end,
  box = function(west, south, east, north)
    if west > east then
      return function(x, y) return y >= south and y <= north and (x >= west or x <= east) end
    end
    return function(x, y) return y >= south and y <= north and x >= west and x <= east end
  end,
}

local function shapes_of(condition)
  if condition.shapes then return condition.shapes end
  local values, shapes, at = condition.values, {}, 1
  while at <= #values do
    local a, b, c, d = unpack(values, at + 1, at + 4)
    local shape = {contains = shape_tests[values[at]](tonumber(a), tonumber(b), tonumber(c), tonumber(d)), ranges = {}}
    if values[at] == 'circle' and tonumber(d) == 1 then shape.lon, shape.lat, shape.metres = a, b, tonumber(c) end
    local last = at + 5 + 2 * tonumber(values[at + 5])
    for i = at + 6, last do shape.ranges[#shape.ranges + 1] = values[i] end
    shapes[#shapes + 1] = shape
    at = last + 1
  end
  condition.shapes = shapes
  return shapes
end

-- Whether the place in a text is in any of the shapes, as a function.
local function shape_test(shapes)
  local contains = shapes[1] and shapes[1].contains
  if #shapes ~= 1 then
    contains = function(lon, lat)
      for _, shape in ipairs(shapes) do
        if shape.contains(lon, lat) then return true end
      end
      return false
    end
  end
  return function(text)
    local lon, lat = place_of(text)
    return lon and contains(lon, lat)
  end
end

estimate.g = function(condition)
  local total = 0
  for _, shape in ipairs(shapes_of(condition)) do
    total = total + count_ranges('ZCOUNT', condition.base, shape.ranges)
  end
  return total
end

-- What Redis finds in a circle that is so many metres larger, or (negative) smaller: its distances
-- are those of the geohashes, at most half a metre off.
local function search(condition, shape, more)
  if shape.metres + more < 0 then return {} end
  return redis.call('GEOSEARCH', condition.base, 'FROMLONLAT', shape.lon, shape.lat,
    'BYRADIUS', string.format('%.17g', shape.metres + more), 'm')
end

source.g = function(condition)
  local sure, others = {}, {}
  for _, shape in ipairs(shapes_of(condition)) do
    if shape.metres then
      sure[#sure + 1], others[#others + 1] = search(condition, shape, -1), search(condition, shape, 1)
    else
      for i = 1, #shape.ranges, 2 do
        others[#others + 1] = redis.call('ZRANGEBYSCORE', condition.base, shape.ranges[i], shape.ranges[i + 1])
      end
    end
  end
  local found, unsure = distinct(sure, condition), {}
  local known = members(found)
  for _, pk in ipairs(distinct(others, condition)) do
    if not known[pk] then unsure[#unsure + 1] = pk end
  end
  for _, pk in ipairs(filter.g(condition, unsure)) do found[#found + 1] = pk end
  return found
end

filter.g = function(condition, pks)
  return any_text(condition, pks, shape_test(shapes_of(condition)), true)
end
