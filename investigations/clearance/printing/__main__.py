"""The process that makes a PDF: HTML and assets as JSON on standard input, the file on standard output.

Run as `python -m investigations.clearance.printing`; the only file that imports WeasyPrint. It reads nothing but its
input: every address outside the exact list of names it was given is refused. What WeasyPrint logs as an error (an image
without text, an address refused) is a failure, because the paper would not be what it says it is.
"""

from __future__ import annotations

import base64
import json
import logging
import resource
import sys
from typing import Any

MEMORY = 1 << 30
SECONDS = 60
FILE = 1 << 26
FAILED = 3


def limit() -> None:
    """Bounds that the operating system keeps: memory, processor time, size of a file, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(what, (most, most))


class Complaints(logging.Handler):
    """Keeps what WeasyPrint logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def deny_all_but(assets: dict[str, tuple[bytes, str]]) -> Any:
    """A fetcher that knows these names and refuses every other address, whatever its scheme (trust.md §4.5)."""
    from weasyprint import URLFetcher
    from weasyprint.urls import URLFetcherResponse

    class DenyAll(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in assets:
                raise ValueError(f"address refused: {url[:80]}")
            body, kind = assets[url]
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    return DenyAll(allow_redirects=False, allowed_protocols=())


def make_pdf(html: str, assets: dict[str, tuple[bytes, str]]) -> tuple[int, bytes]:
    """The number of pages and the bytes of a tagged PDF (PDF/UA-1). Raises ValueError with WeasyPrint's complaints."""
    from weasyprint import HTML

    complaints = Complaints()
    logging.getLogger("weasyprint").addHandler(complaints)
    document = HTML(string=html, base_url=None, url_fetcher=deny_all_but(assets)).render(pdf_variant="pdf/ua-1")
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    if complaints.said:
        raise ValueError("; ".join(dict.fromkeys(complaints.said)))
    return len(document.pages), pdf


def main() -> int:
    """Read the order, make the file, write its number of pages on one line and then its bytes."""
    limit()
    order = json.load(sys.stdin.buffer)
    assets = {name: (base64.b64decode(body), kind) for name, (body, kind) in order["assets"].items()}
    try:
        pages, pdf = make_pdf(order["html"], assets)
    except ValueError as problem:
        sys.stderr.write(str(problem))
        return FAILED
    sys.stdout.buffer.write(b"%d\n" % pages + pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
