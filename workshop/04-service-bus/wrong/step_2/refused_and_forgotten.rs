        for event in events {
            match self.bus.send(&self.topic, &event.message()).await {
                Ok(()) | Err(BusError::Rejected { .. }) => {}
                Err(error) => return Err(unsent(error)),
            }
        }
        Ok(())
