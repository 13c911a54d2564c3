"""What indexes must hold, worked out again from the stored values, in plain Python.

It shares no code with the library: it reads values with a plain client and knows the key
layout as the documentation states it.
"""

from __future__ import annotations

from typing import Any

from limpyd_ng.fields import HashField

CORE = ("StringField", "InstanceHashField", "HashField", "SetField", "ListField", "SortedSetField")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _member(text: str, pk: str) -> str:
    return (_bytes(text).replace(b"\0", b"\0\xff") + b"\0" + _bytes(pk)).decode("utf-8", "surrogateescape")


def kind_of(model: Any, name: str) -> str:
    """The core type of a field, which others derive from."""
    classes = type(model.get_field(name)).__mro__
    return next(kind.__name__ for kind in classes if kind.__name__ in CORE)


def stored_values(model: Any, raw: Any, name: str, pk: str) -> list[tuple[str, str]]:
    """(sub-key or '', value) of everything one field of one object holds."""
    tag = model.schema.keys.tag
    kind = kind_of(model, name)
    key = f"{tag}:field:{name}:{pk}"
    if kind == "InstanceHashField":
        value = raw.hget(f"{tag}:hash:{pk}", name)
        return [("", value)] if value is not None else []
    if kind == "StringField":
        value = raw.get(key)
        return [("", value)] if value is not None else []
    if kind == "HashField":
        return list(raw.hgetall(key).items())
    reader = {"SetField": raw.smembers, "ListField": lambda k: set(raw.lrange(k, 0, -1))}.get(kind)
    values = reader(key) if reader else raw.zrange(key, 0, -1)
    return [("", value) for value in values]


def expected(model: Any, raw: Any) -> dict[str, Any]:
    """Every index key with its whole content, as the values ask for."""
    tag = model.schema.keys.tag
    index_keys: dict[str, Any] = {}
    for name, field in model.schema.fields.items():
        for pk in raw.smembers(f"{tag}:pks") if field.indexes else ():
            for sub, value in stored_values(model, raw, name, pk):
                for index in field.indexes:
                    base = f"{tag}:index:{name}:{index.label}"
                    if isinstance(model.get_field(name), HashField):
                        base += f":{len(_bytes(sub))}:{sub}"
                    others = [_single(model, raw, other.name, pk) for other in index.others]
                    for text in _texts(index, value, others):
                        _enter(index_keys, index, base, text, value, pk, _multi(model, name), others)
    return index_keys


def _multi(model: Any, name: str) -> bool:
    return type(model.get_field(name)).__name__ in ("SetField", "ListField", "SortedSetField")


def _single(model: Any, raw: Any, name: str, pk: str) -> str | None:
    return next((value for _, value in stored_values(model, raw, name, pk)), None)


def _texts(index: Any, value: str, others: list[str | None]) -> list[str]:
    """Under which texts a value stands in an index."""
    text = value if index.transform is None else index.transform(value)
    if text is None or None in others:
        return []
    if index.split == "words":
        return words(text)
    if index.split:
        size, raw = int(index.split.removeprefix("grams:")), _bytes(text)
        grams = {raw[at : at + size] for at in range(max(1, len(raw)))}
        return [gram.decode("utf-8", "surrogateescape") for gram in grams]
    if others and index.kind == "e":
        *front, last = [text, *(other or "" for other in others)]
        return ["".join(f"{len(_bytes(each))}:{each}:" for each in front) + last]
    return [text]


def words(text: str) -> list[str]:
    """The words of a text: no ASCII and no general punctuation in them."""
    apart = "".join(
        char
        if (char.isascii() and char.isalnum()) or (ord(char) > 0xBF and not _punctuation(ord(char)))
        else " "
        for char in text
    )
    return [word for word in apart.split(" ") if word]


def _punctuation(code: int) -> bool:
    return 0x2000 <= code <= 0x207F or 0x3000 <= code <= 0x303F


def _enter(
    keys: dict[str, Any],
    index: Any,
    base: str,
    text: str,
    value: str,
    pk: str,
    multi: bool,
    others: list[str | None],
) -> None:
    if index.kind == "e" and index.unique:
        keys.setdefault(base, {})[text] = pk
    elif index.kind == "e":
        keys.setdefault(f"{base}:{text}", set()).add(pk)
    elif index.kind == "s":
        keys.setdefault(f"{base}:{text}", {})[pk] = float(others[0] or "")
    elif index.kind == "t":
        keys.setdefault(base, {})[_member(text, pk)] = 0.0
    else:
        keys.setdefault(base, {})[_member(value, pk) if multi else pk] = float(text)


def actual(model: Any, raw: Any) -> dict[str, Any]:
    """Every index key with its whole content, as it is on the server."""
    return snapshot(raw, f"{model.schema.keys.tag}:index:")


def snapshot(raw: Any, prefix: str = "") -> dict[str, Any]:
    """Every key that starts with the prefix, with its whole content."""
    keys = [key for key in raw.scan_iter(count=10000) if key.startswith(prefix)]
    pipe = raw.pipeline(transaction=False)
    for key in keys:
        pipe.type(_bytes(key))
    kinds = pipe.execute()
    for key, kind in zip(keys, kinds, strict=True):
        readers = {"set": pipe.smembers, "hash": pipe.hgetall, "string": pipe.get}
        readers["list"] = lambda k: pipe.lrange(k, 0, -1)
        readers.get(kind, lambda k: pipe.zrange(k, 0, -1, withscores=True))(_bytes(key))
    return {
        key: dict(map(tuple, content)) if kind == "zset" else content
        for key, kind, content in zip(keys, kinds, pipe.execute(), strict=True)
    }


def orphans(model: Any, raw: Any) -> list[str]:
    """Field, hash and memo keys of objects that are not in the collection."""
    tag = model.schema.keys.tag
    pks = raw.smembers(f"{tag}:pks")
    found = []
    for key in raw.scan_iter(count=10000):
        word, _, rest = key.removeprefix(f"{tag}:").partition(":")
        if key.startswith(f"{tag}:") and word in ("hash", "field", "memo"):
            pk = rest if word == "hash" else rest.partition(":")[2]
            if pk not in pks:
                found.append(key)
    return found


def assert_consistent(model: Any, raw: Any) -> None:
    """The indexes on the server are exactly those that the values ask for; no orphan keys."""
    wanted, found = expected(model, raw), actual(model, raw)
    assert found == wanted, (
        f"wrong: { {k: (found.get(k), wanted.get(k)) for k in found.keys() | wanted.keys() if found.get(k) != wanted.get(k)} }"
    )
    assert orphans(model, raw) == []
