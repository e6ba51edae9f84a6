/** Expenses by month and category. */
export const spending = {
  "spending.title": "By month and category",
  "spending.which": "What counts",
  "spending.which.agreed": "What was agreed",
  "spending.which.all": "Everything that was added",
  "spending.year": "Year",
  "spending.sum": "{amount} in {year}, {count, plural, one {one expense} other {# expenses}}",
  "spending.none": "Nothing of {year} counts in this choice.",
  "spending.others": "Other categories",
  "spending.all": "Together",
  "spending.table": "The figures as a table",
  "spending.how.agreed":
    "Counts what was approved, paid or settled: whole amounts, not the part of each parent, in the month of the date of payment.",
  "spending.how.all":
    "Counts what waits for an answer or was refused too, and leaves out what was withdrawn: whole amounts, not the part of each parent, in the month of the date of payment.",
  "spending.how.own": "Whole amounts, in the month of the date of payment.",
  "spending.how.currencies": "Currencies are never added together.",
} as const;
