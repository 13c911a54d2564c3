"""Candidates: the pks to start from, those that meet the part that leaves the fewest."""

from __future__ import annotations

from collections.abc import Sequence

from .shape import RANGES, Part, main_set, numbered, read_members

__all__ = ["candidates", "counts", "has_choice"]


def has_choice(parts: Sequence[Part]) -> bool:
    """Whether there are several ways to get candidates; Redis itself chooses among sets."""
    return len(parts) > 1 and any(part.kind != "e" for part in parts)


def counts(parts: Sequence[Part]) -> list[str]:
    """How many objects meet each part, and the least of it."""
    lines = []
    for number, part in enumerate(parts, 1):
        if part.kind == "e":
            lines.append(f"local n{number} = call('SCARD', k{number})")
        else:
            asked = f"'{RANGES[part.kind][0]}', k{number}, ARGV[{part.at}], ARGV[{part.at + 1}]"
            lines.append(f"local n{number} = call({asked})")
    names = ", ".join(f"n{number}" for number in range(1, len(parts) + 1))
    return [*lines, f"local least = math.min({names})"]


def candidates(parts: Sequence[Part]) -> list[str]:
    """``pks``; in ``by`` the part that gave them, 0 for all the sets together; in ``tested`` whether their
    texts were looked at."""
    sets = [number for number, _ in numbered(parts, "e")]
    ranges = [(number, part) for number, part in enumerate(parts, 1) if part.kind != "e"]
    lines = ["local pks, by, tested"]
    if not has_choice(parts):
        return [*lines, *(_of_range(*ranges[0]) if ranges else _of_sets(sets))]
    if sets:
        smallest = " or ".join(f"n{number} == least" for number in sets)
        lines += [f"if {smallest} then", *_with_texts(parts), "if not by then", *_of_sets(sets), "end end"]
    for number, part in ranges:
        lines += [f"if not by and n{number} == least then", *_of_range(number, part), "end"]
    return lines


def _of_sets(sets: Sequence[int]) -> list[str]:
    keys = ", ".join(f"k{number}" for number in sets)
    return [f"pks, by = call('{'SMEMBERS' if len(sets) == 1 else 'SINTER'}', {keys}), 0"]


def _of_range(number: int, part: Part) -> list[str]:
    read = f"call('{RANGES[part.kind][1]}', k{number}, ARGV[{part.at}], ARGV[{part.at + 1}])"
    lines = [f"pks, by = {read}, {number}"]
    if part.kind == "t":  # the pk follows the first NUL that is not an escaped one
        lines.append("for i = 1, #pks do pks[i] = string.match(pks[i], '^.-%z([^\\255].*)$') end")
    return lines


def _with_texts(parts: Sequence[Part]) -> list[str]:
    """The members of the main set whose texts are met, read all at once; not where a range of numbers
    leaves so few that most would be read for nothing."""
    main, texts = main_set(parts), list(numbered(parts, "t"))
    if not main or not texts:
        return []
    wide = [f"n{number} * 3 > call('ZCARD', k{number})" for number, _ in numbered(parts, "n")]
    text = "flat[i + {0}] and meets{1}(flat[i], flat[i + {0}])"
    met = [text.format(at, number) for at, (number, _) in enumerate(texts, 1)]
    return [
        f"if {' and '.join(wide) or 'true'} then",
        *read_members(parts, (("pk", ""), *((part.cell, part.entry) for _, part in texts))),
        f"pks, by, tested = {{}}, {main}, true",
        f"for i = 1, #flat, {len(texts) + 1} do",
        f"if {' and '.join(met)} then pks[#pks + 1] = flat[i] end",
        "end",
        "end end end",
    ]
