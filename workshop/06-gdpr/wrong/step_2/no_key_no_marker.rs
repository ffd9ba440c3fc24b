        // block 2
        loop {
            let saved = match documents.read::<KeyDocument>(id).await? {
                Some(found) if found.document.erased.is_some() => return Ok(false),
                Some(found) => documents.replace(id, &marker, &found.etag).await?,
                None => return Ok(false),
            };
            if saved.is_some() {
                return Ok(true);
            }
        }
