# What Suishi uses of openpyxl 3.1, which carries no types.

from os import PathLike

from openpyxl.workbook import Workbook as Workbook

def load_workbook(filename: str | PathLike[str], *, read_only: bool = False, data_only: bool = False) -> Workbook: ...
