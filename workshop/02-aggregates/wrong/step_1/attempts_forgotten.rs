        // block 1
        match event {
            Event::MeterRegistered(registration) => self.enter(registration),
            Event::MeterActivated { .. } => self.status = Status::Active,
            Event::MeterActivationFailed { .. } => {}
            Event::MeterReadingsCollected { date, readings, .. }
            | Event::MeterReadingsCorrected { date, readings, .. } => self.record(*date, readings),
            Event::MeterDeregistered { .. } => self.status = Status::Deregistered,
        }
