    let created = events.create_item(stream, id, event, None).await;
    let created = created.map_err(|error| refused(event, error))?;
    let document = serde_json::to_value(event).expect("an event can be written");
    let create = charge(&created);
    Ok(Stored { document, create, read: create })
