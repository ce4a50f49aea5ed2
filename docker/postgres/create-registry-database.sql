-- Runs once, on an empty volume: the schema registry has a database of its own beside the ledger's.
CREATE DATABASE registry;
