//! The HTTP surface: finds the operation a request means, calls the engine, answers as the service does.
