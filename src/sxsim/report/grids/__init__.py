"""Tables of a report as data: page and workbook show the same cells, and a number names its place in the JSON."""
