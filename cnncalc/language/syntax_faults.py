"""What is said of a text that is not YAML: the parser's messages in our words, with a way out.

Imported only when there is such a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from cnncalc.diagnostics import Diagnostic, Label, Source, Span
from cnncalc.language.nodes import (
    TRAILING_COMMENT,
    Mark,
    position,
    rest_of_line,
    span_at,
    span_in_line,
)

_FORBIDDEN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def forbidden_character(source: Source) -> Diagnostic:
    found = re.search(_FORBIDDEN, source.text)
    if found is None:
        message = "an escape in a tag or quoted text that stands for no character"
        return Diagnostic("E002", message, Span(source, 1, 1, 1, 1), help="leave tags and such escapes out")
    line, column = position(source, found.start())
    span = Span(source, line, column, line, column + 1)
    message = f"character U+{ord(found[0]):04X} is not allowed in YAML"
    return Diagnostic("E002", message, span, help="remove it")


class SyntaxFault:
    """Says in our words what the YAML parser stumbled over.

    `mark` is where it stopped, `context` where the construct that it was reading begins (if it says so).
    """

    def __init__(self, source: Source, error: yaml.MarkedYAMLError, bracket: Mark | None) -> None:
        self.source = source
        self.open_bracket = bracket
        self.problem = error.problem or "not valid YAML"
        mark = error.problem_mark or error.context_mark
        assert mark is not None  # PyYAML gives at least one of them
        self.mark: Mark = mark
        self.context: Mark = error.context_mark or mark
        self.rest = rest_of_line(source, self.mark)
        self.before = source.text[self.mark.index - self.mark.column : self.mark.index]

    def explain(self) -> Diagnostic:
        if self.rest.startswith("\t"):
            return self.at_mark("a tab character where only spaces may indent", "indent with spaces")
        for fragment, explain in _EXPLANATIONS.items():
            if fragment in self.problem:
                return explain(self)
        return self.at_mark(self.problem[0].lower() + self.problem[1:], "")

    def bracket(self) -> Diagnostic:
        opening = self.source.text[self.context.index]
        closing = {"[": "]", "{": "}"}.get(opening, opening)
        if self.at_end():
            return self.at_context(f"`{opening}` is never closed", f"add the missing `{closing}`")
        indexed = re.search(r"[\w.)]+$", self.before)
        if indexed and (index := re.match(r"\[[^\]]*\]", self.rest)):
            help = f'put the expression in quotes, as in "{indexed[0]}{index[0]}"'
            return self.at_mark("`[` in a value without quotes, within brackets", help)
        label = Label(span_at(self.source, self.context), f"`{opening}` is opened here")
        help = f"close the `{opening}`, or add the missing `,`"
        return self.at_mark(f"expected `,` or `{closing}`", help, label)

    def quote(self) -> Diagnostic:
        quote = self.source.text[self.context.index]
        return self.at_context(f"quote {quote} is never closed", f"add the closing {quote}")

    def second_colon(self) -> Diagnostic:
        if ": " in self.before:
            return self.at_mark("a second `:` in one value", self.braces_help())
        word = self.word_above()
        if word:
            key = self.before.strip()
            help = f"write `- {word}:` with a colon, to put `{key}: ...` beside it"
            return self.at_mark(f"`{key}` stands below `{word}`, which has no colon", help)
        help = "check the indentation, and that the line before is complete"
        return self.at_mark("a `key: value` pair where none can stand", help)

    def braces_help(self) -> str:
        """For `- conv2d: out_channels: 3` the same with braces."""
        outer, inner = self.before.rsplit(": ", 1)
        kind = outer.strip().removeprefix("-").strip()
        if not (kind.isidentifier() and inner.strip().isidentifier()):
            return "put inner pairs into braces, or quote a text with `: ` in it"
        value = re.sub(TRAILING_COMMENT, "", self.rest.removeprefix(":")).strip()
        return f"put the arguments into braces: `{kind}: {{{inner.strip()}: {value}}}`"

    def word_above(self) -> str:
        """The single word of the line above, if it is an item without a colon that this line stands below."""
        lines = self.source.text[: self.mark.index - self.mark.column].splitlines()
        item = re.match(r"( *)- +(\w+)\s*(#.*)?$", lines[-1]) if lines else None
        indent = len(self.before) - len(self.before.lstrip(" "))
        return item[2] if item and indent > len(item[1]) else ""

    def missing_colon(self) -> Diagnostic:
        written = re.sub(TRAILING_COMMENT, "", rest_of_line(self.source, self.context))
        span = span_in_line(self.source, self.context, len(written))
        message = "a line without `:` among `key: value` pairs"
        return Diagnostic("E002", message, span, help=_dash_help(written) or "write `key: value`")

    def misplaced(self) -> Diagnostic:
        if self.rest[:1] in ("]", "}"):
            help = "take it out, or add the bracket that opens it"
            return self.at_mark(f"`{self.rest[0]}` closes nothing", help)
        if self.before.strip(" "):
            help = "put a text with special characters in quotes"
            return self.at_mark("unexpected text after a value", help)
        if self.mark.column != self.context.column:
            help = "align it with the list or mapping it belongs to"
            return self.at_mark("the indentation fits no line above", help)
        label = Label(span_at(self.source, self.context), "the lines it is aligned with start here")
        help = _dash_help(self.rest) or "start it with `- ` if it is an item, or change its indentation"
        return self.at_mark("a line unlike those it is aligned with", help, label)

    def item(self) -> Diagnostic:
        return self.at_mark("a list item where none can stand", "start a list on a line of its own")

    def character(self) -> Diagnostic:
        return self.at_mark(f"`{self.rest[:1]}` cannot start a value", "put the text in quotes")

    def missing_value(self) -> Diagnostic:
        if self.open_bracket is not None and self.at_end():
            self.context = self.open_bracket
            return self.bracket()
        where = f" before `{self.rest[0]}`" if self.rest else ""
        return self.at_mark(f"a value is missing{where}", "write the value, or take the separator out")

    def after_end(self) -> Diagnostic:
        help = "check the indentation and the brackets before it"
        return self.at_mark("text after the end of the document", help)

    def escape(self) -> Diagnostic:
        help = "use single quotes, within which a backslash is a backslash"
        return self.at_mark("unknown escape after a backslash", help)

    def alias(self) -> Diagnostic:
        return self.at_context(
            "`*` without the name of an anchor", "put a text that begins with `*` in quotes"
        )

    def version(self) -> Diagnostic:
        return self.at_mark("a version of YAML other than 1.1 and 1.2", "take the `%YAML` line out")

    def tag(self) -> Diagnostic:
        return self.at_mark("a tag whose handle is not defined", "leave the tag out")

    def at_end(self) -> bool:
        return not self.source.text[self.mark.index :].strip()

    def at_mark(self, message: str, help: str, *related: Label) -> Diagnostic:
        return Diagnostic("E002", message, span_at(self.source, self.mark), related=related, help=help)

    def at_context(self, message: str, help: str) -> Diagnostic:
        return Diagnostic("E002", message, span_at(self.source, self.context), help=help)


def _dash_help(written: str) -> str:
    """What to do about `-relu`; nothing if it is not that."""
    word = re.match(r"-([A-Za-z]\w*)", written)
    return f"write `- {word[1]}`, with a space after the dash" if word else ""


# Parts of the messages of libyaml and of PyYAML's own parser, and who says it better.
_EXPLANATIONS: dict[str, Callable[[SyntaxFault], Diagnostic]] = {
    "',' or '": SyntaxFault.bracket,
    "unexpected end of stream": SyntaxFault.quote,
    "mapping values are not allowed": SyntaxFault.second_colon,
    "could not find expected ':'": SyntaxFault.missing_colon,
    "did not find expected key": SyntaxFault.misplaced,
    "did not find expected '-' indicator": SyntaxFault.misplaced,
    "expected <block end>": SyntaxFault.misplaced,
    "sequence entries are not allowed": SyntaxFault.item,
    "cannot start any token": SyntaxFault.character,
    "expected node content": SyntaxFault.missing_value,
    "expected the node content": SyntaxFault.missing_value,
    "<document start>": SyntaxFault.after_end,
    "unknown escape character": SyntaxFault.escape,
    "expected alphabetic or numeric character": SyntaxFault.alias,
    "incompatible YAML document": SyntaxFault.version,
    "undefined tag handle": SyntaxFault.tag,
}
