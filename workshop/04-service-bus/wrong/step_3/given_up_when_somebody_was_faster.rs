        let (mut inbox, etag) = self.load(&event.stream).await?;
        if event.version <= inbox.last {
            return Ok(Accepted::Duplicate);
        }
        let missed = self.archive.between(&event.stream, inbox.last, event.previous).await?;
        for event in missed.iter().chain([event]) {
            apply(&self.subscriber, &mut inbox.state, event)?;
        }
        inbox.last = event.version;
        self.save(&inbox, etag).await?;
        Ok(Accepted::Applied(missed.len() + 1))
