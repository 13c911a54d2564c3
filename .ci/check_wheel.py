"""Checks that the built packages hold what the library needs at run time."""

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "limpyd_ng"


def main(folder: str) -> int:
    (wheel,) = Path(folder).glob("*.whl")
    (source,) = Path(folder).glob("*.tar.gz")
    wanted = {f"limpyd_ng/{path.relative_to(ROOT)}" for path in ROOT.rglob("*") if path.suffix in (".py", ".lua", ".typed")}
    shipped = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(source) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    missing = sorted(wanted - shipped) + sorted(wanted - sources)
    for name in missing:
        print(f"not shipped: {name}")
    print(f"{len(wanted)} files, {len(missing)} missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
