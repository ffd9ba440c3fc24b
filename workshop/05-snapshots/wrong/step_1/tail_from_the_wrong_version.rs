        let mut loaded = Loaded { checked: true, ..Loaded::default() };
        if let Some(Restored { state, event_id }) = snapshot {
            let slice = self.events(stream, before(state.version), up_to, &mut loaded).await?;
            if slice.events.first().is_some_and(|first| *first.event.id() == event_id) {
                loaded.state = state;
                loaded.state.fold(&slice.events)?;
                return Ok(loaded);
            }
        }
        let slice = self.events(stream, Version::ZERO, up_to, &mut loaded).await?;
        loaded.state.fold(&slice.events)?;
        Ok(loaded)
