//! Other people's clients against cosmos-local. All there is are its tests, and the suites they run.
