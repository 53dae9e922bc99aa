"""Why an expression has no value, and where in its text the reason stands."""

from __future__ import annotations

import ast

NOT_ALLOWED = "E105"
UNKNOWN_NAME = "E106"
NOT_COMPUTABLE = "E107"


class ExpressionFault(Exception):
    """Why an expression has no value. `start` and `end` are offsets in the text it was given as.

    `code` is E105 (not an expression, or not allowed in one), E106 (unknown name) or E107 (a limit,
    wrong types, or arithmetic without a result).
    """

    def __init__(self, code: str, message: str, start: int, end: int, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.help = help

    def moved(self, distance: int) -> ExpressionFault:
        """The same fault in a text in which the expression begins at `distance`."""
        return ExpressionFault(self.code, self.message, self.start + distance, self.end + distance, self.help)


class Failure(Exception):
    """A fault at `node`, or at the whole text; the walk fills in the node that it came from."""

    def __init__(
        self,
        message: str,
        help: str = "",
        code: str = NOT_COMPUTABLE,
        node: ast.expr | ast.keyword | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.code = code
        self.node = node


def located(failure: Failure, text: str) -> ExpressionFault:
    start, end = place(failure.node, text) if failure.node else (0, len(text))
    return ExpressionFault(failure.code, failure.message, start, end, failure.help)


def place(node: ast.expr | ast.keyword, text: str) -> tuple[int, int]:
    """Where `node` stands in `text`; `ast` counts in bytes from the first character that is not blank."""
    indent = len(text) - len(text.lstrip())
    encoded = text.lstrip().encode()
    start, end = (
        indent + len(encoded[:column].decode()) for column in (node.col_offset, node.end_col_offset or 0)
    )
    return start, end
