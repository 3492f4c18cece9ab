"""Models of images and text together."""
