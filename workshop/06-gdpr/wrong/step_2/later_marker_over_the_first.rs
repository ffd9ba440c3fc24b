        // block 2
        loop {
            let saved = match documents.read::<KeyDocument>(id).await? {
                Some(found) => documents.replace(id, &marker, &found.etag).await?,
                None => documents.create(id, &marker).await?,
            };
            if saved.is_some() {
                return Ok(true);
            }
        }
