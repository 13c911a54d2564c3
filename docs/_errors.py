"""The directive ``errors``: a table of the exception classes, made from the classes themselves.

Code, class and "when" come from the code (the first paragraph of the docstring); the
remedies are here, and a class without one stops the build.
"""

from __future__ import annotations

import inspect

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from limpyd_ng import exceptions
from limpyd_ng.embedded import EmbeddedServerError, EmbeddedServerMissing

REMEDIES = {
    "LimpydException": "Catch it to catch everything the library raises.",
    "ImplementationError": "Change the code: the message names the field and what to use instead.",
    "DoesNotExist": "Look first (``Model.exists``), or treat the object as gone.",
    "MultipleObjectsReturned": "Filter by more, or use ``Model.collection(...)``.",
    "UniquenessError": "Take another value; ``.pk`` is the pk of the holder.",
    "InvalidValueError": "Convert the value to a text or a number before giving it.",
    "NotANumberError": "Give a number, or use a subclass of the index with ``raise_if_not_float = False``.",
    "RestrictedError": "Delete or change what points to the object first; ``.referrer`` is one such object.",
    "PipelineError": "Run the operation outside the pipeline, or call ``execute()`` first.",
    "UnsupportedCommandError": "Upgrade the server, or use an older command.",
    "ServerError": "Catch it to catch every refusal of the server and every lost connection.",
    "WrongTypeError": "Find what writes to the key; the library never changes its type.",
    "CommandError": "Read the server's words in the message; nothing was written.",
    "OutOfMemoryError": "Free memory, or raise ``maxmemory``.",
    "ReadOnlyError": "Connect to the primary.",
    "PermissionDeniedError": "Give the user the command and the keys (see :doc:`database`).",
    "AuthenticationFailedError": "Correct ``username`` and ``password`` in the settings.",
    "ServerUnavailableError": "After a write, read before you write again: it may have taken effect.",
    "ServerTimeoutError": "Raise ``socket_timeout``, or ask for less at once; about writes see L507.",
    "ServerBusyError": "Try again in a moment.",
    "ValidationError": "Mend the values that ``problems`` names.",
    "TransactionConflictError": "Run the transaction again, as ``database.transaction`` does.",
    "EmbeddedServerError": "Read the end of the server's log in the message.",
    "EmbeddedServerMissing": "Install ``limpyd-ng[embedded]``, or give ``binary=``.",
}


def table() -> list[str]:
    """The lines of the table, in the order of the codes."""
    named = [getattr(exceptions, name) for name in exceptions.__all__]
    classes = [one for one in named if issubclass(one, Exception)]
    classes += [EmbeddedServerError, EmbeddedServerMissing]
    lines = [".. list-table::", "   :header-rows: 1", "   :widths: 8 27 35 30", ""]
    for cells in [
        ("Code", "Class", "When", "Remedy"),
        *map(_cells, sorted(classes, key=lambda cls: cls.code)),
    ]:
        lines += [f"   {' ' if number else '*'} - {cell}" for number, cell in enumerate(cells)]
    return lines


def _cells(cls: type) -> tuple[str, str, str, str]:
    when = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
    return cls.code, f"``{cls.__name__}``", when, REMEDIES[cls.__name__]


class Errors(SphinxDirective):
    """``.. errors::``"""

    def run(self) -> list[nodes.Node]:
        node = nodes.container()
        self.state.nested_parse(StringList(table(), source="errors"), self.content_offset, node)
        return node.children


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("errors", Errors)
    return {"parallel_read_safe": True}
