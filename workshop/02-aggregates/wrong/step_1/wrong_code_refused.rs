        // block 2
        match self.status {
            Status::Active => Err(Rejection::AlreadyActivated),
            _ if self.is_code(&activation_code) => {
                Ok(vec![Event::MeterActivated { district: self.district.clone() }])
            }
            _ => Err(Rejection::NotActivated),
        }
