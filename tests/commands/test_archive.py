"""A folder that is not, byte for byte, what a backup wrote is told from one that is."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from commands.archive import Manifest, Part, Sink, Table, new_folder, read, read_both, seal
from local.problem import Problem

FIRST, SECOND = UUID(int=1), UUID(int=2)
TABLE = Table(schema_name="enrollment", name="inbox", columns=("digest", "content"), rows=1)


async def written(folder: Path, part: Part = "log", backup: UUID = FIRST, *, form: int = 1) -> Manifest:
    new_folder(folder)
    with Sink(folder / TABLE.file) as sink:
        await sink.write(b"\\\\x01\t")
        await sink.write(b"\\\\x02\n")
    at = datetime(2021, 1, 5, 4, minute=int(backup), tzinfo=UTC)
    manifest = Manifest(form=form, part=part, backup=backup, made_at=at, cluster="c", migrations={"enrollment": {}}, tables=(TABLE,))
    await seal(folder, manifest, [sink.line])
    return manifest


def refusal(folder: Path) -> str:
    with pytest.raises(Problem) as refused:
        read(folder, "log")
    return str(refused.value)


async def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert await written(tmp_path / "log") == read(tmp_path / "log", "log")
    assert (tmp_path / "log" / TABLE.file).read_bytes() == b"\\\\x01\t\\\\x02\n"


@pytest.mark.parametrize("name", [TABLE.file, "manifest.json"])
async def test_a_changed_byte_is_found_and_its_file_named(tmp_path: Path, name: str) -> None:
    await written(folder := tmp_path / "log")
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    assert refusal(folder) == f"{folder} is damaged: {name} is not as it was written; use another backup."


async def test_a_missing_file_is_found(tmp_path: Path) -> None:
    await written(folder := tmp_path / "log")
    (folder / TABLE.file).unlink()
    assert refusal(folder) == f"{folder} is damaged: {TABLE.file} is not as it was written; use another backup."


async def test_a_manifest_that_no_digest_vouches_for_is_refused(tmp_path: Path) -> None:
    await written(folder := tmp_path / "log")
    (folder / "SHA256SUMS").write_text((folder / "SHA256SUMS").read_text().splitlines()[0])
    assert refusal(folder) == f"{folder} is damaged: SHA256SUMS is not as it was written; use another backup."


async def test_a_backup_that_was_interrupted_is_refused(tmp_path: Path) -> None:
    await written(folder := tmp_path / "log")
    (folder / "SHA256SUMS").unlink()
    assert refusal(folder) == f"{folder} is incomplete: its backup was interrupted; use another one."


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} holds no backup of this system."


async def test_another_programs_manifest_is_no_backup(tmp_path: Path) -> None:
    with Sink(tmp_path / "manifest.json") as sink:
        await sink.write(b'{"kind":"web app"}')
    (tmp_path / "SHA256SUMS").write_text(sink.line)
    assert refusal(tmp_path) == f"{tmp_path} is no backup of this system."


async def test_a_newer_form_is_refused(tmp_path: Path) -> None:
    await written(tmp_path / "log", form=2)
    assert refusal(tmp_path / "log") == f"{tmp_path / 'log'} was written by a newer release; restore it with that one."


async def test_the_two_folders_the_wrong_way_round_are_told_apart(tmp_path: Path) -> None:
    await written(tmp_path / "vault", "vault")
    assert refusal(tmp_path / "vault") == (
        f"{tmp_path / 'vault'} is the other part (vault); name the folder of the logs first, then the vault's."
    )


async def test_two_folders_of_different_backups_are_refused(tmp_path: Path) -> None:
    await written(tmp_path / "log")
    await written(tmp_path / "vault", "vault", SECOND)
    with pytest.raises(Problem, match="of different backups: 2021-01-05 04:01:00 UTC and 2021-01-05 04:02:00 UTC"):
        read_both(tmp_path / "log", tmp_path / "vault")


async def test_a_full_disk_is_one_sentence() -> None:
    with pytest.raises(Problem, match="cannot write /dev/full: No space left on device"), Sink(Path("/dev/full")) as sink:
        await sink.write(b"x" * 100_000)
