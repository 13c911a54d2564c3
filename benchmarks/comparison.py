"""The contest itself: every operation by every contestant, and what an object costs in memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from .arena import Arena
from .contest import Contestant, Operation, Outcome, measure
from .report import Figure, Row, Section, Target

__all__ = ["Results", "compared", "contest", "rounds"]

_BYTES = Target(1.1, 0.9, most=True)
_OURS = "limpyd_ng"
_YARDSTICK = "script"

#: outcomes of each operation, by contestant
Results = Sequence[tuple[Operation, Mapping[str, Outcome]]]


def contest(
    operations: Sequence[Operation], arena: Arena, rounds: int, progress: Callable[[], None]
) -> Results:
    """Times all operations. Raises AssertionError for a wrong answer, and for wrong indexes at the end."""
    results = [
        (operation, measure(operation, arena.contestants, rounds, progress)) for operation in operations
    ]
    for contestant in arena.contestants:
        if contestant.can("index_errors"):
            errors = contestant.index_errors()
            assert not errors, f"{contestant.name}: indexes are wrong: {errors[:5]}"
    return results


def compared(results: Results, arena: Arena) -> list[Section]:
    """The sections: against hand-written code, against other mappers, requests and commands."""
    by_hand = arena.named("pipeline", "script", "limpyd_ng", "script, asyncio", "limpyd_ng, asyncio")
    others = [one for one in arena.contestants if one not in by_hand]
    sections = [_speeds("Against hand-written code", _TEXT, results, by_hand, targets=True)]
    sections[0].rows.append(_memory(arena, by_hand, _BYTES))
    sections[0].notes += _noise(results)
    if others:
        among = [*arena.named(_YARDSTICK, _OURS), *others]
        sections.append(_speeds("Against other mappers", _TEXT, results, among, targets=False))
        sections[1].rows.append(_memory(arena, among))
        sections[1].notes = [f"{one.name}: {one.lacks}." for one in others if one.lacks]
    return [*sections, _prices(results, arena.contestants)]


_TEXT = (
    "Operations per second; in brackets the ratio to the hand-written script (asyncio: to the script through "
    "redis.asyncio), the median of the rounds."
)


def _speeds(
    title: str, text: str, results: Results, contestants: Sequence[Contestant], targets: bool
) -> Section:
    section = Section(title, text, [contestant.name for contestant in contestants])
    for operation, outcomes in results:
        figures = {one.name: _speed(one, outcomes) for one in contestants if one.name in outcomes}
        ours = figures.get(_OURS)
        judged = ours.ratio if ours is not None and targets else None
        section.rows.append(Row(operation.name, figures, operation.target if targets else None, judged))
    return section


def _speed(contestant: Contestant, outcomes: Mapping[str, Outcome]) -> Figure:
    mine, theirs = outcomes[contestant.name], outcomes.get(contestant.yardstick)
    if theirs is None:
        return Figure(1 / mine.typical, "/s")
    ratios = mine.speed_against(theirs)
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return Figure(1 / mine.typical, "/s", statistics.median(ratios), (low, high))


def _noise(results: Results) -> list[str]:
    """How much the yardstick differs from itself, in words."""
    widths = []
    for _, outcomes in results:
        seconds = outcomes[_YARDSTICK].seconds if _YARDSTICK in outcomes else []
        if len(seconds) > 1:
            low, middle, high = statistics.quantiles(seconds, n=4)
            widths.append((high - low) / middle)
    if not widths:
        return []
    return [
        "Noise of this run: for the typical operation, half of the script's own rounds lie within "
        f"{statistics.median(widths):.0%} of each other. Ratios, taken round by round, suffer less."
    ]


def _memory(arena: Arena, contestants: Sequence[Contestant], target: Target | None = None) -> Row:
    script = arena.bytes_each.get(_YARDSTICK)
    each = {one.name: arena.bytes_each[one.name] for one in contestants}
    ratios = {name: value / script if script else None for name, value in each.items()}
    figures = {name: Figure(value, "bytes", ratios[name]) for name, value in each.items()}
    return Row("memory for each object", figures, target, ratios.get(_OURS))


def _prices(results: Results, contestants: Sequence[Contestant]) -> Section:
    text = "Requests sent for one operation / commands that the server ran for it, those in scripts included."
    section = Section("Requests and commands", text, [contestant.name for contestant in contestants])
    for operation, outcomes in results:
        prices = {
            name: f"{outcome.requests:.3g} / {outcome.commands:.3g}" for name, outcome in outcomes.items()
        }
        section.rows.append(Row(operation.name, prices))
    return section


def rounds(results: Results) -> dict[str, dict[str, list[float]]]:
    """Seconds for one operation in each round, by operation and contestant."""
    return {
        f"{number} {operation.name.strip()}": {name: outcome.seconds for name, outcome in outcomes.items()}
        for number, (operation, outcomes) in enumerate(results, 1)
    }
