"""Commands of `siang` by what they are about; libraries that take long to import are imported when called."""
