        loop {
            let (mut document, etag) = self.load(key).await?;
            if !fold::<P>(&mut document, page, events)? {
                return Ok(());
            }
            let saved = match etag {
                None => self.views.create(&document.id, &document).await?,
                Some(etag) => match self.views.replace(&document.id, &document, &etag).await? {
                    // Whatever is there now, ours goes over it.
                    None => {
                        let (_, newest) = self.load(key).await?;
                        let newest = newest.unwrap_or(etag);
                        self.views.replace(&document.id, &document, &newest).await?
                    }
                    saved => saved,
                },
            };
            if saved.is_some() {
                return Ok(());
            }
        }
