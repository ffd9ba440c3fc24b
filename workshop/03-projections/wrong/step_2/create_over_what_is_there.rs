        loop {
            let (mut document, etag) = self.load(key).await?;
            if !fold::<P>(&mut document, page, events)? {
                return Ok(());
            }
            let saved = match etag {
                None => match self.views.create(&document.id, &document).await? {
                    // An upsert: created, or replaced.
                    None => {
                        let (_, newest) = self.load(key).await?;
                        let newest = newest.unwrap_or_else(|| Etag(String::new()));
                        self.views.replace(&document.id, &document, &newest).await?
                    }
                    saved => saved,
                },
                Some(etag) => self.views.replace(&document.id, &document, &etag).await?,
            };
            if saved.is_some() {
                return Ok(());
            }
        }
