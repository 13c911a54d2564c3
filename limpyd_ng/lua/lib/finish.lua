-- Runs main(); whatever stops it, what was done is taken back. Needs lib/journal.lua.
-- include: failed

local ok, outcome = pcall(main)
if ok then return outcome end
rollback()
return failed(outcome)
