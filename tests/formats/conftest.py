"""The trial data beside the checkout, and small files made on the spot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def trial_data() -> Path:
    """``../shared/data``; the test is skipped where it is absent."""
    if not DATA.is_dir():
        pytest.skip("../shared/data is not beside this checkout")
    return DATA


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Write features given as (properties, geometry) to a GeoJSON file."""

    def write(*features: tuple[dict[str, Any], Any], encoding: str = "utf-8", **members: Any) -> Path:
        listed = [{"type": "Feature", "properties": each[0], "geometry": each[1]} for each in features]
        document = {"type": "FeatureCollection", "features": listed, **members}
        path = tmp_path / "made.geojson"
        path.write_bytes(json.dumps(document, ensure_ascii=False).encode(encoding))
        return path

    return write


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Write text as a table file."""

    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "made.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write
