    let created = events.upsert_item(stream, id, event, None).await;
    let created = created.map_err(|error| refused(event, error))?;
    let found = events.read_item(stream, id, None).await?;
    let (create, read) = (charge(&created), charge(&found));
    Ok(Stored { create, read, document: found.into_model()? })
