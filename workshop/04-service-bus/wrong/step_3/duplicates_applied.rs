        loop {
            let (mut inbox, etag) = self.load(&event.stream).await?;
            let missed = self.archive.between(&event.stream, inbox.last, event.previous).await?;
            for event in missed.iter().chain([event]) {
                apply(&self.subscriber, &mut inbox.state, event)?;
            }
            inbox.last = event.version;
            if self.save(&inbox, etag).await? {
                return Ok(Accepted::Applied(missed.len() + 1));
            }
        }
