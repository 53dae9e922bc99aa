"""Runs networks on real arrays: what is computed of a design, measured.

`runner` runs a graph; `run` is the function `cnncalc.run`. Nothing of this is imported by an analysis.
"""
