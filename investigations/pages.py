"""What every template may use: GOV.UK components, dates and numbers, the addresses of assets.

Nothing here reads the database. Formats follow experience.md §5: es_MX and en, day first, 24 hours.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import get_locale
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from . import assets, charts, controls
from .db import now
from .fields import office_zone

YEAR = 365 * 24 * 3600
NOTHING = "—"
LONG_RUN = re.compile(r"\S{31,}")


def install(app: Flask) -> None:
    """Give `app`'s templates their functions and filters, and its assets a lifetime of a year."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(
        date_medium=date_medium,
        date_long=date_long,
        moment=moment,
        isoformat=isoformat,
        number=number,
        breakable=breakable,
        control=controls.control,
        choices=controls.choices,
        checkable=controls.items,
        error_target=controls.error_target,
    )
    environment.globals.update(
        govuk=govuk,
        csp_nonce=csp_nonce,
        language=language,
        asset_url=asset_url,
        now=now,
        axis=charts.axis,
        spread=charts.spread,
        step_path=charts.step_path,
        page_window=page_window,
    )
    app.after_request(_keep_assets)


# GOV.UK components --------------------------------------------------------


def govuk(component: str, params: dict[str, Any]) -> Markup:
    """One component of GOV.UK Frontend, e.g. `govuk("button", {"text": …})`; texts are escaped.

    Its macros test for absent keys, so they live in an environment of their own that forgives them.
    Raises jinja2.TemplateNotFound for a component that does not exist.
    """
    return _macro(component)(params)


@cache
def _macro(component: str) -> Callable[[dict[str, Any]], Markup]:
    name = "govuk" + "".join(part.capitalize() for part in component.split("-"))
    template = _components().get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return cast("Callable[[dict[str, Any]], Markup]", getattr(template.module, name))


@cache
def _components() -> Environment:
    loader = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(
        loader=loader, autoescape=True, undefined=ChainableUndefined, trim_blocks=True, lstrip_blocks=True
    )


# The page and its assets --------------------------------------------------


def csp_nonce() -> str:
    """This response's nonce, made on first use; the header is written from `g.csp_nonce`."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def language() -> str:
    """`es` or `en`, as in `<html lang>`."""
    return _locale().split("_")[0]


def asset_url(name: str) -> str:
    """Address of a built file by its plain name (`app.css`); it changes whenever any file changes.

    Raises AssetsMissing when the build was not made or has no such file.
    """
    files = Path(cast(str, current_app.static_folder))
    return url_for("static", filename=assets.asset_path(name).relative_to(files).as_posix())


def _keep_assets(response: Response) -> Response:
    """Built files carry their content in their address, so browsers may keep them."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response


# Formats ------------------------------------------------------------------


def date_medium(value: date | datetime | None) -> str:
    """3 sep 2026; a moment is dated on the office's clock; nothing is a dash."""
    return NOTHING if value is None else format_date(_local(value), "d MMM y", locale=_locale())


def date_long(value: date | datetime | None) -> str:
    """3 de septiembre de 2026; 3 September 2026."""
    pattern = "d 'de' MMMM 'de' y" if language() == "es" else "d MMMM y"
    return NOTHING if value is None else format_date(_local(value), pattern, locale=_locale())


def moment(value: datetime | None) -> str:
    """3 sep 2026, 16:05 h (office's clock); in English without the h. The `when` macro adds `<time>`."""
    if value is None:
        return NOTHING
    hour = format_time(value.astimezone(office_zone()), "HH:mm", tzinfo=office_zone(), locale=_locale())
    return f"{date_medium(value)}, {hour}{' h' if language() == 'es' else ''}"


def isoformat(value: date | datetime) -> str:
    """For `<time datetime>`: a day, or a moment with its offset from UTC, to the minute."""
    local = _local(value)
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else local.isoformat()


def number(value: int | float | Decimal | None, decimals: int | None = None) -> str:
    """1,234.5; with `decimals` exactly so many, half to even; nothing is a dash."""
    if value is None:
        return NOTHING
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, pattern, locale=_locale())


def breakable(text: Any) -> Any:
    """A text whose long runs without a space may break every twenty signs; what is not plain text stays as it is.

    So that one long word (an address pasted as a place, a number of eighty digits) does not push a table off the page.
    """
    if not isinstance(text, str) or isinstance(text, Markup) or not LONG_RUN.search(text):
        return text
    pieces = LONG_RUN.sub(lambda run: "\0".join(re.findall(".{1,20}", run[0])), text).split("\0")
    return Markup("<wbr>").join(pieces)


def page_window(current: int, last: int) -> list[int | None]:
    """Page numbers to offer around the current one; None stands for an ellipsis."""
    wanted = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    window: list[int | None] = []
    for before, page in zip([0, *wanted], wanted, strict=False):
        if page - before == 2:
            window.append(page - 1)
        elif page - before > 2:
            window.append(None)
        window.append(page)
    return window


def _locale() -> str:
    """Babel's locale with its territory: plain `es` would write 3 sept 2026 and 1.234,5."""
    chosen = str(get_locale() or "es_MX")
    return "es_MX" if chosen.startswith("es") else "en"


def _local(value: date | datetime) -> date | datetime:
    return value.astimezone(office_zone()) if isinstance(value, datetime) else value
