"""Excel in and out: reading what people send, writing templates, scenarios and annotated copies."""

from planner.excel.annotate import annotate
from planner.excel.read import Reading, read
from planner.excel.template import write_scenario, write_template
from planner.excel.write import Placed, number_format, put_text, quoted, sheet_name, write_table, write_tables, write_text

__all__ = [
    "Placed", "Reading", "annotate", "number_format", "put_text", "quoted", "read", "sheet_name",
    "write_scenario", "write_table", "write_tables", "write_template", "write_text",
]  # fmt: skip
