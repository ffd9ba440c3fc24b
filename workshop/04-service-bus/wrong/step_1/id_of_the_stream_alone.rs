// block 1
    short(stream.to_string())
