"""Conditions: which of the candidates meet the other parts."""

from __future__ import annotations

from collections.abc import Sequence

from .shape import Part, in_chunks, numbered, read

__all__ = ["tested", "text_tests"]


def tested(parts: Sequence[Part]) -> list[str]:
    """Leaves in ``pks`` those that meet every part but the one that gave the candidates; sets and
    scores, which are asked for many objects at once, before texts."""
    if len(parts) == 1:
        return []
    lines = [f"local scores{number}" for number, _ in numbered(parts, "n")]
    for number, _ in numbered(parts, "e"):
        lines += [f"if by ~= 0 and by ~= {number} then", *_in_set(number), "end"]
    for number, part in numbered(parts, "n"):
        lines += [f"if by ~= {number} then", *_in_numbers(number, part), "end"]
    for number, part in numbered(parts, "t"):
        lines += [f"if by ~= {number} and not tested then", *_in_texts(number, part), "end"]
    return lines


def _in_set(number: int) -> list[str]:
    keep = ["if reply == 1 then kept = kept + 1 found[kept] = pk end"]
    return ["local found, kept = {}, 0", *in_chunks("SMISMEMBER", f"k{number}", keep), "pks = found"]


def _in_numbers(number: int, part: Part) -> list[str]:
    conditions, bounds = ["reply"], ["local low, high"]
    for name, place, how, sign in (("low", part.at, part.low, ">"), ("high", part.at + 1, part.high, "<")):
        if how:
            text = f"ARGV[{place}]" if how == "[" else f"string.sub(ARGV[{place}], 2)"
            bounds.append(f"{name} = to_score({text})")
            conditions.append(f"score {sign}{'=' if how == '[' else ''} {name}")
    keep = [
        "local score = reply and (tonumber(reply) or to_score(reply))",
        f"if {' and '.join(conditions)} then",
        "kept = kept + 1",
        "found[kept], scores[pk] = pk, score",
        "end",
    ]
    asked = in_chunks("ZMSCORE", f"k{number}", keep)
    return ["local found, kept, scores = {}, 0, {}", *bounds, *asked, f"pks, scores{number} = found, scores"]


def _in_texts(number: int, part: Part) -> list[str]:
    return [
        "local found, kept = {}, 0",
        "for i = 1, #pks do",
        "local pk = pks[i]",
        f"local member = {read(part.cell, part.entry)}",
        f"if member and meets{number}(pk, member) then kept = kept + 1 found[kept] = pk end",
        "end",
        "pks = found",
    ]


def text_tests(parts: Sequence[Part]) -> list[str]:
    """For each part of texts, ``meets<number>``: whether the text of a pk is in the range."""
    if len(parts) == 1:
        return []
    return [line for number, part in numbered(parts, "t") for line in _text_test(number, part)]


def _text_test(number: int, part: Part) -> list[str]:
    low, high = f"low{number}", f"high{number}"
    fast, safe = ["bytewise"], ["not bytewise"]
    if part.low:
        fast.append(f"member >= {low}" if part.low == "[" else f"member > {low}")
        safe.append(f"not less(member, {low})" if part.low == "[" else f"less({low}, member)")
    if part.high:
        fast.append(f"member <= {high}" if part.high == "[" else f"member < {high}")
        safe.append(f"not less({high}, member)" if part.high == "[" else f"less(member, {high})")
    return [
        f"local {low}, {high} = string.sub(ARGV[{part.at}], 2), string.sub(ARGV[{part.at + 1}], 2)",
        f"local function meets{number}(pk, member)",
        "" if part.bare else "member = escape(member) .. '\\0' .. pk",
        f"return {' and '.join(fast)} or {' and '.join(safe)}",
        "end",
    ]
