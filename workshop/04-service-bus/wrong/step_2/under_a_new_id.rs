        for event in events {
            let mut message = event.message();
            static SENT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
            let number = SENT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            message.id = format!("{number}/{}", message.id);
            match self.bus.send(&self.topic, &message).await {
                Ok(()) => {}
                Err(BusError::Rejected { reason }) => self.park(event, &reason).await?,
                Err(error) => return Err(unsent(error)),
            }
        }
        Ok(())
