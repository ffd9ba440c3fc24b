// block 1
    format!("{stream}/{event}").chars().take(LONGEST).collect()
