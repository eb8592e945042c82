"""The front door: the promised functions as older scripts call them, and what a person reads."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import main
from dataset.cache import Examples
from labels.classes import CITYSCAPES, Classes
from utils_func import read_picture

ROOT = Path(main.__file__).parent
ROAD, CAR = 0, 13


def one_hot(ids: np.ndarray, classes: int) -> np.ndarray:
    return np.eye(classes + 1)[np.minimum(ids, classes)][..., :classes]


def test_the_generator_gives_the_pairs_of_a_folder_again_and_again(pair_folder: Path) -> None:
    files = len(list((pair_folder / "train").iterdir()))
    passes = list(islice(main.data_generator(pair_folder / "train", files - 1, 19), 4))
    images, segmentations = passes[0]
    assert images.dtype == np.uint8
    assert images.shape[0] == segmentations.shape[0] == files - 1
    assert segmentations.shape == (*images.shape[:3], 19)
    assert len(passes[1][0]) == 1, "the rest of the first pass"
    np.testing.assert_array_equal(passes[2][0], images)
    np.testing.assert_array_equal(passes[3][1], passes[1][1])


def test_each_pixel_of_the_generator_has_one_class_or_none(pair_folder: Path) -> None:
    _, segmentations = next(main.data_generator(str(pair_folder / "train"), 2, 19))
    assert set(np.unique(segmentations.sum(-1))) <= {0.0, 1.0}
    assert segmentations.sum() > 0


def test_the_generator_names_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(main.BadInput, match="holds no pictures"):
        next(main.data_generator(tmp_path))


def test_the_generator_refuses_what_would_give_nothing_for_ever(pair_folder: Path) -> None:
    with pytest.raises(ValueError, match="batch_size=0"):
        next(main.data_generator(pair_folder / "train", 0))
    none = Examples([], *(np.zeros((0, 8, 8, *last), np.uint8) for last in ((3,), (), ())))
    with pytest.raises(ValueError, match="hold none"):
        next(main.data_generator(none, 2))


def test_a_prediction_picture_is_written_the_old_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    images = np.zeros((2, 32, 32, 3), np.uint8)
    ids = np.full((2, 32, 32), ROAD)
    ids[:, 16:] = CAR
    truth = one_hot(ids, 19)
    main.show_predications(images, truth, truth, 1)
    picture = read_picture(tmp_path / "output" / "pred_2.png")
    for index in (ROAD, CAR):
        assert (picture == CITYSCAPES.colours[index]).all(-1).sum() > 1000, "truth and prediction"
    assert not (picture == CITYSCAPES.colours[10]).all(-1).any(), "no sky"


def test_a_prediction_picture_takes_classes_of_any_number(tmp_path: Path) -> None:
    ids = np.array([[[0, 1], [2, 255]]]).repeat(16, 1).repeat(16, 2)
    classes = Classes(("a", "b", "c"), ((255, 0, 0), (0, 255, 0), (0, 0, 255)))
    truth = one_hot(ids, 3)
    images = np.zeros((1, 32, 32, 3), np.uint8)
    path = main.show_predications(images, truth, truth, 0, classes, tmp_path)
    picture = read_picture(path)
    assert (picture == (0, 0, 255)).all(-1).any()


def test_the_curves_are_written_the_old_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    main.get_acc([1.0, 0.5], [0.6, 0.7])
    two = read_picture(tmp_path / "output" / "acc.png").shape
    nan = float("nan")
    training = {"loss": [1.1, 0.4], "accuracy": [0.5, 0.8], "miou": [0.1, 0.3]}
    main.get_acc([1.0, nan], [0.6, nan], [nan, nan], training, tmp_path)
    three = read_picture(tmp_path / "acc.png").shape
    assert three[1] > two[1], "a third curve makes it wider"


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(ROOT / "main.py"), *arguments]
    return subprocess.run(program, capture_output=True, text=True, cwd=cwd, timeout=300)


@pytest.mark.parametrize("command", [(), ("evaluate",), ("predict",)])
def test_help_never_imports_what_is_slow(command: tuple[str, ...]) -> None:
    program = (
        "import sys, main\n"
        "try: main.main([*sys.argv[1:], '--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "slow = {'keras', 'tensorflow', 'jax', 'matplotlib', 'h5py'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert "--output" in done.stdout


def test_no_command_imports_keras_before_it_is_started_quietly() -> None:
    program = (
        "import sys, commands, pkgutil, importlib\n"
        "for one in pkgutil.iter_modules(commands.__path__):\n"
        "    importlib.import_module(f'commands.{one.name}')\n"
        "    assert 'keras' not in sys.modules, one.name\n"
        "assert len(sys.modules) > 100\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "nowhere"], "nowhere does not exist"),
        (["evaluate", "--model", "nothing.hdf5"], "nothing.hdf5 does not exist"),
        (["predict", "no.jpg"], "no.jpg does not exist"),
        (["predict", ".", "--model", "nothing.hdf5"], ". holds no pictures"),
        (["predict"], "Expected pictures, or folders of pictures"),
    ],
)
def test_bad_input_is_one_message_and_code_2(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--epoch", "3"], "--epochs"),
        (["--height", "250"], "the nearest is 256"),
        (["evalute"], "evaluate"),
    ],
)
def test_a_wrong_option_is_refused_with_the_right_one(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(arguments)
    assert end.value.code == 2
    assert said in capsys.readouterr().err
