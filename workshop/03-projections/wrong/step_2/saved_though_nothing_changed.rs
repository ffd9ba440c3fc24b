        loop {
            let (mut document, etag) = self.load(key).await?;
            fold::<P>(&mut document, page, events)?;
            let saved = match etag {
                None => self.views.create(&document.id, &document).await?,
                Some(etag) => self.views.replace(&document.id, &document, &etag).await?,
            };
            if saved.is_some() {
                return Ok(());
            }
        }
