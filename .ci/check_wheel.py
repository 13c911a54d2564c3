"""Checks the built distributions: the wheel has every file of the package, and nothing else.

Usage: python .ci/check_wheel.py DIST_FOLDER
"""

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {".py", ".lua", ".typed", ".pyi"}


def expected_files() -> set[str]:
    """The package's files in the source tree."""
    files = (ROOT / "limpyd_ng").rglob("*")
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix in KINDS}


def only(folder: Path, pattern: str) -> Path:
    """The one file that matches."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder}: expected one {pattern}, found {[path.name for path in found]}")
    return found[0]


def main() -> None:
    """Compares; the exit code is 1 when something is amiss."""
    dist = Path(sys.argv[1])
    expected = expected_files()
    with zipfile.ZipFile(only(dist, "*.whl")) as wheel:
        in_wheel = {name for name in wheel.namelist() if ".dist-info/" not in name}
        has_license = any(name.endswith("LICENSE") for name in wheel.namelist())
    with tarfile.open(only(dist, "*.tar.gz")) as sdist:
        in_sdist = {name.partition("/")[2] for name in sdist.getnames()}

    problems = [f"not in the wheel: {name}" for name in sorted(expected - in_wheel)]
    problems += [f"does not belong in the wheel: {name}" for name in sorted(in_wheel - expected)]
    in_tree = expected | {"LICENSE", "README.md"}
    problems += [f"not in the sdist: {name}" for name in sorted(in_tree - in_sdist)]
    if not has_license:
        problems.append("not in the wheel: LICENSE")
    for kind in (".lua", ".pyi", "py.typed"):
        if not any(name.endswith(kind) for name in in_wheel):
            problems.append(f"the wheel lacks what ends in {kind}")
    if problems:
        sys.exit("\n".join(problems))
    print(f"the wheel has all {len(expected)} files of the package, the sdist too")


if __name__ == "__main__":
    main()
