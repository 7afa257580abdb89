"""Tables as somebody edits them: rows by column, in whatever format the name tells."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]


def read_rows(name: str) -> list[Row]:
    if name.endswith(".jsonl"):
        lines = Path(name).read_text(encoding="utf-8").split("\n")  # and at no other breaks, which texts may have
        return [json.loads(line) for line in lines if line]
    if name.endswith(".xlsx"):
        sheet: Any = openpyxl.load_workbook(name).worksheets[0]
        header, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]
    with Path(name).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def write_rows(name: str, rows: Sequence[Row]) -> str:
    columns = [*dict.fromkeys(column for row in rows for column in row)]
    if name.endswith(".jsonl"):
        Path(name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    elif name.endswith(".xlsx"):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Sheet")
        lines: list[list[Any]] = [[*columns], *([row.get(column) for column in columns] for row in rows)]
        for line in lines:
            sheet.append([_text_cell(sheet, cell) if isinstance(cell, str) else cell for cell in line])
        book.save(name)
    else:
        with Path(name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return name


def _text_cell(sheet: Any, text: str) -> Any:
    cell = openpyxl.cell.WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # also where it begins like a formula
    return cell
