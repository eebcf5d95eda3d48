"""Alembic's folder: how a store comes from each schema to the next."""
