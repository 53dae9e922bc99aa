"""`cnncalc schema`: the language as a JSON Schema, for editors."""

from __future__ import annotations

from cnncalc.cli.common import Force, OutputFile

EXAMPLES = """\
Examples:

\b
  cnncalc schema --output schema.json       beside your files; then, as their first line,
    # yaml-language-server: $schema=schema.json

Editors with the YAML language server (VS Code, Neovim, Emacs, Helix, ...) then complete kinds and
arguments as you type, say what they mean, and mark what is misspelt. The path is taken from where the
file is; the networks of the zoo have a schema.json beside them. Or tell your editor once for all files:

\b
  "yaml.schemas": {"/path/to/schema.json": ["designs/*.yaml"]}      (VS Code, settings.json)
"""


def schema(output: OutputFile = "", force: Force = False) -> None:
    """The whole language as a JSON Schema (draft 2020-12), for editors."""
    from cnncalc.cli.common import check_output, write

    check_output(output, force)
    from cnncalc.language.schema import as_json

    write(as_json(), output)
