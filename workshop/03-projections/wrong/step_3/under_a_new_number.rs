    // block 2
    let mut events = Vec::new();
    for (stream, (first, last)) in &lease.pending {
        let range = Range::after(Version(first.0 - 1)).up_to(*last);
        let slice = store.load(stream, range).await.map_err(Error::failed)?;
        events.extend(slice.events);
    }
    Ok(Page::new(lease.name(), lease.page + 1, events))
