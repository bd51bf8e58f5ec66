"""Case page, home and list with the four tables loaded, beside the plain SQL that finds the same rows."""

from __future__ import annotations

import sqlite3

from .measuring import Bench, percentile


def run(bench: Bench) -> None:
    client = bench.client()
    with sqlite3.connect(bench.database_path) as raw:
        cases = raw.execute("SELECT public_id FROM cases ORDER BY id DESC LIMIT 4000").fetchall()[::40]
    paths = [f"/cases/{public_id}" for (public_id,) in cases]
    bench.times(client, paths[:5])  # templates compiled, caches warm
    by_id = [f"SELECT * FROM cases WHERE public_id = '{public_id}'" for (public_id,) in cases]
    _line(bench, "case page p95", bench.times(client, paths), by_id)
    _line(
        bench,
        "home p95",
        bench.times(client, ["/"] * 40),
        ["SELECT stage, count(*) FROM line_states GROUP BY stage"] * 20,
    )
    pages = ["/cases/", "/cases/?page=2", "/cases/?text=1302", "/cases/?page=40"] * 10
    newest = "SELECT * FROM cases ORDER BY reported_at DESC LIMIT 25"
    _line(bench, "case list p95", bench.times(client, pages), [newest, "SELECT count(*) FROM cases"] * 10)


def _line(bench: Bench, what: str, taken: list[float], statements: list[str]) -> None:
    bench.line(
        what, "≤ 150 ms", f"{percentile(taken):.0f} ms", f"plain SQL p95 {bench.sql(statements):.1f} ms"
    )
