"""Built-in street scenes: pairs to train on before the user has any of their own.

    photo, ids = draw_scene(seed=7)                         # one scene, 1024 × 512
    write_pairs(Path("images/scenes"), train=400, val=100)  # a folder of pairs like real ones

A street is laid out in metres (layout.py) and filled (street.py); everything in it is painted from
far to near on photo and label at once (painter.py), then seen through a camera (camera.py).
"""

from dataset.scenes.street import draw_scene
from dataset.scenes.writer import write_pairs

__all__ = ["draw_scene", "write_pairs"]
