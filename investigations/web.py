"""The web side of the house: one transaction a request, the doors, the headers, the error pages."""

from __future__ import annotations

import secrets

import structlog
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from . import access, pages
from .config import PROJECT, Settings
from .db import Database, NotFound, Refusal, StaleEdit
from .navigation import page_context
from .office import open_office

log = structlog.get_logger()

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; manifest-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def build(settings: Settings) -> Flask:
    """Put settings, office, doors, blueprints, error pages and headers together, and seal the routes."""
    app = Flask("investigations", template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static/build"))
    _configure(app, settings)
    office = open_office(settings)
    app.extensions.update(
        settings=settings, office=office, database=office.database, index=office.index
    )
    Babel(app, locale_selector=_language, default_translation_directories=str(PROJECT / "investigations/translations"))
    pages.install(app)
    app.context_processor(page_context)
    _register(app)
    _open_doors(app)
    CSRFProtect(app)  # after the doors: its refusal knows who is there
    _show_errors(app)
    app.after_request(_seal_response)
    access.seal(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.secure else ""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        BABEL_DEFAULT_LOCALE=settings.language,
        BABEL_DEFAULT_TIMEZONE=settings.timezone,
        MAX_CONTENT_LENGTH=2**20,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME=f"{prefix}form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # the guard compares the origin itself (access.same_origin)
        PREFERRED_URL_SCHEME="https" if settings.secure else "http",
    )


def _register(app: Flask) -> None:
    from .accounts import views as accounts
    from .auditing import views as auditing
    from .casefile import views as casefile
    from .cases import views as cases
    from .clearance import views as clearance
    from .court import views as court
    from .evidence import views as evidence
    from .indexing import views as indexing
    from .people import views as people

    for feature in (accounts, casefile, cases, people, evidence, court, indexing, clearance, auditing):
        app.register_blueprint(feature.blueprint)


def _language() -> str:
    from .accounts.views import current_language

    return current_language()


def _open_doors(app: Flask) -> None:
    """Before each view: who is it, and may they? After it: commit what a successful change did."""
    from .accounts.views import load_viewer

    @app.before_request
    def enter() -> None:
        if "\0" in request.path:
            raise NotFound  # no id of ours holds it, and PostgreSQL refuses to compare with it
        g.viewer = None if request.endpoint == "static" else load_viewer()
        access.guard(app)
        if request.endpoint not in (None, "static"):
            g.session = _session(app.extensions["database"])

    @app.after_request
    def leave(response: Response) -> Response:
        session: Session | None = g.pop("session", None)
        if session is None:
            return response
        try:
            if request.method not in access.SAFE_METHODS and response.status_code < 400:
                app.extensions["database"].commit(session)
        finally:
            session.close()
        return response

    @app.teardown_request
    def drop(_error: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()


def _session(database: Database) -> Session:
    return database.reading() if request.method in access.SAFE_METHODS else database.writing()


def _seal_response(response: Response) -> Response:
    nonce = g.get("csp_nonce") or secrets.token_urlsafe(16)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if current_app.extensions["settings"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    response.headers.pop("Server", None)
    return response


def _show_errors(app: Flask) -> None:
    """Every failure ends in a page that says what happened and what to do, never in a trace."""
    app.register_error_handler(NotFound, lambda _e: _page(404))
    app.register_error_handler(access.SignInNeeded, _ask_to_sign_in)
    app.register_error_handler(access.Refused, _refuse)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(Refusal, lambda e: _page(400, str(e)))
    app.register_error_handler(StaleEdit, lambda _e: _page(409))
    app.register_error_handler(StaleDataError, lambda _e: _page(409))
    app.register_error_handler(HTTPException, lambda e: _page(e.code or 500))
    app.register_error_handler(Exception, _fail)


def _page(code: int, why: str | None = None) -> tuple[str, int]:
    return render_template("errors/error.html", code=code, why=why), code


def _ask_to_sign_in(_error: Exception) -> BaseResponse:
    """To the sign-in page and from there back; a form that came too late goes along."""
    from .accounts.views import ask_to_sign_in_again, sent

    kept = None if request.method in access.SAFE_METHODS else sent()
    if kept is not None:
        return make_response(ask_to_sign_in_again(kept))
    wanted = request.full_path.rstrip("?") if request.method in access.SAFE_METHODS else None
    if wanted not in (None, "/"):
        flash(_("Sign in to continue."))
    return redirect(url_for("accounts.sign_in", next=wanted if wanted != "/" else None))


def _expired(_error: Exception) -> BaseResponse:
    from .accounts.views import page_expired

    return make_response(page_expired() or _page(400))


def _refuse(error: Exception) -> tuple[str, int]:
    """A refusal is recorded in a short transaction of its own."""
    from .accounts.services import record_refusal

    assert isinstance(error, access.Refused)
    if g.get("viewer") is not None:
        record_refusal(current_app.extensions["database"], g.viewer, str(request.endpoint), error.permission)
    return _page(403)


def _fail(error: Exception) -> tuple[str, int]:
    """Fail closed: nothing was committed; the page names a code by which the log line is found."""
    reference = secrets.token_hex(4)
    log.error("request failed", reference=reference, endpoint=request.endpoint, exc_info=error)
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return render_template("errors/error.html", code=500, why=None, reference=reference), 500
