"""Networks for other frameworks: their structure in modules, and a writer for each framework.

`outline`, `wiring` and their neighbours know of no framework: a writer of another one (`pytorch` is the
first) stands beside it in a package of its own, with its table of kinds.
"""
