"""From HTML to PDF, in a process of its own with bounds on memory and time."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...assets import BUILD, AssetsMissing, folder
from ...config import PROJECT

SECONDS = 60
"""Wall clock; then the process and whatever it started are killed."""

COMMAND = (sys.executable, "-m", "investigations.clearance.printing")

Assets = Mapping[str, tuple[bytes, str]]
"""What a paper may name, exactly: address → (bytes, content type)."""


class PrintingFailed(Exception):
    """The PDF could not be made; the message says why, for whoever looks after the office."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished file and how many pages it has."""

    body: bytes
    pages: int


def fonts() -> dict[str, tuple[bytes, str]]:
    """The office's own fonts, as the paper's style sheet names them: `app:` and the file's name.

    Raises PrintingFailed when the front-end assets were not built: a paper without its fonts is not the same paper.
    """
    try:
        files = sorted((BUILD / folder(BUILD)).glob("noto-sans-*.woff"))
        return {f"app:{file.name}": (file.read_bytes(), "font/woff") for file in files}
    except (AssetsMissing, OSError) as error:
        raise PrintingFailed("the front-end assets are not built: run `make assets`") from error


def render_pdf(html: str, assets: Assets, *, scratch: Path, seconds: float = SECONDS) -> Pdf:
    """A tagged PDF of the HTML. `scratch` is a folder for the font library's cache.

    Raises PrintingFailed when it takes too long, asks for anything but `assets`, or has parts that cannot be read aloud.
    """
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    packed = {name: (base64.b64encode(body).decode("ascii"), kind) for name, (body, kind) in assets.items()}
    order = json.dumps({"html": html, "assets": packed}).encode()
    answer, complaint, code = _run(order, scratch, seconds)
    if code:
        raise PrintingFailed(complaint.strip()[-500:] or f"the printing process ended with {code}")
    pages, _, body = answer.partition(b"\n")
    return Pdf(body, int(pages))


def _run(order: bytes, scratch: Path, seconds: float) -> tuple[bytes, str, int]:
    process = subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=PROJECT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(scratch), "XDG_CACHE_HOME": str(scratch)},
        start_new_session=True,
    )
    try:
        answer, complaint = process.communicate(order, timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise PrintingFailed(f"the printing process took longer than {seconds:g} seconds") from None
    return answer, complaint.decode("utf-8", "replace"), process.returncode
