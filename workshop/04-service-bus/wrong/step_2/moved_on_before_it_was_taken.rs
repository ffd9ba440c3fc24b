        for event in events {
            match self.bus.send(&self.topic, &event.message()).await {
                Err(BusError::Rejected { reason }) => self.park(event, &reason).await?,
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
