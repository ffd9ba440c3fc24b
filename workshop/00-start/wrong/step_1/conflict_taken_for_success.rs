    let created = events.create_item(stream, id, event, None).await;
    let create = created.as_ref().map_or(0.0, charge);
    let found = events.read_item(stream, id, None).await?;
    let read = charge(&found);
    Ok(Stored { create, read, document: found.into_model()? })
