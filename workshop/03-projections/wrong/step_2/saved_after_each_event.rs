        let mut events = events.iter();
        loop {
            let (mut document, etag) = self.load(key).await?;
            let Some(event) = events.next() else {
                return Ok(());
            };
            P::apply(&mut document.view, event);
            document.checkpoint.insert(page.lease.clone(), page.number);
            match etag {
                None => self.views.create(&document.id, &document).await?,
                Some(etag) => self.views.replace(&document.id, &document, &etag).await?,
            };
        }
