"""Naming what an uploaded file is when it is no image we take, so that the refusal can say what to do."""

from __future__ import annotations

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


def describe(data: bytes) -> str | None:
    """Return the rest of the sentence “NAME …” for a known wrong kind of file, or None."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<svg") or (head.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in head):
        return "is an SVG drawing, not a picture of pixels. Export it as PNG."
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<?xml", b"<!--")):
        return "is a web page, not a picture. Save the picture itself."
    if head.startswith(b"%pdf"):
        return "is a PDF document. Export its pages as PNG or JPEG."
    return _binary(data) or _text(data)


def _binary(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIF_BRANDS:
            return "is a HEIC photo, which Maskwright cannot read. Export it as JPEG."
        if data[8:12] in (b"avif", b"avis"):
            return "is an AVIF picture, which Maskwright does not take. Export it as JPEG or PNG."
        return "is a video. Add it on the project's page, which asks which of its frames you need."
    if data[:4] == b"PK\x03\x04":
        return "is a ZIP archive (or an office document). Unpack it and add the pictures in it."
    if data[:2] == b"\x1f\x8b":
        return "is a compressed archive. Unpack it and add the pictures in it."
    if data[:2] == b"MZ" or data[:4] == b"\x7fELF":
        return "is a program, not a picture."
    return None


def _text(data: bytes) -> str | None:
    sample = data[:1024]
    printable = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in sample)
    if sample and printable == len(sample) and not sample.startswith((b"GIF8", b"BM")):
        return "is a text file with the name of a picture."
    return None
