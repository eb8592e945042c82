"""Starting Keras."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from training.backend import is_out_of_memory, start_keras

ROOT = Path(__file__).parents[2]


def fresh(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a new process that has none of the settings of this one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "KERAS_", "JAX_"))
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_keras_starts_without_a_word_on_stderr(backend: str) -> None:
    if not importlib.util.find_spec(backend):
        pytest.skip(f"{backend} is not installed")
    code = (
        "import sys\n"
        "from training.backend import start_keras\n"
        "assert 'keras' not in sys.modules\n"
        "start_keras()\n"
        "import keras\n"
        "from training.device import device\n"
        "assert device().startswith(('CPU, ', 'GPU ')), device()\n"
        "print(keras.backend.backend())\n"
        "print('still heard', file=sys.stderr)\n"
    )
    done = fresh(code, KERAS_BACKEND=backend)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{backend}\n", "still heard\n")


@pytest.mark.slow
def test_an_error_while_keras_starts_is_seen() -> None:
    code = "from training.backend import start_keras\nstart_keras()\n"
    done = fresh(code, KERAS_BACKEND="no-backend-of-anybody")
    assert done.returncode == 1
    assert "no-backend-of-anybody" in done.stderr


def test_a_second_start_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    start_keras()
    os.write(2, b"heard")
    assert sys.modules["keras"] is keras
    assert capfd.readouterr().err == "heard"


@pytest.mark.slow
def test_a_gpu_is_shared_and_what_a_person_has_set_stays() -> None:
    code = (
        "import os\n"
        "from training.backend import start_keras\n"
        "start_keras()\n"
        "print(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'], os.environ['CUDA_VISIBLE_DEVICES'])\n"
    )
    assert fresh(code, CUDA_VISIBLE_DEVICES="").stdout == "true \n"
    without = "import os\nos.environ.pop('CUDA_VISIBLE_DEVICES', None)\n" + code
    assert fresh(without, TF_FORCE_GPU_ALLOW_GROWTH="false").stdout == "false 0\n"


@pytest.mark.parametrize(
    "said",
    [
        "OOM when allocating tensor: RESOURCE_EXHAUSTED",
        "No algorithm worked! Error messages: CUDNN_STATUS_ALLOC_FAILED",
        "Failed to allocate request for 2.00GiB on device ordinal 0",
    ],
)
def test_running_out_of_memory_is_known_by_what_libraries_say(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))
    assert not is_out_of_memory(RuntimeError("No algorithm worked!"))
