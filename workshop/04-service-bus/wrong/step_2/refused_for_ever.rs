        for event in events {
            self.bus.send(&self.topic, &event.message()).await.map_err(unsent)?;
        }
        Ok(())
