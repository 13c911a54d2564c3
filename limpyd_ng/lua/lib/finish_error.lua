-- Gives back the error in 'outcome' that stopped the script.

if type(outcome) == 'table' then return outcome end
-- before Redis 7 an error is a text that starts with the place in the script
return redis.error_reply((string.gsub(outcome, '^.*user_script:%s?%d+: ', '')))
