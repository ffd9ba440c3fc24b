//! Creates what the specs name, or compares it.
