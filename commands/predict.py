"""python main.py predict PICTURE_OR_FOLDER …: labels pictures with a saved model."""

from __future__ import annotations

from deploy.model_file import read_card, read_model
from deploy.predict import (
    check_pictures,
    find_pictures,
    predict_ids,
    write_prediction,
)
from training.backend import start_keras
from training.config import Config
from training.run_folder import PREDICTIONS, make_writable
from utils_func import read_picture


def run(config: Config) -> int:
    """Labels pictures with a saved model."""
    pictures = find_pictures(config.pictures)
    read_card(config.model_file)
    pictures = check_pictures(pictures, config.skip_bad)
    place = config.output / PREDICTIONS
    make_writable(place)
    start_keras()
    from deploy.mirrored import answering
    from deploy.quick import quick
    from training.precision import choose_precision

    model, card = read_model(config.model_file)
    network = answering(quick(model, choose_precision("auto").kind), card, config.mirror)
    for file, name in pictures:
        photo = read_picture(file, levels=card.levels)
        write_prediction(photo, predict_ids(network, card, photo), card.classes, place / name)
    print(f"Pictures labelled: {len(pictures)}. They are in {place}.")
    return 0
