"""`make bench`: load the four Cook County tables and time what people wait for.

Every line prints the budget, our result, and the raw engine (plain SQL, plain Whoosh) doing the same work in this
run. Nothing here fails on a slow machine: it prints, people judge.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import loading, pages, papers, searching
from benchmarks.measuring import Bench

TABLES = ("intake", "initiation", "dispositions", "sentencing")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/cook-county"))
    parser.add_argument(
        "--home", type=Path, help="keep the loaded office here, and use it again when it is there"
    )
    arguments = parser.parse_args()
    files = [arguments.data / f"{table}.csv.xz" for table in TABLES]
    if not all(file.exists() for file in files):
        print(f"the four tables are not in {arguments.data}: name their folder with --data")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(arguments.home or Path(folder), files)
        bench.title()
        for part in (loading, pages, searching, papers):
            part.run(bench)
    return 0


sys.exit(main())
