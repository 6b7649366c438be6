from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

class Cell:
    value: object
    data_type: str
    number_format: str
    font: Font

def WriteOnlyCell(ws: Worksheet, value: object = None) -> Cell: ...
