"""Small designs that several tests of the analysis look at."""

from __future__ import annotations

RESIDUAL = """
name: residual
input: [4, 8, 8]
layers:
  - conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
    name: stem
  - add:
      main:
        - conv2d: {out_channels: 8, kernel_size: 3, padding: 1, bias: false}
        - relu
      shortcut: []
    name: sum
  - relu:
    name: out
"""

BRANCHED = """
name: branched
input: [3, 64, 64]
layers:
  - conv2d: {out_channels: 8, kernel_size: 3, padding: same, stride: 2}
    name: stem
  - concat:
      wide:
        - conv2d: {out_channels: 8, kernel_size: 5, padding: 2, groups: 2}
        - batch_norm
        - relu
      narrow:
        - conv2d: {out_channels: 4, kernel_size: 1}
      pool:
        - max_pool2d: {kernel_size: 3, stride: 1, padding: 1}
    name: inception
  - multiply:
      features: []
      gate:
        - global_avg_pool
        - conv2d: {out_channels: 20, kernel_size: 1}
        - sigmoid
    name: squeeze
  - max_pool2d: {kernel_size: 3, stride: 2, ceil_mode: true}
    name: down
  - conv_transpose2d: {out_channels: 6, kernel_size: 3, stride: 2, padding: 1}
    name: up
  - avg_pool2d: 2
  - flatten
  - linear: 5
    name: head
"""
