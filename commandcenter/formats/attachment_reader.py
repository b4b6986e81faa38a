"""The child's reader of attachments: what the file is; a picture is drawn anew, upright and with nothing but pixels.

Whatever a telephone writes beside the pixels (place, time, its own number, a smaller copy of the picture) is not taken
over, because the picture is encoded from its pixels alone.
"""

import base64
import io
from collections.abc import Mapping
from typing import Any

# Imported before the guard forbids what Pillow does while it loads, and only these: each format less is a risk less.
from PIL import (
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from commandcenter.base.errors import BadInput
from commandcenter.formats.kinds import kind_of
from commandcenter.formats.sandbox import Channel
from commandcenter.rules.attachments import MOST_PIXELS, THUMBNAIL, is_picture

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF", "image/bmp": "BMP"}
_KEPT_AS = {"image/jpeg": "JPEG", "image/webp": "WEBP"}
"""Everything else becomes PNG, which loses nothing."""
_GPS = 0x8825
_PLACE_SIGNS = (b"GPSLatitude", b"GPSCoordinates")
_QUALITY, _THUMBNAIL_QUALITY = 92, 80

# The limit on pixels is ours and is asked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def read(path: str, options: Mapping[str, Any], channel: Channel) -> None:
    """Answer with the media type; for a picture also the new bytes, a thumbnail, its size in px, and whether the old
    one told where it was taken."""
    content = base64.b64decode(options["content"])
    kind = kind_of(content)
    if not is_picture(kind):
        channel.end({"media_type": kind})
        return
    image, position = _opened(content, kind)
    kept_as = _KEPT_AS.get(kind, "PNG")
    channel.end(
        {
            "media_type": f"image/{kept_as.lower()}",
            "content": _text(_encoded(image, kept_as)),
            "thumbnail": _text(_thumbnail(image)),
            "width": image.width,
            "height": image.height,
            "position": position,
        }
    )


def _opened(content: bytes, kind: str) -> tuple[Image.Image, bool]:
    """The picture's pixels, upright and in the common colours; whether it told its place."""
    try:
        image = Image.open(io.BytesIO(content), formats=(_FORMATS[kind], "MPO"))
        _check(image)
        image.load()
        position = _tells_place(image, content)
        return _plain(ImageOps.exif_transpose(image)), position
    except (BadInput, MemoryError):
        raise
    except Exception as error:
        # Whatever a damaged or hostile picture does to the decoder, it is the picture's fault.
        raise BadInput("attachment.broken") from error


def _check(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        raise BadInput("attachment.pixels", megapixels=pixels // 10**6, limit=MOST_PIXELS // 10**6)
    # A JPEG with several frames (MPO) holds depth maps and smaller copies beside the one picture that is meant.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise BadInput("attachment.animated")


def _tells_place(image: Image.Image, content: bytes) -> bool:
    """Whether EXIF, XMP or a text of the old file said where it was taken."""
    try:
        gps = image.getexif().get_ifd(_GPS)
    except Exception:
        # Damaged EXIF is dropped like any other; whether it told the place nobody can say.
        gps = {}
    return bool(gps) or any(sign in content for sign in _PLACE_SIGNS)


def _plain(image: Image.Image) -> Image.Image:
    """Pixels in grey, RGB or RGBA of the screen's colours, and nothing beside them."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        # Sixteen bits of grey: Pillow's own conversion would make everything white.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    mode = "RGBA" if has_alpha else "L" if image.mode in ("1", "L") else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        image = _in_screen_colours(image, profile, mode)
    image = image.convert(mode)
    image.info = {}
    return image


def _in_screen_colours(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    """Colours as the profile means them, which goes away with everything else; a broken profile is left out."""
    try:
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        made = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=target
        )
    except (ImageCms.PyCMSError, ValueError, OSError):
        return image
    return made if made is not None else image


def _encoded(image: Image.Image, kept_as: str) -> bytes:
    into = io.BytesIO()
    more: dict[str, Any] = {"PNG": {"optimize": False}}.get(kept_as, {"quality": _QUALITY})
    if kept_as == "JPEG" and image.mode == "RGBA":
        image = _on_white(image)
    image.save(into, kept_as, **more)
    return into.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    into = io.BytesIO()
    (_on_white(small) if small.mode == "RGBA" else small).save(into, "JPEG", quality=_THUMBNAIL_QUALITY)
    return into.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
