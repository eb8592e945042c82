"""python main.py evaluate: scores a saved model on the validation pairs of a folder."""

from __future__ import annotations

from dataclasses import replace

from dataset.source import decode_all, find_dataset
from dataset.summary import remarks
from deploy.model_file import read_card, read_model
from evaluation.tables import metrics, score_lines
from training.backend import start_keras
from training.config import Config
from training.run_folder import make_writable, write_json
from utils_func import BadInput


def run(config: Config) -> int:
    """Scores a saved model on the validation pairs of a folder."""
    card = read_card(config.model_file)
    make_writable(config.output)
    dataset = replace(find_dataset(config.data, Config.data, config.format, config.cache), train=())
    if dataset.classes.names != card.classes.names:
        raise BadInput(
            f"{config.model_file} knows {len(card.classes)} classes ({card.classes.names[0]}, …), "
            f"but {dataset.folder} has {len(dataset.classes)} ({dataset.classes.names[0]}, …). "
            "Expected the same. Name the pairs that the model was made for with --data."
        )
    size = (card.height, card.width)
    cached = decode_all(dataset, config.cache, size, config.skip_bad, config.workers)
    print(*remarks(dataset, cached), sep="\n")
    start_keras()
    from training.validation import Scorer

    model, _ = read_model(config.model_file)
    scored = Scorer(model).score(cached.val, config.batch_size)
    print(f"{config.model_file} on {len(cached.val)} validation pairs of {dataset.folder}:")
    print(*score_lines(scored, card.classes), sep="\n")
    subject = {"model": str(config.model_file), "data": str(dataset.folder)}
    content = {**subject, "content": cached.content, **metrics(scored, card.classes)}
    write_json(config.output / "evaluation.json", content)
    print(f"All numbers are in {config.output / 'evaluation.json'}.")
    return 0
