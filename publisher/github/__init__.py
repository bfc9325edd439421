"""What a content repository on GitHub needs: the files that `publisher init` writes."""
