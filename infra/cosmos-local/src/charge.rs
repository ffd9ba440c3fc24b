//! The request-unit model. Figures are a model of the service's, never a measurement of it.
