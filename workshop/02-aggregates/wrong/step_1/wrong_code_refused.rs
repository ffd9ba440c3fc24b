        // block 2
        match self.status {
            Status::Active => Err(Rejection::AlreadyActivated),
            _ if activation_code == self.activation_code => {
                Ok(vec![Event::MeterActivated { district: self.district.clone() }])
            }
            _ => Err(Rejection::NotActivated),
        }
