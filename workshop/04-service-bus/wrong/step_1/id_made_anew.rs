// block 1
    static SENT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = SENT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    short(format!("{stream}/{event}/{number}"))
