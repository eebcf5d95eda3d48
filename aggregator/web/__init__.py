"""EDGE: pages, published files and the API over HTTP. It calls app and nothing below it."""
