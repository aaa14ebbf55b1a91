"""The pictures in a report are the rows, pixel by pixel, as another program decodes them."""

import base64
import io

import numpy as np
import pytest

from dnn_tui.experiments.reporting.pictures import MOST_PIXELS, data_uri, png

Image = pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("shape", [(28, 28), (1, 1), (7, 13), (32, 32, 3), (5, 9, 3)])
def test_a_png_decodes_to_the_image(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(png(image))))
    np.testing.assert_array_equal(decoded, image)


def test_one_channel_is_grey():
    image = np.random.default_rng(1).integers(0, 256, (6, 4, 1), dtype=np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(image)))), image[..., 0])


def test_a_large_image_is_thinned_out():
    image = np.random.default_rng(2).integers(0, 256, (300, 150, 3), dtype=np.uint8)
    kind, text = data_uri(image).split(",")
    assert kind == "data:image/png;base64"
    decoded = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))
    assert max(decoded.shape) <= MOST_PIXELS
    np.testing.assert_array_equal(decoded, image[::5, ::5])
