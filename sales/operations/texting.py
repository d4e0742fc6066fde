"""Taking images in for formatted texts."""

import hashlib
import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from erp.exceptions import Refused
from linkage.operation import operation
from sales.models import TextImage
from sales.models.texts import LONGEST_SIDE

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
KINDS = ("PNG", "JPEG", "GIF", "WEBP")


@operation
def add_text_image(*, content, name, by):
    """Keep an image for texts; the same one is kept once. Refuses what is none, or too large to be looked at."""
    if len(content) > MOST_BYTES:
        raise Refused(too_large(name, len(content)))
    image = _read(content, name)
    written, content_type = _write(image)
    facts = {"name": name[:120] or "image", "content_type": content_type, "created_by": by, "content": written}
    size = {"width": image.width, "height": image.height}
    digest = hashlib.sha256(written).hexdigest()
    return TextImage.objects.get_or_create(digest=digest, defaults=facts | size)[0]


def too_large(name, size):
    return f"{name} has {size / 1_000_000:.1f} MB; an image may have 5 MB."


def _read(content, name):
    """The picture itself, upright and at most 1600 pixels a side; what else the file holds is left behind."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=KINDS)
            if image.width * image.height > MOST_PIXELS:
                raise Refused(f"{name} has {image.width} x {image.height} pixels; that is too many.")
            image.load()
            image = ImageOps.exif_transpose(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as problem:
        raise Refused(f"{name} is no image that can be read: PNG, JPEG, GIF and WebP can.") from problem
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def _write(image):
    out, is_photo = io.BytesIO(), image.mode not in {"RGBA", "LA", "P", "PA", "1", "L", "I", "I;16"}
    bare = image.convert("RGB" if is_photo else "RGBA")
    bare.info = {}  # comments and profiles would be written with it
    bare.save(out, "JPEG" if is_photo else "PNG", optimize=True)
    return out.getvalue(), "image/jpeg" if is_photo else "image/png"
