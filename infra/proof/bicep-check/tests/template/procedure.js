function nothing() {}
