"""Write seeds/lineage/lineage.toml: the families of the coded documents, found in their texts.

Usage: python scripts/build_lineage.py TEXTS_FOLDER

TEXTS_FOLDER holds the documents' texts as .txt files in UTF-8. A text belongs to the
document whose file states its sha256, whatever the name of the text file; only positions
and scores are written.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from pathlib import Path

from incidents.coding.seeds import document_paths
from incidents.origins.lineage import LINEAGE_FILE, detect, lineage_as_toml

SEEDS = Path(__file__).parents[1] / "seeds"


def texts_of(seeds: Path, folder: Path) -> dict[str, str]:
    """Return the text of each coded document, by `source_id`."""
    contents = [path.read_bytes() for path in sorted(folder.glob("*.txt"))]
    by_sha256 = {hashlib.sha256(content).hexdigest(): content for content in contents}
    coded = {
        path.stem: tomllib.loads(path.read_text("utf-8"))["source"]["sha256"]
        for path in document_paths(seeds)
    }
    missing = [source_id for source_id, sha256 in coded.items() if sha256 not in by_sha256]
    if missing:
        raise SystemExit(
            f"{folder} holds {len(contents)} .txt files, none with the sha256 of "
            f"{', '.join(missing)}; give the folder of the texts as they were coded"
        )
    return {source_id: by_sha256[sha256].decode("utf-8") for source_id, sha256 in coded.items()}


def main(arguments: list[str]) -> None:
    """Write the file and say what it holds."""
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    lineage = detect(texts_of(SEEDS, Path(arguments[0])))
    (SEEDS / LINEAGE_FILE).parent.mkdir(exist_ok=True)
    (SEEDS / LINEAGE_FILE).write_text(lineage_as_toml(lineage), "utf-8")
    for family in lineage.detected:
        print(" ".join(family.sources))


if __name__ == "__main__":
    main(sys.argv[1:])
