"""Built-in street scenes: pictures with labels to train on before the user has any.

    photo, ids = draw_scene(seed=7)                         # one scene, 1024 × 512

A street is laid out in metres (layout.py) and filled (street.py); everything in it is painted from
far to near on photo and label at once (painter.py), then seen through a camera (camera.py).
dataset/writers stores scenes in the layouts of other people's data.
"""

from dataset.scenes.street import draw_scene

__all__ = ["draw_scene"]
