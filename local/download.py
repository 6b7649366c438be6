"""Shows a first start what it waits for."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from local.artifacts import Artifact, fetch, is_intact
from local.language import say
from local.places import cache


def download(artifacts: Sequence[Artifact]) -> None:
    """Fetch what is missing into the cache, with a bar on a terminal and one line elsewhere; silent when all is there."""
    folder = cache()
    missing = [artifact for artifact in artifacts if not is_intact(artifact, folder)]
    if not missing:
        return
    size = sum(artifact.size for artifact in missing)
    label = say("正在下载 PostgreSQL 与 Kafka", "fetching PostgreSQL and Kafka")
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{label} ({len(missing)} files, {size >> 20} MB) ...", highlight=False)
    columns = (TextColumn(label), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(label, total=size)
        fetch(missing, folder, lambda done, _: progress.update(bar, completed=done))
