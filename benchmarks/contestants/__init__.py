"""Who takes part."""

from __future__ import annotations

from collections.abc import Iterable

from ..contest import Contestant
from .ancestor import Limpyd
from .handwritten import Pipelines
from .ours import AsyncLimpydNg, LimpydNg
from .popoto import Popoto
from .redis_om import RedisOm
from .scripts import AsyncScripts, Scripts
from .walrus import Walrus

__all__ = ["CONTESTANTS", "LIBRARIES", "named"]

#: the yardsticks and this library
CONTESTANTS: tuple[type[Contestant], ...] = (Pipelines, Scripts, LimpydNg, AsyncScripts, AsyncLimpydNg)
#: other mappers, where they are installed
LIBRARIES: tuple[type[Contestant], ...] = (Limpyd, Walrus, Popoto, RedisOm)


def named(names: Iterable[str]) -> list[type[Contestant]]:
    """The contestants of these names. Raises SystemExit for a name that is none."""
    known = {contestant.name: contestant for contestant in (*CONTESTANTS, *LIBRARIES)}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise SystemExit(f"there is no contestant {name!r}: there are {', '.join(known)}")
    return [known[name] for name in wanted]
