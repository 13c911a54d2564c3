-- The reply of a script that something stopped: a refusal, or the error as Redis gave it.
local function failed(outcome)
  if type(outcome) == 'table' then
    if outcome.refused then return {1, unpack(outcome.refused)} end
    return outcome
  end
  -- before Redis 7 an error is a text that starts with the place in the script
  return redis.error_reply((string.gsub(outcome, '^.*user_script:%s?%d+: ', '')))
end

-- The same for one of many objects, each of which has a reply of its own.
local function reason_of(outcome)
  if type(outcome) == 'table' then return outcome.refused or {'ERROR', outcome.err} end
  return {'ERROR', (string.gsub(outcome, '^.*user_script:%s?%d+: ', ''))}
end
