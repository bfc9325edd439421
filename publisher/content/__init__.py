"""Post files, from bytes to posts or findings. Pure: nothing here opens a file, asks a clock or calls anybody."""
