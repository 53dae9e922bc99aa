"""Regularizations. The probability is always written: it is what one looks for."""

from __future__ import annotations

from cnncalc.interop.pytorch.families.activation import taking
from cnncalc.interop.pytorch.module import REQUIRED

MODULES = {
    "dropout": taking("nn.Dropout", p=REQUIRED),
    "dropout1d": taking("nn.Dropout1d", p=REQUIRED),
    "dropout2d": taking("nn.Dropout2d", p=REQUIRED),
    "dropout3d": taking("nn.Dropout3d", p=REQUIRED),
    "alpha_dropout": taking("nn.AlphaDropout", p=REQUIRED),
    "feature_alpha_dropout": taking("nn.FeatureAlphaDropout", p=REQUIRED),
    "stochastic_depth": taking("StochasticDepth", p=REQUIRED),
    "identity": taking("nn.Identity"),
}
