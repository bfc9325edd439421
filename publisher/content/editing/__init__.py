"""Changing a post file without changing what else is in it: text in, text out.

A person's file has more in it than its data: comments, blank lines, the way a text was broken into lines. Whoever loads
YAML and dumps it again loses that. So files are edited here as text, at the places the parser gives:

- `scalars`     a value as it is written: as a block, folded, in quotes
- `layout`      a file as entries with the comments and blank lines that belong to each
- `formatting`  one style for all files: the order of keys, the indentation, blocks for text of several lines
- `fixes`       what is certainly meant by a slip, as replacements
- `splitting`   where a long text is cut
- `chaining`    long texts into the parts of a chain
- `replacing`   replacements at places of a text

Nothing is believed: whatever an edit made is parsed again, and where the data are not what they should be the file
stays as it was.
"""
