-- Runs main(); whatever stops it, what was done is taken back. Needs lib/entries.lua.

local ok, outcome = pcall(main)
if ok then return outcome end
rollback()
if type(outcome) == 'table' and outcome.refused then return {1, unpack(outcome.refused)} end
-- include: finish_error
