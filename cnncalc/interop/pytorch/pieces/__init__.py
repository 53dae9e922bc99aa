"""Small modules for what PyTorch lacks: `piece.py` copies their text into a program.

One class or function a file, named after it, with the imports it needs. cnncalc never
imports them. Those for two axes stand for one and three as well, where no file is there
for these.
"""
