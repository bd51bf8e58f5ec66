"""The search box with the four tables loaded, beside plain Whoosh on the same documents and queries."""

from __future__ import annotations

import tempfile
from pathlib import Path

from investigations.cases.queries import scope_for
from investigations.indexing.queries import documents

from . import plain_whoosh
from .measuring import Bench, percentile, seconds

QUERIES = (
    "narcotics", "retail theft", "unlawful use of weapon", "chicago", "homicide", "1302 7714", "burglary cicero",
    "aggravated battery police officer", '"retail theft"', "theft -retail", "narco*", "P-1088846317030",
    "robbery armed chicago", "dui", "sex crimes", "cook county", "harvey", "weapon OR narcotics", "residential burglary",
    "no such words here",
)  # fmt: skip


def run(bench: Bench) -> None:
    client = bench.client()
    paths = [f"/search?q={query.replace(' ', '+').replace(chr(34), '%22')}" for query in QUERIES]
    bench.times(client, paths[:3])
    taken = bench.times(client, paths * 3)
    with bench.app.extensions["database"].reading() as session:
        scope = sorted(scope_for(session, bench.viewer()))
        found = list(documents(session))
    with tempfile.TemporaryDirectory() as folder:
        plain_whoosh.build(Path(folder), found)
        raw = [seconds(lambda q=q: plain_whoosh.search(Path(folder), q, scope)) * 1000 for q in QUERIES]  # type: ignore[misc]
    bench.line(
        "search page p95",
        "≤ 300 ms",
        f"{percentile(taken):.0f} ms",
        f"plain Whoosh p95 {percentile(raw):.0f} ms",
    )
