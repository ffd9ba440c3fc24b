    let created = events.create_item(stream, id, event, None).await?;
    let found = events.read_item(stream, id, None).await?;
    let (create, read) = (charge(&created), charge(&found));
    Ok(Stored { create, read, document: found.into_model()? })
