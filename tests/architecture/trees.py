"""Small trees for the rules to look at."""

from pathlib import Path

from tools.house import SourceFile, python_files

ROOT = Path(__file__).parents[2]


def plant(folder: Path, files: dict[str, str]) -> list[SourceFile]:
    """Write files below a folder, and see them as the rules do.

    Args:
        folder: Where the tree grows.
        files: The text of each file, by its path in the tree.
    """
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return python_files(folder)
