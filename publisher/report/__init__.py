"""Plans, findings and results, shown: `text` for people, the other modules one format each, for machines.

Pure: values in, text out. Nothing here opens a file, asks a clock or decides; what a file says comes in as `Sources`.
"""
