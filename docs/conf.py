"""How Sphinx builds this documentation. What examples see is in _setup.py."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import limpyd_ng  # noqa: E402

project = "limpyd_ng"
author = "The limpyd_ng developers"
copyright = f"2026, {author}"
release = version = limpyd_ng.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.doctest", "_commands", "_errors", "_news"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"limpyd_ng {release}"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autoclass_content = "class"

# each document starts with an empty server and the names of _setup.namespace()
doctest_global_setup = "import _setup; globals().update(_setup.namespace())"
# plain blocks with >>> run too
doctest_test_doctest_blocks = "default"
trim_doctest_flags = True
