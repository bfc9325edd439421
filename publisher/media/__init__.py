"""Pictures and videos: known by their bytes, stripped of who and where, stored by content, tried as Threads will."""
