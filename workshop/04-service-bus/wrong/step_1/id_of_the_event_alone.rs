// block 1
    short(event.to_string())
