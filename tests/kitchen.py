"""A small application with every macro on its pages, for tests and for looking at the design."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request
from flask_babel import Babel
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFProtect
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from investigations import pages
from investigations.config import PROJECT
from investigations.fields import (
    CleanString,
    CleanText,
    DatePartsField,
    Form,
    MomentField,
    NotInFuture,
    Required,
    now,
    options,
)

HERE = Path(__file__).resolve().parent
THEN = datetime(2026, 9, 3, 22, 5, tzinfo=UTC)
POLICY = "default-src 'none'; script-src 'self' 'nonce-{}'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"


class SampleForm(Form):
    """One field of every kind."""

    number = CleanString(
        "Número de carpeta",
        [Required()],
        description="Como aparece en la carátula, por ejemplo NUC 12-2026-00456.",
    )
    email = EmailField("Correo electrónico", [Optional()])
    password = PasswordField("Contraseña", [Required()])
    narrative = CleanText("Narración de los hechos", [Required()], description="Qué pasó, dónde y cuándo.")
    offence = SelectField(
        "Delito",
        [Required()],
        choices=[
            SelectChoice("", "Seleccione…"),
            *options([("r", "Robo de vehículo")], "Patrimonio"),
            *options({"h": "Homicidio doloso"}, "Vida"),
        ],
    )
    part = RadioField(
        "Calidad",
        [Required()],
        choices=[
            SelectChoice("suspect", "Persona imputada"),
            SelectChoice("victim", "Víctima", {"hint": "Directa o indirecta"}),
        ],
    )
    kinds = SelectMultipleField(
        "Clases de acto",
        [Optional()],
        choices=options({"a": "Entrevista", "b": "Inspección"}),
    )
    reserved = BooleanField("Identidad reservada")
    reported_on = DatePartsField(
        "Fecha de la denuncia", [Required(), NotInFuture()], description="Por ejemplo, 27 3 2026."
    )
    occurred_at = MomentField("Momento del hecho", [Required(), NotInFuture()], default=now)
    batch = HiddenField(default="b-1")


@dataclass(frozen=True)
class Page:
    """A page of results, as `pagination` wants it."""

    number: int = 4
    pages: int = 12
    total: int = 287

    def url_for_page(self, number: int) -> str:
        return f"/list?page={number}"


def build(translations: str = "investigations/translations") -> Flask:
    """The application; `?lang=en` chooses English, `?as=nobody` a visitor who has not signed in."""
    app = Flask(
        __name__,
        root_path=str(PROJECT),
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static/build"),
    )
    app.config.update(SECRET_KEY="only for tests", BABEL_DEFAULT_TIMEZONE="America/Mexico_City", TESTING=True)
    Babel(
        app,
        locale_selector=lambda: "en" if request.args.get("lang") == "en" else "es_MX",
        default_translation_directories=str(PROJECT / translations),
    )
    CSRFProtect(app)
    pages.install(app)
    app.jinja_loader.searchpath.append(str(HERE / "kitchen_templates"))  # type: ignore[union-attr]
    _routes(app)
    app.context_processor(_frame)
    app.after_request(_policy)
    return app


def _frame() -> dict[str, object]:
    if request.args.get("as") == "nobody":
        return {"viewer": None, "navigation": [], "institution": "Fiscalía General del Estado"}
    names = [
        (_l("Home"), "/"),
        (_l("Cases"), "/list"),
        (_l("Reports"), "/charts"),
        (_l("Administration"), "/form"),
    ]
    return {
        "viewer": SimpleNamespace(
            name="María de la Luz Pérez Núñez",
            role_label="Agente del Ministerio Público",
            can=lambda permission: True,
        ),
        "navigation": [
            {"text": str(text), "href": href, "current": href == request.path} for text, href in names
        ],
        "institution": "Fiscalía General del Estado",
        "reserved_legend": "Información reservada.",
        "then": THEN,
        "shortcuts": request.args.get("shortcuts") != "off",
    }


def _policy(response):  # type: ignore[no-untyped-def]
    response.headers["Content-Security-Policy"] = POLICY.format(g.get("csp_nonce", ""))
    return response


def _routes(app: Flask) -> None:
    indexing, accounts = Blueprint("indexing", __name__), Blueprint("accounts", __name__)
    indexing.add_url_rule("/search", "search", lambda: render_template("kitchen_case.html"))
    accounts.add_url_rule(
        "/language", "set_language", lambda: redirect(request.form["next"]), methods=["POST"]
    )
    accounts.add_url_rule("/sign-out", "sign_out", lambda: redirect("/"), methods=["POST"])
    app.register_blueprint(indexing)
    app.register_blueprint(accounts)
    app.add_url_rule("/case", "case", _case)
    for name in ("list", "charts", "conflict", "empty"):
        app.add_url_rule(
            f"/{name}", name, lambda name=name: render_template(f"kitchen_{name}.html", page=Page())
        )
    app.add_url_rule("/", "home", lambda: render_template("kitchen_home.html"))
    app.add_url_rule("/form", "form", _form, methods=["GET", "POST"])
    app.add_url_rule("/fail/<int:code>", "fail", _fail)
    app.add_url_rule("/abort", "abort", lambda: abort(404))


def _case() -> str:
    flash("Se registró la actuación 14.", "success")
    return render_template("kitchen_case.html")


def _form() -> tuple[str, int]:
    form = SampleForm()
    code = 200 if request.method == "GET" or form.validate() else 422
    return render_template("kitchen_form.html", form=form), code


def _fail(code: int) -> tuple[str, int]:
    return render_template(
        "errors/error.html", code=code, why=None, reference="a1b2c3d4" if code == 500 else None
    ), code
