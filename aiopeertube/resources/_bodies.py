"""Bodies of requests that describe a video."""

from collections.abc import Mapping
from typing import Any, Final

from aiopeertube.wire.fields import form_fields
from aiopeertube.wire.files import FileLike, image_part
from aiopeertube.wire.messages import FilePart, JsonBody, Multipart

# After the last byte the server inspects the file and moves it before it answers.
SECONDS_FOR_A_FILE: Final = 600.0


def images(thumbnail: FileLike | None, preview: FileLike | None) -> tuple[FilePart, ...]:
    """Make parts of the images that are given."""
    if thumbnail is None and preview is None:
        return ()
    named = {"thumbnailfile": thumbnail, "previewfile": preview}
    return tuple(image_part(name, image) for name, image in named.items() if image is not None)


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out fields that are None: a new video has nothing to clear."""
    return {name: value for name, value in fields.items() if value is not None}


def video_body(fields: Mapping[str, Any], files: tuple[FilePart, ...]) -> JsonBody | Multipart:
    """Encode fields as JSON, or with files as multipart: without files the server would lose the tags of a form."""
    return Multipart(form_fields(fields), files) if files else JsonBody.of(fields)
