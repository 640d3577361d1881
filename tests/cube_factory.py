"""The cube of a dataset whose rows are here, for tests that hold one against the other."""

import numpy as np
import pyarrow as pa

from incidents.datasets.cube import cells_of
from incidents.datasets.dataset import Dataset
from incidents.datasets.schema import FigureName


def figures_of(dataset: Dataset) -> list[FigureName]:
    """Return a dataset's figures as its cube has them, each with its bounds."""
    return [FigureName(kind, group, has_bounds=True) for kind, group in dataset.figures]


def codes_of(dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the codes of the rows that count, those of the figures among them."""
    codes = dict(dataset.codes)
    for figure in figures_of(dataset):
        bounds = dataset.figures[figure.casualty_type, figure.victim_group]
        codes |= dict(zip(figure.columns, bounds, strict=True))
    return codes


def cube_of(dataset: Dataset) -> pa.Table:
    """Return the cube of a dataset's rows that count."""
    codes = codes_of(dataset)
    return cells_of(codes, figures_of(dataset), np.arange(dataset.size), codes["release"])
