"""Draw the pictures of docs/gallery anew, from the demo's results.

    make report monitoring
    .venv/bin/python docs/gallery.py [RESULTS]

Each is the PNG of the figure of that name, 1000 pixels wide, in at most 256 colours.
"""

import sys
from pathlib import Path

from PIL import Image

GALLERY = Path(__file__).parent / "gallery"
WIDTH = 1000


def main(results: Path) -> None:
    """Replace each picture."""
    for picture in sorted(GALLERY.glob("*.png")):
        places = (results / part / picture.name for part in ("figures", "monitoring"))
        figure = next((place for place in places if place.exists()), None)
        if figure is None:
            raise SystemExit(f"{results} has no {picture.name}: run make report monitoring")
        with Image.open(figure) as image:
            size = WIDTH, round(image.height * WIDTH / image.width)
            drawn = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        drawn.quantize(256).save(picture, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
