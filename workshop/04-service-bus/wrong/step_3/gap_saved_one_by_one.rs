        let (inbox, _) = self.load(&event.stream).await?;
        let missed = self.archive.between(&event.stream, inbox.last, event.previous).await?;
        let mut applied = 0;
        for event in missed.iter().chain([event]) {
            loop {
                let (mut inbox, etag) = self.load(&event.stream).await?;
                if event.version <= inbox.last {
                    break;
                }
                apply(&self.subscriber, &mut inbox.state, event)?;
                inbox.last = event.version;
                if self.save(&inbox, etag).await? {
                    applied += 1;
                    break;
                }
            }
        }
        Ok(if applied == 0 { Accepted::Duplicate } else { Accepted::Applied(applied) })
