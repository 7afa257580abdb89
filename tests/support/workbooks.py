"""Workbooks written by hand, as programs write them that are not openpyxl: each cell is XML of its own."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Cell:
    """A cell: `kind` is its attribute t, `body` what is in it, `format` its number format."""

    kind: str
    body: str
    format: str = "General"


def shared(text: str) -> Cell:
    """Text in the table of shared texts, as Excel writes it."""
    return Cell("s", f'<t xml:space="preserve">{escape(text).replace(chr(13), "_x000D_")}</t>')


def runs(xml: str) -> Cell:
    """Text of several runs in the table of shared texts."""
    return Cell("s", xml)


def inline(text: str) -> Cell:
    """Text within the cell, as other programs write it."""
    return Cell("inlineStr", f'<is><t xml:space="preserve">{escape(text)}</t></is>')


def number(value: str, format: str = "General") -> Cell:
    return Cell("n", f"<v>{value}</v>", format)


def truth(*, value: bool) -> Cell:
    return Cell("b", f"<v>{value:d}</v>")


def error(value: str) -> Cell:
    return Cell("e", f"<v>{value}</v>")


def formula(text: str, result: str) -> Cell:
    return Cell("str", f"<f>{escape(text)}</f><v>{escape(result)}</v>")


def day(value: str) -> Cell:
    """A date as strict workbooks have it."""
    return Cell("d", f"<v>{value}</v>")


@dataclass
class Sheet:
    """Rows by number, attributes of `<row>` by number, and XML before and after the rows."""

    rows: Mapping[int, Sequence[Cell | None]]
    attributes: Mapping[int, str]
    before: str = ""
    after: str = ""
    name: str = "Sheet1"
    state: str = "visible"


def sheet(*rows: Sequence[Cell | None]) -> Sheet:
    return Sheet(dict(enumerate(rows, 1)), {})


def write(path: Path, *sheets: Sheet, properties: str = "", strict: bool = False) -> None:
    """Write a workbook; `properties` are attributes of `<workbookPr>`."""
    made = _Parts()
    parts = {f"xl/worksheets/sheet{n}.xml": made.sheet(one) for n, one in enumerate(sheets, 1)}
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_KIND}.worksheet+xml"/>' for name in parts)
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts["xl/workbook.xml"] = (
        f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><workbookPr {properties}/><sheets>'
        + "".join(
            f'<sheet name={quoteattr(one.name)} sheetId="{n}" state="{one.state}" r:id="r{n}"/>'
            for n, one in enumerate(sheets, 1)
        )
        + "</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="f" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    )
    parts["xl/sharedStrings.xml"] = f'{_HEAD}<sst xmlns="{MAIN}">{"".join(made.texts)}</sst>'
    parts["xl/styles.xml"] = made.styles()
    parts["_rels/.rels"] = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, _stricter(text) if strict else text)


def _stricter(text: str) -> str:
    for word in ("spreadsheetml", "officeDocument"):
        text = text.replace(f"http://schemas.openxmlformats.org/{word}/2006/", f"http://purl.oclc.org/ooxml/{word}/")
    return text


class _Parts:
    """Texts and formats that sheets share."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.formats: list[str] = ["General"]

    def sheet(self, one: Sheet) -> str:
        rows = "".join(
            f'<row r="{line}" {one.attributes.get(line, "")}>{"".join(self._cells(line, cells))}</row>'
            for line, cells in one.rows.items()
        )
        data = f"{one.before}<sheetData>{rows}</sheetData>{one.after}"
        return f'{_HEAD}<worksheet xmlns="{MAIN}">{data}</worksheet>'

    def _cells(self, line: int, cells: Sequence[Cell | None]) -> list[str]:
        return [
            f'<c r="{_letters(column)}{line}" t="{cell.kind}" s="{self._style(cell.format)}">{self._body(cell)}</c>'
            for column, cell in enumerate(cells, 1)
            if cell is not None
        ]

    def _body(self, cell: Cell) -> str:
        if cell.kind != "s":
            return cell.body
        self.texts.append(f"<si>{cell.body}</si>")
        return f"<v>{len(self.texts) - 1}</v>"

    def _style(self, format: str) -> int:
        if format not in self.formats:
            self.formats.append(format)
        return self.formats.index(format)

    def styles(self) -> str:
        numbers = "".join(
            f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(self.formats)
        )
        styles = "".join(
            f'<xf numFmtId="{0 if code == "General" else 164 + n}" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            for n, code in enumerate(self.formats)
        )
        return (
            f'{_HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(self.formats)}">{numbers}</numFmts>'
            "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
            '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f"<cellXfs>{styles}</cellXfs></styleSheet>"
        )


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
