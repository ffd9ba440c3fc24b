        let mut failure = None;
        for event in events {
            match self.bus.send(&self.topic, &event.message()).await {
                Ok(()) => {}
                Err(BusError::Rejected { reason }) => self.park(event, &reason).await?,
                Err(error) => failure = Some(unsent(error)),
            }
        }
        failure.map_or(Ok(()), Err)
