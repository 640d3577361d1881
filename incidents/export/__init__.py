"""What leaves: layers and their fields, file formats, captions, sealed archives."""
