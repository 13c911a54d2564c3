-- Gives back the error in 'outcome' that stopped the script.
-- include: failed

return failed(outcome)
