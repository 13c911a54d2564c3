-- Removes objects and, in the same step, deals with what points to them: clears it, removes
-- it too, or refuses. All or nothing, whatever the number of objects.
--
-- KEYS   the collections of the models that may lose objects; the first is that of the objects
-- ARGV   (each list: its length, then its items)
--   list of models, the first that of the objects:
--     prefix; list of key ends to unlink (what follows the prefix); list of indexed fields:
--     specs (lib/fields.lua); list of relations that point to the model:
--       rule ('n' clear, 'c' remove the referring object, 'r' refuse), name, prefix of the
--       referring model and its number in this list (0: it is not), spec of the field,
--       number of its index that finds who points to a pk
--   'must' (each object has to exist) or 'may'; list of pks
-- Reply  {0, objects removed, removed because they pointed to one, references cleared} or,
--        nothing changed, {1, 'NOSUCH', pk} {1, 'RESTRICT', relation, pk, referring pk}
-- Errors those of Redis, nothing changed.
-- include: text
-- include: fields
-- include: journal
-- include: entries
-- include: joint
-- include: deletion

local function main()
  take_models()
  local must = take() == 'must'
  return delete_all(take_list(), must)
end

-- include: finish
