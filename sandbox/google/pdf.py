"""A small valid PDF of one page: what a Google document exports to."""

_PAGE = b"[0 0 595 842]"  # A4 in points


def document(title: str) -> bytes:
    """:param title: written on the page; characters outside Latin-1 become question marks"""
    words = title.encode("latin-1", "replace")
    for special in (b"\\", b"(", b")"):
        words = words.replace(special, b"\\" + special)
    drawn = b"BT /F1 20 Tf 60 760 Td (" + words + b") Tj ET"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox " + _PAGE + b" /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        font,
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    written, starts = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        starts.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n" % (count, len(written))
    return written + head + trailer + b"%%EOF\n"
