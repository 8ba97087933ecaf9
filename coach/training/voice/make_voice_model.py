"""Write ``audio/voices/voice.onnx`` from the weights that Resemblyzer ships.

    pip download --no-deps resemblyzer==0.1.4
    python coach/training/voice/make_voice_model.py resemblyzer/pretrained.pt --out voice.onnx

Nothing is trained: three LSTM layers and a projection are laid out for onnxruntime, with weights of
half precision that it widens when it loads them. Needs the `train` group.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

SOURCE_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
"""Of ``pretrained.pt`` in resemblyzer 0.1.4."""

LAYERS = 3
WIDTH = 256
BANDS = 40

Weights = Mapping[str, npt.NDArray[np.float32]]


def main() -> None:
    """Read, lay out and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--out", type=Path, default=Path("audio/voices/voice.onnx"))
    args = parser.parse_args()
    if hashlib.sha256(args.weights.read_bytes()).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{args.weights} is not the file of resemblyzer 0.1.4.")
    state = torch.load(args.weights, map_location="cpu", weights_only=True)["model_state"]
    model = laid_out({name: tensor.numpy() for name, tensor in state.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(args.out))


def laid_out(weights: Weights) -> Any:
    """The network: mel spectrograms (n, frames, 40) in, embeddings of length 1 (n, 256) out."""
    stored: list[Any] = []
    nodes: list[Any] = []

    def add(name: str, array: npt.NDArray[np.float32]) -> str:
        stored.append(numpy_helper.from_array(array.astype(np.float16), f"{name}_half"))
        nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        return name

    def axis(name: str, at: int) -> str:
        stored.append(numpy_helper.from_array(np.array([at]), name))
        return name

    nodes.append(helper.make_node("Transpose", ["mel"], ["x0"], perm=[1, 0, 2]))
    for n in range(LAYERS):
        biases = [reordered(weights[f"lstm.bias_{kind}_l{n}"]) for kind in ("ih", "hh")]
        inputs = [
            f"x{n}",
            add(f"W{n}", reordered(weights[f"lstm.weight_ih_l{n}"])[None]),
            add(f"R{n}", reordered(weights[f"lstm.weight_hh_l{n}"])[None]),
            add(f"B{n}", np.concatenate(biases)[None]),
        ]
        nodes.append(helper.make_node("LSTM", inputs, [f"y{n}", f"h{n}"], hidden_size=WIDTH))
        if n < LAYERS - 1:
            squeezed = [f"y{n}", axis(f"axis{n}", 1)]
            nodes.append(helper.make_node("Squeeze", squeezed, [f"x{n + 1}"]))
    nodes += [
        helper.make_node("Squeeze", [f"h{LAYERS - 1}", axis("last", 0)], ["state"]),
        helper.make_node("MatMul", ["state", add("P", weights["linear.weight"].T)], ["projected"]),
        helper.make_node("Add", ["projected", add("b", weights["linear.bias"])], ["moved"]),
        helper.make_node("Relu", ["moved"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "voice",
        [helper.make_tensor_value_info("mel", TensorProto.FLOAT, ["n", "frames", BANDS])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", WIDTH])],
        stored,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def reordered(weight: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Gates from torch's order (input, forget, cell, output) to that of ONNX (i, o, f, c)."""
    one, forget, cell, out = np.split(weight, 4)
    return np.concatenate([one, out, forget, cell])


if __name__ == "__main__":
    main()
