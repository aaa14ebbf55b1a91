"""Deforming images a little, anew each time they are shown: shift, rotation, scale, shear, elastic (NumPy only).

Each output pixel looks up where in the image it comes from, and takes the bilinear mean of the four pixels there;
outside the image is 0. Affine maps turn about the centre. Elastic deformation is that of Simard, Steinkraus & Platt
(2003): a random displacement of every pixel, smoothed by a Gaussian of deviation sigma.
"""

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from .arrays import Array
from .config import TrainingConfig, TrainingError

Key = TypeVar("Key")


class Augmenter:
    """Calls deform rows x (n, height·width[·channels]) of values in any range; keeps one chunk ready ahead."""

    def __init__(self, config: TrainingConfig, image_shape: tuple[int, ...] | None) -> None:
        if image_shape is None:
            raise TrainingError("Augmentation deforms images, and this data has none.")
        self.config = config
        self.height, self.width = image_shape[:2]
        self.channels = image_shape[2] if len(image_shape) == 3 else 1
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: tuple[object, Future[Array]] | None = None

    def take(self, key: Key, make: Callable[[Key], Array], following: Key | None) -> Array:
        """make(key), computed ahead if it was announced as `following` before; begins the one that follows."""
        ahead, self._ahead = self._ahead, None
        result = ahead[1].result() if ahead is not None and ahead[0] == key else make(key)
        if following is not None:
            self._pool = self._pool or ThreadPoolExecutor(1, "augmentation")
            self._ahead = following, self._pool.submit(make, following)
        return result

    def __call__(self, x: Array, rng: np.random.Generator) -> Array:
        """A deformed copy of the rows, (n, features), same dtype."""
        rows, columns = self._sources(len(x), rng)
        images = x.reshape(len(x), self.height, self.width, self.channels)
        return bilinear(images, rows, columns).reshape(x.shape)

    def _sources(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Where each output pixel comes from: row and column coordinates, each (n, height, width) float32."""
        c, f = self.config, np.float32
        draw = rng.uniform(-1, 1, (6, n)).astype(f)
        angle, shear = math.radians(c.augment_rotate) * draw[0], np.tan(math.radians(c.augment_shear) * draw[1])
        # scaling by s and by 1/s are equally likely
        scale_y, scale_x = (np.exp(math.log1p(c.augment_scale) * draw[k]) for k in (2, 3))
        cos, sin = np.cos(angle), np.sin(angle)
        # inverse map: unrotate, unshear, unscale
        xx, xy = cos / scale_x, sin / scale_x
        yx, yy = (-sin + shear * cos) / scale_y, (cos + shear * sin) / scale_y
        v = (np.arange(self.height, dtype=f) - f((self.height - 1) / 2))[:, None]
        u = (np.arange(self.width, dtype=f) - f((self.width - 1) / 2))[None, :]

        def affine(along_x: Array, along_y: Array, middle: float, shift: Array) -> Array:
            grid: Array = along_x[:, None, None] * u + along_y[:, None, None] * v
            grid += (f(middle) + f(c.augment_shift) * shift)[:, None, None]
            return grid

        columns = affine(xx, xy, (self.width - 1) / 2, draw[4])
        rows = affine(yx, yy, (self.height - 1) / 2, draw[5])
        if c.augment_elastic:
            smooth_v = _gaussian(self.height, c.augment_elastic_sigma)
            smooth_u = _gaussian(self.width, c.augment_elastic_sigma)
            for grid in (rows, columns):
                noise = rng.standard_normal((n, self.height, self.width), dtype=f)
                noise = np.matmul(smooth_v @ noise, smooth_u.T)
                grid += f(c.augment_elastic) * noise
        return rows, columns


def _gaussian(size: int, sigma: float) -> Array:
    """The (size, size) matrix that smooths along one axis, scaled so that white noise keeps variance 1 per axis."""
    at = np.arange(size)
    kernel = np.exp(-0.5 * ((at[:, None] - at) / sigma) ** 2)
    smoothing: Array = kernel / np.sqrt((kernel**2).sum(axis=1, keepdims=True))
    return smoothing.astype(np.float32)


def bilinear(images: Array, rows: Array, columns: Array) -> Array:
    """images (n, height, width, channels) looked up at fractional (rows, columns), each (n, height, width).

    Returns an array of the images' shape and dtype; what lies outside counts as 0.
    """
    n, height, width, channels = images.shape
    # a border of zeros: whatever points outside is clipped into it, and no index needs a test
    padded = np.zeros((n, height + 3, width + 3, channels), images.dtype)
    padded[:, 1 : height + 1, 1 : width + 1] = images
    r = np.clip(rows + 1, 0, height + 1)
    c = np.clip(columns + 1, 0, width + 1)
    top, left = r.astype(np.int32), c.astype(np.int32)  # truncation is floor: neither is negative
    down, right = (r - top)[..., None].astype(images.dtype), (c - left)[..., None].astype(images.dtype)
    at = top * (width + 3) + left
    at += (np.arange(n, dtype=np.int32) * ((height + 3) * (width + 3)))[:, None, None]
    flat = padded.reshape(-1, channels)
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    at += width + 3
    lower = flat[at] * (1 - right) + flat[at + 1] * right
    values: Array = upper + (lower - upper) * down
    return values
