    let created = events.create_item(id, id, event, None).await;
    let created = created.map_err(|error| refused(event, error))?;
    let found = events.read_item(id, id, None).await?;
    let (create, read) = (charge(&created), charge(&found));
    Ok(Stored { create, read, document: found.into_model()? })
