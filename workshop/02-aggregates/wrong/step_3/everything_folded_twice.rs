        let missed = match since {
            Some(missed) => missed,
            None => {
                let all = self.store.load(stream, Range::all()).await.map_err(LoadError::Store)?;
                loaded.charge += all.charge;
                loaded.trips += all.trips;
                all.events
            }
        };
        Ok(loaded.state.fold(&missed)?)
