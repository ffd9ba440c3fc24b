        let mut loaded = Loaded { checked: true, ..Loaded::default() };
        if let Some(Restored { state, event_id }) = snapshot {
            let slice = self.events(stream, before(state.version), up_to, &mut loaded).await?;
            loaded.state = state;
            if let Some((last, tail)) = slice.events.split_first()
                && *last.event.id() == event_id
            {
                loaded.state.fold(tail)?;
                return Ok(loaded);
            }
        }
        let slice = self.events(stream, Version::ZERO, up_to, &mut loaded).await?;
        loaded.state.fold(&slice.events)?;
        Ok(loaded)
