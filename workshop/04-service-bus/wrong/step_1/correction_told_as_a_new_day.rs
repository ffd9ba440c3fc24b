// block 2
    match event {
        Event::MeterRegistered(_) | Event::MeterActivationFailed { .. } => None,
        Event::MeterActivated { district } => Some(Notice::MeterActivated { district }),
        Event::MeterReadingsCollected { date, readings, district }
        | Event::MeterReadingsCorrected { date, readings, district, .. } => {
            Some(recorded(date, &readings, district))
        }
        Event::MeterDeregistered { district, .. } => Some(Notice::MeterDeregistered { district }),
    }
