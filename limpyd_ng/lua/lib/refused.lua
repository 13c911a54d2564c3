-- A refusal as an error: its reason, and what belongs to it in hex, as that may hold any byte. Needs
-- lib/text.lua.
local function refused(reason, ...)
  local text = 'REFUSED ' .. reason
  for _, word in ipairs({...}) do text = text .. ' ' .. hex(word) end
  return redis.error_reply(text)
end
