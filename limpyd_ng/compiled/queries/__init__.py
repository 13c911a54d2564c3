"""Straight code for plain queries: what stands at the head of a query script.

``lua/query.lua`` takes any tree of conditions, and reads it from its arguments. Most queries
are a few plain conditions, all of which must hold, perhaps one order and one slice. For each
shape of these the head has the keys and the places of the arguments as constants. It answers
with the rules of the engine that follows it in the script, or lets the engine go on where that
has a better way (walking an index in its order, to stop early).

``shape`` says what is asked; ``candidates``, ``conditions``, ``order`` and ``values`` make the code
of one step each, and ``heads`` puts them together.
"""

from .heads import head, may_decline
from .shape import Columns, Cut, Part, Sort

__all__ = ["Columns", "Cut", "Part", "Sort", "head", "may_decline"]
