"""Rows that are images, as PNG inside the page: eight bits a channel, grey or colour, nothing lost.

The format is the W3C's "Portable Network Graphics", third edition; zlib does the work, so that no package is needed.
"""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

MOST_PIXELS = 64  # of a side; a larger image is thinned out: it is shown no larger than that
GREY, COLOUR = 0, 2  # PNG's colour types


def png(image: NDArray[np.uint8]) -> bytes:
    """image: (height, width), (height, width, 1) or (height, width, 3)."""
    image = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    height, width = image.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, 8, GREY if image.ndim == 2 else COLOUR, 0, 0, 0)
    rows = np.ascontiguousarray(image).reshape(height, -1)
    unfiltered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # each row says how it was filtered
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(unfiltered.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def data_uri(image: NDArray[np.uint8]) -> str:
    """The image as an address that holds it, at most MOST_PIXELS to a side."""
    every = max(1, -(-max(image.shape[:2]) // MOST_PIXELS))
    return "data:image/png;base64," + base64.b64encode(png(image[::every, ::every])).decode("ascii")
