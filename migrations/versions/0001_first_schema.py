"""first schema"""

import sqlalchemy as sa
from alembic import op

from investigations.db import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mapping", sa.String(length=40), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("active_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("public_id", name=op.f("uq_batches_public_id")),
    )
    op.create_table(
        "ledger_events",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_events")),
    )
    with op.batch_alter_table("ledger_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_events_action_seq"), ["action", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_events_actor_seq"), ["actor", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_events_case_id_seq"), ["case_id", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_events_subject_seq"), ["subject", "seq"], unique=False)

    op.create_table(
        "ledger_tip",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("last_leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_tip")),
    )
    op.create_table(
        "search_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_outbox")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_attempts_name_key_source_at"), ["name_key", "source", "at"], unique=False
        )

    op.create_table(
        "ledger_payloads",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"], ["ledger_events.seq"], name=op.f("fk_ledger_payloads_seq_ledger_events")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_payloads")),
    )
    op.create_table(
        "offence_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=160), nullable=False),
        sa.Column("parent_code", sa.String(length=160), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("label_es", sa.String(length=300), nullable=False),
        sa.Column("label_en", sa.String(length=300), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("selectable", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_offence_codes_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence_codes")),
    )
    with op.batch_alter_table("offence_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offence_codes_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offence_codes_scheme_code"), ["scheme", "code"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_names", sa.String(length=160), nullable=False),
        sa.Column("surname1", sa.String(length=120), nullable=False),
        sa.Column("surname2", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_persons_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("public_id", name=op.f("uq_persons_public_id")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persons_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_units_batch_id_batches")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("public_id", name=op.f("uq_units_public_id")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_units_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_units_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=160), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_aliases_batch_id_batches")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_aliases_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
    )
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_aliases_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_aliases_person_id"), ["person_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("confidentiality", sa.String(length=20), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=True),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("municipality", sa.String(length=80), nullable=True),
        sa.Column("municipality_name", sa.String(length=160), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_cases_batch_id_batches")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cases_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cases_public_id")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_reported_at"), ["reported_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_cases_unit_id_confidentiality_batch_id_reported_at"),
            ["unit_id", "confidentiality", "batch_id", "reported_at"],
            unique=False,
        )

    op.create_table(
        "identifiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_identifiers_batch_id_batches")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_identifiers_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
    )
    with op.batch_alter_table("identifiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifiers_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identifiers_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identifiers_scheme_key"), ["scheme", "key"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("full_name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_users_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_users_public_id")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=40), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_acts_author_id_users")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_acts_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_acts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_acts_case_id_number")),
        sa.UniqueConstraint("once", name=op.f("uq_acts_once")),
        sa.UniqueConstraint("public_id", name=op.f("uq_acts_public_id")),
    )
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acts_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_assignments_case_id_cases")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignments_user_id_ended_at"), ["user_id", "ended_at"], unique=False
        )

    op.create_table(
        "case_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_case_numbers_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_numbers_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_numbers")),
    )
    with op.batch_alter_table("case_numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_numbers_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_numbers_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_numbers_key"), ["key"], unique=False)

    op.create_table(
        "case_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_revisions_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_revisions")),
    )
    with op.batch_alter_table("case_revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_revisions_case_id"), ["case_id"], unique=False)

    op.create_table(
        "evidence_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("found_place", sa.String(length=300), nullable=False),
        sa.Column("custodian", sa.String(length=200), nullable=False),
        sa.Column("storage_place", sa.String(length=200), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_evidence_items_batch_id_batches")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_evidence_items_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_items")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evidence_items_public_id")),
    )
    with op.batch_alter_table("evidence_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_items_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_items_case_id"), ["case_id"], unique=False)

    op.create_table(
        "offences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_offences_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_offences_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["code_id"], ["offence_codes.id"], name=op.f("fk_offences_code_id_offence_codes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offences")),
    )
    with op.batch_alter_table("offences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offences_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offences_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offences_code_id"), ["code_id"], unique=False)

    op.create_table(
        "parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_parties_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parties_case_id_cases")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_parties_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("public_id", name=op.f("uq_parties_public_id")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parties_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_parties_person_id"), ["person_id"], unique=False)

    op.create_table(
        "printed_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folio", sa.String(length=30), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_printed_reports_asked_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_reports")),
        sa.UniqueConstraint("folio", name=op.f("uq_printed_reports_folio")),
        sa.UniqueConstraint("public_id", name=op.f("uq_printed_reports_public_id")),
    )
    with op.batch_alter_table("printed_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_printed_reports_asked_by"), ["asked_by"], unique=False)

    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "custody_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_custody_events_batch_id_batches")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["evidence_items.id"], name=op.f("fk_custody_events_item_id_evidence_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_events")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_custody_events_item_id_number")),
    )
    with op.batch_alter_table("custody_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_custody_events_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("offence_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("jurisdiction", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_lines_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_lines_case_id_cases")),
        sa.ForeignKeyConstraint(["offence_id"], ["offences.id"], name=op.f("fk_lines_offence_id_offences")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_lines_party_id_parties")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lines_public_id")),
    )
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lines_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lines_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lines_offence_id"), ["offence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lines_party_id"), ["party_id"], unique=False)

    op.create_table(
        "offence_statuses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offence_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("known_from", UtcDateTime(), nullable=False),
        sa.Column("known_to", UtcDateTime(), nullable=True),
        sa.Column("happened_from", UtcDateTime(), nullable=False),
        sa.Column("happened_to", UtcDateTime(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("municipality", sa.String(length=80), nullable=True),
        sa.Column("municipality_name", sa.String(length=160), nullable=True),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("cleared_at", UtcDateTime(), nullable=True),
        sa.Column("clearance", sa.String(length=30), nullable=True),
        sa.Column("ending", sa.String(length=30), nullable=True),
        sa.Column("ending_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_offence_statuses_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["offence_id"], ["offences.id"], name=op.f("fk_offence_statuses_offence_id_offences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence_statuses")),
    )
    with op.batch_alter_table("offence_statuses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_offence_statuses_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_offence_statuses_known_to_cleared_at"), ["known_to", "cleared_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_offence_statuses_known_to_reported_at"), ["known_to", "reported_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_offence_statuses_offence_id"), ["offence_id"], unique=False)

    op.create_table(
        "line_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.Column("source_key", sa.String(length=64), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_line_events_batch_id_batches")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_line_events_case_id_cases")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_line_events_line_id_lines")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_events")),
        sa.UniqueConstraint("line_id", "number", name=op.f("uq_line_events_line_id_number")),
    )
    with op.batch_alter_table("line_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_events_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_events_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_events_source_key"), ["source_key"], unique=False)

    op.create_table(
        "line_states",
        sa.Column("line_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_line_states_case_id_cases")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_line_states_line_id_lines")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_states")),
    )
    with op.batch_alter_table("line_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_states_case_id_stage"), ["case_id", "stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_states_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("line_states", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_states_state"))
        batch_op.drop_index(batch_op.f("ix_line_states_case_id_stage"))

    op.drop_table("line_states")
    with op.batch_alter_table("line_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_events_source_key"))
        batch_op.drop_index(batch_op.f("ix_line_events_case_id"))
        batch_op.drop_index(batch_op.f("ix_line_events_batch_id"))

    op.drop_table("line_events")
    with op.batch_alter_table("offence_statuses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offence_statuses_offence_id"))
        batch_op.drop_index(batch_op.f("ix_offence_statuses_known_to_reported_at"))
        batch_op.drop_index(batch_op.f("ix_offence_statuses_known_to_cleared_at"))
        batch_op.drop_index(batch_op.f("ix_offence_statuses_case_id"))

    op.drop_table("offence_statuses")
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lines_party_id"))
        batch_op.drop_index(batch_op.f("ix_lines_offence_id"))
        batch_op.drop_index(batch_op.f("ix_lines_case_id"))
        batch_op.drop_index(batch_op.f("ix_lines_batch_id"))

    op.drop_table("lines")
    with op.batch_alter_table("custody_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_custody_events_batch_id"))

    op.drop_table("custody_events")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_user_id"))

    op.drop_table("user_sessions")
    with op.batch_alter_table("printed_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_printed_reports_asked_by"))

    op.drop_table("printed_reports")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parties_person_id"))
        batch_op.drop_index(batch_op.f("ix_parties_case_id"))
        batch_op.drop_index(batch_op.f("ix_parties_batch_id"))

    op.drop_table("parties")
    with op.batch_alter_table("offences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offences_code_id"))
        batch_op.drop_index(batch_op.f("ix_offences_case_id"))
        batch_op.drop_index(batch_op.f("ix_offences_batch_id"))

    op.drop_table("offences")
    with op.batch_alter_table("evidence_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_items_case_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_items_batch_id"))

    op.drop_table("evidence_items")
    with op.batch_alter_table("case_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_revisions_case_id"))

    op.drop_table("case_revisions")
    with op.batch_alter_table("case_numbers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_numbers_key"))
        batch_op.drop_index(batch_op.f("ix_case_numbers_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_numbers_batch_id"))

    op.drop_table("case_numbers")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_user_id_ended_at"))
        batch_op.drop_index(batch_op.f("ix_assignments_case_id"))

    op.drop_table("assignments")
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acts_batch_id"))

    op.drop_table("acts")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_unit_id"))

    op.drop_table("users")
    with op.batch_alter_table("identifiers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identifiers_scheme_key"))
        batch_op.drop_index(batch_op.f("ix_identifiers_person_id"))
        batch_op.drop_index(batch_op.f("ix_identifiers_batch_id"))

    op.drop_table("identifiers")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_unit_id_confidentiality_batch_id_reported_at"))
        batch_op.drop_index(batch_op.f("ix_cases_reported_at"))
        batch_op.drop_index(batch_op.f("ix_cases_batch_id"))

    op.drop_table("cases")
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_aliases_person_id"))
        batch_op.drop_index(batch_op.f("ix_aliases_batch_id"))

    op.drop_table("aliases")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_parent_id"))
        batch_op.drop_index(batch_op.f("ix_units_code"))
        batch_op.drop_index(batch_op.f("ix_units_batch_id"))

    op.drop_table("units")
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persons_batch_id"))

    op.drop_table("persons")
    with op.batch_alter_table("offence_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offence_codes_scheme_code"))
        batch_op.drop_index(batch_op.f("ix_offence_codes_batch_id"))

    op.drop_table("offence_codes")
    op.drop_table("ledger_payloads")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_name_key_source_at"))

    op.drop_table("sign_in_attempts")
    op.drop_table("search_outbox")
    op.drop_table("ledger_tip")
    with op.batch_alter_table("ledger_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_events_subject_seq"))
        batch_op.drop_index(batch_op.f("ix_ledger_events_case_id_seq"))
        batch_op.drop_index(batch_op.f("ix_ledger_events_actor_seq"))
        batch_op.drop_index(batch_op.f("ix_ledger_events_action_seq"))

    op.drop_table("ledger_events")
    op.drop_table("batches")
