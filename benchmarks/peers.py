"""The other sides that open Keras's networks: stock Keras, ONNX Runtime, OpenVINO.

    stock_training(Task(), "bfloat16").step()
    onnx_runtime(task, 8).step()            # or MissingPeer: pip install onnxruntime tf2onnx

Each is as its documentation advises. Stock Keras is spared what a run does besides: the Dice
loss, the clipped norm and the scores. jit_compile stays off, as XLA takes twice as long on a CPU.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.exchange import export, largest_difference, pictures, read_weights
from benchmarks.ours import step_of
from benchmarks.task import Task, config_of, street_scenes
from benchmarks.timing import Ready, needed
from labels.classes import IGNORE
from training.backend import start_keras

ONNX = "onnxruntime onnx tf2onnx"
OPENVINO = "openvino"


def stock_training(task: Task, kind: str) -> Ready:
    """Stock layers, Adam, and Keras's cross-entropy from logits that knows of 'ignore'."""
    network = _stock(task, kind, activation=None)
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=IGNORE)
    network.compile(keras.optimizers.Adam(config_of(task).learning_rate), loss, jit_compile=False)
    photos, labels = street_scenes(task)
    run = step_of(network, photos, labels)
    return Ready(run, f"{network.count_params():,} parameters")


def stock_prediction(task: Task, kind: str, batch: int) -> Ready:
    network = _stock(task, kind, activation="softmax")
    network.set_weights([array for layer in read_weights(task) for array in layer])
    network.compile(jit_compile=False)
    photos = pictures(task, batch)
    return _checked(task, lambda: network.predict_on_batch(photos))


def onnx_runtime(task: Task, batch: int) -> Ready:
    """All optimisations of the graph, and as many threads as the machine has cores."""
    runtime = needed("onnxruntime", ONNX)
    start_keras()  # before tf2onnx imports TensorFlow with all its messages
    needed("tf2onnx", ONNX)
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = os.cpu_count() or 1
    place = export(task, "onnx", batch)
    session = runtime.InferenceSession(place, options, ["CPUExecutionProvider"])
    given = {session.get_inputs()[0].name: pictures(task, batch).astype(np.float32)}
    return _checked(task, lambda: session.run(None, given)[0])


def openvino(task: Task, batch: int, precision: str) -> Ready:
    """Tuned for one request at a time, which then has all cores.

    Args:
        task: What to predict.
        batch: Pictures in a request.
        precision: "" for OpenVINO's own choice, which is bfloat16 where the processor has units
            for it; "f32" for float32.
    """
    start_keras()  # as above
    runtime = needed("openvino", OPENVINO)
    settings = {"PERFORMANCE_HINT": "LATENCY"}
    if precision:
        settings["INFERENCE_PRECISION_HINT"] = precision
    place = export(task, "openvino", batch)
    network = runtime.Core().compile_model(place, "CPU", settings)
    request = network.create_infer_request()
    given = pictures(task, batch).astype(np.float32)

    def step() -> Any:
        request.infer([given], share_inputs=True)
        return request.get_output_tensor(0).data

    return _checked(task, step)


def _stock(task: Task, kind: str, activation: str | None) -> Any:
    start_keras()
    import keras

    from segmentation_model import Unet
    from training.precision import computing_in

    keras.utils.set_random_seed(0)
    with computing_in(kind):
        return Unet(
            task.size, task.size, classes=task.classes, filters=task.filters, activation=activation
        )


def _checked(task: Task, step: Any) -> Ready:
    return Ready(step, largest_difference(task, "normalised", np.asarray(step())))
