        // block 2
        loop {
            let saved = match documents.read::<KeyDocument>(id).await? {
                Some(found) if found.document.erased.is_some() => return Ok(false),
                Some(found) => {
                    let both = KeyDocument { key: found.document.key, ..marker.clone() };
                    documents.replace(id, &both, &found.etag).await?
                }
                None => documents.create(id, &marker).await?,
            };
            if saved.is_some() {
                return Ok(true);
            }
        }
