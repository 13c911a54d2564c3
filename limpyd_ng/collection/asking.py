"""Asking: what a collection answers by one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..call import Call, Op
from ..exceptions import CommandError, MultipleObjectsReturned
from ..query.conditions import Condition
from ..query.plan import Plan
from ..results import Shape
from ..static import M, R, Reply
from .shapes import Shaped

if TYPE_CHECKING:
    from ..query.explain import Explanation

__all__ = ["Asking"]

_GONE = "STOREDGONE"


class Asking(Shaped[M, R]):
    """The results, how many, whether any, the first, the only one, how they are found."""

    def _run(self, op: Op | Call) -> Any:
        return self.model.get_database().run(op)

    def _asked(self, call: Call) -> Op:
        try:
            return (yield call)
        except CommandError as error:
            if _GONE not in str(error):
                raise
            raise self.model.DoesNotExist(f"the stored result {self.stored_key!r} has expired") from error

    def _results(self, plan: Plan | None = None) -> Op:
        plan, shape = plan or self._plan, self._shape
        if shape.checked:
            plan = plan.existing()
        if plan.empty:
            return shape.results(self.model, [])
        call = plan.call(shape.what, shape.sent, shape.fetch)
        reply = (yield call) if plan.stored is None else (yield from self._asked(call))
        return shape.results(self.model, reply)

    def _counted(self, what: str = "count") -> Op:
        if self._plan.empty:
            return 0
        return (yield from self._asked(self._plan.call(what)))

    def evaluate(self) -> Reply[list[R]]:
        """All results as a list. One request."""
        return self._run(self._results())

    def count(self) -> Reply[int]:
        """How many results there are. One request, which fetches none of them."""
        plan = self._plan
        plain = plan.stored is None and not plan.empty
        return self._run(plan.call("count") if plain else self._counted())

    def exists(self) -> Reply[bool]:
        """Whether there is any result. One request, which stops looking at the first."""

        def any_at_all() -> Op:
            return (yield from self._counted("exists")) > 0

        return self._run(any_at_all())

    def first(self) -> Reply[R | None]:
        """The first result, or None. One request."""

        def first_one() -> Op:
            results = yield from self._results(self._plan.sliced((0, 1, None)))
            return results[0] if results else None

        return self._run(first_one())

    def get(self) -> Reply[M]:
        """The only object of the collection. One request.

        Raises Model.DoesNotExist if there is none, MultipleObjectsReturned if there are several.
        """
        return self._run(self.get_op())

    def get_op(self) -> Op:
        """See get."""
        plan = self._plan
        if not self._by_pk():
            plan = plan.sliced((0, 2, None))
        results = yield from self._with_shape(Shape("instances", fetch=self._shape.fetch))._results(plan)
        if len(results) == 1:
            return results[0]
        asked = ", ".join(condition.label for condition in self._plan.conditions)
        if results:
            raise MultipleObjectsReturned(f"several {self.model.__name__} objects match {asked}")
        raise self.model.DoesNotExist(f"no {self.model.__name__} matches {asked}")

    def _by_pk(self) -> bool:
        conditions = self._plan.conditions
        one = conditions[0] if len(conditions) == 1 else None
        return isinstance(one, Condition) and one.kind == "p" and len(one.values) == 1

    def explain(self) -> Reply[Explanation]:
        """How the server answers: the index that drives, estimates, candidates. One request."""
        # rarely asked for: importing the package does without it
        from ..query.explain import Explanation

        def explained() -> Op:
            if self._plan.empty:
                return Explanation("a condition that nothing meets", 0, "not asked", ())
            return Explanation.of_reply((yield from self._asked(self._plan.call("explain"))))

        return self._run(explained())
