"""What somebody would write to read a workbook of older records and match its schools: every sheet by pandas with
openpyxl, dates made dates, numbers numbers, and each distinct name matched once by rapidfuzz.

    python older_records.py WORKBOOK SCHOOLS    (SCHOOLS: a name a line)
"""

import sys

import pandas
from rapidfuzz import fuzz, process, utils

sheets = pandas.read_excel(sys.argv[1], sheet_name=None, header=3, engine="openpyxl")
rows = pandas.concat(sheets, names=["sheet"])
rows["on"] = pandas.to_datetime(rows["Date"], dayfirst=True, format="mixed", errors="coerce")
rows["pupils"] = pandas.to_numeric(rows["No. of pupils"], errors="coerce")
with open(sys.argv[2], encoding="utf-8") as lines:
    schools = [line.strip() for line in lines]
plain = [utils.default_process(name) for name in schools]
found = {}
for name in rows["School"].dropna().unique():
    best = process.extractOne(utils.default_process(name), plain, scorer=fuzz.token_set_ratio, score_cutoff=90)
    found[name] = schools[best[2]] if best else None
rows["school"] = rows["School"].map(found)
print(len(rows), rows["school"].notna().sum(), rows["on"].notna().sum())
