        // block 2
        drop(marker);
        let there = documents.read::<KeyDocument>(id).await?.is_some();
        documents.remove(id).await?;
        Ok(there)
