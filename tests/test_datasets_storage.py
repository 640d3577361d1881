"""An address found by a pattern opens the file that it names, wherever files lie."""

import io

import fsspec
import pytest
from fsspec.spec import AbstractFileSystem

from incidents.datasets import storage
from incidents.datasets.refusals import FileRefusedError

FILES = {"in/a.csv": b"first", "in/b.csv": b"second", "other/c.csv": b"third"}


def system_whose_paths_begin(with_: str, protocol: str) -> type[AbstractFileSystem]:
    """Return a file system in memory; systems differ in what of an address is their path."""

    files = {with_ + name: content for name, content in FILES.items()}

    class System(AbstractFileSystem):
        cachable = False

        @classmethod
        def _strip_protocol(cls, path):
            return path.replace(f"{protocol}://host/", with_, 1)

        def ls(self, path, detail=True, **_):
            below = path.rstrip("/") + "/"
            names = [name for name in files if name == path or name.startswith(below)]
            said = [{"name": n, "size": len(files[n]), "type": "file"} for n in names]
            return said if detail else names

        def info(self, path, **_):
            if path not in files:
                raise FileNotFoundError(path)
            return {"name": path, "size": len(files[path]), "type": "file"}

        def _open(self, path, mode="rb", **_):
            return io.BytesIO(files[path])

    System.protocol = protocol
    return System


@pytest.mark.parametrize(
    ("protocol", "path_begins"),
    [("like-http", "like-http://host/"), ("like-ftp", "/"), ("like-s3", "host/")],
)
def test_what_a_pattern_finds_is_opened_by_its_address(protocol, path_begins):
    system = system_whose_paths_begin(path_begins, protocol)
    fsspec.register_implementation(protocol, system, clobber=True)
    found = storage.find_files([f"{protocol}://host/in/*.csv", f"{protocol}://host/other/c.csv"])
    assert found == [f"{protocol}://host/{name}" for name in FILES]
    assert storage.files_below(f"{protocol}://host/in") == found[:2]
    for address, content in zip(found, FILES.values(), strict=True):
        assert storage.exists(address)
        assert storage.read_range(address, 1, 3) == content[1:3]
        with storage.at_hand(address) as here:
            assert here.read_bytes() == content


def test_a_pattern_of_a_folder_that_is_here_finds_paths(tmp_path, monkeypatch):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    names = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    assert storage.find_files(["*.csv"]) == names
    assert storage.find_files([f"file://{tmp_path}/*.csv"]) == [f"file://{name}" for name in names]


@pytest.mark.parametrize("address", ["nowhere://host/*.csv", "like-missing://host/a.csv"])
def test_an_address_that_nothing_here_opens_is_refused_with_what_to_do(address):
    fsspec.register_implementation("like-missing", "no_such_package.System", clobber=True)
    with pytest.raises(FileRefusedError, match=r"cannot be opened here .* Install the package"):
        storage.find_files([address])
