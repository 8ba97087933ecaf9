"""Lays a network in one piece out in the files that ship, so that a live call needs little memory.

    python coach/training/meaning/layout.py NETWORK

The vectors of word pieces go into a file of rows, and the network takes rows instead of numbers of
pieces; its weights go into a second file, which onnxruntime maps while it lays them out for the
processor, and are stored without a sign (``_unsigned``). No vector changes by that, so the name of
the model, which stands in journals, is that of the network in one piece.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data

OUT = Path(__file__).parents[2] / "meaning"
NETWORK, WEIGHTS, PIECES = "model_en.onnx", "weights_en.bin", "pieces_en.bin"
TABLE = "network.word.weight_quantized"
LARGE = 1024
"""Bytes of a tensor from which it goes into the file of weights."""
SIGN = 128
"""By which a signed byte's values are below an unsigned one's."""
ALIGNED = 64
"""Bytes at whose multiples a tensor begins there."""


def main() -> None:
    """Lay out a network that was made before; nothing else of the model is made anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "network", type=Path, help="in one piece, with numbers of word pieces as ids"
    )
    lay_out(parser.parse_args().network.read_bytes(), OUT)


def lay_out(whole: bytes, folder: Path) -> None:
    """Write the three files of a network in one piece."""
    model = onnx.load_model_from_string(whole)
    _unsigned(model.graph)
    (folder / PIECES).write_bytes(_taken_out(model.graph))
    with (folder / WEIGHTS).open("wb") as weights:
        for tensor in _large(model.graph):
            weights.write(b"\0" * (-weights.tell() % ALIGNED))
            at, data = weights.tell(), tensor.raw_data
            weights.write(data)
            set_external_data(tensor, WEIGHTS, at, len(data))
            tensor.ClearField("raw_data")
    (folder / NETWORK).write_bytes(model.SerializeToString(deterministic=True))


def _unsigned(graph: Any) -> None:
    """Weights and their noughts 128 higher, which multiplies to the same whole numbers.

    Processors with AVX2 and without VNNI add products of signed weights in 16 bits, where the
    largest are cut off: vectors came out otherwise there (a cosine of 0.991 in the mean).
    """
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.INT8:
            higher = numpy_helper.to_array(tensor).astype(np.int16) + SIGN
            tensor.CopyFrom(numpy_helper.from_array(higher.astype(np.uint8), tensor.name))


def _large(graph: Any) -> list[Any]:
    return [tensor for tensor in graph.initializer if len(tensor.raw_data) >= LARGE]


def _taken_out(graph: Any) -> bytes:
    """Make the rows of the word pieces the network's first input; the bytes of all rows."""
    (table,) = (tensor for tensor in graph.initializer if tensor.name == TABLE)
    (gather,) = (node for node in graph.node if TABLE in node.input)
    (ids,) = (entry for entry in graph.input if entry.name == "ids")
    rows = numpy_helper.to_array(table)
    for node in graph.node:
        for place, name in enumerate(node.input):
            if name == gather.output[0]:
                node.input[place] = "pieces"
            elif name == "ids" and node is not gather:
                # What else is asked of the numbers is how many there are.
                assert node.op_type == "Shape", node.op_type  # noqa: S101 - another export
                node.input[place] = "pieces"
                node.attribute.append(helper.make_attribute("end", 2))
    graph.node.remove(gather)
    graph.initializer.remove(table)
    graph.input.remove(ids)
    shape = ["texts", "tokens", rows.shape[1]]
    graph.input.insert(0, helper.make_tensor_value_info("pieces", TensorProto.UINT8, shape))
    return rows.tobytes()


if __name__ == "__main__":
    main()
