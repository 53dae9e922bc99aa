"""Reports to render."""

from __future__ import annotations

import dataclasses

from cnncalc import api
from cnncalc.analysis.report import Report

BRANCHED = """
name: Branched
input: [3, 16, 24]
blocks:
  basic:
    layers:
      - add:
          main:
            - conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
            - relu
          shortcut: []
      - relu
layers:
  - conv2d: {out_channels: 8, kernel_size: [3, 1], stride: 2}
    name: stem
  - basic:
    name: deep
    repeat: 2
  - flatten
"""

HOSTILE_NAME = "=1+1\x1b[31m[red]|<script>&_%$#\u202e"


def report_of(text: str = BRANCHED, **options: object) -> Report:
    return api.examine_reading(api.read(api.find_text(text)), **options).report


def hostile() -> Report:
    """A report whose names try to be markup, formulas and terminal commands."""
    convolution = "{conv2d: {out_channels: 4, kernel_size: 3}}"
    report = report_of(f"name: x\ninput: [3, 8, 8]\nlayers: [relu, {convolution}]")
    layers = tuple(layer._replace(name=HOSTILE_NAME, inputs=(HOSTILE_NAME,)) for layer in report.layers)

    return dataclasses.replace(report, name=HOSTILE_NAME, layers=layers)
