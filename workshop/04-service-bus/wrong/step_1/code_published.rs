// block 2
    match event {
        Event::MeterRegistered(_) => None,
        Event::MeterActivationFailed { activation_code } => {
            Some(Notice::MeterActivated { district: District::of(&activation_code) })
        }
        Event::MeterActivated { district } => Some(Notice::MeterActivated { district }),
        Event::MeterReadingsCollected { date, readings, district } => {
            Some(recorded(date, &readings, district))
        }
        Event::MeterReadingsCorrected { date, readings, replaced, district } => {
            Some(corrected(date, &readings, &replaced, district))
        }
        Event::MeterDeregistered { district, .. } => Some(Notice::MeterDeregistered { district }),
    }
