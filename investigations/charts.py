"""Geometry of charts: axis marks, labels pushed apart, step curves. Pure; units are those of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10


def axis(highest: float, marks: int = 5) -> list[float]:
    """Round marks from 0 to at least `highest`, about `marks` of them; 0 and 1 when nothing is above 0."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = highest / marks
    scale = 10.0 ** floor(log10(rough))
    step = next(nice * scale for nice in (1, 2, 2.5, 5, 10) if nice * scale >= rough * (1 - 1e-9))
    count = 1
    while step * count < highest * (1 - 1e-9):
        count += 1
    return [round(step * index, 10) for index in range(count + 1)]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions near `wanted`, in its order, at least `gap` apart and within low … high where they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed = [0.0] * len(wanted)
    floor_at = low
    for index in order:
        placed[index] = max(wanted[index], floor_at)
        floor_at = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def step_path(
    points: Sequence[tuple[float, float]],
    x_end: float,
    *,
    left: float,
    bottom: float,
    x_scale: float,
    y_scale: float,
) -> str:
    """SVG path of a right-continuous step curve from (0, 0) through `points` (x, y) to `x_end`.

    A point at x = 0 lifts the start. `x_scale` and `y_scale` are drawing units per unit of x and y.
    """
    path = [f"M{left:g} {bottom:g}"]
    for x, y in points:
        if x > x_end:
            break
        path.append(f"H{left + x * x_scale:.5g}V{bottom - y * y_scale:.5g}")
    path.append(f"H{left + x_end * x_scale:.5g}")
    return "".join(path)
