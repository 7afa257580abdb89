"""Files for multipart bodies: the server goes by name and type."""

import mimetypes
from collections.abc import Callable
from pathlib import Path

import pytest

from aiopeertube.wire.files import caption_part, image_part

JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0..", b"\x89PNG\r\n\x1a\n..", b"RIFF\x24\x00\x00\x00WEBPVP8 "


@pytest.fixture
def bare_mimetypes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without /etc/mime.types: what guess_type knows depends on Python's own table alone."""
    bare = mimetypes.MimeTypes(())
    monkeypatch.setattr(mimetypes, "guess_type", bare.guess_type)


@pytest.mark.parametrize(
    ("data", "filename", "kind"),
    [
        (JPEG, "thumbnailfile.jpg", "image/jpeg"),
        (PNG, "thumbnailfile.png", "image/png"),
        (WEBP, "thumbnailfile.webp", "image/webp"),
        (b"GIF89a", "thumbnailfile", "application/octet-stream"),
        (b"", "thumbnailfile", "application/octet-stream"),
    ],
)
def test_bytes_are_named_by_what_they_begin_with(data: bytes, filename: str, kind: str) -> None:
    part = image_part("thumbnailfile", data)
    assert (part.name, part.source, part.filename, part.content_type) == ("thumbnailfile", data, filename, kind)


WEBP_BY_NAME = pytest.param(
    "c.webp",
    "image/webp",
)


@pytest.mark.usefixtures("bare_mimetypes")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.jpeg", "image/jpeg"),
        ("A.JPG", "image/jpeg"),
        ("b.png", "image/png"),
        WEBP_BY_NAME,
        ("d.unknown", "application/octet-stream"),
        ("e", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("form", [str, Path])
def test_paths_are_named_by_their_suffix_and_not_opened(
    name: str, kind: str, form: Callable[[str], str | Path]
) -> None:
    part = image_part("previewfile", form(f"/nowhere/{name}"))
    assert (part.source, part.filename, part.content_type) == (Path(f"/nowhere/{name}"), name, kind)


@pytest.mark.parametrize(
    ("captions", "filename", "kind"),
    [
        (b"WEBVTT\n\n00:01", "captions.vtt", "text/vtt"),
        (b"\xef\xbb\xbfWEBVTT\n", "captions.vtt", "text/vtt"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHoi", "captions.srt", "application/x-subrip"),
        (b"", "captions.srt", "application/x-subrip"),
        ("/nowhere/nl.srt", "nl.srt", "application/x-subrip"),
        ("/nowhere/nl.VTT", "nl.VTT", "text/vtt"),
        (Path("/nowhere/nl.txt"), "nl.txt", "text/plain"),
    ],
)
def test_captions(captions: str | bytes | Path, filename: str, kind: str) -> None:
    part = caption_part("captionfile", captions)
    assert (part.name, part.filename, part.content_type) == ("captionfile", filename, kind)
    assert part.source == (captions if isinstance(captions, bytes) else Path(captions))
