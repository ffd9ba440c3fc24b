        if let Some(missed) = since {
            return Ok(loaded.state.fold(&missed)?);
        }
        let all = self.store.load(stream, Range::all()).await.map_err(LoadError::Store)?;
        loaded.charge += all.charge;
        loaded.trips += all.trips;
        Ok(loaded.state.fold(&all.events)?)
