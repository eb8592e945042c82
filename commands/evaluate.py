"""python main.py evaluate: scores a saved model on the validation pairs of a folder, or others."""

from __future__ import annotations

from dataclasses import replace

from dataset.formats.words import split_of
from dataset.levels import with_levels
from dataset.matching import matched
from dataset.pairs import Dataset
from dataset.source import decode_all, find_dataset
from dataset.summary import remarks
from dataset.wording import counted
from deploy.model_file import read_card, read_model
from training.backend import start_keras
from training.config import Config
from training.run_folder import make_writable, move_earlier, write_json
from utils_func import BadInput

BATCH = 8  # where none is asked for

PAIRS = {"train": "training", "val": "validation", "test": "test", "all": "all that there are"}


def run(config: Config) -> int:
    """Scores a saved model on the pairs of a folder."""
    card = read_card(config.model_file)
    make_writable(config.output)
    found = find_dataset(config.data, Config.data, config.format, config.cache)
    named = split_of(config.data.absolute())
    if named not in ("", config.split):
        print(f"You named {config.data}; to score these pairs alone: --split {named}")
    dataset = matched(_only(found, config.split), card.classes, config.model_file)
    if dataset.levels:  # its photos have more than 8 bits
        dataset = with_levels(dataset, card.levels)
    size = (card.height, card.width)
    cached = decode_all(dataset, config.cache, size, config.skip_bad, config.workers)
    print(*remarks(dataset, cached), sep="\n")
    start_keras()
    from deploy.scoring import score_and_tell

    pairs = f"{counted(len(cached.val), 'pair')} ({PAIRS[config.split]}) of {dataset.folder}"
    what = f"{config.model_file} on {pairs}"
    model, _ = read_model(config.model_file)
    _, scores = score_and_tell(
        model, card, cached.val, config.batch_size or BATCH, what, config.mirror
    )
    content = {
        "model": str(config.model_file),
        "data": str(dataset.folder),
        "split": config.split,
        "pairs": len(cached.val),
        "content": cached.content,
        **scores,
    }
    if earlier := move_earlier(config.output, ("evaluation.json",)):
        print(f"The evaluation before was moved to {earlier}.")
    write_json(config.output / "evaluation.json", content)
    print(f"All numbers are in {config.output / 'evaluation.json'}.")
    return 0


def _only(dataset: Dataset, split: str) -> Dataset:
    """The pairs of one split as those to score with."""
    every = (*dataset.train, *dataset.val, *dataset.test)
    chosen = every if split == "all" else getattr(dataset, split)
    if not chosen:
        others = [name for name in ("train", "val", "test") if getattr(dataset, name)]
        raise BadInput(
            f"{dataset.folder} has no {split} pairs. Expected some to score with. It has "
            f"{', '.join(others)}: name one of them with --split, or all."
        )
    return replace(dataset, train=(), val=chosen, test=())
