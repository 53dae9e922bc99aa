"""The words of numbers where the commands still look for them; they are in `cnncalc.units`."""

from cnncalc.units import count as count
from cnncalc.units import exact as exact
from cnncalc.units import size as size
