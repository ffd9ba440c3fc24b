        loop {
            let (mut inbox, etag) = self.load(&event.stream).await?;
            if event.version <= inbox.last {
                return Ok(Accepted::Duplicate);
            }
            apply(&self.subscriber, &mut inbox.state, event)?;
            inbox.last = event.version;
            if self.save(&inbox, etag).await? {
                return Ok(Accepted::Applied(1));
            }
        }
