"""Signing in and out, and the language."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask import session as form_session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ...access import public
from .. import services
from ..forms import SignInForm, refuse, said
from ..rules import LANGUAGES, safe_next
from .frame import LANGUAGE_COOKIE, Answer, blueprint, cookie_name, database, settings, source, status
from .kept import Kept, resume_page, seal, sent, unseal

YEAR = 365 * 24 * 3600
CLEARED = '"cache", "storage"'  # not "cookies": the language outlives the sign-out, and the session's is ended below


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Answer:
    """The sign-in page. A wrong name, a wrong password, a disabled and a locked account get the same answer."""
    form = SignInForm(next=request.args.get("next"))
    if g.viewer is not None and request.method == "GET":
        return redirect(url_for("casefile.home"))
    if form.validate_on_submit():
        token = services.sign_in(
            database(),
            settings(),
            name=said(form.name),
            password=said(form.password),
            source=source(),
            old_token=request.cookies.get(cookie_name()),
        )
        if token is not None:
            return _let_in(token, said(form.next), unseal(said(form.kept)))
        refuse(form, _("The account name or the password is not right. After five failures, wait fifteen minutes."), None)
    return render_template("accounts/sign_in.html", form=form), status(form)


def _let_in(token: str, wanted: str | None, kept: Kept | None) -> Response:
    form_session.clear()
    g.pop("csrf_token", None)  # the form's own token was of the session just cleared
    answer = make_response(_resumed(token, kept) or redirect(safe_next(wanted) or url_for("casefile.home"), 303))
    secure = settings().secure
    answer.set_cookie(cookie_name(), token, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def _resumed(token: str, kept: Kept | None) -> str | None:
    """The page that offers what was kept, when it is of the person who has just come in."""
    signed_in = services.viewer_for(database(), settings(), token) if kept is not None else None
    if kept is None or signed_in is None or not kept.is_of(signed_in.viewer):
        return None
    g.viewer = signed_in.viewer
    return resume_page(kept)


def ask_to_sign_in_again(kept: Kept) -> Answer:
    """The sign-in page with a form that came too late: it waits there until its writer has signed in."""
    form = SignInForm(formdata=None, kept=seal(kept))
    return render_template("accounts/sign_in.html", form=form), 401


def page_expired() -> Answer | None:
    """The answer to a form whose page had expired (somebody signed in anew in another tab); None when nothing was typed."""
    kept = unseal(request.form.get("kept", "")) if request.endpoint == "accounts.sign_in" else sent()
    if kept is None:
        return None
    if g.viewer is None:
        return ask_to_sign_in_again(kept)
    return (resume_page(kept), 400) if kept.is_of(g.viewer) else None


@blueprint.post("/sign-out")
@public
def sign_out() -> Answer:
    """End this browser's session on the server; a copied cookie dies with it."""
    if g.viewer is not None:
        services.sign_out(g.session, g.viewer)
    form_session.clear()
    flash(_("You have signed out."), "success")
    answer = redirect(url_for("accounts.sign_in"), 303)
    answer.delete_cookie(cookie_name(), path="/", secure=settings().secure, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = CLEARED
    return answer


@blueprint.post("/language")
@public
def set_language() -> Answer:
    """Change the language of this browser and, when signed in, of the account."""
    language = LANGUAGES.get(request.form.get("language", ""))
    answer = redirect(safe_next(request.form.get("next")) or url_for("casefile.home"), 303)
    if language is not None:
        if g.viewer is not None:
            services.set_language(g.session, g.viewer, language)
        secure = settings().secure
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    return answer
