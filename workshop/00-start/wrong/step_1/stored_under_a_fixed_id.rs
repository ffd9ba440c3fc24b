    let created = events.create_item("delivery:1", "delivery:1:1", event, None).await;
    let created = created.map_err(|error| refused(event, error))?;
    let found = events.read_item("delivery:1", "delivery:1:1", None).await?;
    let (create, read) = (charge(&created), charge(&found));
    Ok(Stored { create, read, document: found.into_model()? })
