"""The network as it ships, made trainable again: from there the later stages go on.

The shipped files hold whole numbers, so what comes back differs from the weights that were
trained by a hundredth or less of each; the first steps of the next stage make that good.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from coach.meaning.encoder import heads
from coach.training.meaning.lines import cues
from coach.training.meaning.network import DIMENSIONS, LAYERS, SHARPNESS, Network

FOLDER = Path(__file__).parents[2] / "meaning"
_MATRICES = ("look", "join", "widen", "narrow")
"""Of a layer, in the order in which the exported network multiplies by them."""


def shipped_network() -> Network:
    """A network with the shipped weights; words and places are those of the start."""
    network = Network(len(cues())).start()
    held = _tensors(FOLDER / "model_en.onnx")
    state = network.state_dict()
    for name in state:
        if f"network.{name}" in held and not name.startswith(("word", "place")):
            state[name] = held[f"network.{name}"]
    plain = sorted(name for name in held if name.startswith("onnx::MatMul"))
    plain.sort(key=lambda name: int(name.rpartition("_")[2]))
    places = [f"layers.{layer}.{part}.weight" for layer in range(LAYERS) for part in _MATRICES]
    for place, name in zip(places, plain, strict=True):
        state[place] = held[name].T
    for part in ("project", "subject"):
        state[f"{part}.weight"] = held[f"network.{part}.weight_Transposed"].T
    known, many = heads(), len(cues())
    meant = known.weights[:many, :DIMENSIONS] / np.sqrt(np.float32(2.0)) / np.float32(SHARPNESS)
    state["head.weight"] = torch.tensor(meant)
    state["head.bias"] = torch.tensor(known.bias[:many])
    network.load_state_dict(state)
    return network


def _tensors(file: Path) -> dict[str, Tensor]:
    """Every tensor of a network in a file, by its name, without what whole numbers need."""
    raw = {
        tensor.name: numpy_helper.to_array(tensor).astype(np.float32)
        for tensor in onnx.load(file).graph.initializer
    }
    held: dict[str, Tensor] = {}
    for name, values in raw.items():
        base = name.removesuffix("_quantized")
        if base != name:
            zero, scale = raw[f"{base}_zero_point"], raw[f"{base}_scale"]
            held[base] = torch.tensor((values - zero) * scale)
        elif not name.endswith(("_scale", "_zero_point")):
            held[name] = torch.tensor(values)
    return held
