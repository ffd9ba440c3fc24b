        // block 2
        match documents.read::<KeyDocument>(id).await? {
            Some(found) if found.document.erased.is_some() => return Ok(false),
            Some(found) => documents.replace(id, &marker, &found.etag).await?,
            None => documents.create(id, &marker).await?,
        };
        Ok(true)
