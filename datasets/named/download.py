"""Files that are fetched once: where they may lie, which mirrors have them, how they are known to be right."""

import fcntl
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..dataset import DataError, Request, ShowProgress

SECONDS_TO_ANSWER = (5, 30)  # to connect, and between two pieces of the answer
CHUNK = 1 << 20


class DownloadError(DataError):
    """The files are neither here nor to be had; `folder` is where to put them."""

    def __init__(self, message: str, folder: Path) -> None:
        super().__init__(message)
        self.folder = folder


@dataclass(frozen=True)
class RemoteFile:
    """name: as published. size: its bytes. md5: of these bytes; sha256: of the content once uncompressed."""

    name: str
    size: int
    md5: str
    sha256: str = ""

    @property
    def content(self) -> str:
        """The name without its compression."""
        return self.name.removesuffix(".gz")


@dataclass(frozen=True)
class Download:
    """The files of one data set and the addresses of the folders that publish them.

    relatives: data sets whose files have the same names, so that a folder called after one of them holds that one.
    """

    name: str
    mirrors: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    class_names: tuple[str, ...]
    relatives: tuple[str, ...] = ()

    def folder(self, data_dir: Path | None = None) -> Path | None:
        """The first folder that has every file: data_dir, $DNN_TUI_DATA or the cache, or NAME inside it."""
        for place in _places(data_dir):
            own = [place] if place.name not in self.relatives else []
            for folder in (place / self.name, *own):
                if all(self._find(folder, file) for file in self.files):
                    return folder
        return None

    def _find(self, folder: Path, file: RemoteFile) -> bool:
        from ..images.idx import find

        return (folder / file.name).is_file() or find(folder, file.content) is not None

    def fetch(self, request: Request) -> Path:
        """The folder with every file, downloaded if need be. Raises DownloadError, having left nothing half-written."""
        if found := self.folder(request.data_dir):
            return found
        folder = (request.data_dir or cache_folder()) / self.name
        if request.offline:
            raise DownloadError(
                f"{self.name} is not here and --offline forbids to fetch it: {self._advice(folder)}", folder
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file in self.files:
                if not (folder / file.name).is_file():
                    self._fetch_file(file, folder, request.progress)
        except OSError as error:
            raise DownloadError(f"{self.name} cannot be kept in {folder}: {error.strerror or error}.", folder) from None
        finally:
            with suppress(OSError):  # it holds what could be fetched
                folder.rmdir()
        return folder

    def _fetch_file(self, file: RemoteFile, folder: Path, progress: ShowProgress | None) -> None:
        """Try the mirrors in turn; the file gets its name only once its content is verified.

        What an interrupted download left is gone on with. Its checksum decides: if the whole is not the published
        file, it is fetched once more from its start.
        """
        import requests

        failures: list[str] = []
        with _partial(folder, file) as part:
            for mirror in self.mirrors:
                host = urlsplit(mirror).hostname
                try:
                    problem = _get(mirror + file.name, part, file, progress)
                    if not problem:
                        os.replace(part, folder / file.name)
                        return
                    failures.append(f"{host} sent a file that is {problem}")
                    part.unlink()
                except requests.RequestException as error:
                    failures.append(f"{host} {_reason(error)}")
                except _TooMuch:
                    failures.append(f"{host} sent more than the {file.size:,} bytes of {file.name}")
                    part.unlink()
        raise DownloadError(
            f"{self.name} could not be downloaded ({'; '.join(failures)}): {self._advice(folder)}", folder
        )

    def _advice(self, folder: Path) -> str:
        return f"put {', '.join(file.name for file in self.files)} into {folder}."


@contextmanager
def _partial(folder: Path, file: RemoteFile) -> Iterator[Path]:
    """Where a file grows: the same place next time, unless another process is fetching it just now."""
    part = folder / f".part-{file.name}"
    with part.open("ab") as claimed:
        try:
            fcntl.flock(claimed, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle, name = tempfile.mkstemp(prefix=".part-", dir=folder)
            os.close(handle)
            part = Path(name)
        try:
            yield part
        finally:
            if part.exists() and (not part.stat().st_size or part.name != f".part-{file.name}"):
                part.unlink()


def _get(url: str, part: Path, file: RemoteFile, progress: ShowProgress | None) -> str:
    """Fetch what `part` lacks; what is wrong with the whole then, or "". Raises requests.RequestException, _TooMuch."""
    had = part.stat().st_size if part.exists() else 0
    if had >= file.size and had:
        if not verify(part, file):
            return ""
        had = 0
    _append(url, part, file, had, progress)
    problem = verify(part, file)
    if problem and had:
        _append(url, part, file, 0, progress)
        problem = verify(part, file)
    return problem


def _append(url: str, part: Path, file: RemoteFile, had: int, progress: ShowProgress | None) -> None:
    """Ask for the bytes after the first `had`; a server that does no ranges sends all, and `part` begins anew."""
    import pooch

    meter = _Meter(file, progress, had)
    with part.open("r+b" if part.exists() else "w+b") as output:
        output.truncate(had)
        output.seek(had)

        def answered(response: Any, **_: Any) -> None:
            begins = f"bytes {had}-"
            if not (response.status_code == 206 and response.headers.get("Content-Range", "").startswith(begins)):
                output.seek(0)
                output.truncate()
                meter.begun = meter.done = 0

        # identity: a range of compressed transport would be of other bytes
        headers = {"Range": f"bytes={had}-", "Accept-Encoding": "identity"} if had else {}
        more = {"headers": headers, "hooks": {"response": answered}} if had else {}
        pooch.HTTPDownloader(progressbar=meter, timeout=SECONDS_TO_ANSWER, **more)(url, output, None)


def verify(path: Path, file: RemoteFile) -> str:
    """What is wrong with the file at `path`, or "". The SHA-256 of the content decides where it is known."""
    digest = hashlib.new("sha256" if file.sha256 else "md5", usedforsecurity=False)
    opener = gzip.open if file.sha256 and file.name.endswith(".gz") else open
    try:
        with opener(path, "rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return "damaged"
    return "" if digest.hexdigest() == (file.sha256 or file.md5) else "not the published one"


def cache_folder() -> Path:
    """Where downloads are kept when no folder is given."""
    import platformdirs

    return platformdirs.user_cache_path("dnn-tui")


def _places(data_dir: Path | None) -> list[Path]:
    named = os.environ.get("DNN_TUI_DATA")
    return [*([Path(data_dir)] if data_dir else []), *([Path(named)] if named else []), cache_folder()]


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    return "cannot be reached"


class _TooMuch(Exception):
    """A mirror sends more than the published file has."""


class _Meter:
    """What pooch calls a progress bar; also the limit on what a mirror may send."""

    def __init__(self, file: RemoteFile, progress: ShowProgress | None, begun: int = 0) -> None:
        self.file, self.progress, self.total = file, progress, 0
        self.begun = self.done = begun  # bytes that were here already

    def update(self, count: int) -> None:
        self.done += count
        # a mirror may have compressed the same content a little differently
        if self.done > self.file.size * 1.2 + CHUNK:
            raise _TooMuch
        if self.progress:
            self.progress(self.file.name, self.done, self.file.size)

    def reset(self) -> None:
        self.done = self.begun

    def close(self) -> None:
        """pooch calls it; there is nothing to close."""
