"""What stands of imports, put together for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy.orm import Session

from ...access import Viewer
from ...jurisdictions.rules import Label
from ...ledger.models import Batch
from ..queries.batches import Counted, count_funnel, count_kinds
from .mappings import find_tables_mapping


@dataclass(frozen=True, slots=True)
class Shown:
    """Distinct suspects by stage of the source, shares of stages (per cent, two decimals), and events by kind."""

    stages: Mapping[str, int]
    stage_labels: Mapping[str, Label]
    rates: Mapping[str, str | None]
    rate_labels: Mapping[str, Label]
    kinds: Sequence[Counted]

    def plain(self) -> dict[str, Any]:
        """The same as JSON may hold it."""
        return {
            "stages": dict(self.stages),
            "rates": dict(self.rates),
            "events": [{"event": kind.kind, "events": kind.events, "suspects": kind.suspects} for kind in self.kinds],
        }


def show_batches(session: Session, actor: Viewer, batches: Sequence[Batch]) -> Shown:
    """Count what stands now of these batches, from their line events; stages are those of their common mapping."""
    ids = [batch.id for batch in batches]
    kinds = count_kinds(session, ids)
    mapping = find_tables_mapping(batches[0].mapping)
    if mapping is None or len({batch.mapping for batch in batches}) > 1:
        return Shown({}, {}, {}, {}, kinds)
    stages = count_funnel(session, ids, mapping.funnel)
    rates = {
        rate.code: share(stages[rate.part], sum(stages[code] for code in rate.whole)) for rate in mapping.rates
    }
    return Shown(
        stages,
        {stage.code: stage.label for stage in mapping.funnel},
        rates,
        {rate.code: rate.label for rate in mapping.rates},
        kinds,
    )


def share(part: int, whole: int) -> str | None:
    """Per cent with two decimals, half to even; None when there is nothing to share."""
    if not whole:
        return None
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_EVEN))
