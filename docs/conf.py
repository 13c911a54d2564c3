"""Configuration of the documentation; every example in it is run (``-b doctest``)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from limpyd_ng import __version__

project = "limpyd_ng"
author = copyright = "The limpyd_ng developers"
release = __version__
extensions = ["sphinx.ext.autodoc", "sphinx.ext.doctest"]
html_theme = "furo"
html_title = f"limpyd_ng {release}"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
exclude_patterns = ["_build"]
doctest_global_setup = "from _setup import *"
doctest_test_doctest_blocks = ""
