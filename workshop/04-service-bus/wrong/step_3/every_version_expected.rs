        loop {
            let (mut inbox, etag) = self.load(&event.stream).await?;
            if event.version <= inbox.last {
                return Ok(Accepted::Duplicate);
            }
            let before = Version(event.version.0 - 1);
            let missed = self.archive.between(&event.stream, inbox.last, before).await?;
            for event in missed.iter().chain([event]) {
                apply(&self.subscriber, &mut inbox.state, event)?;
            }
            inbox.last = event.version;
            if self.save(&inbox, etag).await? {
                return Ok(Accepted::Applied(missed.len() + 1));
            }
        }
