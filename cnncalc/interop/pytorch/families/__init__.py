"""How the layers of each family are made in PyTorch, one file for each as in `cnncalc.layers`.

A maker takes a layer and the shapes it reads (for each reference two more, as in `Layer.output_shape`).
"""
