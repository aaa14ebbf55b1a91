"""Which hidden layers of a changed network go on from which, where nobody says so: those of like sizes, in order."""

from collections.abc import Sequence
from functools import cache


def aligned(old: Sequence[int], new: Sequence[int]) -> list[int | None]:
    """For each new hidden layer the index of the old one it goes on from, or None where it is new.

    All layers of the shorter list have a partner; among the ways to do that, in order, the one where sizes differ
    least, by the factor; among equals, the one that keeps the first layers.
    """
    old_sizes, new_sizes = tuple(old), tuple(new)

    @cache
    def best(i: int, j: int) -> tuple[float, tuple[int | None, ...]]:
        """The likeness of old[i:] and new[j:], and the partners of new[j:]."""
        if j == len(new_sizes) or i == len(old_sizes):
            return 0.0, (None,) * (len(new_sizes) - j)
        n, m = old_sizes[i], new_sizes[j]
        likeness, partners = best(i + 1, j + 1)
        ways = [(likeness + min(n, m) / max(n, m), (i, *partners))]
        if len(new_sizes) - j > len(old_sizes) - i:
            likeness, partners = best(i, j + 1)
            ways.append((likeness, (None, *partners)))
        if len(old_sizes) - i > len(new_sizes) - j:
            ways.append(best(i + 1, j))
        return max(ways, key=lambda way: way[0])

    return list(best(0, 0)[1])
