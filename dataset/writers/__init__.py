"""Drawn data in the layout of every format, for tests and for trying things out.

write_dataset("camvid", Path("camvid"), train=20, val=5)
"""

from dataset.writers.writer import NAMES
from dataset.writers.writing import write_dataset

__all__ = ["NAMES", "write_dataset"]
