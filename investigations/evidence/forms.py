"""What may come in about evidence: the forms and their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import Optional, Regexp

from ..db import new_public_id
from ..fields import CleanString, CleanText, Form, MomentField, NotInFuture, Required, at_most, options
from ..history import Words
from .models import EvidenceItem, EvidenceKind, Origin
from .rules import BY_HAND, CustodyKind, EvidenceAction
from .services import CustodyDetails, ItemDetails

KINDS: Mapping[EvidenceKind, Any] = {
    EvidenceKind.BIOLOGICAL: _l("Biological trace"),
    EvidenceKind.WEAPON: _l("Weapon"),
    EvidenceKind.AMMUNITION: _l("Ammunition"),
    EvidenceKind.DOCUMENT: _l("Document"),
    EvidenceKind.DEVICE: _l("Device"),
    EvidenceKind.NARCOTIC: _l("Narcotic"),
    EvidenceKind.VEHICLE: _l("Vehicle"),
    EvidenceKind.MONEY: _l("Money"),
    EvidenceKind.CLOTHING: _l("Clothing"),
    EvidenceKind.IMAGE: _l("Photograph or video"),
    EvidenceKind.OTHER: _l("Other kind"),
}
ORIGINS: Mapping[Origin, Any] = {
    Origin.LOCATED: _l("Located (localización)"),
    Origin.DISCOVERED: _l("Discovered (descubrimiento)"),
    Origin.CONTRIBUTED: _l("Handed in (aportación)"),
}
CUSTODY: Mapping[CustodyKind, Any] = {
    CustodyKind.COLLECTION: _l("Collection"),
    CustodyKind.HANDOVER: _l("Hand-over"),
    CustodyKind.TRANSFER: _l("Transfer"),
    CustodyKind.STORAGE: _l("Entry into the evidence store"),
    CustodyKind.LOAN: _l("Loan"),
    CustodyKind.RETURN: _l("Return to the evidence store"),
    CustodyKind.OPENING: _l("Opening of the packing"),
    CustodyKind.SAMPLING: _l("Sampling"),
    CustodyKind.REPACKING: _l("Repacking"),
    CustodyKind.PRESENTATION: _l("Presentation at a hearing"),
    CustodyKind.RELEASE: _l("Final disposition"),
    CustodyKind.CORRECTION: _l("Correction of an earlier record"),
}


class ItemForm(Form):
    """What an item is, and where and when it was found (domain.md §4.3)."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}\Z")])
    label = CleanString(
        _l("Label"),
        [Required(_l("Enter the label that the item carries")), at_most(60)],
        description=_l("As written on the packing; each label once in a case"),
        render_kw={"spellcheck": False},
    )
    kind = SelectField(
        _l("Kind of item"),
        choices=options([("", _l("Choose the kind")), *KINDS.items()]),
        validators=[Required(_l("Choose what kind of item it is"))],
    )
    origin = RadioField(
        _l("How the custody record begins"), choices=options(ORIGINS), default=Origin.LOCATED
    )
    description = CleanText(_l("Description"), [Required(_l("Enter what the item is like")), at_most(8000)])
    found_at = MomentField(_l("When it was found"), [Required(_l("Enter the day and the hour when it was found")), NotInFuture()])
    found_place = CleanString(_l("Where it was found"), [Required(_l("Enter where it was found")), at_most(300)])

    def details(self) -> ItemDetails:
        """What was typed, for the services."""
        return ItemDetails(
            label=self.label.data or "",
            kind=EvidenceKind(self.kind.data),
            origin=Origin(self.origin.data),
            description=self.description.data or "",
            found_at=self.found_at.data,
            found_place=self.found_place.data or "",
        )


class NewItemForm(ItemForm):
    """An item to register: also who holds it from now on, and where it is kept."""

    once = HiddenField(default=new_public_id, validators=[Optional(), Regexp(r"[0-9a-f]{16}\Z")])
    custodian = CleanString(
        _l("Custodian"), [Optional(), at_most(200)], description=_l("Who collected it and holds it; you, if left empty")
    )
    storage_place = CleanString(_l("Where it is kept"), [Optional(), at_most(200)])


def form_data(item: EvidenceItem) -> dict[str, Any]:
    """What stands about an item, as the form's values."""
    names = ("version", "label", "kind", "origin", "description", "found_at", "found_place")
    return {name: getattr(item, name) for name in names}


class CustodyForm(Form):
    """One more link of the chain."""

    version = HiddenField(validators=[Optional(), Regexp(r"\d{1,9}\Z")])
    kind = SelectField(_l("What happened"), choices=options((kind, CUSTODY[kind]) for kind in BY_HAND))
    at = MomentField(
        _l("When"),
        [Required(_l("Enter the day and the hour")), NotInFuture()],
        description=_l("For a correction: the date and hour of the record that it corrects"),
    )
    holder = CleanString(_l("Who holds it since then"), [Required(_l("Enter who holds the item")), at_most(200)])
    place = CleanString(_l("Where it is since then"), [Required(_l("Enter where the item is")), at_most(200)])
    purpose = CleanString(
        _l("Purpose"), [Optional(), at_most(300)], description=_l("For a correction: which record, and what was wrong")
    )

    def details(self) -> CustodyDetails:
        """What was typed, for the services."""
        return CustodyDetails(
            kind=CustodyKind(self.kind.data),
            at=self.at.data,
            holder=self.holder.data or "",
            place=self.place.data or "",
            purpose=self.purpose.data or "",
        )


WORDS = Words(
    actions={
        EvidenceAction.REGISTERED: _l("Registered"),
        EvidenceAction.EDITED: _l("Changed"),
        EvidenceAction.WITHDRAWN: _l("Taken out of the case"),
        EvidenceAction.CUSTODY_RECORDED: _l("Custody recorded"),
    },
    fields={
        "label": _l("Label"),
        "kind": _l("Kind of item"),
        "origin": _l("How the custody record begins"),
        "description": _l("Description"),
        "found_at": _l("When it was found"),
        "found_place": _l("Where it was found"),
    },
    codes={"kind": KINDS, "origin": ORIGINS},
)
