"""The directive ``unreleased``: the news fragments of the next version, as plain text."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = Path(__file__).parent.parent / "changelog.d"
KINDS = ("added", "changed", "deprecated", "removed", "fixed")


class Unreleased(SphinxDirective):
    """``.. unreleased::``"""

    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for kind in KINDS:
            items = nodes.bullet_list()
            for path in sorted(FOLDER.glob(f"*.{kind}.md")):
                self.env.note_dependency(str(path))
                text = " ".join(path.read_text(encoding="utf-8").split())
                items += nodes.list_item("", nodes.paragraph("", text))
            if items.children:
                found += [nodes.paragraph("", "", nodes.strong("", kind.capitalize())), items]
        return found or [nodes.paragraph("", "Nothing yet.")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("unreleased", Unreleased)
    return {"parallel_read_safe": True}
