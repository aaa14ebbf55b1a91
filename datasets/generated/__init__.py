"""Data made on the spot: points in the plane, all 3x3 images, a function somebody types."""
