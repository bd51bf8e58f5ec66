from __future__ import annotations

from pathlib import Path

import pytest

from investigations.office import Office
from tests.importing.desk import Desk


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)
