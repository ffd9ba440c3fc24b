        let (mut document, etag) = self.load(key).await?;
        if fold::<P>(&mut document, page, events)? {
            match etag {
                None => self.views.create(&document.id, &document).await?,
                Some(etag) => self.views.replace(&document.id, &document, &etag).await?,
            };
        }
        Ok(())
