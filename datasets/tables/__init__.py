"""From a table's file to numbers: reading, columns, features, targets, the record of what was done."""
