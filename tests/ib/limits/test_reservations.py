"""Reservations that several programs share on one account."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from leanib.ib.errors import OrderRefused
from leanib.ib.limits.reservations import Reservation, Reservations

NOW = datetime(2024, 3, 8, 15, 0, tzinfo=UTC)


class Clock:
    """A clock that is set."""

    moment = NOW

    def now(self) -> datetime:
        """The moment."""
        return self.moment


def one(key: str = "leanib-a", **fields: object) -> Reservation:
    """A reservation."""
    usual = {
        "con_id": 1, "side": "BUY", "quantity": Decimal(100), "filled": Decimal(0), "prices": (Decimal("-37.6"),),
        "parent": "", "owner": "nobody", "at": NOW,
    }  # fmt: skip
    return Reservation(key=key, **{**usual, **fields})  # type: ignore[arg-type]


def shared(folder: Path, clock: Clock | None = None, account: str = "DU1", patience: float = 5) -> Reservations:
    """The account as one program sees it."""
    return Reservations(folder, account, clock or Clock(), patience)


async def put(reservations: Reservations, *new: Reservation) -> None:
    """Reserves."""
    async with reservations.locked() as store:
        store.reserve((reservations.mine(r) for r in new), new=len(new))
        reservations.save(store)


async def seen(reservations: Reservations) -> set[str]:
    """What the store holds."""
    async with reservations.locked() as store:
        return set(store.reservations)


async def test_one_program_sees_what_another_reserved(tmp_path: Path) -> None:
    """Every digit of it, under the same account only."""
    first, second = shared(tmp_path), shared(tmp_path)
    await put(first, one(quantity=Decimal("0.0001")))
    async with second.locked() as store:
        assert store.reservations["leanib-a"] == one(quantity=Decimal("0.0001"), owner=first.owner)
        assert store.sent_last_minute == 1
    assert await seen(shared(tmp_path, account="DU2")) == set()


async def test_programs_look_one_after_the_other(tmp_path: Path) -> None:
    """While one program looks and reserves, the other waits: both add one, none is lost."""

    async def count(reservations: Reservations, times: int) -> None:
        for number in range(times):
            async with reservations.locked() as store:
                before = len(store.reservations)
                await asyncio.sleep(0.001)
                store.reserve([one(f"{reservations.owner}-{number}")], new=1)
                assert len(store.reservations) == before + 1
                reservations.save(store)

    programs = [shared(tmp_path) for _ in range(3)]
    await asyncio.gather(*(count(program, 10) for program in programs))
    assert len(await seen(programs[0])) == 30


def test_processes_look_one_after_the_other(tmp_path: Path) -> None:
    """The lock holds between processes, and 40 reservations of two of them are all there."""
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from tests.ib.limits.test_reservations import one, put, shared
        async def main():
            reservations = shared(Path(sys.argv[1]), patience=60)
            for number in range(20):
                await put(reservations, one(f"{sys.argv[2]}-{number}"))
        asyncio.run(main())
    """)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=root, env=environment)
        for name in "ab"
    ]
    assert [process.wait(timeout=100) for process in started] == [0, 0]
    assert len(asyncio.run(seen(shared(tmp_path)))) == 40


async def test_a_lock_that_is_never_released_refuses_within_its_patience(tmp_path: Path) -> None:
    """A program that hangs while it holds the lock makes others refuse with a sentence, not wait for ever."""
    holder, other = shared(tmp_path), shared(tmp_path, patience=0.2)
    async with holder.locked():
        with pytest.raises(OrderRefused, match=r"another program has been checking .* for 0\.2 s"):
            await seen(other)
    assert await seen(other) == set()


async def test_an_exception_or_a_cancellation_releases_the_lock(tmp_path: Path) -> None:
    """Whatever happens inside, the next program gets in."""
    first = shared(tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with first.locked():
            _ = 1 / 0
    task = asyncio.create_task(_hold(first))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.wait({task})
    assert await seen(shared(tmp_path, patience=0.2)) == set()


async def _hold(reservations: Reservations) -> None:
    async with reservations.locked():
        await asyncio.sleep(60)


async def test_what_is_not_saved_is_not_reserved(tmp_path: Path) -> None:
    """An order that was refused leaves nothing behind."""
    reservations = shared(tmp_path)
    async with reservations.locked() as store:
        store.reserve([one()], new=1)
    assert await seen(reservations) == set()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"reservations": [{}], "sent": []}', '{"reservations": 1}'])
async def test_a_damaged_file_refuses_and_is_left_alone(tmp_path: Path, content: str) -> None:
    """Nobody knows what others have sent: a sentence names the file and the remedy."""
    reservations = shared(tmp_path)
    await put(reservations, one())
    reservations.path.write_text(content)
    with pytest.raises(OrderRefused, match=r"cannot be read .*delete the file"):
        await seen(reservations)
    assert reservations.path.read_text() == content


async def test_the_files_are_for_their_owner_only_and_show_no_account(tmp_path: Path) -> None:
    """Neither name nor content tell the account, and nobody else can read them."""
    reservations = shared(tmp_path, account="DU7654321")
    await put(reservations, one())
    files = list((tmp_path / "limits").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not any("7654321" in path.name + path.read_text() for path in files)


async def test_the_pace_counts_the_last_minute_of_all_programs(tmp_path: Path) -> None:
    """Older ones do not count."""
    clock = Clock()
    first, second = shared(tmp_path, clock), shared(tmp_path, clock)
    await put(first, one("a"), one("b"))
    clock.moment = NOW + timedelta(seconds=30)
    await put(second, one("c"))
    async with first.locked() as store:
        assert store.sent_last_minute == 3
    clock.moment = NOW + timedelta(seconds=61)
    async with first.locked() as store:
        assert store.sent_last_minute == 1


async def test_only_a_dead_program_s_old_reservation_is_stale(tmp_path: Path) -> None:
    """A living program answers for its own; a dead one's is given a minute to appear at IB."""
    clock = Clock()
    owner, other = shared(tmp_path, clock), shared(tmp_path, clock)
    await put(owner, one())
    await seen(other)
    held = owner.mine(one())
    clock.moment = NOW + timedelta(seconds=120)
    assert (owner.is_stale(held), other.is_stale(held)) == (False, False)
    owner.close()
    assert other.is_stale(held)
    clock.moment = NOW + timedelta(seconds=30)
    assert not other.is_stale(held)


def test_a_killed_program_is_seen_to_be_dead(tmp_path: Path) -> None:
    """The operating system tells, whatever number the next process gets."""
    program = textwrap.dedent("""
        import asyncio, os, signal, sys
        from pathlib import Path
        from tests.ib.limits.test_reservations import one, put, shared
        asyncio.run(put(shared(Path(sys.argv[1])), one()))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    root = Path(__file__).parents[3]
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False, timeout=60,
    )  # fmt: skip
    clock = Clock()
    clock.moment = NOW + timedelta(seconds=120)
    reservations = shared(tmp_path, clock)
    (held,) = json.loads(reservations.path.read_text())["reservations"]
    assert reservations.is_stale(one(owner=held["owner"]))


@pytest.mark.parametrize("place", ["limits", ""])
async def test_a_folder_that_cannot_be_written_refuses(tmp_path: Path, place: str) -> None:
    """No reservation, no order; whoever runs the tests: a file stands where the folder should."""
    blocked = tmp_path / "state" / place
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file")
    with pytest.raises(OrderRefused, match="make the folder writable"):
        await seen(shared(tmp_path / "state"))


async def test_dead_programs_leave_no_files_behind(tmp_path: Path) -> None:
    """What a killed program left to show that it lives is swept up by the next one; a living one's stays."""
    living = shared(tmp_path)
    await seen(living)
    dead = next((tmp_path / "limits").glob("*.alive")).with_name(f"{living.path.stem}-dead.alive")
    dead.touch()
    await seen(shared(tmp_path))
    assert not dead.exists()
    assert not shared(tmp_path).is_stale(living.mine(one(at=NOW - timedelta(seconds=600))))


async def test_a_file_of_an_earlier_version_is_read_and_goes_on(tmp_path: Path) -> None:
    """One line without an end: what it reserves counts, beside what is reserved now."""
    old = shared(tmp_path)
    await put(old, one("leanib-old"))
    old.path.write_text(old.path.read_text().rstrip("\n"))
    program = shared(tmp_path)
    await put(program, one("leanib-new"))
    assert await seen(shared(tmp_path)) == await seen(program) == {"leanib-old", "leanib-new"}


@pytest.mark.parametrize("rest", ['{"reservations": [{"key": "leanib-', "\0\0\0\0\0\0"])
async def test_what_a_program_died_in_counts_for_nothing(tmp_path: Path, rest: str) -> None:
    """A last line without its end was never sent; the next program writes in its place."""
    dead, living = shared(tmp_path), shared(tmp_path)
    await put(dead, one("leanib-a"))
    await put(dead, one("leanib-b"))
    with dead.path.open("a") as file:
        file.write(rest)
    assert await seen(living) == {"leanib-a", "leanib-b"}
    await put(living, one("leanib-c"))
    assert await seen(shared(tmp_path)) == await seen(living) == {"leanib-a", "leanib-b", "leanib-c"}


@pytest.mark.parametrize("line", ["", "{", "[]", '{"reservations": [], "sent": []}', '{"reservations": 1, "over": []}'])
async def test_a_damaged_line_refuses(tmp_path: Path, line: str) -> None:
    """Whoever has read the lines before it and whoever has not."""
    first, second = shared(tmp_path), shared(tmp_path)
    await put(first, one())
    with first.path.open("a") as file:
        file.write(f"{line}\n")
    for program in (first, second, first):
        with pytest.raises(OrderRefused, match=r"cannot be read .*delete the file"):
            await seen(program)


async def test_changes_of_several_programs_come_together(tmp_path: Path) -> None:
    """Reserved here, filled there, over elsewhere: each sees what is left, and so does one that begins now."""
    programs = [shared(tmp_path) for _ in range(3)]
    for number, program in enumerate(programs):
        await put(program, one(f"leanib-{number}"))
    async with programs[0].locked() as store:
        del store.reservations["leanib-1"]
        programs[0].save(store)
    async with programs[1].locked() as store:
        store.reserve([one("leanib-2", filled=Decimal(40))], new=0)
        programs[1].save(store)
    for program in (*programs, shared(tmp_path)):
        async with program.locked() as store:
            assert set(store.reservations) == {"leanib-0", "leanib-2"}
            assert store.reservations["leanib-2"].filled == 40
            assert store.sent_last_minute == 3


async def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    """It is written anew where nobody waits for it, and others go on with the new one."""
    program, other = shared(tmp_path), shared(tmp_path)
    for number in range(300):
        async with program.locked() as store:
            store.reserve([one(f"leanib-{number}")], new=1)
            store.reservations.pop(f"leanib-{number - 1}", None)
            program.save(store, may_wait=number % 2 == 1)
    assert program.path.stat().st_size < 100_000
    assert await seen(other) == {"leanib-299"}
    await put(other, one("leanib-other"))
    assert await seen(program) == {"leanib-299", "leanib-other"}


async def test_a_line_that_the_disk_takes_in_part_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is refused, and the file says what it said, to this program and to others."""
    program, write = shared(tmp_path), os.write
    await put(program, one("leanib-a"))

    def full(handle: int, content: bytes) -> int:
        if len(content) < 20:
            raise OSError(28, "No space left on device")
        return write(handle, content[: len(content) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OrderRefused, match="make room on the disk"):
            await put(program, one("leanib-b"))
    assert await seen(program) == await seen(shared(tmp_path)) == {"leanib-a"}
    await put(program, one("leanib-c"))
    assert await seen(shared(tmp_path)) == {"leanib-a", "leanib-c"}


async def test_a_folder_that_is_removed_and_made_anew_is_one_folder(tmp_path: Path) -> None:
    """A program that had its lock file open locks the one that others lock now."""
    first, second = shared(tmp_path), shared(tmp_path, patience=0.2)
    await put(first, one("leanib-a"))
    for path in (tmp_path / "limits").iterdir():
        path.unlink()
    async with second.locked() as store:
        assert not store.reservations
        held = shared(tmp_path, patience=0.1)
        for program in (held, first):
            program._patience = 0.1
            with pytest.raises(OrderRefused, match="another program has been checking"):
                await seen(program)


async def test_looking_without_the_lock_opens_nothing_for_good(tmp_path: Path) -> None:
    """A dashboard looks every few seconds."""
    program = shared(tmp_path)
    await put(program, one())
    handles = Path("/dev/fd")
    before = len(list(handles.iterdir()))
    for _ in range(20):
        assert set(program.peek().reservations) == {"leanib-a"}
    assert len(list(handles.iterdir())) == before
