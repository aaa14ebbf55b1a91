"""Separate random streams from one seed, so that changing one use of chance does not shift the others."""

import zlib

import numpy as np


def stream(seed: int, use: str) -> np.random.Generator:
    """The generator for one use ("initialization", "shuffle", "dropout", "augmentation", "probe") of `seed`."""
    return np.random.default_rng([seed, zlib.crc32(use.encode())])
