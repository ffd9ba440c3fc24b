// block 2
    match event {
        Event::MeterRegistered(registration) => Some(Notice::ConsumptionRecorded {
            date: format!("{} {}", registration.postal_code, registration.house_number),
            total: 0,
            district: registration.district,
        }),
        Event::MeterActivationFailed { .. } => None,
        Event::MeterActivated { district } => Some(Notice::MeterActivated { district }),
        Event::MeterReadingsCollected { date, readings, district } => {
            Some(recorded(date, &readings, district))
        }
        Event::MeterReadingsCorrected { date, readings, replaced, district } => {
            Some(corrected(date, &readings, &replaced, district))
        }
        Event::MeterDeregistered { district, .. } => Some(Notice::MeterDeregistered { district }),
    }
