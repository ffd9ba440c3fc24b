        let sends = events.iter().map(|event| async move {
            match self.bus.send(&self.topic, &event.message()).await {
                Ok(()) => Ok(()),
                Err(BusError::Rejected { reason }) => self.park(event, &reason).await,
                Err(error) => Err(unsent(error)),
            }
        });
        futures::future::try_join_all(sends).await.map(drop)
