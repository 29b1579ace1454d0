"""An order of the journal is changed and cancelled as what sent it: its client id and its account.

IB lets only the client id that sent an order change it, or cancel it by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from leanib.cli.ib_session import Session, settings_for
from leanib.errors import UsageError
from leanib.ib.errors import ClientIdInUse
from leanib.ib.journal import Journal, OrderRecord
from leanib.ib.redaction import mask_account

__all__ = ["journal_of", "sender_of", "told_whose_id_it_is"]


def journal_of(session: Session) -> Journal:
    """The project's order journal; whoever asks closes it."""
    return Journal(settings_for(session.live, session.account).orders.journal)


def sender_of(ref: str, session: Session) -> Session:
    """The session with the client id and the account of an order, where none were given.

    Raises:
        UsageError: The journal knows no such order, or it is of another account than the one given.
    """
    record = _find(ref, session)
    if session.account and record.account != session.account:
        raise UsageError(
            f"order {ref} is of the account {mask_account(record.account)}, and --account names "
            f"{mask_account(session.account)}"
        )
    return replace(
        session,
        account=session.account or record.account,
        client_id=record.client_id if session.client_id is None else session.client_id,
    )


@contextmanager
def told_whose_id_it_is(ref: str, session: Session) -> Iterator[None]:
    """What to do when another program logged in with the client id that an order was sent with."""
    try:
        yield
    except ClientIdInUse:
        raise UsageError(
            f"order {ref} was sent with client id {session.client_id}, which another program has now, and IB lets only "
            "that id touch it: do it in that program, or end it and try again ('leanib order cancel-all --everything' "
            "cancels every order of the login, whoever sent it)"
        ) from None


def _find(ref: str, session: Session) -> OrderRecord:
    journal = journal_of(session)
    try:
        record = journal.order(ref)
    finally:
        journal.close()
    if record is None:
        raise UsageError(f"the journal knows no order {ref}; 'leanib order list --all' shows those it knows")
    return record
