"""One running office: its database with the guards of the one commit, and its search index.

The web and the command line both start from `open_office`, so that a change made by either leaves its event,
its projections and its search documents.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import structlog

from search import Index, open_index

from .clearance.services import project_touched
from .config import Settings
from .court.services import project_states
from .db import Database
from .indexing.services import Drainer, queue_touched
from .ledger.services import refuse_unrecorded

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # the plain trace: local values are case data and stay out of the log
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
)


@dataclass(frozen=True, slots=True)
class Office:
    """What commands and requests need: settings, database, index, and the drainer that keeps the index fresh."""

    settings: Settings
    database: Database
    index: Index
    drainer: Drainer


def open_office(settings: Settings) -> Office:
    """Open the database and the index. Projections and outbox are written in each transaction's own commit."""
    database = Database(settings.database_url)
    index = open_index(settings.index_dir)
    drainer = Drainer(database, index, background=settings.background)
    database.before_commit += [refuse_unrecorded, project_states, project_touched, queue_touched]
    database.after_commit.append(drainer.after_commit)
    return Office(settings, database, index, drainer)
